/** Real Claude Code, without an account: a home of its own, and a model that is a mock. */
import { spawnSync } from "node:child_process";
import { run } from "../test/local/cli-command.ts";

/** The version that facts about hooks were tried with. */
const CLAUDE_CODE = "@anthropic-ai/claude-code@2.1.330";

/** Path of the command; npm fetches the package once and keeps it in its cache. */
export function installClaudeCode(): string {
  // This clone's settings let no package run scripts, and Claude Code needs its own to be complete.
  const scripts = "--ignore-scripts=false";
  const found = spawnSync("npx", [scripts, "-y", "-p", CLAUDE_CODE, "-c", "command -v claude"], {
    encoding: "utf8",
  });
  const path = found.stdout.trim().split("\n").at(-1) ?? "";
  if (found.status !== 0 || path === "") {
    throw new Error(`npx could not get ${CLAUDE_CODE}: ${found.stderr}`);
  }
  const version = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (version.status !== 0) {
    throw new Error(`${path} does not run; remove its folder, and try again: ${version.stderr}`);
  }
  return path;
}

export interface Turn {
  code: number | null;
  /** All that the user would see, and the messages that a program would read. */
  output: string;
  /** What the hooks answered: name of the hook, exit code or status, and what went wrong. */
  hookTroubles: string[];
  /** The agent's closing text. */
  result: string;
  milliseconds: number;
}

/** Arguments and environment of one session of one turn, `claude -p`, which tells of its hooks. */
export function claudeCommand(
  prompt: string,
  { home, modelUrl }: { home: string; modelUrl: string },
): { args: string[]; env: NodeJS.ProcessEnv } {
  const told = ["--output-format", "stream-json", "--verbose", "--include-hook-events"];
  return {
    args: ["-p", prompt, "--dangerously-skip-permissions", ...told],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: "a-mock-takes-any-key",
      // Claude Code refuses to skip permissions as root elsewhere than in a sandbox.
      IS_SANDBOX: "1",
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    },
  };
}

/** Runs one session of one turn. */
export async function claudeTurn(
  claude: string,
  prompt: string,
  options: { home: string; cwd: string; modelUrl: string },
): Promise<Turn> {
  const startedAt = Date.now();
  const { args, env } = claudeCommand(prompt, options);
  const result = await run(claude, args, { cwd: options.cwd, env });
  const messages = result.stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    code: result.code,
    output: `${result.stdout}\n${result.stderr}`,
    hookTroubles: messages.flatMap(hookTrouble),
    result: String(messages.find((message) => message.type === "result")?.result ?? ""),
    milliseconds: Date.now() - startedAt,
  };
}

/** A message about a hook that did not go well, in one line. */
function hookTrouble(message: Record<string, unknown>): string[] {
  if (message.type !== "system" || message.subtype !== "hook_response") return [];
  const { hook_event, exit_code, outcome, stderr } = message;
  if (outcome === "success" && !stderr) return [];
  return [`${hook_event}: outcome ${outcome}, exit code ${exit_code}, ${stderr}`];
}
