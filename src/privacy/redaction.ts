/**
 * Replaces secrets by `[redacted:<kind>]`: by own rules, and by secretlint's preset for the kinds
 * that it knows and we don't. All of it is synchronous and linear in the text; `bench/redaction.ts`
 * prints what it costs, on hostile texts too.
 */
import { redactCommands } from "./command-rules.ts";
import { redactEncoded } from "./encoded-text.ts";
import { redactFileForms } from "./file-rules.ts";
import { redactHeaderEntry } from "./header-rules.ts";
import { redactNamed } from "./named-secrets.ts";
import { redactPrivateKeys } from "./private-keys.ts";
import { secretName } from "./secret-names.ts";
import { isSecretQuoted, isUnit } from "./secret-values.ts";
import { redactTokens } from "./token-rules.ts";
import { redactUrls } from "./url-rules.ts";

/** The rule sets in the order in which they run; named for the bench. */
export const RULE_SETS: readonly { name: string; redact: (text: string) => string }[] = [
  { name: "private keys", redact: redactPrivateKeys },
  { name: "credentials in URLs", redact: redactUrls },
  { name: "tokens", redact: redactTokens },
  { name: "names", redact: redactNamed },
  { name: "files' own forms", redact: redactFileForms },
  { name: "command lines", redact: redactCommands },
];

/** The shortest secret that any rule knows, with its name: `pw=abcd`. */
const SHORTEST_CHARS = 7;

/** How often text may be encoded in itself. */
const ENCODED_DEPTH = 2;

/** `text` without its secrets. Bound the text first: the cost grows with its length. */
export function redact(text: string): string {
  return redactDeep(text, ENCODED_DEPTH);
}

function redactDeep(text: string, depth: number): string {
  if (text.length < SHORTEST_CHARS) return text;
  let result = text;
  for (const set of RULE_SETS) result = set.redact(result);
  return depth === 0 ? result : redactEncoded(result, (decoded) => redactDeep(decoded, depth - 1));
}

/** The value of an entry of structured data, where the entry's name may be what makes it a secret. */
export function redactEntry(name: string, value: string): string {
  const header = redactHeaderEntry(name, value);
  if (header !== null) return header;
  const named = secretName(name);
  if (named === null || isUnit(named.kind, value)) return redact(value);
  return isSecretQuoted(value, named.strength, named.phrase) ? "[redacted:secret]" : redact(value);
}
