/** What a model would say: sound output for Cairn's observer, tool calls and text for an agent. */
import type { ContentBlock, JsonSchema, MessagesRequest, OutcomeKind } from "./protocol.ts";

/** Events of one observation, on average: near what a model makes of a batch. */
const EVENTS_PER_OBSERVATION = 6;
const MAX_OBSERVATIONS = 4;

function textOf(content: string | { type: string; text?: string }[] | undefined): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  return content.map((block) => block.text ?? "").join("\n");
}

/** Characters of all that a model reads of the request: what a tokenizer would count. */
export function textChars(body: MessagesRequest): number {
  let chars = textOf(body.system).length;
  for (const message of body.messages) {
    chars +=
      typeof message.content === "string"
        ? message.content.length
        : JSON.stringify(message.content).length;
  }
  if (body.tools !== undefined) chars += JSON.stringify(body.tools).length;
  const schema = body.output_config?.format?.schema;
  if (schema !== undefined) chars += JSON.stringify(schema).length;
  return chars;
}

/** True for a call of Cairn's observer: its output schema has observations that cite refs. */
export function isCairnCall(body: MessagesRequest): boolean {
  const observations = body.output_config?.format?.schema?.properties?.observations;
  return observations !== undefined;
}

/** An event as the user message shows it: its ref and its first line. */
interface ShownEvent {
  ref: string;
  line: string;
}

function shownEvents(message: string): ShownEvent[] {
  return [...message.matchAll(/^\[(e\d+)\] (.*)$/gm)].map((match) => ({
    ref: match[1] ?? "",
    line: match[2] ?? "",
  }));
}

function clip(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}

/** The observer's answer, as text: deterministic, all events cited unless `kind` says otherwise. */
export function cairnAnswer(body: MessagesRequest, kind: OutcomeKind): string {
  const message = textOf(body.messages.at(-1)?.content);
  const events = shownEvents(message).filter(
    (_, index) => kind !== "half_cited" || index % 2 === 0,
  );
  const count = Math.min(MAX_OBSERVATIONS, Math.ceil(events.length / EVENTS_PER_OBSERVATION));
  const size = Math.ceil(events.length / Math.max(1, count));
  const observations = Array.from({ length: count }, (_, index) => {
    const part = events.slice(index * size, (index + 1) * size);
    const first = part[0]?.line ?? "";
    const last = part.at(-1)?.line ?? "";
    const sloppy = kind === "sloppy";
    const refs = part.map((event) => event.ref);
    return {
      type: sloppy ? "Bug Fix" : index % 2 === 0 ? "change" : "discovery",
      title: sloppy ? `Noted: ${first} `.repeat(10) : clip(`Noted: ${first}`, 80),
      subtitle: clip(`From ${first} to ${last}`, 120),
      narrative: clip(`The work went on from ${first} and ended with ${last}.`, 300),
      facts: part.slice(0, 3).map((event) => clip(event.line, 90)),
      concepts: sloppy ? ["What Changed", "vibes"] : ["what-changed"],
      refs: kind === "invented_refs" ? ["e998", ...refs, "e999", "tool:made-up"] : refs,
      asked_as: [clip(`where is ${first}`, 60), clip(`why ${last}`, 60)],
    };
  });
  if (kind === "invented_refs") {
    observations.push({
      type: "discovery",
      title: "Something that nobody did",
      subtitle: "",
      narrative: "Made up.",
      facts: [],
      concepts: [],
      refs: ["e997"],
      asked_as: [],
    });
  }
  const wantsSummary = /^Summary: due$/m.test(message);
  return JSON.stringify({
    observations,
    open_points: [],
    closed: [],
    wrong: [],
    summary: wantsSummary
      ? {
          request: clip(/<request>\n(.*)/.exec(message)?.[1] ?? "The turn's request", 160),
          investigated: clip(events[0]?.line ?? "", 120),
          learned: "What the mock provider saw in the events.",
          completed: clip(events.at(-1)?.line ?? "", 160),
        }
      : null,
  });
}

/** The smallest value that a JSON schema takes: for an agent's own structured calls. */
function smallest(schema: JsonSchema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf?.[0] !== undefined) return smallest(schema.anyOf[0]);
  if (schema.type === "array") return [];
  if (schema.type === "number" || schema.type === "integer") return 0;
  if (schema.type === "boolean") return false;
  if (schema.type === "object" || schema.properties !== undefined) {
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, smallest(inner)]),
    );
  }
  return "mock";
}

/**
 * A coding agent's call. With a Bash tool it is told to run `commands`, one in each call, counted
 * over the whole conversation so that it always ends; then, and without tools, it gets text.
 */
export function agentAnswer(
  body: MessagesRequest,
  commands: readonly string[],
  closing: string,
): ContentBlock[] {
  const schema = body.output_config?.format?.schema;
  if (schema !== undefined) return [{ type: "text", text: JSON.stringify(smallest(schema)) }];
  const used = body.messages
    .filter((message) => message.role === "assistant" && typeof message.content !== "string")
    .flatMap((message) => message.content as { type: string }[])
    .filter((block) => block.type === "tool_use").length;
  const command = commands[used];
  if (command === undefined || !body.tools?.some((tool) => tool.name === "Bash")) {
    return [{ type: "text", text: closing }];
  }
  const id = `toolu_mock${Date.now().toString(36)}${used}`;
  return [
    {
      type: "tool_use",
      id,
      name: "Bash",
      input: { command, description: `Mock step ${used + 1}` },
    },
  ];
}
