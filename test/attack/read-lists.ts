/** Lists of forms and lookalikes: the project's own, and files of more, one JSON object a line. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LOOKALIKES } from "./lookalikes.ts";
import type { SecretForm } from "./made-secrets.ts";
import { SECRET_FORMS } from "./secret-forms.ts";

/** Where more of them are, on machines that have them. */
export const MORE_LISTS = fileURLToPath(new URL("../../../shared/data", import.meta.url).href);

/** All forms: of this project, and of `secret-forms.jsonl` in `folder` where that is there. */
export function secretForms(folder: string): SecretForm[] {
  return [...SECRET_FORMS, ...lines<SecretForm>(join(folder, "secret-forms.jsonl"))];
}

/** All texts that only look like secrets, likewise with `secret-lookalikes.jsonl`. */
export function lookalikes(folder: string): string[] {
  const more = lines<{ text: string }>(join(folder, "secret-lookalikes.jsonl"));
  return [...LOOKALIKES, ...more.map(({ text }) => text)];
}

function lines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line): T => JSON.parse(line));
}
