/** A small load generator: a fixed number of keep-alive connections, each with one request at a time. */
import { Agent, request } from "node:http";

export interface Post {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Measured {
  requests: number;
  failures: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  perSecond: number;
}

/** Sends for `durationMs`; `next(n)` makes the n-th post. Anything but a 200 is a failure. */
export async function load(
  url: string,
  connections: number,
  durationMs: number,
  next: (n: number) => Post,
): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const times: number[] = [];
  let sent = 0;
  let failures = 0;
  const startedAt = performance.now();
  const endAt = startedAt + durationMs;

  const postOnce = (post: Post) =>
    new Promise<void>((resolve) => {
      const body = Buffer.from(post.body);
      const headers = {
        "content-type": "application/json",
        "content-length": String(body.length),
        ...post.headers,
      };
      const begin = performance.now();
      const outgoing = request(
        { agent, hostname, port, path: post.path, method: "POST", headers },
        (response) => {
          response.resume();
          response.on("end", () => {
            times.push(performance.now() - begin);
            if (response.statusCode !== 200) failures += 1;
            resolve();
          });
        },
      );
      outgoing.on("error", () => {
        failures += 1;
        resolve();
      });
      outgoing.end(body);
    });

  async function connection(): Promise<void> {
    while (performance.now() < endAt) {
      sent += 1;
      await postOnce(next(sent));
    }
  }
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  return {
    requests: times.length,
    failures,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    perSecond: times.length / seconds,
  };
}

function percentile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
