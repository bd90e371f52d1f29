/**
 * `cairn hook-start`: posts the start of a session where no POSIX shell can be counted on, with what
 * the shell command of `post-command.ts` says of its place. Whatever goes wrong, it says nothing.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { HOOKS_VERSION } from "../hooks/connect/agent-connect.ts";
import { HOOKS_HEADER } from "../hooks/connect/post-command.ts";
import { exclusionOf } from "./exclude.ts";
import { COMMAND_PATH } from "./installation.ts";
import { machineId } from "./machine.ts";

/** As long as the shell's curl waits. */
const WAIT_MS = 4_000;
const HEADER_MAX_CHARS = 4_000;

/** Posts what comes on the standard input; resolves with the answer for the agent, or "". */
export async function hookStart(address: string, notice: boolean): Promise<string> {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: headersOf({
        ...placeOf(),
        ...(notice ? {} : { "X-Cairn-Notice": "off" }),
        Authorization: `Bearer ${process.env.CAIRN_KEY ?? ""}`,
        "Content-Type": "application/json",
        [HOOKS_HEADER]: String(HOOKS_VERSION),
      }),
      body: readFileSync(process.stdin.fd, "utf8"),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    return answer.ok ? await answer.text() : "";
  } catch {
    return "";
  }
}

function placeOf(): Record<string, string> {
  const config = git("config", "--get", "cairn.project");
  const [first = ""] = git("remote").split("\n");
  return {
    "X-Cairn-Project":
      config || git("remote", "get-url", "origin") || git("remote", "get-url", first),
    "X-Cairn-Project-From": config === "" ? "" : "config",
    "X-Cairn-Root": git("rev-parse", "--show-toplevel"),
    "X-Cairn-Git-Dir": git("rev-parse", "--path-format=absolute", "--git-common-dir"),
    "X-Cairn-Branch": git("symbolic-ref", "-q", "--short", "HEAD"),
    "X-Cairn-Commit": git("rev-parse", "-q", "--verify", "HEAD"),
    "X-Cairn-Machine": machineId() ?? "",
    "X-Cairn-Skip": exclusionOf(".") === null ? "" : "1",
    "X-Cairn-Cli": COMMAND_PATH,
  };
}

/** Without empty ones. Headers are bytes: what is beyond ASCII goes as curl would send it. */
function headersOf(values: Record<string, string>): Record<string, string> {
  const said = Object.entries(values).filter(([, value]) => value !== "");
  return Object.fromEntries(
    said.map(([name, value]) => {
      const line = value.replaceAll(/\p{Cc}/gu, "").slice(0, HEADER_MAX_CHARS);
      return [name, Buffer.from(line).toString("latin1")];
    }),
  );
}

function git(...args: string[]): string {
  const result = spawnSync("git", args, { encoding: "utf8", windowsHide: true });
  return result.status === 0 ? result.stdout.trim() : "";
}
