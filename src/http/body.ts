/** What a request says, read and checked at the border: its JSON body and its query. */
import type { Context } from "hono";
import { z } from "zod";
import { ApiError } from "../contract/errors.ts";
import { HOOK_BODY_MAX_BYTES } from "../contract/limits.ts";
import { BODY_TIME, inTime, timedReads, within } from "../platform/in-time.ts";
import { JsonSieve, onlyOrAll, type Sieved, type SieveFault } from "../platform/json-sieve.ts";
import type { ArrivingBody } from "../service/capture.ts";

const MIB = 1024 * 1024;

/** A body up to this size is read at once, in bytes: no honest one takes long. */
const READ_AT_ONCE_BYTES = 16 * 1024;
/** A hook's body up to this size is read here, in bytes; of a larger one its session takes care. */
const HOOK_WHOLE_MAX_BYTES = 16 * 1024;
/** Of a larger one so much is looked at to find whose it is. */
const HOOK_BEGINNING_BYTES = 64 * 1024;
/** Most that any other call may send, in bytes. */
export const BODY_MAX_BYTES = MIB;

/**
 * Of a body that is too large, this much is read and thrown away, in bytes: a client that is still
 * sending when the connection closes sees a broken connection and not the answer.
 */
const DISCARD_MAX_BYTES = 32 * MIB;

/** Most lines that are read as a list. */
const LINES_MAX = 10;

/** Most complaints that one message names. */
const ISSUES_MAX = 3;

/**
 * The JSON that a request carries. Keeps at most `maxBytes`, however long the body claims to be or
 * is. Broken UTF-8 is no error: what cannot be read becomes U+FFFD, because a tool's output may
 * hold any bytes and a hook must not fail for it.
 *
 * Throws ApiError: 413 `too_large`, 400 `empty_body`, 400 `not_json`, 400 `incomplete_body`.
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  return parseJson(await readText(request, maxBytes));
}

function parseJson(text: string): unknown {
  if (text.trim() === "") throw bodyFault("empty_body");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw bodyFault("not_json");
  }
}

/** A body as a hook sends it: read, or how it begins and all of it as it arrives. */
export type HookBody = { payload: unknown } | ({ beginning: unknown } & ArrivingBody);

/**
 * A hook's body. A small one is read; of one above 16 KiB the first 64 KiB are looked at and the
 * whole goes on as a stream, so that nothing large is ever held or parsed here.
 *
 * Throws ApiError as `readJson` does.
 */
export async function readHookBody(request: Request): Promise<HookBody> {
  if (request.body === null) return { payload: parseJson("") };
  const claimed = Number(request.headers.get("Content-Length") ?? Number.NaN);
  if (claimed <= HOOK_WHOLE_MAX_BYTES)
    return { payload: parseJsonOrLines(await readText(request, HOOK_WHOLE_MAX_BYTES)) };
  if (claimed > HOOK_BODY_MAX_BYTES) await readText(request, HOOK_BODY_MAX_BYTES);
  try {
    const { bytes, isWhole } = await readBeginning(request.body);
    if (isWhole && bytes.byteLength <= HOOK_WHOLE_MAX_BYTES)
      return { payload: parseJsonOrLines(new TextDecoder().decode(bytes)) };
    const sieve = new JsonSieve();
    sieve.push(bytes);
    const beginning = isWhole ? firstOf(sieve.end()) : sieve.soFar();
    const rest = isWhole ? null : request.body;
    return { beginning, isHeld: isWhole, stream: () => joined(bytes, rest) };
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw bodyFault("incomplete_body");
  }
}

/** The first bytes of a body, and whether they are all. The body's reader is free again. */
async function readBeginning(
  body: ReadableStream<Uint8Array>,
): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const reader = body.getReader();
  const read = timedReads(reader);
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  while (!isWhole && length < HOOK_BEGINNING_BYTES) {
    const { done, value } = await read();
    isWhole = done;
    if (value === undefined) continue;
    chunks.push(value);
    length += value.byteLength;
  }
  reader.releaseLock();
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return { bytes, isWhole };
}

/** `bytes`, and behind them what `rest` still holds. What breaks off breaks the reading end. */
function joined(
  bytes: Uint8Array,
  rest: ReadableStream<Uint8Array> | null,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const send = async () => {
    const writer = writable.getWriter();
    await writer.write(bytes);
    if (rest === null) {
      await writer.close();
      return;
    }
    writer.releaseLock();
    // By the runtime alone: piece by piece here, it would cost more than a Worker has. Who reads it
    // gives up what comes too slowly.
    await rest.pipeTo(writable);
  };
  // The reader sees a fault of either end as its own.
  send().catch(() => undefined);
  return readable;
}

/** What a hook's body came to in the end. Throws ApiError as `readJson` does. */
export function payloadOf(sieved: Sieved): unknown {
  if ("fault" in sieved) throw bodyFault(sieved.fault);
  return onlyOrAll(sieved.values);
}

function firstOf(sieved: Sieved): unknown {
  return "fault" in sieved ? null : sieved.values[0];
}

/** The error of a body that is none, by its code. */
export function bodyFault(fault: SieveFault): ApiError {
  if (fault === "too_large") return tooLarge(HOOK_BODY_MAX_BYTES);
  return new ApiError(fault, BODY_FAULTS[fault]);
}

const BODY_FAULTS = {
  empty_body: "the body is empty: send a JSON object",
  not_json: "the body is not JSON: send one JSON object, in UTF-8",
  incomplete_body: "the body broke off or came too slowly: send it again",
} as const;

/** A body of several lines that are JSON each is their list: some hooks can only add a second text. */
function parseJsonOrLines(text: string): unknown {
  try {
    return parseJson(text);
  } catch (notJson) {
    const lines = text.split("\n", LINES_MAX + 1).filter((line) => line.trim() !== "");
    if (lines.length < 2 || lines.length > LINES_MAX) throw notJson;
    try {
      return lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      throw notJson;
    }
  }
}

/** The body, as `schema` wants it. Throws what `readJson` throws, and 400 `invalid_request`. */
export async function parseBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  maxBytes: number = BODY_MAX_BYTES,
): Promise<z.output<Schema>> {
  return check(schema, await readJson(c.req.raw, maxBytes), "body");
}

/**
 * The query's parameters, as `schema` wants them; where it wants a list, the parameter may be
 * repeated. Throws 400 `invalid_request`.
 */
export function parseQuery<Schema extends z.ZodObject>(
  c: Context,
  schema: Schema,
): z.output<Schema> {
  const query: Record<string, string | string[]> = c.req.query();
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (isList(schema.shape[name])) query[name] = values;
  }
  return check(schema, query, "query");
}

function isList(member: unknown): boolean {
  return member instanceof z.ZodDefault ? isList(member.unwrap()) : member instanceof z.ZodArray;
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: "body" | "query",
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const complaints = result.error.issues.slice(0, ISSUES_MAX).map((issue) => {
    const field = issue.path.map(String).join(".");
    return `${field === "" ? `the ${where}` : field}: ${issue.message}`;
  });
  throw new ApiError("invalid_request", complaints.join("; "));
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  if (request.body === null) return "";
  // The runtime holds a body to its Content-Length and drops the header where it does not govern
  // (tried with both framings), so a small one may be read at once: twice as fast as by chunks.
  const claimed = Number(request.headers.get("Content-Length") ?? Number.NaN);
  try {
    if (claimed <= Math.min(maxBytes, READ_AT_ONCE_BYTES)) {
      return await within(request.text(), BODY_TIME.idleMs);
    }
    return await readChunks(inTime(request.body), maxBytes, claimed);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw bodyFault("incomplete_body");
  }
}

/** `claimed` is NaN where the length is not known before. */
async function readChunks(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  claimed: number,
): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = claimed > DISCARD_MAX_BYTES ? claimed : 0;
  while (bytes <= DISCARD_MAX_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    text = bytes > maxBytes ? "" : text + decoder.decode(value, { stream: true });
  }
  if (bytes > maxBytes || claimed > maxBytes) {
    // What is left is not read; an error while hanging up changes nothing.
    await reader.cancel().catch(() => undefined);
    throw tooLarge(maxBytes);
  }
  return text + decoder.decode();
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError(
    "too_large",
    `the body is larger than ${maxBytes / MIB} MiB: send less, or in parts`,
  );
}
