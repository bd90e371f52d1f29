/** What `cairn connect` sets up for Pi: an extension, which it loads by itself. It knows no MCP servers. */
import type { FilesConnect } from "../connect/files-connect.ts";

export const PI_CONNECT: FilesConnect = {
  kind: "files",
  name: "pi",
  title: "Pi",
  program: "pi",
  machineFolder: (env, home) => env.PI_CODING_AGENT_DIR || `${home}/.pi/agent`,
  projectFolder: ".pi",
  parts: () => [
    {
      kind: "own",
      file: "extensions/cairn.ts",
      content: ["connect/plugin-post.js", "pi/extension.js"],
    },
  ],
  note: ({ projectScope }) =>
    projectScope
      ? "Pi loads a repository's extensions once the project is trusted."
      : "Pi has no MCP client: the memory is told to its sessions, and cannot be searched there.",
};
