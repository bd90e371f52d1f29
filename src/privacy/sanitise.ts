/**
 * The one way from an agent's raw texts to content that may be stored: private tags and blobs out,
 * cut, control codes and secrets out, cut to the final size. Pure, synchronous, and never throws.
 */
import type { EventContent, TextBody, ToolBody } from "../memory/event.ts";
import { COMMAND_FIELDS } from "../memory/tool-fields.ts";
import { TEXT_CUT } from "../platform/long-text.ts";
import { blobName, cleanText, nameBlobs } from "./clean-text.ts";
import {
  printsEnvironment,
  redactEnvironment,
  redactEnvironmentRuns,
} from "./environment-dumps.ts";
import { isIgnoredPath } from "./ignored-names.ts";
import { dropIgnoredLines } from "./ignored-sections.ts";
import {
  CROWDED_FIELD_CHARS,
  type CutText,
  cutMiddle,
  dropEdges,
  EVENT_MAX_BYTES,
  EVENT_MAX_CHARS,
  FIELD_MAX_CHARS,
  fitsAsJson,
  JSON_MAX_DEPTH,
  JSON_MAX_ENTRIES,
  PATH_MAX_CHARS,
  PATHS_MAX,
  renderCut,
} from "./limits.ts";
import { stripPrivate, stripPrivateAround } from "./private-tags.ts";
import { redact, redactEntry } from "./redaction.ts";

export interface RawToolEvent {
  kind: "tool_use" | "tool_failure";
  tool: string;
  input: Record<string, unknown>;
  /** Text, or JSON where the adapter knows no better way to tell it. */
  output: unknown;
  filesRead: readonly string[];
  filesModified: readonly string[];
  agentType: string | null;
  /** `CAIRN_IGNORE`: lines that a search found inside these files go from the output. */
  ignoreGlobs: readonly string[];
}

export interface RawTextEvent {
  kind: "prompt" | "say" | "turn_end" | "subagent_end" | "compaction";
  text: string;
  label: string | null;
}

/** Longest name of a tool, a subagent's type or a label. */
const NAME_MAX_CHARS = 200;
/** First the whole budget, then ever less for each field, until the event fits. */
const FIELD_CAPS = [30_000, 15_000, 7_500, 3_500, 1_500, 500, 120] as const;

export type RawEvent = RawToolEvent | RawTextEvent;

/** What may be stored of a raw event: at most `EVENT_MAX_BYTES` as JSON. */
export function sanitise(raw: RawToolEvent): Extract<EventContent, { body: ToolBody }>;
export function sanitise(raw: RawTextEvent): Extract<EventContent, { body: TextBody }>;
export function sanitise(raw: RawEvent): EventContent;
export function sanitise(raw: RawEvent): EventContent {
  return "tool" in raw ? sanitiseTool(raw) : sanitiseText(raw);
}

function sanitiseText(raw: RawTextEvent): EventContent {
  const field = new Sanitiser().text(raw.text, raw.kind === "prompt");
  const label = raw.label === null ? {} : { label: sanitiseName(raw.label) };
  const body = fitting((cap) => ({ text: renderCut(field, cap).trim(), ...label }));
  return { kind: raw.kind, body };
}

function sanitiseTool(raw: RawToolEvent): EventContent {
  const sanitiser = new Sanitiser();
  const input = sanitiser.tree(raw.input, 0);
  sanitiser.dropFoundIn = raw.ignoreGlobs;
  sanitiser.isEnvironment = COMMAND_FIELDS.some((name) => {
    const command = raw.input[name];
    return printsEnvironment(Array.isArray(command) ? command.join(" ") : `${command ?? ""}`);
  });
  const output =
    typeof raw.output === "string"
      ? sanitiser.text(raw.output, false)
      : sanitiser.json(raw.output ?? "");
  const fixed = {
    tool: sanitiseName(raw.tool),
    files_read: sanitisePaths(raw.filesRead),
    files_modified: sanitisePaths(raw.filesModified),
    ...(raw.agentType === null ? {} : { agent_type: sanitiseName(raw.agentType) }),
  };
  const body = fitting((cap) => ({
    ...fixed,
    input: renderInput(input, cap),
    output: renderCut(output, cap).trim(),
  }));
  return { kind: raw.kind, body };
}

/** A short text on one line, sanitised like any other. */
function sanitiseName(text: string): string {
  return redact(cleanText(text.slice(0, NAME_MAX_CHARS)).replace(/\s+/g, " ").trim());
}

function sanitisePaths(paths: readonly string[]): string[] {
  const kept = paths.slice(0, PATHS_MAX).map((path) => {
    const { text } = stripPrivate(cleanText(path.slice(0, PATH_MAX_CHARS)), { unclosed: false });
    return redact(text.replace(/\n/g, " ")).trim();
  });
  return [...new Set(kept.filter((path) => path !== ""))];
}

/** Renders with ever smaller fields until the result fits. */
function fitting<Body extends object>(render: (cap: number) => Body): Body {
  let body = render(EVENT_MAX_BYTES);
  for (const cap of FIELD_CAPS) {
    if (fitsAsJson(body, EVENT_MAX_BYTES - ENVELOPE_BYTES)) return body;
    body = render(cap);
  }
  return body;
}

/** The kind around the body, and what the agent's adapter stamps on it: at most 300 characters. */
const ENVELOPE_BYTES = 1_500;

/** A value of which each text is sanitised but not yet cut to its final size. */
type Tree =
  | { leaf: CutText }
  | { plain: number | boolean | null }
  | { list: Tree[] }
  | { entries: [string, Tree][] };

/** Takes one event's texts in turn and keeps count of how much they are together. */
class Sanitiser {
  private left = EVENT_MAX_CHARS;
  /** Set for outputs, null for what may hold such lines as its own text. */
  dropFoundIn: readonly string[] | null = null;
  /** Set for what a command printed that prints an environment. */
  isEnvironment = false;

  /** One text. `unclosed` is for prompts, see `stripPrivate`. `name`: of the entry that holds it. */
  text(raw: string, unclosed: boolean, name: string | null = null): CutText {
    const stripped = nameBlobs(stripPrivateAround(raw, { unclosed }).text);
    const cut = cutMiddle(stripped, this.left > 0 ? FIELD_MAX_CHARS : CROWDED_FIELD_CHARS);
    this.left -= cut.head.length + cut.tail.length;
    const head = this.part(cut.head, name);
    return dropEdges({ head, tail: this.part(cut.tail, name), cut: cut.cut });
  }

  private part(raw: string, name: string | null): string {
    const plain = cleanText(raw);
    const kept = this.dropFoundIn === null ? plain : dropIgnoredLines(plain, this.dropFoundIn);
    const text = name === null ? redact(kept) : redactEntry(name, kept);
    return this.isEnvironment ? redactEnvironment(text) : redactEnvironmentRuns(text);
  }

  tree(value: unknown, depth: number, name: string | null = null): Tree {
    if (typeof value === "string") return { leaf: this.text(value, false, name) };
    if (typeof value === "number" || typeof value === "boolean" || value === null) {
      return { plain: value };
    }
    if (typeof value !== "object") return { plain: null };
    if (depth >= JSON_MAX_DEPTH) return note("nested deeper");
    if (Array.isArray(value)) {
      const list = value.slice(0, JSON_MAX_ENTRIES).map((item) => this.tree(item, depth + 1, name));
      const more = value.length - list.length;
      return { list: more > 0 ? [...list, note(`${more} more`)] : list };
    }
    const blob = imageName(value);
    if (blob !== null) return { leaf: { head: blob, tail: "", cut: 0 } };
    const all = Object.entries(value);
    const isIgnored = this.holdsIgnoredFile(value);
    const entries = all.slice(0, JSON_MAX_ENTRIES).map(([key, item]): [string, Tree] => {
      if (isIgnored && !NAMES_FILE.test(key)) return [sanitiseName(key), note("ignored file")];
      return [sanitiseName(key), this.tree(item, depth + 1, key)];
    });
    const more = all.length - entries.length;
    return { entries: more > 0 ? [...entries, ["…", note(`${more} more`)]] : entries };
  }

  /** `{"path": ".env", "content": "…"}` in an output. */
  private holdsIgnoredFile(value: object): boolean {
    const globs = this.dropFoundIn;
    if (globs === null) return false;
    return Object.entries(value).some(
      ([key, item]) =>
        NAMES_FILE.test(key) && typeof item === "string" && isIgnoredPath(item, globs),
    );
  }

  /** Any value as one text of JSON; its own texts are sanitised one by one before. */
  json(value: unknown): CutText {
    if (typeof value === "string") return this.text(value, false);
    const text = JSON.stringify(renderTree(this.tree(value, 0), FIELD_MAX_CHARS));
    return cutMiddle(text, FIELD_MAX_CHARS);
  }
}

/** Entries that name the file that the others tell of. */
const NAMES_FILE = /^(?:file_?path|path|file_?name|file|uri|absolute_?path|source|target_?file)$/i;

function note(text: string): Tree {
  return { leaf: { head: `[… ${text} …]`, tail: "", cut: 0 } };
}

/**
 * The name of an image or document in one of the forms in which tools return them:
 * `{source: {media_type, data}}`, `{data, mimeType}`, `{file: {base64, type}}`.
 */
export function imageName(value: object): string | null {
  const block = value as Record<string, unknown>;
  for (const holder of [block.source, block.file, block]) {
    if (typeof holder !== "object" || holder === null) continue;
    const fields = holder as Record<string, unknown>;
    const data = fields.data ?? fields.base64 ?? fields.blob;
    const type = fields.media_type ?? fields.mimeType ?? fields.type;
    if (typeof data === "string" && typeof type === "string" && type.includes("/")) {
      return blobName(sanitiseName(type), charsOf(data));
    }
  }
  return null;
}

/** How long a text was before its middle was left out. */
function charsOf(text: string): number {
  const missing = TEXT_CUT.exec(text);
  return missing === null ? text.length : text.length - missing[0].length + Number(missing[1]);
}

function renderTree(tree: Tree, cap: number): unknown {
  if ("leaf" in tree) return renderCut(tree.leaf, cap);
  if ("plain" in tree) return tree.plain;
  if ("list" in tree) return tree.list.map((item) => renderTree(item, cap));
  return Object.fromEntries(tree.entries.map(([key, item]) => [key, renderTree(item, cap)]));
}

/** A tool's input as an object; one with very many entries as the beginning of its JSON. */
function renderInput(tree: Tree, cap: number): Record<string, unknown> {
  const value = renderTree(tree, cap);
  if (typeof value !== "object" || value === null) return {};
  const input = value as Record<string, unknown>;
  const smallest = FIELD_CAPS[FIELD_CAPS.length - 1] ?? 0;
  if (cap > smallest || fitsAsJson(input, EVENT_MAX_BYTES / 2)) return input;
  return { cut: renderCut(cutMiddle(JSON.stringify(input), EVENT_MAX_BYTES / 8), EVENT_MAX_BYTES) };
}
