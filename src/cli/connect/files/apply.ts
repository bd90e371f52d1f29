/** Puts an agent's parts into its files, and takes them out: all is read before anything is written. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject } from "../../../hooks/connect/agent-connect.ts";
import {
  CAIRN_NAME,
  CLIENT_HEADER,
  type FilePart,
  type FilesConnect,
} from "../../../hooks/connect/files-connect.ts";
import { isOwnCommand, SETTINGS_SUFFIX } from "../../../hooks/connect/settings-command.ts";
import { Failure } from "../../failure.ts";
import { BUILT, IS_CLONE, ROOT } from "../../installation.ts";
import { section, withGroups, withSection } from "../hook-settings.ts";
import { readSettingsFile, writeSettingsFile, writeText } from "../settings-file.ts";
import { tableHeader, withBlock, withoutBlock } from "./toml-block.ts";

type JsonPart = Extract<FilePart, { kind: "hooks" | "mcp" }>;
type TextPart = Extract<FilePart, { kind: "own" | "toml" }>;

/** A file as it is and as it is to be; null: not there. */
export interface Written {
  path: string;
  before: string | null;
  after: string | null;
  write(): void;
}

/** Where the sources of plugins are: beside the agents in a clone, in the package below `dist`. */
const PLUGINS = IS_CLONE ? join(ROOT, "src", "hooks") : join(BUILT, "plugins");

/** Changes of all files of `parts`; `put` false takes ours out. Writes nothing yet. */
export function changes(
  agent: FilesConnect,
  folder: string,
  settings: string,
  parts: readonly FilePart[],
  put: boolean,
): Written[] {
  const files = new Set(parts.map(({ file }) => file));
  return [...files].map((file) => {
    const own = parts.filter((part) => part.file === file);
    const path = join(folder, file);
    const json = own.filter(
      (part): part is JsonPart => part.kind === "hooks" || part.kind === "mcp",
    );
    if (json.length > 0) return jsonChange(agent, path, json, put);
    const [text] = own as TextPart[];
    if (text === undefined) throw new Error(file);
    return textChange(agent, path, textOf(agent, settings, text), text, put);
  });
}

function jsonChange(
  agent: FilesConnect,
  path: string,
  parts: readonly JsonPart[],
  put: boolean,
): Written {
  const file = readSettingsFile(path);
  const value = parts.reduce((json, part) => withPart(agent, json, part, put), file.value);
  const isGone = Object.keys(value).length === 0 && (file.text === null || value !== file.value);
  const isSame = value === file.value || JSON.stringify(value) === JSON.stringify(file.value);
  return {
    path,
    before: file.text,
    after: isGone ? null : isSame ? file.text : JSON.stringify(value, null, 2),
    write: () => void writeSettingsFile(file, isGone ? null : value),
  };
}

function withPart(agent: FilesConnect, json: JsonObject, part: JsonPart, put: boolean): JsonObject {
  if (part.kind === "hooks") {
    const isOwnHook = (hook: unknown) => isOwnCommand((hook as JsonObject).command, agent.name);
    return withGroups({ isOwnHook }, json, put ? part.groups : {});
  }
  const servers = section(json, part.section);
  const { [CAIRN_NAME]: there, ...others } = servers;
  if (there !== undefined && !isOwnServer(there)) return json;
  if (put) return withSection(json, part.section, { ...servers, [CAIRN_NAME]: part.entry });
  return there === undefined ? json : withSection(json, part.section, others);
}

function isOwnServer(entry: JsonObject[string]): boolean {
  return JSON.stringify(entry).includes(`"${CLIENT_HEADER}"`);
}

/** True where somebody else's MCP server has our name: it is left as it is. */
export function hasForeignServer(folder: string, parts: readonly FilePart[]): string | null {
  for (const part of parts) {
    const path = join(folder, part.file);
    if (part.kind === "mcp") {
      const there = section(readSettingsFile(path).value, part.section)[CAIRN_NAME];
      if (there !== undefined && !isOwnServer(there)) return path;
    }
    if (part.kind === "toml" && heldByOthers(readText(path) ?? "", part.lines)) return path;
  }
  return null;
}

/** The text of a part that is ours alone. */
function textOf(agent: FilesConnect, settings: string, part: TextPart): string {
  if (part.kind === "toml") return part.lines.join("\n");
  if (!Array.isArray(part.content)) return `${JSON.stringify(part.content, null, 2)}\n`;
  const sources = part.content as readonly string[];
  const [base = "", ...rest] = sources.map((name) => readFileSync(join(PLUGINS, name), "utf8"));
  // One file of several modules: what they import of each other stands above.
  const own = rest.map((text) => text.replaceAll(/^import .+ from "\.\.\/.+";\n/gm, ""));
  const text = [base.replaceAll(/^export /gm, ""), ...own].join("\n");
  return text.replace(`sender("${agent.name}")`, `sender(${JSON.stringify(settings)})`);
}

function textChange(
  agent: FilesConnect,
  path: string,
  text: string,
  part: TextPart,
  put: boolean,
): Written {
  const before = readText(path);
  let after: string | null = put ? text : null;
  if (part.kind === "toml") {
    const others = withoutBlock(before ?? "");
    const isForeign = heldByOthers(before ?? "", part.lines);
    after = put && !isForeign ? withBlock(before ?? "", part.lines) : others;
    if (after === "" && before !== others) after = null;
    if (before === null && after === "") after = null;
  } else if (before !== null && !isOwnText(before)) {
    if (put) {
      throw new Failure(
        `${path} is there and not Cairn's. Nothing was changed: move it away, then run this again.`,
      );
    }
    after = before;
  }
  return {
    path,
    before,
    after,
    write() {
      if (after === null) rmSync(path, { force: true });
      else writeText(path, before, after);
    },
  };
  function isOwnText(there: string): boolean {
    return there.includes("`cairn connect`") || there.includes(`/cairn/${agent.name}`);
  }
}

/** True where a table of ours stands outside of our block. */
function heldByOthers(text: string, lines: readonly string[]): boolean {
  const others = new Set(
    withoutBlock(text)
      .split("\n")
      .map((line) => line.trim()),
  );
  const [first] = lines.flatMap((line) => tableHeader(line) ?? []);
  return first !== undefined && others.has(first);
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Failure(`cannot read ${path}: ${(error as Error).message}`);
  }
}

/** The base name of the settings that a file of ours reads, or null where it has nothing of ours. */
export function settingsIn(agent: FilesConnect, path: string): string | null {
  const text = existsSync(dirname(path)) ? readText(path) : null;
  const name = `(${agent.name}(?:-[0-9a-f]{8})?)`;
  const suffix = SETTINGS_SUFFIX.replace(".", "\\.");
  const found = new RegExp(`/cairn/${name}${suffix}|sender\\("${name}"\\)`).exec(text ?? "");
  return found?.[1] ?? found?.[2] ?? null;
}
