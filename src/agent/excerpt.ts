/** Shortens text so that what tells stays: head, tail, and the lines that look like errors. */

/** Lines that say what went wrong, or that something passed at last. */
const TELLING_LINE =
  /\b(?:error|errors|fail|fails|failed|failure|failures|fatal|panic|exception|traceback|undefined|unexpected|mismatch|denied|refused|invalid|cannot|can't|could not|not found|no such|warning|assert\w*|expected|passed)\b|\w(?:Error|Exception)\b/i;

/** Runs of this many characters without a space or a dot are data, not words. */
const ENCODED_RUN = /[A-Za-z0-9+/_-]{160,}={0,2}/g;
const LINE_MAX_CHARS = 240;
/** Of a long text's room: at most this for what it complains of, then this of the rest for its head. */
const COMPLAINTS_SHARE = 0.3;
const HEAD_SHARE = 0.55;
/** Of the marks that say how many lines were left out. */
const GAP_CHARS = 16;

/** Data rather than a long path or a ruler: capitals and digits, and no folders. */
function isEncoded(run: string): boolean {
  return /[A-Z]/.test(run) && /\d/.test(run) && !/(?:\/[a-z_-]{3,40}){3}/i.test(run);
}

/**
 * Takes out what a reader cannot use: blank lines, blanks at their ends, and encoded data, which is
 * named. Events come without control codes and larger blobs already (src/privacy/clean-text.ts).
 */
export function compact(text: string): string {
  return text
    .replace(ENCODED_RUN, (run) =>
      isEncoded(run) ? `[encoded data, ${run.length} characters]` : run,
    )
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

/** The text, or its start with an ellipsis: at most `max` characters. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 1));
  // Half of a surrogate pair is no character.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** The first of the lines that fit into `room` characters, as indices. */
function takeLines(lines: readonly string[], order: Iterable<number>, room: number): number[] {
  const taken: number[] = [];
  let left = room;
  for (const index of order) {
    left -= (lines[index]?.length ?? 0) + 1;
    if (left < 0) break;
    taken.push(index);
  }
  return taken;
}

/**
 * At most about `max` characters of `text`: first lines, last lines, and between them the lines
 * that look like errors, each gap marked with the number of lines left out.
 */
export function excerpt(text: string, max: number): string {
  if (text.length <= max) return text;
  const lines = text.split("\n").map((line) => clip(line, LINE_MAX_CHARS));
  if (lines.length < 3) return clip(text, max);
  const all = lines.map((_, index) => index);
  const said = new Set<string>();
  const complaints = takeLines(
    lines,
    all.filter((index) => {
      const line = lines[index] ?? "";
      if (!TELLING_LINE.test(line)) return false;
      // A tool that says the same of a hundred places has said it once.
      const sense = line.replace(/\d+/g, "0").trim();
      const fresh = !said.has(sense);
      said.add(sense);
      return fresh;
    }),
    max * COMPLAINTS_SHARE,
  );
  const spent = complaints.reduce((sum, i) => sum + (lines[i]?.length ?? 0) + GAP_CHARS, 0);
  const room = max - spent - GAP_CHARS;
  const head = takeLines(lines, all, room * HEAD_SHARE);
  const tail = takeLines(lines, all.toReversed(), room * (1 - HEAD_SHARE));
  const kept = [...new Set([...head, ...complaints, ...tail])].sort((a, b) => a - b);
  if (kept.length === 0) return clip(text, max);
  const parts: string[] = [];
  let next = 0;
  for (const index of kept) {
    if (index > next) parts.push(`… ${index - next} lines …`);
    parts.push(lines[index] ?? "");
    next = index + 1;
  }
  if (next < lines.length) parts.push(`… ${lines.length - next} lines …`);
  return parts.join("\n");
}
