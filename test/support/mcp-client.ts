/** The official MCP client, talking to the Worker over HTTP. */
import { exports } from "cloudflare:workers";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { KEY } from "./api.ts";

/** `legacy` shakes hands as the revisions until 2025-11-25 do, `auto` finds the newest first. */
export type Generation = "legacy" | "auto";

export async function connect(generation: Generation, key = KEY): Promise<Client> {
  const client = new Client(
    { name: "test", version: "1" },
    { versionNegotiation: { mode: generation } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL("http://cairn.test/mcp"), {
      requestInit: { headers: { Authorization: `Bearer ${key}` } },
      fetch: (url, init) => exports.default.fetch(new Request(url, init)),
    }),
  );
  return client;
}

export interface ToolResult {
  isError: boolean;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  structured: any;
}

export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<ToolResult> {
  const result = await client.callTool({ name, arguments: args });
  const [block] = result.content as { type: string; text: string }[];
  return {
    isError: result.isError === true,
    text: block?.text ?? "",
    structured: result.structuredContent,
  };
}
