// Sends what happens in an agent to Cairn, in the form of Claude Code's hooks. Written by
// `cairn connect`; `cairn disconnect` removes it. It needs no package, and never fails its agent.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** An answer is waited for, in ms. */
const ANSWER_MS = 4_000;
const HEADER_MAX_CHARS = 4_000;

const home = process.env.HOME || homedir();
const state = join(process.env.XDG_STATE_HOME || join(home, ".local", "state"), "cairn");

/** Server and key of this agent; null where it is not connected, or paused. */
function settings(name) {
  try {
    const text = readFileSync(join(state, `${name}.curl`), "utf8");
    const value = (pattern) => pattern.exec(text)?.[1]?.replace(/\\(.)/g, "$1");
    const url = value(/^url = "(.+)"$/m);
    const headers = {};
    for (const [, header, said] of text.matchAll(/^header = "([\w-]+): (.+)"$/gm)) {
      headers[header] = said.replace(/\\(.)/g, "$1");
    }
    return url === undefined ? null : { url, headers };
  } catch {
    return null;
  }
}

function fromGit(folder, ...args) {
  return new Promise((resolve) => {
    execFile("git", args, { cwd: folder, timeout: 2_000 }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : ""),
    );
  });
}

function fromFile(name) {
  try {
    return readFileSync(join(state, name), "utf8").trim();
  } catch {
    return "";
  }
}

/** True for a folder that `cairn exclude` was told, and for those below it. */
function isExcluded(folder) {
  if (existsSync(join(folder, ".cairnignore"))) return true;
  return dirname(folder) !== folder && isExcluded(dirname(folder));
}

/** Which repository and machine a session is of: headers of its start. */
async function place(folder) {
  const git = (...args) => fromGit(folder, ...args);
  const config = await git("config", "--get", "cairn.project");
  const remotes = (await git("remote")).split("\n");
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  const found = {
    "X-Cairn-Project": config || (remote ? await git("remote", "get-url", remote) : ""),
    "X-Cairn-Project-From": config ? "config" : "",
    "X-Cairn-Root": await git("rev-parse", "--show-toplevel"),
    "X-Cairn-Git-Dir": await git("rev-parse", "--path-format=absolute", "--git-common-dir"),
    "X-Cairn-Branch": await git("symbolic-ref", "-q", "--short", "HEAD"),
    "X-Cairn-Commit": await git("rev-parse", "-q", "--verify", "HEAD"),
    "X-Cairn-Machine": fromFile("machine"),
    "X-Cairn-Cli": fromFile("command"),
    "X-Cairn-Skip":
      (await git("config", "--type=bool", "--get", "cairn.skip")) === "true" || isExcluded(folder)
        ? "1"
        : "",
  };
  const headers = {};
  for (const [name, value] of Object.entries(found)) {
    // Headers are bytes: what is beyond ASCII goes as curl would send it.
    const bytes = Buffer.from(value.replace(/\p{Cc}/gu, "").slice(0, HEADER_MAX_CHARS));
    if (value !== "") headers[name] = bytes.toString("latin1");
  }
  return headers;
}

/** The sender of one agent: payloads go out one after the other, so that none overtakes another. */
export function sender(name) {
  let before = Promise.resolve();

  async function post(payload, headers, ms) {
    const found = settings(name);
    if (found === null) return "";
    try {
      const response = await fetch(found.url, {
        method: "POST",
        headers: { ...found.headers, ...headers },
        body: JSON.stringify(payload),
        signal: AbortSignal.timeout(ms),
      });
      const answer = response.ok ? await response.json() : {};
      return answer.hookSpecificOutput?.additionalContext ?? "";
    } catch {
      return "";
    }
  }

  return {
    /** Resolves with the memory for the model, or "". Never rejects. */
    send(payload, { start = null, ms = ANSWER_MS } = {}) {
      const sent = before.then(async () =>
        post(payload, start === null ? {} : await place(start).catch(() => ({})), ms),
      );
      before = sent.then(() => undefined);
      return sent;
    },
  };
}
