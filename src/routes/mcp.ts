/**
 * `/mcp`: the memory as tools, over Streamable HTTP, stateless. The package serves the revision of
 * 2026-07-28 and the older ones. There is no OAuth metadata anywhere: some clients ignore a
 * configured key where they find it.
 */
import { createMcpHandler } from "@modelcontextprotocol/server";
import { Hono } from "hono";
import { ApiError } from "../contract/errors.ts";
import type { AppEnv } from "../http/app-env.ts";
import { BODY_MAX_BYTES } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { isAllowedOrigin } from "../mcp/origin.ts";
import { memoryServer } from "../mcp/server.ts";

export const mcpRoutes = new Hono<AppEnv>();

mcpRoutes.all("/", async (c) => {
  if (!isAllowedOrigin(c.req.header("Origin"), c.req.url)) {
    throw new ApiError(
      403,
      "foreign_origin",
      "this endpoint is for agents: pages of other sites may not call it",
    );
  }
  const handler = createMcpHandler(() => memoryServer(callContext(c)), {
    maxRequestBodySize: BODY_MAX_BYTES,
    // Nothing here changes by itself: an open stream would wait for nothing.
    maxSubscriptions: 0,
  });
  return handler.fetch(c.req.raw);
});
