/** What `cairn connect` merges into Qwen Code's settings. Tried with 0.24.4. */
import type { FilesConnect } from "../connect/files-connect.ts";
import { settingsParts } from "../connect/named-hooks.ts";

const EVENTS = [
  "SessionStart",
  "UserPromptSubmit",
  "PostToolUse",
  "PostToolUseFailure",
  "Stop",
  "SubagentStop",
  "PostCompact",
  "SessionEnd",
];

export const QWEN_CONNECT: FilesConnect = {
  kind: "files",
  name: "qwen-code",
  title: "Qwen Code",
  program: "qwen",
  machineFolder: (_, home) => `${home}/.qwen`,
  projectFolder: ".qwen",
  parts: (options) => settingsParts("qwen-code", EVENTS, options),
  note: () => null,
};
