import { describe, expect, it } from "vitest";
import { call, KEY } from "../support/api.ts";

describe("who may call the MCP endpoint", () => {
  const LIST = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
  const post = (headers: Record<string, string>, body = LIST) =>
    call("POST", "/mcp", {
      body,
      headers: { Accept: "application/json, text/event-stream", ...headers },
    });

  it("needs a key, without any word of OAuth", async () => {
    const none = await post({ Authorization: "" });
    expect(none.status).toBe(401);
    expect(none.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await none.json()).toMatchObject({ error: { code: "missing_key" } });
    const wrong = await post({ Authorization: `Bearer ${KEY.slice(0, -3)}abc` });
    expect(wrong.status).toBe(401);
    await wrong.body?.cancel();
    for (const path of [
      "/.well-known/oauth-protected-resource",
      "/.well-known/oauth-protected-resource/mcp",
      "/.well-known/oauth-authorization-server",
    ]) {
      const response = await call("GET", path);
      expect(response.status).toBe(404);
      await response.body?.cancel();
    }
  });

  it("answers bad requests in the protocol's own words, and keeps nothing open", async () => {
    expect((await post({}, "not json")).status).toBe(400);
    const tooLarge = await post({}, JSON.stringify({ x: "x".repeat(1024 * 1024) }));
    expect(tooLarge.status).toBe(413);
    const stream = await call("GET", "/mcp", { headers: { Accept: "text/event-stream" } });
    expect(stream.status).toBe(405);
    expect((await call("DELETE", "/mcp")).status).toBe(405);
  });
});
