/**
 * Writes the transcript of the README: what the commands in it print, for a recorded session.
 *
 *   npm run readme:transcript              writes it
 *   npm run readme:transcript -- --check   fails where it is stale
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../src/cli/installation.ts";
import { HOUR_MS } from "../src/platform/time.ts";
import { CAIRN, environment, run, temporaryFolder } from "../test/local/cli-command.ts";
import { startServer } from "../test/local/local-server.ts";

const README = join(ROOT, "README.md");
const BEGIN = "<!-- Made by `npm run readme:transcript`. -->\n```\n";
const END = "```\n<!-- The end of it. -->";
const RECORDED = join(ROOT, "test/fixtures/claude-code-hooks.jsonl");
/** How long ago the recorded work ends in the transcript, whenever that is made. */
const AGO_MS = 2 * HOUR_MS + HOUR_MS / 2;
const REMOTE = "git@github.com:acme/tallybook.git";
/** As wide as a README is shown without a scroll bar. */
const COLUMNS = 118;

const home = temporaryFolder("transcript");
const folder = join(home, "tallybook");
mkdirSync(folder);
const env = environment(home);
const server = await startServer(home);
try {
  await typed("git", "init", "-q");
  await typed("git", "remote", "add", "origin", REMOTE);
  const connected = await typed(CAIRN, "connect", "claude-code");
  await typed(CAIRN, "replay", recentRecording(), "--project", REMOTE);
  const lines = [
    "$ npm start",
    ...indented(server.output()),
    "",
    "$ bin/cairn.js connect claude-code        # once; then work as always",
    ...indented(connected),
    "",
    "$ claude                                  # the next session, in the same repository",
    ...indented(await startsWith()),
    "",
    "$ bin/cairn.js search why are totals one cent too low --limit 2",
    ...indented(
      await typed(CAIRN, "search", ..."why are totals one cent too low --limit 2".split(" ")),
    ),
  ];
  const transcript = `${lines.map((line) => cut(general(line))).join("\n")}\n`;
  const readme = readFileSync(README, "utf8");
  const [before = "", rest = ""] = readme.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  const written = `${before}${BEGIN}${transcript}${after}`;
  if (!process.argv.includes("--check")) {
    writeFileSync(README, written);
  } else if (written !== readme) {
    console.error(`The README's transcript is stale: run \`npm run readme:transcript\`.`);
    console.error(transcript);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
}

async function typed(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd: folder, env });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

/** The recorded hooks as if they were sent a while ago: what is told depends on their age. */
function recentRecording(): string {
  const hooks = readFileSync(RECORDED, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const shift = Date.now() - AGO_MS - Date.parse(hooks.at(-1).at);
  const path = join(home, "recorded.jsonl");
  const moved = hooks.map((one) => ({
    ...one,
    at: new Date(Date.parse(one.at) + shift).toISOString(),
  }));
  writeFileSync(path, moved.map((one) => JSON.stringify(one)).join("\n"));
  return path;
}

/** What the agent is told when its next session starts: by the hook that `connect` wrote. */
async function startsWith(): Promise<string> {
  const settings = JSON.parse(readFileSync(join(home, ".claude/settings.json"), "utf8"));
  const command: string = settings.hooks.SessionStart[0].hooks[0].command;
  const input = JSON.stringify({
    session_id: "next",
    cwd: folder,
    hook_event_name: "SessionStart",
    source: "startup",
  });
  const hook = await run("/bin/sh", ["-c", command], {
    cwd: folder,
    env: { ...env, ...settings.env },
    input,
  });
  const { hookSpecificOutput, systemMessage } = JSON.parse(hook.stdout);
  return `${systemMessage}\n${hookSpecificOutput.additionalContext}`;
}

function indented(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const all = lines[0]?.search(/\S/) ?? 0;
  return lines.map((line) => `  ${line.slice(Math.min(all, line.search(/\S/))).trimEnd()}`);
}

/** What differs from machine to machine and from day to day, as anybody would have it. */
function general(line: string): string {
  return line
    .replaceAll(`CAIRN_STATE=${home}/.cairn `, "")
    .replaceAll(`${home}/.cairn`, "/path/to/cairn/.cairn")
    .replaceAll(CAIRN, "/path/to/cairn/bin/cairn.js")
    .replaceAll(home, "/home/me")
    .replaceAll(server.url, "http://127.0.0.1:8787")
    .replaceAll(/cairn_local_\w+/g, "cairn_local_…")
    .replaceAll(/\d+ (?:min|h|d|wk)(?=[,)]| ·)|just now/g, "2 h")
    .replaceAll(/\d{4}-\d{2}-\d{2}/g, "2026-11-02");
}

function cut(line: string): string {
  return line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`;
}
