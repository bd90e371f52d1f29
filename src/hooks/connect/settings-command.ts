/**
 * Shell commands of agents that have no place for a key: server, key and limits stand in a curl
 * configuration that only its owner can read. So the commands stay the same, to the byte, whatever
 * the server, the key and Cairn's version: an agent that asks its person to trust a command asks once.
 */
import { HOOKS_VERSION } from "./agent-connect.ts";
import { MACHINE_FOLDER_SH } from "./machine-files.ts";
import { HOOKS_HEADER, ONE_LINE, startHeaderLines } from "./post-command.ts";

const CONNECT_TIMEOUT_S = 2;
/** Agents wait for their hooks. */
const POST_TIMEOUT_S = 4;

/** Ends the name of every such file. */
export const SETTINGS_SUFFIX = ".curl";

/** What stands in it, for `address`. curl(1), --config: values in quotes, with backslashes. */
export function settingsText(address: string, key: string): string {
  const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
  return [
    `url = ${quoted(address)}`,
    `header = ${quoted(`Authorization: Bearer ${key}`)}`,
    'header = "Content-Type: application/json"',
    // No header at all: curl would otherwise ask first whether a large body is welcome.
    'header = "Expect:"',
    `header = ${quoted(`${HOOKS_HEADER}: ${HOOKS_VERSION}`)}`,
    "silent",
    "fail",
    `connect-timeout = ${CONNECT_TIMEOUT_S}`,
    `max-time = ${POST_TIMEOUT_S}`,
    "",
  ].join("\n");
}

export interface KeptSettings {
  /** Of the hooks, not of the server. */
  address: string;
  key: string;
}

/** Null where the text is none of ours. */
export function readSettings(text: string): KeptSettings | null {
  const address = /^url = "(.+)"$/m.exec(text)?.[1];
  const key = /^header = "Authorization: Bearer (.+)"$/m.exec(text)?.[1];
  return address === undefined || key === undefined
    ? null
    : { address: address.replaceAll(/\\(.)/g, "$1"), key };
}

const file = (settings: string) => `"${MACHINE_FOLDER_SH}/${settings}${SETTINGS_SUFFIX}"`;

/**
 * Posts what comes on its input. Where there is no such file, as while capture is paused, or no
 * server, the input is read all the same: an agent may take a closed pipe for a failure.
 */
export function post(settings: string): string {
  return `curl -K ${file(settings)} --data-binary @- 2>/dev/null || cat >/dev/null 2>&1 || :`;
}

/** The start of a session also says which repository it is in: no payload does. */
export function postStart(settings: string): string {
  const curl = `curl -K ${file(settings)} -H @/dev/fd/3 --data-binary @-`;
  return [
    ONE_LINE,
    `${curl} 2>/dev/null 3<<END || cat >/dev/null 2>&1 || :`,
    ...startHeaderLines(),
    "END",
  ].join("\n");
}

/** True for a command that a `connect` put there, of this version or an older one. */
export function isOwnCommand(command: unknown, name: string): boolean {
  return (
    typeof command === "string" &&
    command.includes(`curl -K "${MACHINE_FOLDER_SH}/${name}`) &&
    command.includes(SETTINGS_SUFFIX)
  );
}
