/** What `cairn connect` merges into Gemini CLI's settings. Tried with 0.61. */
import type { FilesConnect } from "../connect/files-connect.ts";
import { settingsParts } from "../connect/named-hooks.ts";

const EVENTS = ["SessionStart", "BeforeAgent", "AfterTool", "AfterAgent", "SessionEnd"];

export const GEMINI_CONNECT: FilesConnect = {
  kind: "files",
  name: "gemini-cli",
  title: "Gemini CLI",
  program: "gemini",
  machineFolder: (_, home) => `${home}/.gemini`,
  projectFolder: ".gemini",
  parts: (options) => settingsParts("gemini-cli", EVENTS, options),
  note: ({ projectScope }) =>
    projectScope ? "Gemini CLI runs a repository's hooks in folders that are trusted." : null,
};
