/** A conversation as the memory of one project: saved and searched over HTTP, as any client would. */

import type { z } from "zod";
import { ObservationSchema } from "../../src/contract/items.ts";
import { SearchAnswerSchema } from "../../src/contract/recall.ts";

export interface Server {
  url: string;
  key: string;
}

/** What is saved: title and text, and the name by which a hit is recognised. */
export interface Document {
  name: string;
  /** The beginning of the text where there is none. */
  title?: string;
  text: string;
}

const TITLE_MAX_CHARS = 90;
const NARRATIVE_MAX_CHARS = 20_000;
const HITS = 50;

async function api<T>(
  server: Server,
  path: string,
  schema: z.ZodType<T>,
  body?: Record<string, unknown>,
): Promise<T> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path.slice(0, 80)} answered ${response.status}: ${text}`);
  return schema.parse(JSON.parse(text));
}

/** Saves documents one by one, in their order. Returns what each id stands for. */
export async function saveAll(
  server: Server,
  project: string,
  documents: Document[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { name, title, text } of documents) {
    const { id } = await api(server, "observations", ObservationSchema, {
      project,
      title: title ?? beginningOf(text),
      narrative: text.slice(0, NARRATIVE_MAX_CHARS).toWellFormed(),
    });
    names.set(id, name);
  }
  return names;
}

/** The beginning of a text, as a person would head it: up to the end of a word. */
function beginningOf(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= TITLE_MAX_CHARS) return line;
  return line.slice(0, line.lastIndexOf(" ", TITLE_MAX_CHARS)).toWellFormed();
}

export interface Found {
  /** Names of the documents, best first. */
  ranked: string[];
  milliseconds: number;
}

export async function search(
  server: Server,
  project: string,
  names: Map<string, string>,
  question: string,
): Promise<Found> {
  const startedAt = performance.now();
  const query = new URLSearchParams({ q: question, project, limit: String(HITS) });
  const { items } = await api(server, `search?${query}`, SearchAnswerSchema);
  const milliseconds = performance.now() - startedAt;
  return { ranked: items.flatMap(({ id }) => names.get(id) ?? []), milliseconds };
}
