/** What the local server's socket answers to whoever reaches it without a key, byte by byte. */
import { connect } from "node:net";
import { HOST_CAPNP_CONNECT } from "miniflare";
import { afterAll, describe, expect, it } from "vitest";
import { removeTemporaryFolders, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

const PROCESSES_MS = 60_000;

/** The first line that a server answers to these bytes; "" where it hangs up without a word. */
function firstLine(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      answer += text;
      if (answer.includes("\r\n")) socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(answer.split("\r\n")[0] ?? ""));
  });
}

afterAll(removeTemporaryFolders);

describe("the local server's socket", { timeout: PROCESSES_MS }, () => {
  it("opens none of Miniflare's own doors, and believes none of its headers", async () => {
    const server = await startServer(temporaryFolder("doors"));
    const port = Number(new URL(server.url).port);
    const statusOf = async (bytes: string) => (await firstLine(port, bytes)).split(" ")[1];

    for (const host of [
      HOST_CAPNP_CONNECT,
      `${HOST_CAPNP_CONNECT}:443`,
      HOST_CAPNP_CONNECT.toUpperCase(),
      "127.0.0.1:22",
    ]) {
      const answer = await statusOf(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect.soft(answer, `CONNECT ${host}`).toMatch(/^[45]/);
    }

    for (const path of [
      "/cdn-cgi/local/explorer",
      "/cdn-cgi/local/explorer/api/workers",
      "/cdn-cgi/local/platform-proxy",
      "/cdn-cgi/local/scheduled",
      "/cdn-cgi/handler/scheduled",
      "/cdn-cgi/mf/scheduled",
      "/cdn-cgi/local/r2/s3",
    ]) {
      const answer = await statusOf(`GET ${path} HTTP/1.1\r\nHost: x\r\nMF-Op: GET\r\n\r\n`);
      expect.soft(answer, path).toBe("404");
    }

    for (const header of [
      "MF-Original-URL: http://x/health",
      "MF-Original-Hostname: x",
      "MF-Route-Override: cairn",
      "MF-Custom-Fetch-Service: cairn",
      "MF-CF-Blob: {",
      'MF-Access-Blob: {"aud":"x"}',
      "MF-Loopback-Secret: x",
      "MF-Proxy-Shared-Secret: x",
      "MF-Disable-Pretty-Error: true",
      "CF-Connecting-IP: 127.0.0.1",
      "X-Forwarded-For: 127.0.0.1",
      "X-HTTP-Method-Override: GET",
      "X-Original-URL: /health",
      "X-Rewrite-URL: /health",
      "Cf-Worker: cairn",
      "Forwarded: for=127.0.0.1",
    ]) {
      const answer = await statusOf(`GET /v1/status HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`);
      expect.soft(answer, header).toBe("401");
    }

    // No way of writing a path leads past the key.
    for (const path of [
      "/v1/status",
      "/%76%31/status",
      "/v1%2fstatus",
      "/V1/status",
      "//v1/status",
      "/v1;x/status",
      "/\\v1\\status",
      "/health/../v1/status",
      "/v1/./status",
      "/mcp/",
      "//mcp",
      "http://127.0.0.1/v1/status",
    ]) {
      const answer = await statusOf(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect.soft(answer, path).toMatch(/^40[14]$/);
    }

    // What two servers could read in two ways is read in none.
    const body = '{"session_id":"s","hook_event_name":"Stop"}';
    for (const framing of [
      `Content-Length: ${body.length}\r\nContent-Length: 5`,
      "Content-Length: -1",
      `Content-Length: +${body.length}`,
      "Content-Length: 99999999999999999999999",
      "Transfer-Encoding: xchunked",
      "X-A: 1\r\n folded",
      "X-A: a\0b",
    ]) {
      const head = `POST /hooks/claude-code HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}`;
      const answer = await statusOf(`${head}\r\n${framing}\r\n\r\n${body}`);
      expect.soft(answer, framing).toBe("400");
    }
    await server.stop();
  });
});
