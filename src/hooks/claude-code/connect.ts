/** What `cairn connect` writes into Claude Code's settings, and how ours is told from others'. */
import { z } from "zod";
import { isLoopback } from "../../platform/loopback.ts";
import {
  type AgentConnect,
  HOOKS_VERSION,
  type HookOptions,
  type JsonObject,
} from "../connect/agent-connect.ts";
import {
  detachedCommand,
  HOOKS_HEADER,
  postCommand,
  START_SUBCOMMAND,
  startByCairn,
  startCommand,
} from "../connect/post-command.ts";

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
/** The same of a post to a server on this machine, which answers in milliseconds or not at all. */
const LOOPBACK_TIMEOUT_S = 2;
/** Seconds that the start of a session waits for its memory. */
const START_TIMEOUT_S = 4;
/** Seconds that a hook in the background may take. */
const BACKGROUND_TIMEOUT_S = 20;

const NAME = "claude-code";
const HOOK_PATH = `/hooks/${NAME}`;

/** Event name -> the one group of hooks that is ours. */
function claudeCodeHooks(options: HookOptions): Record<string, JsonObject> {
  const groups: Record<string, JsonObject> = {
    SessionStart: group({
      type: "command",
      command: startOf(options),
      timeout: HOOK_TIMEOUT_S,
    }),
  };
  for (const event of POSTED_EVENTS) {
    groups[event] = group(options.quiet ? quietHook(options, event) : httpHook(options));
  }
  return groups;
}

function startOf(options: HookOptions): string {
  const address = `${options.url}${HOOK_PATH}`;
  const { cairn, notice = true } = options;
  return cairn === undefined
    ? startCommand(address, START_TIMEOUT_S, lines(answerHeaders(options)))
    : startByCairn(cairn, address, notice);
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
    headers: {
      Authorization: "Bearer $CAIRN_KEY",
      [HOOKS_HEADER]: String(HOOKS_VERSION),
      ...answerHeaders(options),
    },
    allowedEnvVars: ["CAIRN_KEY"],
    timeout: isLoopback(new URL(url).hostname) ? LOOPBACK_TIMEOUT_S : HOOK_TIMEOUT_S,
  };
}

function quietHook(options: HookOptions, event: string): JsonObject {
  const address = `${options.url}${HOOK_PATH}`;
  const detached = detachedCommand(address, BACKGROUND_TIMEOUT_S);
  if (LAST_EVENTS.has(event)) {
    return { type: "command", command: detached, timeout: HOOK_TIMEOUT_S };
  }
  // The answer to a prompt may carry memory that came too late for the start.
  const command =
    event === "UserPromptSubmit"
      ? postCommand(address, BACKGROUND_TIMEOUT_S, lines(answerHeaders(options)))
      : detached;
  return { type: "command", command, async: true };
}

function group(hook: JsonObject): JsonObject {
  return { hooks: [hook] };
}

/** A start by our own command: how it is run, and the address. */
const BY_CAIRN = new RegExp(`^(.+) ${START_SUBCOMMAND} "(https?:[^"]+)"`);

const OwnHookSchema = z.union([
  z.object({
    type: z.literal("http"),
    url: z.string().endsWith(HOOK_PATH),
    headers: z.looseObject({ Authorization: z.literal("Bearer $CAIRN_KEY") }),
  }),
  z.object({
    type: z.literal("command"),
    command: z
      .string()
      .refine(
        (text) =>
          text.includes(HOOK_PATH) && (text.includes("Bearer $CAIRN_KEY") || BY_CAIRN.test(text)),
      ),
  }),
]);

const COMMAND_URL = /'(https?:[^']+)'/;

function isOwnHook(hook: unknown): boolean {
  return OwnHookSchema.safeParse(hook).success;
}

function hookOptions(hook: unknown): HookOptions | null {
  const own = OwnHookSchema.safeParse(hook);
  if (!own.success) return null;
  const command = own.data.type === "http" ? "" : own.data.command;
  const [, cairn, started] = BY_CAIRN.exec(command) ?? [];
  const address =
    own.data.type === "http" ? own.data.url : (started ?? COMMAND_URL.exec(command)?.[1]);
  if (address === undefined) return null;
  const notice = !/X-Cairn-Notice|--no-notice/.test(JSON.stringify(hook));
  return {
    url: address.slice(0, -HOOK_PATH.length),
    quiet: own.data.type === "command",
    ...(notice ? {} : { notice }),
    ...(cairn === undefined ? {} : { cairn }),
  };
}

/**
 * Claude Code puts the variable in, also from the `env` block of its settings (tried with 2.1.330 in
 * both scopes).
 */
const VARIABLE = "${" + "CAIRN_KEY}";
const MCP_PATH = "/mcp";

const OwnMcpEntrySchema = z.object({
  type: z.literal("http"),
  url: z.string().endsWith(MCP_PATH),
  headers: z.looseObject({
    Authorization: z
      .string()
      .refine((value) => value === `Bearer ${VARIABLE}` || /^Bearer cairn_\w/.test(value)),
  }),
});

export const CLAUDE_CODE_CONNECT: AgentConnect = {
  kind: "settings",
  name: NAME,
  title: "Claude Code",
  program: "claude",
  folderVariable: "CLAUDE_CONFIG_DIR",
  machineFiles: {
    home: { hooks: ".claude/settings.json", env: ".claude/settings.json", mcp: ".claude.json" },
    moved: { hooks: "settings.json", env: "settings.json", mcp: ".claude.json" },
  },
  projectFiles: {
    hooks: ".claude/settings.json",
    env: ".claude/settings.local.json",
    sharedMcp: ".mcp.json",
  },
  settingsSchema: "https://json.schemastore.org/claude-code-settings.json",
  hooks: claudeCodeHooks,
  isOwnHook,
  hookOptions,
  mcpSection: ["mcpServers"],
  // As `claude mcp add --scope local` has it (2.1.330): by the repository's top folder.
  projectMcpSection: (root) => ["projects", root, "mcpServers"],
  mcpEntry: (url, key) => ({
    type: "http",
    url: `${url}${MCP_PATH}`,
    headers: { Authorization: `Bearer ${key ?? VARIABLE}`, "X-Cairn-Client": NAME },
  }),
  isOwnMcpEntry: (entry) => OwnMcpEntrySchema.safeParse(entry).success,
};
