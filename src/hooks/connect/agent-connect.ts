/** What `cairn connect` has to know of an agent: where its settings are, and what goes into them. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * Version of what `connect` writes, sent by every hook in `X-Cairn-Hooks`; counted up with each
 * change, so that a server can tell who has to connect again. The hooks of 0.1.0 send none.
 */
export const HOOKS_VERSION = 1;

/** How the hooks are to be. */
export interface HookOptions {
  /** The server, without a slash at its end. */
  url: string;
  /** Background commands that fail silently, instead of posts by the agent itself. */
  quiet: boolean;
  /** False: the person is shown no line of what a session was told. True where it is left out. */
  notice?: boolean;
  /** How this machine runs `cairn`, where it has no POSIX shell: that posts the start of a session. */
  cairn?: string;
}

/** Paths below the folder that the scope begins in. Several may be one file. */
export interface SettingsFiles {
  /** Where the hooks stand. */
  hooks: string;
  /** Where the `env` block with the key stands. */
  env: string;
  /** Where the MCP server stands, with a key of its own: nobody but the person may have it. */
  mcp: string;
}

/** An agent whose settings are JSON files with groups of hooks by event, and an `env` block. */
export interface AgentConnect {
  readonly kind: "settings";
  /** As it stands in addresses and on the command line. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /** Its program, as it stands on a path. */
  readonly program: string;
  /** Variable that moves the agent's own folder. */
  readonly folderVariable: string;
  /** For the whole machine: below the home, or below the folder that the variable names. */
  readonly machineFiles: { home: SettingsFiles; moved: SettingsFiles };
  /**
   * In a repository. The file of the key has to be ignored by git. The MCP server stands in the
   * machine's file then too, under the repository; `sharedMcp` is where older versions had it.
   */
  readonly projectFiles: Omit<SettingsFiles, "mcp"> & { sharedMcp: string };
  /** Address of the schema that a new file of settings names, for editors. */
  readonly settingsSchema: string;
  /** Event name -> the one group of hooks that is ours. */
  hooks(options: HookOptions): Record<string, JsonObject>;
  /** True for a hook that a `connect`, of this version or an older one, put there. */
  isOwnHook(hook: unknown): boolean;
  /** The options that a hook of ours was made with, or null where it is none of ours. */
  hookOptions(hook: unknown): HookOptions | null;
  /** Members of the file of MCP servers that lead to the list of them, by name. */
  readonly mcpSection: readonly string[];
  /** The same for those of one repository, by its top folder, in the same file. */
  projectMcpSection(root: string): readonly string[];
  /** The entry of Cairn's MCP server at `url`; null: with the key of the environment. */
  mcpEntry(url: string, key: string | null): JsonObject;
  isOwnMcpEntry(entry: unknown): boolean;
}
