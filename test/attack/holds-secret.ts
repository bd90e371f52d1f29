/** Characters that cannot be seen: a secret with them inside is read as easily. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060]/g;

/** True where a stored text holds a secret, plain, within JSON, URL-encoded or a line of it. */
export function holdsSecret(stored: string, secret: string): boolean {
  const seen = stored.replace(INVISIBLE, "");
  const plain = unescaped(unescaped(seen));
  const written = [secret, encodeURIComponent(secret), secret.split("\n")[0] ?? secret];
  return written.some((text) => [seen, plain].some((where) => where.includes(text)));
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, next: string) => (next === "n" ? "\n" : next));
}
