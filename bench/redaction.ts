/**
 * What redaction costs: each rule set on ordinary text and on 64 KiB of hostile patterns.
 *
 *   node bench/redaction.ts [file]
 *
 * `file` is what ordinary text is taken from; without it, this project's own sources.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { redactEncoded } from "../src/privacy/encoded-text.ts";
import { redactEnvironment } from "../src/privacy/environment-dumps.ts";
import { RULE_SETS as OWN_SETS, redact } from "../src/privacy/redaction.ts";
import { sanitise } from "../src/privacy/sanitise.ts";

/** Everything that a text goes through; decoded text goes through the rules once more. */
const RULE_SETS = [
  ...OWN_SETS,
  { name: "encoded text", redact: (text: string) => redactEncoded(text, (decoded) => decoded) },
  { name: "environments", redact: redactEnvironment },
];

const HOSTILE_CHARS = 64 * 1024;
/** No rule set may take longer on any hostile text. */
const BAR_MS = 50;
const SAMPLES = 200;

const HOSTILE = [
  ..."a- = : \" ' \\ A 0 x- -- a. é 😀 {".split(" "),
  ...'"password":" :// AKIA ghp_ sk- xoxb- a:b@ https:// https://a:b eyJ eyJhbGci. eyJa-'.split(
    " ",
  ),
  ..."secret password= password token: auth: aws_secret= SG. sig= ?sig=a Q~ 1:AA <private>".split(
    " ",
  ),
  ...["-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "-----BEGIN "],
  ...["-----BEGIN RSA PRIVATE KEY-----\nMIIE", "MIIE\n", " ", "\n", "\t", "token\t\t", "password "],
  ...["Authorization: ", "authorization:Bearer ", "cookie: a=", "x-key-", "set-cookie:a=b;"],
  ...[
    "%41",
    "%3Dpassword%3D",
    "a%2",
    "\\npassword",
    "\\u0041",
    "\\n%41",
    "pw:",
    "clave: ",
    "a-pat=",
  ],
  ...["echo a|", " -p ", "mysql -p", "login a password ", "a:5432:*:", "A=1\n", "KEY=1\n", "/a@"],
  ...[
    "sqlplus a/b",
    "a,password\n",
    "value:%41pw:",
    "Private-Lines: 1",
    "a:5432:",
    "<password>",
    "name: TOKEN\n",
    '"name":"TOKEN"',
    "| password |",
    "密码",
    "ключ: ",
  ],
  ...["--token ", "-u a:", "Bearer a1", "mongodb://a?", "hooks.slack.com/services/", "curl -u a"],
];

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

/** The middle of what a call took, in ms. */
function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

function time(call: () => unknown): number {
  const start = performance.now();
  call();
  return performance.now() - start;
}

/** The fastest of a few calls: what the machine did beside it is left out. */
function fastest(call: () => unknown): number {
  return Math.min(...Array.from({ length: 5 }, () => time(call)));
}

const file = process.argv[2];
const ordinary = file === undefined ? sources("src") : readFileSync(file, "utf8");

function samples(chars: number): string[] {
  const step = Math.max(1, Math.floor((ordinary.length - chars) / SAMPLES));
  // A copy, so that a slice does not keep being a view on the whole.
  return Array.from({ length: SAMPLES }, (_, i) =>
    Array.from(ordinary.slice(i * step, i * step + chars)).join(""),
  );
}

console.log("ordinary text, median ms");
for (const chars of [1_000, 8_000, 30_000]) {
  const texts = samples(chars);
  for (const text of texts) redact(text);
  const sets = RULE_SETS.map((set) => {
    const ms = median(texts.map((text) => time(() => set.redact(text))));
    return `${set.name} ${ms.toFixed(3)}`;
  });
  const whole = median(texts.map((text) => time(() => redact(text))));
  const event = median(
    texts.map((text) => time(() => sanitise({ kind: "turn_end", text, label: null }))),
  );
  console.log(`${chars} chars: redact ${whole.toFixed(3)}, sanitise ${event.toFixed(3)}`);
  console.log(`  ${sets.join(", ")}`);
}

console.log(`hostile text of ${HOSTILE_CHARS} chars, worst ms of each rule set`);
let tooSlow = false;
for (const set of RULE_SETS) {
  let worst = { ms: 0, pattern: "" };
  for (const pattern of HOSTILE) {
    const text = pattern.repeat(Math.ceil(HOSTILE_CHARS / pattern.length)).slice(0, HOSTILE_CHARS);
    const ms = fastest(() => set.redact(text));
    if (ms > worst.ms) worst = { ms, pattern };
  }
  tooSlow ||= worst.ms > BAR_MS;
  console.log(`  ${set.name}: ${worst.ms.toFixed(1)} on ${JSON.stringify(worst.pattern)}`);
}
const whole = HOSTILE.map((pattern) => {
  const text = pattern.repeat(Math.ceil(HOSTILE_CHARS / pattern.length)).slice(0, HOSTILE_CHARS);
  return { pattern, ms: fastest(() => redact(text)) };
}).sort((a, b) => b.ms - a.ms)[0];
console.log(`  all together: ${whole?.ms.toFixed(1)} on ${JSON.stringify(whole?.pattern)}`);
if (tooSlow) {
  console.error(`a rule set took longer than ${BAR_MS} ms`);
  process.exitCode = 1;
}
