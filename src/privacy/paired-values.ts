/** Values that stand beside their name by the form of the text: arguments, elements, tables, pairs. */
import type { Replacement } from "./replacements.ts";
import type { SecretName } from "./secret-names.ts";
import { isSecretBare, isSecretQuoted, isWords, looksRandom } from "./secret-values.ts";
import { type Span, type Value, valueAt } from "./value-places.ts";

/** The value of the name that ends at `closed` with its quotes and brackets. */
export function pairedValue(
  text: string,
  name: Span,
  closed: number,
  secret: SecretName,
): Replacement | null {
  const value =
    argument(text, name, closed) ??
    callArgument(text, name) ??
    element(text, name) ??
    cell(text, closed) ??
    entryValue(text, name, closed);
  if (value === null) return null;
  const inner = /^\{(.{8,400})\}$/.exec(value.text)?.[1];
  // Maven's encrypted passwords stand in braces.
  const isSecret =
    inner === undefined ? isSecretValue(text, value, secret) : looksRandom(inner, 20);
  return isSecret
    ? { start: value.start, end: value.end, mark: `[redacted:${secret.kind}]` }
    : null;
}

function isSecretValue(text: string, value: Span | Value, { strength }: SecretName): boolean {
  if (!("quoted" in value) || value.quoted) return isSecretQuoted(value.text, strength, false);
  const bare = { value: value.text, tight: false, upper: false, next: text.charAt(value.end) };
  return isSecretBare(bare, strength);
}

/** `define('DB_PASSWORD', 'x')`, `set("X-Api-Key", "x")`; a list of names has such pairs too. */
const ARGUMENT =
  /(?:\)?,\s{0,16}|\)?\s{0,4}(?:\{|\|\||\?\?|or)\s{0,4})(?:\w{1,12}[:=(][ \t]{0,2})?(?=\\{0,3}["'`])/y;

function argument(text: string, name: Span, closed: number): Span | null {
  // The name has to be all that its quotes hold: other texts stand in lists too.
  if (closed === name.end || !/["'`]/.test(text.charAt(name.start - 1))) return null;
  ARGUMENT.lastIndex = closed;
  const comma = ARGUMENT.exec(text);
  if (comma === null) return null;
  const value = valueAt(text, closed + comma[0].length);
  if (value === null || !looksRandom(value.text, 6) || isWords(value.text)) return null;
  return HOST.test(value.text) ? null : value;
}

/** `www.example.com:8080`. */
const HOST = /^(?:localhost|(?:[a-z0-9-]{1,40}\.){1,6}[a-z]{2,12})(?::[0-9]{1,5})?(?:\/.{0,200})?$/;

/** `setPassword("x")`, `.apiKey('x')`; what checks or gets a secret takes other arguments. */
const SETTER =
  /^(?:[Ss]et|[Ww]ith|[Uu]se)_?[A-Z]|^set_[a-z]|^(?:[Pp]assword|[Pp]asswd|[Pp]wd|[Pp]assphrase|[Aa]pi_?[Kk]ey|[Ss]ecret|[Tt]oken|Secret(?:Str|String|Bytes|Value|Box)|Sensitive(?:String)?)$/;
function callArgument(text: string, name: Span): Span | null {
  if (text.charAt(name.end) !== "(" || !/["'`\\]/.test(text.charAt(name.end + 1))) return null;
  const called = name.text.slice(name.text.lastIndexOf(".") + 1);
  if (!SETTER.test(called)) return null;
  const value = valueAt(text, name.end + 1);
  if (value === null || !looksRandom(value.text, 8) || isWords(value.text)) return null;
  return value;
}

/** `<password>x</password>`, `<apiKey type="string">x</apiKey>`, `<p name="password">x</p>`. */
const ELEMENT =
  /(?:\\{0,7}["'][^<>]{0,100})?(?:\s[^<>]{0,200})?>\s{0,4}(?:<!\[CDATA\[)?([^<>\s][^<>\]]{2,500})(?=(?:\]\]>)?\s{0,4}<\/)/y;

/** `<key>ApiToken</key>`, and its value in an element of its own. */
const PLIST = /<\/key>\s{0,8}(?:[^\n<]{0,80})<(?:string|data)>([^<>\s]{4,500})(?=<\/)/y;

function element(text: string, name: Span): Span | null {
  const next = text.charAt(name.end);
  if (
    next !== ">" &&
    next !== "<" &&
    next !== "\\" &&
    next !== '"' &&
    next !== "'" &&
    !(next === " " && /[<:]/.test(text.charAt(name.start - 1)))
  ) {
    return null;
  }
  const pattern = text.startsWith("</key>", name.end) ? PLIST : ELEMENT;
  pattern.lastIndex = name.end;
  const match = pattern.exec(text);
  if (match === null) return null;
  const end = name.end + match[0].length;
  const value = match[1] ?? "";
  return { text: value, start: end - value.length, end };
}

/** `| DB_PASSWORD | x |`, as Markdown, psql and mysql print tables. */
const CELL =
  /[ \t]{0,40}[|│][ \t]{0,40}[`*"]{0,3}([^\s|│`"]{4,300})(?=[`*"]{0,3}\s{0,80}(?:[|│]|\n|$))/y;

function cell(text: string, closed: number): Span | null {
  const next = text.charAt(closed);
  if (next !== " " && next !== "|" && next !== "│" && next !== "\t") return null;
  CELL.lastIndex = closed;
  const match = CELL.exec(text);
  const value = match?.[1] ?? "";
  if (match === null || !looksRandom(value, 6) || isWords(value)) return null;
  const end = closed + match[0].length;
  return { text: value, start: end - value.length, end };
}

/** Entries that name another entry: environments of Kubernetes, of builds, of templates. */
const NAMING =
  /(?:^|[^\w])(?:[Nn]ame|NAME|[Kk]ey|KEY|[Vv]ariable|ParameterKey|OptionName|env(?:Var|_var)?|[Ff]ield|[Pp]roperty|id|label|type)\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}["']?(?:\/?[\w.-]{1,40}\/){0,8}$/;
/** From the end of the name to its value, on the same line or the next. */
const VALUE_AFTER =
  /(?:\\{0,7}["'])?[\s,;]{0,8}(?:\\[nt]){0,2}(?:(?<=\n[ \t]{0,8})[^\n"'{}=]{1,80}?[\s:|>\]→+-])?[ \t]{0,24}(?:\\{0,7}["']?\w{1,12}\\{0,7}["']?[ \t]{0,2}[:=][ \t]{0,2}[\w"'\\]{1,24},?\s{0,16}){0,2}\\{0,7}["']?(?:value|Value|VALUE|val|ParameterValue|content|defaultValue|default|data)\\{0,7}["']?[ \t]{0,4}[:=]/y;
const VALUE_BEFORE =
  /["']?(?:value|Value|val)\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}["']?([^"'\\\s,{}]{4,200})\\{0,7}["']?[\s,]{0,8}(?:-[ \t]{0,4})?\\{0,7}["']?(?:\w{2,12})\\{0,7}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}["']?$/;
/** How far before or behind a name its value is looked for. */
const NEAR_CHARS = 200;

/** `{"name": "API_SECRET", "value": "…"}`, in JSON, YAML, XML and HCL, in either order. */
function entryValue(text: string, name: Span, closed: number): Span | null {
  if (!/["' :=\\/]/.test(text.charAt(name.start - 1))) return null;
  if (!NAMING.test(text.slice(Math.max(0, name.start - 80), name.start))) return null;
  VALUE_AFTER.lastIndex = name.end;
  const isNear = /val|content|default|data/i.test(text.slice(name.end, name.end + NEAR_CHARS));
  const between = isNear ? VALUE_AFTER.exec(text) : null;
  if (between !== null) return valueAt(text, name.end + between[0].length);
  const from = Math.max(0, name.start - NEAR_CHARS);
  const entry = text.slice(from, name.start);
  const before = /val/i.test(entry) ? VALUE_BEFORE.exec(entry) : null;
  const value = before?.[1];
  if (before === null || value === undefined || closed === name.end) return null;
  const start = from + before.index + before[0].indexOf(value, before[0].search(/[:=]/));
  return { text: value, start, end: start + value.length };
}
