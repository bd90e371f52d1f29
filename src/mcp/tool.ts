/** What a tool is: a description, two schemas, and a function from arguments to an answer. */

import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import type { z } from "zod";
import { ApiError } from "../contract/errors.ts";
import { log } from "../platform/log.ts";
import type { CallContext } from "../service/call-context.ts";
import { lenient } from "./lenient.ts";
import { harmless, withoutHidden } from "./rendering.ts";

export interface ToolAnswer<Output> {
  /** For programs, as the output schema says. */
  structured: Output;
  /** The same for people and models. */
  text: string;
}

/**
 * A tool of the MCP server. `run` may throw ApiError: its message becomes a result that says what
 * to do, so that the model can correct its call.
 */
export interface Tool<Input extends z.ZodObject, Output extends z.ZodObject> {
  name: string;
  title: string;
  /** At most `DESCRIPTION_MAX_CHARS`: clients cut what is longer. */
  description: string;
  input: Input;
  output: Output;
  /** False for a tool that only reads. */
  writes: boolean;
  /** True where the structure holds recalled text in our frame, with its tags made harmless. */
  framed?: true;
  run(input: z.output<Input>, call: CallContext): Promise<ToolAnswer<z.output<Output>>>;
}

/** Claude Code cuts descriptions that are longer than 2 KB. */
export const DESCRIPTION_MAX_CHARS = 2000;

export function register<Input extends z.ZodObject, Output extends z.ZodObject>(
  server: McpServer,
  tool: Tool<Input, Output>,
  call: CallContext,
): void {
  const answer = async (input: z.output<Input>): Promise<CallToolResult> => {
    try {
      const { structured, text } = await tool.run(input, call);
      const structuredContent = tool.framed === true ? structured : harmless(structured);
      return { content: [{ type: "text", text: withoutHidden(text) }], structuredContent };
    } catch (error) {
      return {
        content: [{ type: "text", text: withoutHidden(complaint(error, tool.name, call)) }],
        isError: true,
      };
    }
  };
  server.registerTool(
    tool.name,
    {
      title: tool.title,
      description: tool.description,
      inputSchema: lenientInput(tool.input),
      outputSchema: tool.output,
      annotations: {
        readOnlyHint: !tool.writes,
        destructiveHint: false,
        idempotentHint: !tool.writes,
        openWorldHint: false,
      },
    },
    // The server has checked the arguments against the tool's own schema.
    (input) => answer(input as z.output<Input>),
  );
}

const lenientInputs = new WeakMap<z.ZodObject, ReturnType<typeof lenient>>();

/** Made once for each tool: a server is made for each request. */
function lenientInput(input: z.ZodObject) {
  const made = lenientInputs.get(input) ?? lenient(input);
  lenientInputs.set(input, made);
  return made;
}

/** What went wrong; what the code itself tripped over goes to the log and not to the model. */
function complaint(error: unknown, tool: string, call: CallContext): string {
  if (error instanceof ApiError) return error.message;
  const { requestId: request, caller } = call;
  log("error", "mcp_tool_failed", { request, team: caller.team, tool }, error);
  return `something failed on the server's side: try again (request ${call.requestId} in its log)`;
}
