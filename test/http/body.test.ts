import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ApiError } from "../../src/contract/errors.ts";
import { parseBody, parseQuery, readJson } from "../../src/http/body.ts";

const LIMIT = 64;
const MIB = 1024 * 1024;

function post(body: BodyInit | null, headers: HeadersInit = {}): Request {
  return new Request("https://cairn.test/", { method: "POST", body, headers });
}

async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return error instanceof ApiError ? `${error.status} ${error.code}` : error;
  }
}

/** A body that would go on for ever, and how much of it was asked for. */
function endless() {
  const sent = { chunks: 0 };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent.chunks++;
      controller.enqueue(new Uint8Array(MIB).fill(0x20));
    },
  });
  return { stream, sent };
}

describe("the body of a request", () => {
  it("is JSON within its limit, or a clear error", async () => {
    const emoji = new TextEncoder().encode('{"a":"🪨"}');
    const split = new ReadableStream<Uint8Array>({
      start(controller) {
        // In the middle of the character.
        controller.enqueue(emoji.slice(0, 8));
        controller.enqueue(emoji.slice(8));
        controller.close();
      },
    });
    for (const [body, expected] of [
      ['{"a":1}', { a: 1 }],
      ["[1]", [1]],
      ["\ufeff{}", {}],
      [split, { a: "🪨" }],
      [new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), { a: "\ufffd" }],
      [JSON.stringify("x".repeat(LIMIT - 2)), "x".repeat(LIMIT - 2)],
      [JSON.stringify("x".repeat(LIMIT - 1)), "413 too_large"],
      [null, "400 empty_body"],
      ["", "400 empty_body"],
      [" \n ", "400 empty_body"],
      ["{", "400 not_json"],
      ["<html>", "400 not_json"],
    ] as const) {
      expect(await outcome(() => readJson(post(body), LIMIT))).toEqual(expected);
      if (body === null || body instanceof ReadableStream) continue;
      // The same, as a client sends it that says how long it is.
      const bytes = new Response(body).arrayBuffer();
      const known = post(body, { "Content-Length": `${(await bytes).byteLength}` });
      expect(await outcome(() => readJson(known, LIMIT))).toEqual(expected);
    }
  });

  it("that is too large is read to its end if that is near, so that the client sees the answer", async () => {
    const { stream, sent } = endless();
    expect(await outcome(() => readJson(post(stream), LIMIT))).toBe("413 too_large");
    expect(sent.chunks).toBeGreaterThan(32);
    expect(sent.chunks).toBeLessThan(40);

    const far = endless();
    const claimed = post(far.stream, { "Content-Length": `${40 * MIB}` });
    expect(await outcome(() => readJson(claimed, LIMIT))).toBe("413 too_large");
    expect(far.sent.chunks).toBeLessThan(3);
    // A claim alone is enough.
    expect(await outcome(() => readJson(post("{}", { "Content-Length": "65" }), LIMIT))).toBe(
      "413 too_large",
    );
  });

  it("that breaks off is a clear error", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"a":'));
        controller.error(new Error("connection lost"));
      },
    });
    expect(await outcome(() => readJson(post(broken), LIMIT))).toBe("400 incomplete_body");
  });
});

describe("a checked request", () => {
  it("names the field that is wrong and does not repeat what was sent", async () => {
    const app = new Hono();
    const tokens = z.object({ tokens: z.coerce.number().int().positive() });
    app.post("/", async (c) =>
      c.json(await parseBody(c, z.object({ limits: z.object({ input: z.int() }) }))),
    );
    app.get("/", (c) => c.json(parseQuery(c, tokens)));
    app.onError((error, c) => c.text(error.message, error instanceof ApiError ? 400 : 503));

    const bad = await app.request("/", { method: "POST", body: '{"limits":{"input":"hunter2"}}' });
    expect(bad.status).toBe(400);
    const message = await bad.text();
    expect(message).toMatch(/^limits\.input: /);
    expect(message).not.toContain("hunter2");
    const array = await app.request("/", { method: "POST", body: "[]" });
    expect(await array.text()).toMatch(/^the body: /);
    const query = await app.request("/?tokens=many");
    expect([query.status, await query.text()]).toEqual([400, expect.stringMatching(/^tokens: /)]);
    expect(await (await app.request("/?tokens=5")).json()).toEqual({ tokens: 5 });
  });
});
