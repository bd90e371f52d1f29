/** The words of a shell command as the shell sees them: after quoting, with braces expanded. */

/** Longest command that is looked at, in characters. */
const COMMAND_MAX_CHARS = 64 * 1024;
const WORD_MAX_CHARS = 4_096;
/** Words that the braces of one word may become. */
const EXPANSION_MAX = 64;
/** A command in the quotes of a command: `bash -c "cat .env"`. */
const NESTED_DEPTH = 2;

/** What ends a word outside of quotes. */
const SEPARATORS = " \t\n\r;|&<>()`";

/** Options whose argument is a message that people read: files in it are spoken of. */
const MESSAGE_OPTION = /^(?:-[a-z]{0,3}m|--(?:message|body|title|notes))$/;
const MESSAGE = /^--(?:message|body|title|notes)=/;

/** Calls `seen` with each word, until it says true. */
export function someShellWord(
  command: string,
  seen: (word: string) => boolean,
  depth: number = NESTED_DEPTH,
): boolean {
  const text = command.slice(0, COMMAND_MAX_CHARS);
  let i = 0;
  let before = "";
  while (i < text.length) {
    if (SEPARATORS.includes(text.charAt(i))) {
      i += 1;
      continue;
    }
    const word = readWord(text, i);
    i = Math.max(word.end, i + 1);
    const isMessage = MESSAGE_OPTION.test(before) || MESSAGE.test(word.text);
    before = word.text;
    if (isMessage) continue;
    for (const quoted of word.quoted) {
      if (depth > 0 && someShellWord(quoted, seen, depth - 1)) return true;
    }
    for (const expanded of expandBraces(word.text)) {
      if (seen(expanded)) return true;
    }
  }
  return false;
}

interface ShellWord {
  text: string;
  end: number;
  /** Quoted parts with white space or brackets in them: they may be commands or code. */
  quoted: string[];
}

function readWord(text: string, start: number): ShellWord {
  let word = "";
  let i = start;
  const quoted: string[] = [];
  while (i < text.length) {
    const character = text.charAt(i);
    if (SEPARATORS.includes(character)) break;
    if (character === "'" || character === '"') {
      const inner = readQuoted(text, i + 1, character);
      if (/[\s(){}<>|;]/.test(inner.text)) quoted.push(inner.text);
      word += inner.text;
      i = inner.end;
    } else if (character === "\\") {
      word += text.charAt(i + 1) === "\n" ? "" : text.charAt(i + 1);
      i += 2;
    } else if (character === "$" && (text.charAt(i + 1) === "'" || text.charAt(i + 1) === '"')) {
      i += 1;
    } else {
      word += character;
      i += 1;
    }
  }
  return { text: word.slice(0, WORD_MAX_CHARS), end: i, quoted };
}

function readQuoted(text: string, from: number, quote: string): { text: string; end: number } {
  let inner = "";
  let i = from;
  for (; i < text.length && text.charAt(i) !== quote; i++) {
    if (text.charAt(i) === "\\" && quote === '"') i += 1;
    inner += text.charAt(i);
  }
  return { text: inner, end: i + 1 };
}

/** `a{b,c}` as `ab`, `ac`; at most `EXPANSION_MAX` words. */
export function expandBraces(word: string): string[] {
  if (!word.includes("{")) return [word];
  const open = [word];
  const done: string[] = [];
  while (open.length > 0 && done.length + open.length <= EXPANSION_MAX) {
    const next = open.pop() ?? "";
    const braces = /\{([^{}]{0,500},[^{}]{0,500})\}/.exec(next);
    if (braces === null) {
      done.push(next);
      continue;
    }
    const before = next.slice(0, braces.index);
    const after = next.slice(braces.index + braces[0].length);
    for (const part of (braces[1] ?? "").split(",")) open.push(before + part + after);
  }
  return [...done, ...open];
}
