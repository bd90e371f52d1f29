/**
 * Replaces secrets by `[redacted:<kind>]`. Own rules first, then secretlint's preset for the kinds
 * that it knows and we don't. All of it is synchronous and linear in the text; `bench/redaction.ts`
 * prints what it costs, on hostile texts too.
 */
import {
  isSecretEntry,
  redactAssignments,
  redactFlags,
  redactHeaderEntry,
  redactHeaders,
  redactUrls,
} from "./assignment-rules.ts";
import { redactPrivateKeys } from "./private-keys.ts";
import { redactBySecretlint } from "./secretlint-rules.ts";
import { redactTokens } from "./token-rules.ts";

/** The rule sets in the order in which they run; named for the bench. */
export const RULE_SETS: readonly { name: string; redact: (text: string) => string }[] = [
  { name: "private keys", redact: redactPrivateKeys },
  { name: "credentials in URLs", redact: redactUrls },
  { name: "headers", redact: redactHeaders },
  { name: "tokens", redact: redactTokens },
  { name: "assignments", redact: redactAssignments },
  { name: "command-line flags", redact: redactFlags },
  { name: "secretlint", redact: redactBySecretlint },
];

/** The shortest secret that any rule knows, with its name: `pwd=abcd`. */
const SHORTEST_CHARS = 8;

/** Names of fields and tools. No rule knows a secret as short as this of letters alone. */
const PLAIN_NAME = /^[A-Za-z_]{1,16}$/;

/** `text` without its secrets. Bound the text first: the cost grows with its length. */
export function redact(text: string): string {
  if (text.length < SHORTEST_CHARS || PLAIN_NAME.test(text)) return text;
  let result = text;
  for (const set of RULE_SETS) result = set.redact(result);
  return result;
}

/** The value of an entry of structured data, where the entry's name may be what makes it a secret. */
export function redactEntry(name: string, value: string): string {
  const header = redactHeaderEntry(name, value);
  if (header !== null) return header;
  return isSecretEntry(name, value) ? "[redacted:secret]" : redact(value);
}
