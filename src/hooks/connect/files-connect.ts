/** Agents that `cairn connect` sets up by files: hooks that are commands, or a plugin of ours. Pure data. */
import type { JsonObject } from "./agent-connect.ts";

/** What a connection is made for. */
export interface FilesOptions {
  /** The server, without a slash at its end. */
  url: string;
  /** Sent by the agent's MCP client. */
  mcpKey: string;
  /** Base name of the curl configuration with the server and the hooks' key. */
  settings: string;
  /** Absolute path of the agent's own folder. */
  folder: string;
  projectScope: boolean;
}

/** Something of ours in a file below the agent's own folder. */
export type FilePart =
  /** Groups of hooks, by event, in a JSON file that others write to as well. */
  | { kind: "hooks"; file: string; groups: Record<string, JsonObject> }
  /** Our MCP server in such a file: `section` lists servers by name. */
  | { kind: "mcp"; file: string; section: string; entry: JsonObject }
  /** A file that is all ours: JSON, or the texts of sources below `src/hooks`, as one. */
  | { kind: "own"; file: string; content: JsonObject | readonly string[] }
  /** Lines between two marks at the end of a TOML file. */
  | { kind: "toml"; file: string; lines: readonly string[] };

export interface FilesConnect {
  readonly kind: "files";
  /** As it stands in addresses and on the command line. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /** Its program, as it stands on a path. */
  readonly program: string;
  /** The agent's own folder for the whole machine. */
  machineFolder(env: Readonly<Record<string, string | undefined>>, home: string): string;
  /** The same in a repository, below its root. */
  readonly projectFolder: string;
  /** The first of them tells whether it is connected. */
  parts(options: FilesOptions): FilePart[];
  /** What connecting leaves to the person; null for nothing. */
  note(options: FilesOptions): string | null;
}

/** A name for people, which agents show beside a hook or a server. */
export const CAIRN_NAME = "cairn";

/** The header by which an MCP server is told to be ours, and to have been put there by `connect`. */
export const CLIENT_HEADER = "X-Cairn-Client";

/** Headers of our MCP server, the key in them: these agents have no place of their own for it. */
export function mcpHeaders(name: string, key: string): Record<string, string> {
  return { Authorization: `Bearer ${key}`, [CLIENT_HEADER]: name };
}
