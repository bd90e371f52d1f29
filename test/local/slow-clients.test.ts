/** Clients that begin and never end, against the real server: none of them holds anything for long. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { removeTemporaryFolders, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

/** The server waits up to 20 seconds for the next piece, and the machine may be busy. */
const WAITING_MS = 90_000;

/** A connection that sends these bytes and then nothing; resolves with all it was told until it is closed. */
function begun(port: number, bytes: string): { socket: Socket; closed: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  if (bytes !== "") socket.write(bytes);
  let answer = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    answer += text;
    // What is answered is over: only a client that stays would keep the connection.
    if (answer.startsWith("HTTP/1.1") && answer.includes("\r\n\r\n")) socket.end();
  });
  socket.on("error", () => {});
  return { socket, closed: new Promise((resolve) => socket.once("close", () => resolve(answer))) };
}

afterAll(removeTemporaryFolders);

describe("the local server", { timeout: WAITING_MS }, () => {
  it("gives up who sends no end, answers all others meanwhile, and waits for who is only slow", async () => {
    const server = await startServer(temporaryFolder("slow"));
    const port = Number(new URL(server.url).port);
    const head = (path: string, ...headers: string[]) =>
      [
        `POST ${path} HTTP/1.1`,
        "Host: x",
        `Authorization: Bearer ${server.key}`,
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        ...headers,
        "",
        "",
      ].join("\r\n");
    const payload = JSON.stringify({
      session_id: "slow",
      hook_event_name: "UserPromptSubmit",
      prompt: "Sent in three pieces",
    });

    const neverEnding = {
      "no byte": "",
      "half a line": "GET / HT",
      "headers without an end": "POST /hooks/claude-code HTTP/1.1\r\nHost: x\r\n",
      "a small hook": `${head("/hooks/claude-code", "Content-Length: 900")}{"session_id"`,
      "a hook in chunks": `${head("/hooks/claude-code", "Transfer-Encoding: chunked")}5\r\n{"a":\r\n`,
      "a large hook": `${head("/hooks/claude-code", "Content-Length: 9000000")}${payload.slice(0, -1)},"a":"${"x".repeat(70_000)}`,
      "a call of the API": `${head("/v1/observations", "Content-Length: 900")}{"title"`,
      "a call of MCP": `${head("/mcp", "Content-Length: 900")}{"jsonrpc"`,
    };
    const waiting = Object.entries(neverEnding).map(async ([name, bytes]) => {
      const answer = await begun(port, bytes).closed;
      return [name, answer.split("\r\n")[0]];
    });

    const slow = begun(port, head("/hooks/claude-code", `Content-Length: ${payload.length}`));
    for (const piece of [payload.slice(0, 9), payload.slice(9, 30), payload.slice(30)]) {
      await sleep(2_000);
      slow.socket.write(piece);
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
    }
    expect(await slow.closed).toMatch(/^HTTP\/1\.1 200 [\s\S]*X-Cairn-Event: stored/i);

    const ends = Object.fromEntries(await Promise.all(waiting));
    expect(ends).toMatchObject({
      "no byte": "",
      "half a line": "",
      "headers without an end": "",
      "a small hook": "HTTP/1.1 400 Bad Request",
      "a hook in chunks": "HTTP/1.1 400 Bad Request",
      "a large hook": "HTTP/1.1 400 Bad Request",
      "a call of the API": "HTTP/1.1 400 Bad Request",
    });
    expect(ends["a call of MCP"]).toMatch(/^HTTP\/1\.1 4/);
    await server.stop();
  });
});
