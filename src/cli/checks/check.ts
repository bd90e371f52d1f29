/** What a doctor's checks have in common: what was looked at, how it is, what to do. */
import { styleText } from "node:util";

export interface Check {
  name: string;
  ok: boolean;
  /** How it is. */
  detail: string;
  /** What to do where it is not well; null where it is. */
  remedy: string | null;
}

export function well(name: string, detail: string): Check {
  return { name, ok: true, detail, remedy: null };
}

export function ill(name: string, detail: string, remedy: string): Check {
  return { name, ok: false, detail, remedy };
}

/** For people, or as JSON. Returns false where one of them is not well. */
export function tellChecks(
  checks: readonly Check[],
  json: boolean,
  say: (line: string) => void,
): boolean {
  const ok = checks.every((check) => check.ok);
  if (json) {
    say(JSON.stringify({ ok, checks }, null, 2));
    return ok;
  }
  for (const check of checks) {
    const mark = check.ok ? styleText("green", "ok ") : styleText("red", "BAD");
    say(`${mark} ${check.name}${check.detail === "" ? "" : `: ${check.detail}`}`);
    if (check.remedy !== null) say(`    → ${check.remedy}`);
  }
  return ok;
}
