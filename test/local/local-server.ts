/** A server of its own for a test, started as a user starts it. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { CAIRN, environment } from "./cli-command.ts";

const READY_PATTERN = /cairn ready on (\S+)/;

export interface LocalServer {
  url: string;
  key: string;
  state: string;
  process: ChildProcess;
  /** The process that started the runtime, and the runtime. */
  pids(): { pid: number; runtimePid: number };
  /** All that was written to standard output and standard error. */
  output(): string;
  /** Ends it the friendly way; resolves with the exit code. */
  stop(): Promise<number | null>;
  ended: Promise<number | null>;
}

/** Starts on any free port, with the state in `<home>/.cairn`. Rejects when it ends before it is ready. */
export function startServer(
  home: string,
  extra: Record<string, string> = {},
): Promise<LocalServer> {
  const env = environment(home, { PORT: "0", ...extra });
  return untilReady(
    spawn(CAIRN, ["start"], { env, cwd: home, stdio: ["ignore", "pipe", "pipe"] }),
    env.CAIRN_STATE ?? "",
  );
}

/** The server that a process starts, once it says that it is ready. */
export function untilReady(
  child: ChildProcessByStdio<null, Readable, Readable>,
  state: string,
): Promise<LocalServer> {
  let output = "";
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return new Promise((resolve, reject) => {
    let isReady = false;
    const take = (text: string) => {
      output += text;
      if (isReady) return;
      const url = READY_PATTERN.exec(output)?.[1];
      if (url === undefined) return;
      isReady = true;
      const run = () => JSON.parse(readFileSync(join(state, "server.json"), "utf8"));
      resolve({
        url,
        key: run().key,
        state,
        process: child,
        pids: run,
        output: () => output,
        stop() {
          child.kill("SIGTERM");
          return ended;
        },
        ended,
      });
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
}
