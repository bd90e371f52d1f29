/** Keys: bearer tokens `cairn_<team>_<id>_<secret>`. Only the SHA-256 of a key is ever stored. */

// None of the parts has an underscore, so the split is unambiguous.
const KEY_PATTERN = /^cairn_([a-z0-9-]{1,40})_([a-z0-9]{4,16})_([A-Za-z0-9]{32,200})$/;
const TEAM_PATTERN = /^[a-z0-9-]{1,40}$/;

const ID_CHARS = 12;
const SECRET_CHARS = 40;
const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
export const SECRET_ALPHABET = `${ID_ALPHABET}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

export interface Key {
  team: string;
  /** The person that it belongs to: names who recorded what. Not secret. */
  id: string;
  secret: string;
}

function isTeam(value: string): boolean {
  return TEAM_PATTERN.test(value);
}

/** The parts of a key, or null where `text` is none. Bounded: a secret has at most 200 characters. */
export function parseKey(text: string): Key | null {
  const match = KEY_PATTERN.exec(text);
  if (match === null) return null;
  const [, team = "", id = "", secret = ""] = match;
  return { team, id, secret };
}

export function formatKey(key: Key): string {
  return `cairn_${key.team}_${key.id}_${key.secret}`;
}

/** SHA-256 of the whole key, as 64 hexadecimal digits. */
export async function hashKey(key: Key): Promise<string> {
  const bytes = new TextEncoder().encode(formatKey(key));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const KEY_ID_CHARS = 12;

/** Names a key in lists, where its person has several: the beginning of its hash. Not secret. */
export function keyIdOf(secretHash: string): string {
  return secretHash.slice(0, KEY_ID_CHARS);
}

/** A fresh random key: its secret carries about 238 bits. Throws where `team` is no team's name. */
export function newKey(team: string): Key {
  if (!isTeam(team)) throw new Error("a team's name has 1 to 40 characters of a-z, 0-9 and -");
  return {
    team,
    id: randomText(ID_ALPHABET, ID_CHARS),
    secret: randomText(SECRET_ALPHABET, SECRET_CHARS),
  };
}

function randomText(alphabet: string, length: number): string {
  // Bytes at or above the largest multiple of the alphabet's size would favour its first letters.
  const limit = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
