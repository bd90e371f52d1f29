/** The ways in which a text with a secret reaches Cairn: where it stands, and what is around it. */

/** Where an agent's hooks hold text. */
export type Place = "input" | "output" | "structured" | "prompt" | "closing" | "narration";

export interface Carrier {
  name: string;
  place: Place;
  wrap(text: string): string;
}

/** Every line with something in front of it. */
function lines(text: string, before: (number: number) => string): string {
  return text
    .split("\n")
    .map((line, i) => before(i + 11) + line)
    .join("\n");
}

/** Something put into each long word of the text, after its sixth character. */
function inside(text: string, what: string): string {
  return text.replace(/[A-Za-z0-9_-]{12,}/g, (word) => word.slice(0, 6) + what + word.slice(6));
}

const ESCAPE = "\u001b";

export const CARRIERS: readonly Carrier[] = [
  { name: "tool input", place: "input", wrap: (text) => text },
  { name: "tool output", place: "output", wrap: (text) => `done\n${text}\nok` },
  { name: "structured output", place: "structured", wrap: (text) => text },
  { name: "prompt", place: "prompt", wrap: (text) => text },
  {
    name: "closing message",
    place: "closing",
    wrap: (text) => `Here it is:\n\n${text}\n\nThat is all.`,
  },
  { name: "narration", place: "narration", wrap: (text) => `Now I know: ${text}` },
  { name: "numbered lines", place: "output", wrap: (text) => lines(text, (n) => `${n}\t`) },
  {
    name: "numbered with arrows",
    place: "output",
    wrap: (text) => lines(text, (n) => `    ${n}→`),
  },
  { name: "diff", place: "output", wrap: (text) => `@@ -1,2 +1,3 @@\n${lines(text, () => "+")}` },
  { name: "grep", place: "output", wrap: (text) => lines(text, (n) => `conf/app.conf:${n}:`) },
  { name: "backticks", place: "closing", wrap: (text) => `I ran \`${text}\` there.` },
  { name: "code block", place: "closing", wrap: (text) => `\`\`\`\n${text}\n\`\`\`` },
  {
    name: "JSON within text",
    place: "output",
    wrap: (text) => `{"log":${JSON.stringify(`line\n${text}`)}}`,
  },
  {
    name: "JSON within text, tab",
    place: "output",
    wrap: (text) => `{"log":${JSON.stringify(`\t${text}`)}}`,
  },
  {
    name: "URL-encoded",
    place: "output",
    wrap: (text) => `GET /log?m=${encodeURIComponent(text)} 200`,
  },
  {
    name: "ANSI colours",
    place: "output",
    wrap: (text) => `${ESCAPE}[32m${inside(text, `${ESCAPE}[1;31m`)}${ESCAPE}[0m`,
  },
  { name: "zero-width characters", place: "prompt", wrap: (text) => inside(text, "\u200b") },
  { name: "soft hyphens", place: "closing", wrap: (text) => inside(text, "\u00ad\u2060") },
];
