import { describe, expect, it } from "vitest";
import { isAllowedOrigin } from "../../src/http/origin.ts";
import { call } from "../support/api.ts";

describe("pages of other sites", () => {
  it("may call nothing, with a key or without", async () => {
    for (const [method, path] of [
      ["GET", "/"],
      ["GET", "/health"],
      ["GET", "/v1/status"],
      ["POST", "/hooks/claude-code"],
      ["POST", "/mcp"],
      ["OPTIONS", "/mcp"],
      ["DELETE", "/v1/sessions/claude-code/any?forget=1"],
      ["GET", "/nothing/here"],
    ] as const) {
      for (const Authorization of [undefined, ""]) {
        const key = Authorization === undefined ? {} : { Authorization };
        const headers = { Origin: "https://evil.example", ...key };
        const answer = await call(method, path, { headers });
        expect.soft([answer.status, method, path]).toEqual([403, method, path]);
        expect.soft(answer.headers.get("Access-Control-Allow-Origin")).toBeNull();
        expect(await answer.json()).toMatchObject({ error: { code: "foreign_origin" } });
      }
    }
    const page = await call("GET", "/v1/status", { headers: { Origin: "http://localhost:3000" } });
    expect(page.status).toBe(200);
  });

  it.each([
    // This machine's, wherever the server is.
    ["http://localhost:3000", "https://cairn.acme.dev/mcp", true],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787/mcp", true],
    ["http://[::1]:8787", "http://[::1]:8787/mcp", true],
    ["http://localhost.evil.example", "http://127.0.0.1:8787/mcp", false],
    // The server's own, by a name that nobody else can have.
    ["https://cairn.acme.dev", "https://cairn.acme.dev/mcp", true],
    ["https://cairn.acme.dev", "http://cairn.acme.dev/mcp", true],
    ["http://192.168.1.7:8787", "http://192.168.1.7:8787/mcp", true],
    ["http://192.168.1.8:8787", "http://192.168.1.7:8787/mcp", false],
    ["https://cairn.acme.dev.evil.example", "https://cairn.acme.dev/mcp", false],
    // A name that was pointed at this machine stands in the address too.
    ["http://rebound.evil.example:8787", "http://rebound.evil.example:8787/mcp", false],
    // Listed.
    ["https://board.acme.dev", "https://cairn.acme.dev/mcp", true],
    ["https://board.acme.dev:8443", "https://cairn.acme.dev/mcp", false],
    ["http://board.acme.dev", "https://cairn.acme.dev/mcp", false],
    ["https://cairn.acme.dev", "http://::/mcp", false],
    // No page at all.
    ["null", "https://cairn.acme.dev/mcp", false],
    ["", "https://cairn.acme.dev/mcp", false],
    ["not an origin", "https://cairn.acme.dev/mcp", false],
    ["file://", "http://localhost:8787/mcp", false],
    ["chrome-extension://localhost", "http://localhost:8787/mcp", false],
    ["https://user@localhost", "http://localhost:8787/mcp", false],
    ["http://localhost:3000/path", "http://localhost:8787/mcp", false],
  ])("%s to %s: %s", (origin, url, allowed) => {
    expect(isAllowedOrigin(origin, url, ["https://board.acme.dev"])).toBe(allowed);
  });
});
