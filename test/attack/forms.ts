/**
 * Forms of secrets × ways by which a text reaches Cairn, and the same for texts that only look like
 * secrets: all sent to the real server as an agent sends them, and then looked for in its files.
 */
import type { Attack, AttackReport, Target } from "./attack.ts";
import { CARRIERS, type Carrier } from "./carriers.ts";
import { holdsSecret } from "./holds-secret.ts";
import type { SecretForm } from "./made-secrets.ts";
import { type NameCarrier, nameCarriers } from "./name-carriers.ts";
import { post } from "./post.ts";
import { lookalikes, secretForms } from "./read-lists.ts";
import { readStoredTexts, type StoredTexts } from "./stored-texts.ts";

const PROJECT = "github.com/acme/attacked";
const MARK = "[redacted:";

/** Sends each form and each lookalike by each carrier; `folder` holds lists of more. */
export function attackByForms(folder: string): Attack {
  return async (target) => {
    const forms = secretForms(folder);
    const alike = lookalikes(folder);
    await Promise.all(
      CARRIERS.map(async (carrier, n) => {
        await sendAll(target, carrier, `forms-${n}`, forms);
        await sendAll(
          target,
          carrier,
          `alike-${n}`,
          alike.map((text) => ({ text })),
        );
      }),
    );
    const names = nameCarriers(target);
    const namedForms = forms.filter(({ text, secret }) => isName(text) && isName(secret));
    for (const carrier of names) {
      for (const [n, form] of namedForms.entries()) await carrier.send(form.text, n);
    }
    return (state) => {
      const stored = readStoredTexts(state);
      return [
        carriersReport(stored, forms, alike),
        namesReport(stored, names, namedForms),
        memoryReport(stored, forms),
      ];
    };
  };
}

/** What could be part of a name: of a branch, of a folder, of a key. */
function isName(text: string): boolean {
  return /^[\w.@+=-]{8,60}$/.test(text);
}

async function sendAll(
  target: Target,
  carrier: Carrier,
  session: string,
  texts: readonly { text: string }[],
): Promise<void> {
  for (const [n, { text }] of texts.entries()) {
    await postHook(target, { ...hook(carrier, carrier.wrap(text), n), session_id: session });
  }
  const path = `/v1/sessions/claude-code/${session}/flush?wait=1`;
  await post(target, path, {});
}

/** The hook that brings a text by a carrier; `n` makes it another one than the last. */
function hook(carrier: Carrier, text: string, n: number): Record<string, unknown> {
  const common = { cwd: "/home/u/app", prompt_id: `p${n}` };
  const tool = {
    ...common,
    hook_event_name: "PostToolUse",
    tool_name: "Bash",
    tool_use_id: `toolu_${n}`,
  };
  const ran = (stdout: string) => ({ stdout, stderr: "", interrupted: false, isImage: false });
  switch (carrier.place) {
    case "input":
      return { ...tool, tool_input: { command: text }, tool_response: ran("") };
    case "output":
      return { ...tool, tool_input: { command: `step ${n}` }, tool_response: ran(text) };
    case "structured":
      return { ...tool, tool_name: "mcp__other__list", tool_input: {}, tool_response: [text] };
    case "prompt":
      return { ...common, hook_event_name: "UserPromptSubmit", prompt: text };
    case "closing":
      return { ...common, hook_event_name: "Stop", last_assistant_message: text };
    case "narration":
      return {
        ...common,
        hook_event_name: "MessageDisplay",
        message_id: `m${n}`,
        index: 0,
        final: true,
        delta: text,
      };
  }
}

/** Posts a hook of Claude Code's. Throws where it is not taken. */
async function postHook(target: Target, payload: Record<string, unknown>): Promise<void> {
  await post(target, "/hooks/claude-code", payload, { "X-Cairn-Project": PROJECT });
}

function carriersReport(
  stored: readonly StoredTexts[],
  forms: readonly SecretForm[],
  alike: readonly string[],
): AttackReport {
  const misses: string[] = [];
  const rows = CARRIERS.map((carrier, n) => {
    const texts = textsOf(stored, `claude-code/forms-${n}`);
    // Without most of the marks the events were not stored at all, and nothing is shown by it.
    if (marksIn(texts) < forms.length / 2)
      throw new Error(`${carrier.name}: hardly anything stored`);
    const leaked = forms.filter(({ secret }) => holdsSecret(texts, secret));
    const touched = touchedTexts(stored, `claude-code/alike-${n}`);
    misses.push(
      ...leaked.map(({ name }) => `${name} in ${carrier.name} is stored`),
      ...touched.map((text) => `${text} in ${carrier.name} is a false alarm`),
    );
    const caught = (100 * (forms.length - leaked.length)) / forms.length;
    return [
      carrier.name,
      String(forms.length),
      String(leaked.length),
      `${caught.toFixed(1)} %`,
      String(alike.length),
      String(touched.length),
    ];
  });
  const head = ["carrier", "forms", "stored", "caught", "lookalikes", "touched"];
  return { title: "Forms of secrets × carriers", head, rows, misses };
}

function marksIn(texts: string): number {
  return texts.split(MARK).length - 1;
}

function textsOf(stored: readonly StoredTexts[], session: string): string {
  const found = stored.find((entry) => entry.session === session);
  if (found === undefined) throw new Error(`${session} is not among the stored sessions`);
  return found.texts.join("\n");
}

/** What is stored with a mark, around the mark. */
function touchedTexts(stored: readonly StoredTexts[], session: string): string[] {
  const around = /.{0,60}\[redacted:.{0,40}/g;
  const found = textsOf(stored, session).match(around) ?? [];
  return [...new Set(found)];
}

function namesReport(
  stored: readonly StoredTexts[],
  names: readonly NameCarrier[],
  forms: readonly SecretForm[],
): AttackReport {
  const misses: string[] = [];
  const rows = names.map((carrier) => {
    const texts = stored
      .flatMap((entry) => entry.texts)
      .filter((text) => text.includes(carrier.marker))
      .join("\n")
      .toLowerCase();
    if (texts === "") throw new Error(`nothing came of ${carrier.name}`);
    const leaked = forms.filter(({ secret }) => holdsSecret(texts, secret.toLowerCase()));
    misses.push(...leaked.map(({ name }) => `${name} in ${carrier.name} is stored`));
    return [carrier.name, String(forms.length), String(leaked.length)];
  });
  return { title: "Forms of secrets × names", head: ["name", "forms", "stored"], rows, misses };
}

/** What projects and the team keep, whatever it came by. */
function memoryReport(stored: readonly StoredTexts[], forms: readonly SecretForm[]): AttackReport {
  const misses: string[] = [];
  const rows = [...new Set(stored.map(({ object }) => object))].map((object) => {
    const all = stored.filter((entry) => entry.object === object);
    const texts = all.flatMap((entry) => entry.texts).join("\n");
    const leaked = forms.filter(({ secret }) => holdsSecret(texts, secret));
    misses.push(...leaked.map(({ name }) => `${name} is stored in ${object}`));
    return [object, String(all.length), String(marksIn(texts)), String(leaked.length)];
  });
  const head = ["objects", "databases", "marks", "secrets"];
  return { title: "What the server's files hold", head, rows, misses };
}
