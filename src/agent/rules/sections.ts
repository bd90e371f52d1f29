/** Long texts (closing messages, compaction summaries, reports, plans) split into their sections. */
import { plain } from "./prose.ts";

/** One point of a list with what is nested below it. */
export interface Item {
  /** The point itself, without marks. */
  text: string;
  /** The point and everything below it, as it was written. */
  raw: string;
}

export interface Section {
  /** Empty for what stands before the first heading. */
  heading: string;
  items: Item[];
  /** Paragraphs that are no list. */
  paragraphs: string[];
  raw: string;
}

/** Lines of a text that are looked at; at most 32 KiB of them arrive. */
const LINES_MAX = 2_000;

const MARKDOWN_HEADING = /^#{1,6}\s{1,4}(\S.{0,200})$/;
const BOLD_HEADING = /^\*\*([^*\n]{2,160})\*\*\s{0,3}:?\s{0,3}$/;
/** `4. Errors and fixes:`, as agents number the sections of a compaction summary. */
const NUMBERED_HEADING = /^\d{1,2}[.)]\s{1,3}(?:\*\*)?([A-Z][^.\n]{2,70}?)(?:\*\*)?:\s{0,3}$/;
const LABEL_HEADING = /^([A-Z][A-Za-z ]{2,40}):\s{0,3}$/;
const POINT = /^(\s{0,40})(?:[-*+•]|\d{1,3}[.)])\s{1,4}\S/;

function headingOf(line: string): string | null {
  for (const form of [MARKDOWN_HEADING, BOLD_HEADING, NUMBERED_HEADING, LABEL_HEADING]) {
    const heading = form.exec(line)?.[1];
    if (heading) return plain(heading).replace(/[:\s]{1,4}$/, "");
  }
  return null;
}

/** Splits `text` at its headings. A code block belongs to the point or paragraph that it follows. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  let section: Section = { heading: "", items: [], paragraphs: [], raw: "" };
  let inCode = false;
  let openItem: Item | null = null;
  let itemIndent = 0;
  const close = () => {
    if (section.raw.trim() !== "") sections.push(section);
  };
  for (const line of text.split("\n", LINES_MAX)) {
    if (/^\s{0,40}(?:```|~~~)/.test(line)) inCode = !inCode;
    const heading = inCode ? null : headingOf(line);
    if (heading !== null) {
      close();
      section = { heading, items: [], paragraphs: [], raw: "" };
      openItem = null;
      continue;
    }
    section.raw += `${line}\n`;
    const point = inCode ? null : POINT.exec(line);
    const indent = point?.[1]?.length ?? 0;
    if (point !== null && (openItem === null || indent <= itemIndent)) {
      openItem = { text: plain(line), raw: line };
      itemIndent = indent;
      section.items.push(openItem);
    } else if (openItem !== null && (inCode || /^\s/.test(line) || line === "")) {
      openItem.raw += `\n${line}`;
    } else if (!inCode && line.trim() !== "" && !/^[-=_*\s]{3,200}$/.test(line)) {
      openItem = null;
      if (!/^\s{0,40}(?:```|~~~)/.test(line)) section.paragraphs.push(plain(line));
    }
  }
  close();
  return sections;
}
