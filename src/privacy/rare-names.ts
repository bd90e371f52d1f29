/**
 * Names of secrets in Latin letters that are rare or short: `pw`, `mdp`, `heslo`, `chave de acesso`.
 * They are read backwards from a sign, since a search for all of them would cost more than all the
 * other rules; what comes in front of a sign is mostly decided by its last two letters.
 */
import type { Span } from "./value-places.ts";

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

/** Names of one word; in front of `pw` and `pat` others may be glued. */
const NAMES = words(
  "pw pswd psw pat otp totp mdp wachtwoord parola sifre salasana heslo haslo jelszo losenord " +
    "adgangskode kodeord nenosiri lozinka geslo secreto segreto segredo sekret jeton klucz " +
    "geheimnis zugangscode matkhau hemmelighet hemlighet salaisuus parool pasahitza contrasinal " +
    "pasvorto wagwoord fjalekalimi",
);
/** Last words of names that consist of several. */
const LAST_WORDS = words(
  "api acceso acesso accesso acces secreta secreto secret privada privata segreta rahasia akses " +
    "anahtar ordine maestra mestra sleutel schluessel privat semilla kunci",
);
/** Such a name at the end of a text. */
const SEVERAL_WORDS = new RegExp(
  "(?<![A-Za-z])(?:geheimer? (?:sleutel|schluessel)|parola d'ordine|frase semilla|kata kunci|" +
    "(?:clave|chave|llave|token|jeton|codigo|cle|kode|kunci|chiave|anahtar|gizli)[ _-](?:de |d'|da |di )?(?:api|acceso|" +
    "acesso|accesso|acces|secret[ao]?|privada|privata|privat|segreta|rahasia|akses|anahtar|maestra|mestra))$",
  "i",
);
const SEVERAL_MAX_CHARS = 40;
const WORD_MAX_CHARS = 14;
const ASCII = 128;
/** For each pair of letters whether one of the words ends in it. */
const ENDINGS = new Uint8Array(ASCII * ASCII);
for (const word of [...NAMES, ...LAST_WORDS]) {
  ENDINGS[word.charCodeAt(word.length - 2) * ASCII + word.charCodeAt(word.length - 1)] = 1;
}
/** Makes an upper case letter of ASCII a lower case one. */
const LOWER_BIT = 32;

const SIGN = /[:=\uff1a\uff1d]/g;
/** Closes a name, between it and its sign. */
const CLOSERS = "\"'`*]";
const BETWEEN_CHARS = 3;

/** The rare names that stand in front of a sign. */
export function* rareNames(text: string): Generator<Span> {
  SIGN.lastIndex = 0;
  for (let sign = SIGN.exec(text); sign !== null; sign = SIGN.exec(text)) {
    const end = nameEnd(text, sign.index);
    const last = text.charCodeAt(end - 1) | LOWER_BIT;
    const beforeLast = text.charCodeAt(end - 2) | LOWER_BIT;
    if (last >= ASCII || beforeLast >= ASCII || ENDINGS[beforeLast * ASCII + last] === 0) continue;
    const start = nameStart(text, end);
    if (start < end) yield { text: text.slice(start, end), start, end };
  }
}

/** Where the name begins that ends at `end`; `end` where there is none. */
function nameStart(text: string, end: number): number {
  const start = wordStart(text, end);
  const word = text.slice(start, end).toLowerCase();
  if (word === "pat" || word.endsWith("pw")) return gluedStart(text, start);
  if (LAST_WORDS.has(word)) {
    const before = text.slice(Math.max(0, end - SEVERAL_MAX_CHARS), end);
    const several = SEVERAL_WORDS.exec(before)?.[0].length ?? 0;
    if (several > 0) return end - several;
  }
  return NAMES.has(word) ? start : end;
}

/** Words that are glued in front: `LDAP_BIND_PW`. */
function gluedStart(text: string, from: number): number {
  let start = from;
  while (start > from - SEVERAL_MAX_CHARS && /[A-Za-z_-]/.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function nameEnd(text: string, sign: number): number {
  let end = sign;
  while (end > sign - BETWEEN_CHARS && text.charCodeAt(end - 1) === 32) end -= 1;
  const least = end - BETWEEN_CHARS;
  while (end > least && end > 0 && CLOSERS.includes(text.charAt(end - 1))) end -= 1;
  return end;
}

function wordStart(text: string, end: number): number {
  let start = end;
  while (start > end - WORD_MAX_CHARS && start > 0) {
    const letter = text.charCodeAt(start - 1) | LOWER_BIT;
    if (letter < 97 || letter > 122) break;
    start -= 1;
  }
  return start;
}
