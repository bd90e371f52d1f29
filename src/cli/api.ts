/** Calls to a Cairn server: answers checked, failures in words that say what to do. */
import { z } from "zod";
import cairn from "../../package.json" with { type: "json" };
import { ErrorSchema } from "../contract/errors.ts";
import { mapTexts, withoutControls } from "../platform/control-codes.ts";
import { Failure } from "./failure.ts";
import { CAIRN } from "./installation.ts";
import type { Target } from "./target.ts";
import { versionNote } from "./version-note.ts";

/** Longer than the server's own longest wait, a minute for a flush. */
const CALL_TIMEOUT_MS = 90_000;

/** Who calls, in the header `X-Cairn-Client`. */
const CLIENT = `cairn-cli/${cairn.version}`;

/** An answer with an error status, for callers that go on by its code. */
export class ApiFailure extends Failure {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** No answer came: refused, cut, or too late. */
export class Unreachable extends Failure {}

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  body?: object;
  timeoutMs?: number;
  query?: Record<string, string | number | readonly string[] | undefined>;
}

/** One call below `/v1`. Throws `Unreachable` or `ApiFailure`. */
export async function call<T>(
  target: Target,
  path: string,
  schema: z.ZodType<T>,
  { method = "GET", body, timeoutMs = CALL_TIMEOUT_MS, query = {} }: Call = {},
): Promise<T> {
  const url = new URL(`${target.url}/v1/${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, one);
  }
  const response = await reach(target, url, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (!response.ok) throw apiFailure(target, response.status, text);
  const answer = schema.safeParse(parseJson(text));
  if (answer.success) return answer.data;
  throw new Failure(`${url.pathname} of ${target.url} answered in a shape of another version.`);
}

interface Sent {
  method: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

/** `fetch` with the key, by a client that says who it is; a failure names the server. */
export async function reach(target: Target, url: URL | string, sent: Sent): Promise<Response> {
  const headers = {
    authorization: `Bearer ${target.key}`,
    "x-cairn-client": CLIENT,
    ...sent.headers,
  };
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      ...sent,
      headers,
    });
    const note = versionNote(target.url, answer.headers.get("x-cairn-version"));
    if (note !== null) process.stderr.write(`${note}\n`);
    return answer;
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    throw new Unreachable(
      `no answer from ${target.url} (${cause}). Start the local server with: ` +
        `${CAIRN} start, or name another one with --url and --key.`,
    );
  }
}

export function apiFailure(target: Target, status: number, body: string): ApiFailure {
  const { error } = ErrorSchema.safeParse(parseJson(body)).data ?? {};
  const hint = status === 401 ? " Give the right one with --key or in CAIRN_KEY." : "";
  return new ApiFailure(
    status,
    error?.code ?? "unknown",
    `${target.url} answered ${status}: ${error?.message ?? "no reason given"}${hint}`,
  );
}

function parseJson(text: string): unknown {
  try {
    // It goes to a terminal, and who wrote it is not known.
    return mapTexts(JSON.parse(text), withoutControls);
  } catch {
    return null;
  }
}

/** True where the server takes the key, false where it cannot be asked now. Throws where it refuses. */
export async function takesKey(target: Target, timeoutMs: number): Promise<boolean> {
  try {
    await call(target, "projects", z.unknown(), { timeoutMs });
    return true;
  } catch (error) {
    if (!(error instanceof ApiFailure)) return false;
    // It may not ask this, but it is known.
    if (error.code === "capture_only") return true;
    if (error.status === 401 || error.status === 403) throw error;
    return false;
  }
}

/** One page of a list, as far as a client has to know it. */
export function page<T>(item: z.ZodType<T>) {
  return z.object({ items: z.array(item), next: z.string().nullish() });
}

const PAGE_SIZE = 100;

/** All items of a list, page by page. */
export async function listAll<T>(
  target: Target,
  path: string,
  item: z.ZodType<T>,
  query: Record<string, string>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await call(target, path, page(item), {
      query: { ...query, limit: PAGE_SIZE, cursor },
    });
    items.push(...answer.items);
    cursor = answer.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}
