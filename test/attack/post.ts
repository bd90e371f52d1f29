import type { Target } from "./attack.ts";

/** One request that has to be taken; throws with the answer where it is not. */
export async function post(
  { url, key }: Target,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<void> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`);
}
