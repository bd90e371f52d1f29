/** The hooks that Claude Code runs for us: what they are, and how ours are told from others. */
import { z } from "zod";
import { COMMAND_FILE, MACHINE_FILE, MACHINE_FOLDER_SH } from "../machine.ts";
import type { JsonObject } from "./json-edit.ts";

/**
 * Events that Claude Code posts by itself. `PreToolUse` is not among them: what a call did stands
 * in the event after it, and nothing should stand between the agent and its tools.
 */
const POSTED_EVENTS = [
  "UserPromptSubmit",
  "PostToolUse",
  "PostToolUseFailure",
  "MessageDisplay",
  "Stop",
  "StopFailure",
  "SubagentStop",
  "PreCompact",
  "PostCompact",
  "SessionEnd",
] as const;

/**
 * The agent may exit right after these, and then ends the background hooks that it still knows of.
 * So they are short hooks that it waits for, whose post goes on by itself.
 */
const LAST_EVENTS: ReadonlySet<string> = new Set(["Stop", "StopFailure", "SessionEnd"]);

/** Seconds that a hook may hold up the agent, a dead network included. */
const HOOK_TIMEOUT_S = 5;
/** Seconds that the start of a session waits for its memory. */
const START_TIMEOUT_S = 4;
const CONNECT_TIMEOUT_S = 2;
/** Seconds that a hook in the background may take. */
const BACKGROUND_TIMEOUT_S = 20;

export const HOOK_PATH = "/hooks/claude-code";

/** How the hooks are to be. */
export interface HookOptions {
  /** The server, without a slash at its end. */
  url: string;
  /** Background commands that fail silently, instead of posts by Claude Code itself. */
  quiet: boolean;
  /** False: the person is shown no line of what a session was told. True where it is left out. */
  notice?: boolean;
}

/** Event name -> the one group of hooks that is ours. */
export function claudeCodeHooks(options: HookOptions): Record<string, JsonObject> {
  const groups: Record<string, JsonObject> = {
    SessionStart: group({
      type: "command",
      command: sessionStartCommand(options),
      timeout: HOOK_TIMEOUT_S,
    }),
  };
  for (const event of POSTED_EVENTS) {
    groups[event] = group(options.quiet ? quietHook(options, event) : httpHook(options));
  }
  return groups;
}

/** What every hook says of what its answer is to show; nothing where that is as usual. */
function answerHeaders({ notice = true }: HookOptions): Record<string, string> {
  return notice ? {} : { "X-Cairn-Notice": "off" };
}

function lines(headers: Record<string, string>): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function httpHook(options: HookOptions): JsonObject {
  const { url } = options;
  return {
    type: "http",
    url: `${url}${HOOK_PATH}`,
    headers: { Authorization: "Bearer $CAIRN_KEY", ...answerHeaders(options) },
    allowedEnvVars: ["CAIRN_KEY"],
    timeout: HOOK_TIMEOUT_S,
  };
}

function quietHook(options: HookOptions, event: string): JsonObject {
  const { url } = options;
  if (LAST_EVENTS.has(event)) {
    return { type: "command", command: detachedCommand(url), timeout: HOOK_TIMEOUT_S };
  }
  // The answer to a prompt may carry memory that came too late for the start.
  const command =
    event === "UserPromptSubmit"
      ? curlCommand(url, BACKGROUND_TIMEOUT_S, lines(answerHeaders(options)))
      : detachedCommand(url);
  return { type: "command", command, async: true };
}

function group(hook: JsonObject): JsonObject {
  return { hooks: [hook] };
}

/**
 * Posts what comes on its input. POSIX sh. The headers go by a here-document, because arguments
 * stand in the list of processes for everybody to read.
 */
function curlCommand(url: string, timeoutSeconds: number, headers: string[]): string {
  const limits = `--connect-timeout ${CONNECT_TIMEOUT_S} -m ${timeoutSeconds}`;
  return [
    `curl -sf ${limits} -H @/dev/fd/3 --data-binary @- '${url}${HOOK_PATH}' 2>/dev/null 3<<END || :`,
    "Authorization: Bearer $CAIRN_KEY",
    "Content-Type: application/json",
    // No header at all: curl would otherwise ask first whether a large body is welcome.
    "Expect:",
    ...headers,
    "END",
  ].join("\n");
}

/** Longest value of a header that the start sends, in bytes. */
const HEADER_MAX_BYTES = 4_000;

/**
 * Shell function: its input as one line. A folder or a setting of git may have line ends in it,
 * which would begin headers of their own. Octal, because not every `tr` knows classes.
 */
const ONE_LINE = `cairn_line() { LC_ALL=C tr -d "\\000-\\037\\177" | LC_ALL=C cut -b1-${HEADER_MAX_BYTES}; }`;

/** Header -> shell commands, the first of which that prints something says its value. */
const START_HEADERS: Record<string, string[]> = {
  "X-Cairn-Project": [
    "git config --get cairn.project",
    "git remote get-url origin",
    'git remote get-url "$(git remote 2>/dev/null | head -n 1)"',
  ],
  "X-Cairn-Project-From": ["git config --get cairn.project >/dev/null && echo config"],
  "X-Cairn-Root": ["git rev-parse --show-toplevel"],
  "X-Cairn-Git-Dir": ["git rev-parse --path-format=absolute --git-common-dir"],
  "X-Cairn-Branch": ["git symbolic-ref -q --short HEAD"],
  "X-Cairn-Commit": ["git rev-parse -q --verify HEAD"],
  "X-Cairn-Machine": [`cat "${MACHINE_FOLDER_SH}/${MACHINE_FILE}"`],
  "X-Cairn-Cli": [`cat "${MACHINE_FOLDER_SH}/${COMMAND_FILE}"`],
};

/**
 * The start of a session also says which repository it is in: no payload does. Whatever goes wrong,
 * it says nothing and ends with 0: the agent's turn goes on.
 */
function sessionStartCommand(options: HookOptions): string {
  const headers = Object.entries(START_HEADERS).map(
    ([name, commands]) => `${name}: $( { ${commands.join(" || ")}; } 2>/dev/null | cairn_line)`,
  );
  const all = [...headers, ...lines(answerHeaders(options))];
  return `${ONE_LINE}\n${curlCommand(options.url, START_TIMEOUT_S, all)}`;
}

/** Reads its input whole, because the agent closes it when the hook is done, and leaves the rest behind. */
function detachedCommand(url: string): string {
  const post = curlCommand(url, BACKGROUND_TIMEOUT_S, []);
  return `payload=$(cat 2>/dev/null)\n{ printf %s "$payload" | ${post}\n} >/dev/null 2>&1 &`;
}

const OwnHookSchema = z.union([
  z.object({
    type: z.literal("http"),
    url: z.string().endsWith(HOOK_PATH),
    headers: z.looseObject({ Authorization: z.literal("Bearer $CAIRN_KEY") }),
  }),
  z.object({
    type: z.literal("command"),
    command: z.string().includes(HOOK_PATH).includes("Bearer $CAIRN_KEY"),
  }),
]);

const COMMAND_URL = /'(https?:[^']+)'/;

/** True for a hook that a `connect`, of this version or an older one, put there. */
export function isOwnHook(hook: unknown): boolean {
  return OwnHookSchema.safeParse(hook).success;
}

/** The options that a hook of ours was made with, or null where it is none of ours. */
export function hookOptions(hook: unknown): HookOptions | null {
  const own = OwnHookSchema.safeParse(hook);
  if (!own.success) return null;
  const address = own.data.type === "http" ? own.data.url : COMMAND_URL.exec(own.data.command)?.[1];
  if (address === undefined) return null;
  const notice = !JSON.stringify(hook).includes("X-Cairn-Notice");
  return {
    url: address.slice(0, -HOOK_PATH.length),
    quiet: own.data.type === "command",
    ...(notice ? {} : { notice }),
  };
}
