/** Long texts (closing messages, compaction summaries, reports, plans) split into their sections. */
import { plain } from "./prose.ts";

/** One point of a list with what is nested below it. */
export interface Item {
  /** The point itself, without marks. */
  text: string;
  /** The point and everything below it, as it was written. */
  raw: string;
  /** Of a box: whether it is ticked. Null for a point without one. */
  ticked: boolean | null;
}

export interface Section {
  /** Empty for what stands before the first heading. */
  heading: string;
  /** The heading above a label that ends with a colon: `For the API:` below `Next steps`. */
  above: string;
  items: Item[];
  /** Paragraphs that are no list. */
  paragraphs: string[];
  raw: string;
}

/** Lines of a text that are looked at; at most 32 KiB of them arrive. */
const LINES_MAX = 2_000;

const MARKDOWN_HEADING = /^#{1,6}\s{1,4}(\S.{0,200})$/;
const BOLD_HEADING = /^\*\*([^*\n]{2,160})\*\*\s{0,3}[:：]?\s{0,3}$/;
/** `4. Errors and fixes:`, as agents number the sections of a compaction summary. */
const NUMBERED_HEADING = /^\d{1,2}[.)]\s{1,3}(?:\*\*)?(\p{Lu}[^.\n]{2,70}?)(?:\*\*)?[:：]\s{0,3}$/u;
const POINT = /^(\s{0,40})(?:[-*+•–]|\d{1,3}[.)]|[☐☑✅✔✓❌]\s?)\s{0,4}(?=\S)/u;
const BOX = /^\s{0,40}(?:[-*+•]\s{1,4}|\d{1,3}[.)]\s{1,4})?(?:\[([ xX])\]|([☐☑]))\s{1,4}/u;
/** The last sentence of a line that ends with a colon. */
const LABEL = /^(.*?[.!?。！？]\s{1,3}|.*?[。！？])?([^.!?。！？\n]{2,70}?)[:：]\s{0,3}$/u;

function isPoint(line: string): boolean {
  const point = POINT.exec(line);
  return point !== null && /\s|[☐☑✅]/u.test(line.slice(point[1]?.length ?? 0, point[0].length));
}

function headingOf(line: string): string | null {
  for (const form of [MARKDOWN_HEADING, BOLD_HEADING, NUMBERED_HEADING]) {
    const heading = form.exec(line)?.[1];
    if (heading) return plain(heading).replace(/[:：\s]{1,4}$/, "");
  }
  return null;
}

/** A label in front of a list: its last sentence is the heading, what stands before it is prose. */
function labelOf(
  line: string,
  next: string | undefined,
): { before: string; heading: string } | null {
  if (next === undefined || !isPoint(next) || isPoint(line) || /^\s/.test(line)) return null;
  const label = LABEL.exec(line);
  return label?.[2] ? { before: (label[1] ?? "").trim(), heading: plain(label[2]).trim() } : null;
}

/** The line below a heading that is underlined, and that between a table's head and its rows. */
const UNDERLINE = /^(?:={3,}|-{3,})\s*$/;
const TABLE_LINE = /^\s{0,8}\|[\s:|-]{3,200}\|?\s*$/;
const ROW = /^\s{0,8}\|(.{1,600})\|\s*$/;
const ROW_DONE =
  /^(?:done|complete[d]?|finished|merged|fixed|passed|✅.*|✔.*|☑.*|erledigt|fertig|hecho|listo|fait|terminé|feito|fatto|готово|сделано|完成|已完成|完了|완료)$/iu;
const ROW_OPEN =
  /^(?:not (?:yet )?(?:started|done|begun)|to-?\s?do|pending|open|planned|in progress|wip|blocked|skipped|deferred|❌.*|⏳.*|☐.*|🔲.*|🚧.*|offen|ausstehend|pendiente|à faire|en cours|pendente|da fare|не начато|в работе|待办|未开始|未完成|进行中|未着手|未完了|作業中|대기|진행 중|미완료)$/iu;

/** A row of a table as a point: its cells, and whether one of them says that it is done or open. */
function rowOf(line: string): Item | null {
  const cells = (ROW.exec(line)?.[1] ?? "").split("|").map((cell) => plain(cell));
  if (cells.length < 2) return null;
  const raw = (ROW.exec(line)?.[1] ?? "").split("|").map((cell) => cell.trim());
  const open = raw.some((cell) => ROW_OPEN.test(cell));
  const done = raw.some((cell) => ROW_DONE.test(cell));
  const said = cells.filter(
    (cell, at) => cell !== "" && !ROW_OPEN.test(raw[at] ?? "") && !ROW_DONE.test(raw[at] ?? ""),
  );
  if (said.length === 0) return null;
  const text = said.length === 1 ? (said[0] ?? "") : `${said[0]}: ${said.slice(1).join(", ")}`;
  return { text, raw: line, ticked: open ? false : done ? true : null };
}

/** A line that an underline makes a heading: short, and no sentence or point. */
function isUnderlined(line: string): boolean {
  return (
    /^\S.{1,78}$/.test(line) && !isPoint(line) && !/[.!?。！？]\s*$/.test(line) && !ROW.test(line)
  );
}

function tickOf(line: string): boolean | null {
  const box = BOX.exec(line);
  if (box === null) return null;
  return box[1] === "x" || box[1] === "X" || box[2] === "☑";
}

/** Splits `text` at its headings. A code block belongs to the point or paragraph that it follows. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  let section: Section = { heading: "", above: "", items: [], paragraphs: [], raw: "" };
  let inCode = false;
  let openItem: Item | null = null;
  let itemIndent = 0;
  const begin = (heading: string, above: string) => {
    if (section.raw.trim() !== "" || section.heading !== "") sections.push(section);
    section = { heading, above, items: [], paragraphs: [], raw: "" };
    openItem = null;
  };
  const lines = text.split("\n", LINES_MAX);
  let above = "";
  for (const [at, line] of lines.entries()) {
    if (/^\s{0,40}(?:```|~~~)/.test(line)) inCode = !inCode;
    const heading = inCode ? null : headingOf(line);
    if (heading !== null) {
      begin(heading, "");
      above = heading;
      continue;
    }
    const below = inCode ? undefined : lines[at + 1];
    // The head of a table names its columns, the line below it nothing.
    if (!inCode && (TABLE_LINE.test(line) || (ROW.test(line) && TABLE_LINE.test(below ?? ""))))
      continue;
    const row = inCode ? null : rowOf(line);
    if (row !== null) {
      section.raw += `${line}\n`;
      section.items.push(row);
      openItem = null;
      continue;
    }
    if (UNDERLINE.test(below ?? "") && isUnderlined(line)) {
      begin(plain(line).replace(/[:：\s]{1,4}$/, ""), "");
      above = section.heading;
      continue;
    }
    const next = lines.slice(at + 1, at + 3).find((each) => each.trim() !== "");
    const label = inCode ? null : labelOf(line, next);
    if (label !== null) {
      if (label.before !== "") {
        section.raw += `${label.before}\n`;
        section.paragraphs.push(plain(label.before));
      }
      begin(label.heading, above);
      continue;
    }
    section.raw += `${line}\n`;
    const isItem = !inCode && isPoint(line);
    const indent = /^\s*/.exec(line)?.[0].length ?? 0;
    if (isItem && (openItem === null || indent <= itemIndent)) {
      openItem = { text: plain(line), raw: line, ticked: tickOf(line) };
      itemIndent = indent;
      section.items.push(openItem);
    } else if (openItem !== null && (inCode || /^\s/.test(line) || line === "")) {
      openItem.raw += `\n${line}`;
    } else if (!inCode && line.trim() !== "" && !/^[-=_*\s]{3,200}$/.test(line)) {
      openItem = null;
      if (!/^\s{0,40}(?:```|~~~)/.test(line)) section.paragraphs.push(plain(line));
    }
  }
  if (section.raw.trim() !== "" || section.items.length > 0) sections.push(section);
  return sections;
}
