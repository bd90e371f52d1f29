/** What `cairn connect` sets up for OpenCode: a plugin, which it loads by itself, and the MCP server. */
import { type FilesConnect, mcpHeaders } from "../connect/files-connect.ts";

export const OPENCODE_CONNECT: FilesConnect = {
  kind: "files",
  name: "opencode",
  title: "OpenCode",
  program: "opencode",
  machineFolder: (env, home) => `${env.XDG_CONFIG_HOME || `${home}/.config`}/opencode`,
  projectFolder: ".opencode",
  parts: ({ url, mcpKey, projectScope }) => [
    {
      kind: "own",
      file: "plugins/cairn.js",
      content: ["connect/plugin-post.js", "opencode/plugin.js"],
    },
    ...(projectScope
      ? []
      : [
          {
            kind: "mcp" as const,
            file: "opencode.json",
            section: "mcp",
            entry: {
              type: "remote",
              url: `${url}/mcp`,
              headers: mcpHeaders("opencode", mcpKey),
              oauth: false,
            },
          },
        ]),
  ],
  note: () => null,
};
