import { describe, expect, it } from "vitest";
import { sanitise } from "../../src/privacy/sanitise.ts";
import { CARRIERS, type Carrier } from "../attack/carriers.ts";
import { holdsSecret } from "../attack/holds-secret.ts";
import type { SecretForm } from "../attack/made-secrets.ts";
import { lookalikes, MORE_LISTS, secretForms } from "../attack/read-lists.ts";

/** What is stored of a text that reaches Cairn by a carrier. */
function stored(carrier: Carrier, text: string): string {
  const wrapped = carrier.wrap(text);
  const tool = { kind: "tool_use" as const, tool: "Bash", agentType: null };
  const files = { filesRead: [], filesModified: [], ignoreGlobs: [] };
  switch (carrier.place) {
    case "input":
      return JSON.stringify(
        sanitise({ ...tool, ...files, input: { command: wrapped }, output: "" }),
      );
    case "output":
      return JSON.stringify(sanitise({ ...tool, ...files, input: {}, output: wrapped }));
    case "structured":
      return JSON.stringify(
        sanitise({ ...tool, ...files, input: {}, output: { list: [wrapped] } }),
      );
    case "prompt":
      return JSON.stringify(sanitise({ kind: "prompt", text: wrapped, label: null }));
    case "closing":
      return JSON.stringify(sanitise({ kind: "turn_end", text: wrapped, label: null }));
    case "narration":
      return JSON.stringify(sanitise({ kind: "say", text: wrapped, label: null }));
  }
}

function leaks(forms: readonly SecretForm[]): string[] {
  return CARRIERS.flatMap((carrier) =>
    forms
      .filter((form) => holdsSecret(stored(carrier, form.text), form.secret))
      .map((form) => `${form.name} in ${carrier.name}`),
  );
}

describe("forms of secrets", () => {
  it("are stored in no carrier", () => {
    expect(leaks(secretForms(MORE_LISTS))).toEqual([]);
  });

  it("are told from what only looks like them, in every carrier", () => {
    const texts = lookalikes(MORE_LISTS);
    const touched = CARRIERS.flatMap((carrier) =>
      texts
        .filter((text) => stored(carrier, text).includes("[redacted:"))
        .map((text) => `${text} in ${carrier.name}`),
    );
    expect(touched).toEqual([]);
  });
});
