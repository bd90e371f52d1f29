/** Shell commands that post a hook: POSIX sh and curl, for every agent that runs commands. */
import { HOOKS_VERSION } from "./agent-connect.ts";
import {
  COMMAND_FILE,
  IGNORE_FILE,
  MACHINE_FILE,
  MACHINE_FOLDER_SH,
  SKIP_SETTING,
} from "./machine-files.ts";

export const HOOKS_HEADER = "X-Cairn-Hooks";

const CONNECT_TIMEOUT_S = 2;

/**
 * Posts what comes on its input. POSIX sh. The headers go by a here-document, because arguments
 * stand in the list of processes for everybody to read.
 */
export function postCommand(address: string, timeoutSeconds: number, headers: string[]): string {
  const limits = `--connect-timeout ${CONNECT_TIMEOUT_S} -m ${timeoutSeconds}`;
  return [
    `curl -sf ${limits} -H @/dev/fd/3 --data-binary @- '${address}' 2>/dev/null 3<<END || :`,
    "Authorization: Bearer $CAIRN_KEY",
    "Content-Type: application/json",
    // No header at all: curl would otherwise ask first whether a large body is welcome.
    "Expect:",
    `${HOOKS_HEADER}: ${HOOKS_VERSION}`,
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
export const ONE_LINE = `cairn_line() { LC_ALL=C tr -d "\\000-\\037\\177" | LC_ALL=C cut -b1-${HEADER_MAX_BYTES}; }`;

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
  "X-Cairn-Skip": [
    `[ "$(git config --type=bool --get ${SKIP_SETTING})" = true ] && echo 1`,
    `{ d=$PWD; while [ -n "$d" ]; do [ -e "$d/${IGNORE_FILE}" ] && { echo 1; break; }; d=\${d%/*}; done; }`,
  ],
  "X-Cairn-Cli": [`cat "${MACHINE_FOLDER_SH}/${COMMAND_FILE}"`],
};

/** Headers of the start, each with the shell that finds its value. */
export function startHeaderLines(): string[] {
  return Object.entries(START_HEADERS).map(
    ([name, commands]) => `${name}: $( { ${commands.join(" || ")}; } 2>/dev/null | cairn_line)`,
  );
}

/**
 * The start of a session also says which repository it is in: no payload does. Whatever goes wrong,
 * it says nothing and ends with 0: the agent's turn goes on.
 */
export function startCommand(address: string, timeoutSeconds: number, more: string[]): string {
  return `${ONE_LINE}\n${postCommand(address, timeoutSeconds, [...startHeaderLines(), ...more])}`;
}

/** The command of ours that posts a start where there is no POSIX shell. */
export const START_SUBCOMMAND = "hook-start";

/** The same for any shell: double quotes are the same in cmd, in PowerShell and in Git's bash. */
export function startByCairn(cairn: string, address: string, notice: boolean): string {
  return `${cairn} ${START_SUBCOMMAND} "${address}"${notice ? "" : " --no-notice"}`;
}

/** Reads its input whole, because the agent closes it when the hook is done, and leaves the rest behind. */
export function detachedCommand(address: string, timeoutSeconds: number): string {
  const post = postCommand(address, timeoutSeconds, []);
  return `payload=$(cat 2>/dev/null)\n{ printf %s "$payload" | ${post}\n} >/dev/null 2>&1 &`;
}
