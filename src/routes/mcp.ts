/**
 * `/mcp`: the memory as tools, over Streamable HTTP, stateless. The package serves the revision of
 * 2026-07-28 and the older ones. There is no OAuth metadata anywhere: some clients ignore a
 * configured key where they find it.
 */
import { createMcpHandler } from "@modelcontextprotocol/server";
import { type Context, Hono } from "hono";
import { JsonRpcSchema } from "../contract/hooks.ts";
import type { AppEnv } from "../http/app-env.ts";
import { BODY_MAX_BYTES } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { described } from "../http/described-route.ts";
import { memoryServer } from "../mcp/server.ts";
import { inTime } from "../platform/in-time.ts";

export const mcpRoutes = new Hono<AppEnv>();

const serve = async (c: Context<AppEnv>): Promise<Response> => {
  const handler = createMcpHandler(() => memoryServer(callContext(c)), {
    maxRequestBodySize: BODY_MAX_BYTES,
    // Nothing here changes by itself: an open stream would wait for nothing.
    maxSubscriptions: 0,
  });
  const { raw } = c.req;
  return handler.fetch(raw.body === null ? raw : new Request(raw, { body: inTime(raw.body) }));
};

const CALL = {
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "search", arguments: { query: "retry budget" } },
};

mcpRoutes.post(
  "/",
  described(
    {
      summary: "The memory as MCP tools, over Streamable HTTP, stateless",
      detail:
        "Messages are those of the Model Context Protocol; `tools/list` describes the tools. A tool that cannot answer says why in its result (`isError`), not by a status.",
      body: JsonRpcSchema,
      answer: JsonRpcSchema,
      example: {
        request: "/mcp",
        headers: { Accept: "application/json, text/event-stream" },
        body: CALL,
        answer: {
          jsonrpc: "2.0",
          id: 1,
          result: { content: [{ type: "text", text: "1 match: 3-4567 bugfix …" }] },
        },
      },
    },
    serve,
  ),
);

// Streams and sessions of the protocol, which the package refuses in the protocol's own words.
mcpRoutes.all("/", serve);
