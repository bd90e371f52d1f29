/** Made-up secrets: random, the same in every run, and put together here so that no scanner takes this file for a leak. */

/** A form in which secrets are written: nothing of `secret` may be stored of `text`. */
export interface SecretForm {
  name: string;
  text: string;
  secret: string;
}

export const LOWER = "abcdefghijklmnopqrstuvwxyz";
export const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const DIGITS = "0123456789";
export const HEX = "0123456789abcdef";
export const ALNUM = LOWER + UPPER + DIGITS;
export const URL_SAFE = `${ALNUM}-_`;
export const BASE64 = `${ALNUM}+/`;

/** A generator of pseudo-random numbers: Mulberry32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function seedOf(name: string): number {
  let hash = 2_166_136_261;
  for (const character of name)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return hash;
}

/** `length` random characters of an alphabet, the same for the same name; with a digit where it has any. */
export function random(name: string, alphabet: string, length: number): string {
  const next = numbers(seedOf(`${name}:${length}`));
  const characters = Array.from({ length }, () =>
    alphabet.charAt(Math.floor(next() * alphabet.length)),
  );
  const first = (kind: string) => [...kind].find((character) => alphabet.includes(character));
  // What a random string of this length has in almost every case.
  for (const [place, kind] of [DIGITS, UPPER, LOWER].entries()) {
    const character = first(kind);
    if (character !== undefined && length > 5) {
      characters[place + 1] = alphabet.charAt(alphabet.indexOf(character) + Math.floor(next() * 5));
    }
  }
  return characters.join("");
}

/** A password as a person or a generator makes one. */
export function password(name: string): string {
  return random(name, ALNUM, 14);
}

export function uuid(name: string): string {
  const hex = random(name, HEX, 32);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/** An unsigned-looking JSON web token with three parts. */
export function jwt(name: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return [part({ alg: "HS256", typ: "JWT" }), part({ sub: name }), random(name, URL_SAFE, 43)].join(
    ".",
  );
}

/** Lines of base64 as a PEM block holds them. */
export function base64Lines(name: string, lines: number): string {
  return Array.from({ length: lines }, (_, i) => random(`${name}${i}`, BASE64, 64)).join("\n");
}
