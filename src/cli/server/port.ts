/** The server's port: free to listen on, and then answering. */
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { hostPort, localUrl } from "./environment.ts";

const POLL_MS = 25;
/** How long a port may stay taken after an orphan was ended or a restart came quickly. */
const PORT_WAIT_MS = 1_500;

/**
 * Checks that the port can be had, or picks one for 0. Throws a `Failure` that says who has it, with
 * `another` at its end, which says how to run a second server.
 */
export async function freePort(host: string, port: number, another: string): Promise<number> {
  const end = Date.now() + PORT_WAIT_MS;
  for (;;) {
    const result = await tryPort(host, port);
    if (typeof result === "number") return result;
    if (result.code !== "EADDRINUSE") {
      throw new Failure(`cannot listen on ${hostPort(host, port)}: ${result.message}`);
    }
    if (Date.now() > end) throw new Failure(await portTaken(host, port, another));
    // A server that is there to stay answers at once: no need to wait for it to go.
    if (await isCairn(localUrl(host, port)))
      throw new Failure(await portTaken(host, port, another));
    await sleep(POLL_MS);
  }
}

function tryPort(host: string, port: number): Promise<number | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const got = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(got));
    });
  });
}

async function portTaken(host: string, port: number, another: string): Promise<string> {
  const what = (await isCairn(localUrl(host, port))) ? "a Cairn server" : "another program";
  return (
    `${what} already listens on ${hostPort(host, port)}. ` +
    `Stop it, or set PORT to another port. ${another}`
  );
}

async function isCairn(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) });
    return response.ok && ((await response.json()) as { ok?: unknown })?.ok === true;
  } catch {
    return false;
  }
}

/** True once it takes requests, false when it does not in time. */
export async function untilReady(url: string, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      // Not yet.
    }
    await sleep(POLL_MS);
  }
  return false;
}
