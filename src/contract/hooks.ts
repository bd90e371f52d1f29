/** Hooks and MCP on the wire, as far as it is Cairn that says how they look. */
import { z } from "zod";

/** Agents send much more: what is not known is left alone. */
export const HookPayloadSchema = z
  .looseObject({
    session_id: z.string().meta({ description: "The agent's own id of the session" }),
    hook_event_name: z.string(),
    cwd: z.string().optional(),
  })
  .meta({ id: "HookPayload", description: "As the agent's own documentation describes it" });

export const HookAnswerSchema = z
  .looseObject({
    hookSpecificOutput: z
      .object({ hookEventName: z.string(), additionalContext: z.string() })
      .optional()
      .meta({ description: "Agents that read Claude Code's form" }),
    additionalContext: z
      .string()
      .optional()
      .meta({ description: "Agents that read the flat form" }),
    systemMessage: z.string().optional().meta({ description: "One line for the person" }),
  })
  .meta({ id: "HookAnswer", description: "An empty object where there is nothing to tell" });

/** What `cairn connect` has hooks send. Each may be left out, and none makes a hook fail. */
export const HOOK_HEADERS = {
  "X-Cairn-Project": "The git remote, or the name that the repository gives itself",
  "X-Cairn-Project-From": "`config` where the repository names itself, else `remote`",
  "X-Cairn-Root": "The top folder of the repository",
  "X-Cairn-Git-Dir": "The folder of git that all worktrees share",
  "X-Cairn-Machine": "The random id that `cairn connect` gave the machine",
  "X-Cairn-Branch": "The git branch",
  "X-Cairn-Commit": "The git commit",
  "X-Cairn-Cli": "The absolute command by which a shell of that machine runs `cairn`",
  "X-Cairn-Notice": "`off`: the person is shown no line of what was told",
  "X-Cairn-Skip":
    "With a session's start, anything: its folder is excluded, and nothing of it is stored",
  "X-Cairn-Event-Id": "Names the event, where the payload does not",
  "X-Cairn-At": "When it happened, ISO; without it, when it arrived",
  "X-Cairn-Hooks": "Version of the hooks that `cairn connect` wrote",
} as const;

export const JsonRpcSchema = z
  .looseObject({ jsonrpc: z.literal("2.0") })
  .meta({ id: "JsonRpc", description: "A message of the Model Context Protocol" });
