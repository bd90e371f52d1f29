/** Command lines taken apart: what they run, and what they say in a commit message. */

/** Parts of a command line that say nothing about what it is for. */
const SUPPORTING = new Set(
  "cd echo export set source sleep true false tail head grep rg egrep sed awk tee wc sort uniq cat xargs cut tr time timeout sudo env nohup bash sh zsh pwd ls mkdir printf test [ [[ fi if then else done for do while exit".split(
    " ",
  ),
);

/** Programs whose second word says what they do. */
const SUBCOMMAND = /^[a-z][a-z0-9:._-]{1,30}$/;
/** Longest command line that is looked at. */
const COMMAND_MAX = 4_000;

const HEREDOC = /<<-?\s{0,2}(["']?)([A-Za-z_]\w{0,30})\1[^\n]*\n([\s\S]*?)\n\s*\2(?=\s|\)|"|$)/g;

/** The line without what stands in quotes or in a here-document: what a shell would run. */
export function withoutQuoted(command: string): string {
  return command
    .slice(0, COMMAND_MAX)
    .replace(HEREDOC, " ")
    .replace(/"(?:\\[\s\S]|[^"\\])*"|'[^']*'/g, (quoted) =>
      /[\s|;&<>()$]/.test(quoted) ? '""' : quoted,
    )
    .replace(/\s{0,4}\d?>{1,2}\s{0,2}(?:&\d|\/dev\/null|[\w./-]{1,80})/g, " ");
}

/** The words that name what a simple command runs: `mix test`, `npm run build`, `git push`. */
function programOf(simple: string): string | null {
  const words = simple
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^["'(]+|["')]+$/g, ""))
    .filter((word) => !/^[A-Za-z_]\w{0,60}=/.test(word));
  const first = words[0]?.replace(/^.{0,200}[/\\]/, "");
  if (first === undefined || first === "" || !/^[\w.@+[-]{1,60}$/.test(first)) return null;
  const second = words.slice(1).find((word) => !word.startsWith("-") && word !== "");
  if (second === "run" || second === "exec") {
    const third = words.slice(words.indexOf(second) + 1).find((word) => !word.startsWith("-"));
    return `${first} ${second} ${third ?? ""}`.trim();
  }
  return second !== undefined && SUBCOMMAND.test(second) && !second.includes("/")
    ? `${first} ${second}`
    : first;
}

/** The programs of a command line, supporting ones left out unless there are no others. */
export function programsOf(command: string): string[] {
  const simple = withoutQuoted(command).split(/&&|\|\||;|\||\n|\$\(/);
  const programs = simple.map(programOf).filter((program) => program !== null);
  const telling = programs.filter((program) => !SUPPORTING.has(program.split(" ")[0] ?? ""));
  return [...new Set(telling.length > 0 ? telling : programs)];
}

/** Words of a command line that narrow what it does to a part: paths, names of tests. */
export function narrowingOf(command: string): string[] {
  const words = withoutQuoted(command)
    .split(/&&|\|\||;|\n/)
    .join(" ")
    .split(/\s+/);
  return words.filter((word) =>
    /[\w-]\/[\w-]|\.\w{1,5}(?::\d+)?$|^-(?:t|k|run)$|^--(?:grep|filter|only|testNamePattern)/.test(
      word,
    ),
  );
}

/** Lines that tools and people sign a commit with. */
const TRAILER =
  /^\s*(?:[A-Z][\w-]{2,30}-[Bb]y:|\p{Extended_Pictographic}?\s?Generated with|Change-Id:|Signed-off)/u;

/** Subject and body of the message that a `git commit` command gives; null where it gives none. */
export function commitMessageOf(command: string): { subject: string; body: string } | null {
  if (!/\bgit\b[^|;&\n]{0,80}\bcommit\b/.test(command)) return null;
  const after = command.slice(command.search(/\bcommit\b/));
  const heredoc = [...after.matchAll(HEREDOC)][0]?.[3];
  const quoted = [
    ...after.matchAll(/\s-(?:a?m|-message)[ =]?(?:"((?:\\[\s\S]|[^"\\])*)"|'([^']*)')/g),
  ].map(([, double, single]) => (double ?? single ?? "").replace(/\\(["$`\\])/g, "$1"));
  const text = heredoc ?? quoted.join("\n\n");
  const lines = text.split("\n").map((line) => line.trimEnd());
  const subject = lines.find((line) => line.trim() !== "")?.trim() ?? "";
  if (subject === "") return null;
  const rest = lines.slice(lines.findIndex((line) => line.trim() !== "") + 1);
  return {
    subject,
    body: rest
      .filter((line) => !TRAILER.test(line))
      .join("\n")
      .trim(),
  };
}

/** The kind of a conventional commit's subject and what it says without it. */
export function commitSubject(subject: string): { kind: string | null; text: string } {
  const form = /^(?:\W{0,4}\s?)?([a-z]{2,12})(?:\([^)]{1,60}\))?!?:\s+(\S.*)$/i.exec(subject);
  return form?.[1] && form[2]
    ? { kind: form[1].toLowerCase(), text: form[2] }
    : { kind: null, text: subject };
}
