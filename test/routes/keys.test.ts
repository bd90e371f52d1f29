import { describe, expect, it } from "vitest";
import { call, get, KEY, OTHER_KEY, payload } from "../support/api.ts";

interface Made {
  id: string;
  key: string;
  person: string;
}

async function makeKey(scope: string, label = "a machine", key = KEY) {
  const response = await call("POST", "/v1/keys", {
    body: JSON.stringify({ scope, label }),
    headers: { Authorization: `Bearer ${key}` },
  });
  return { status: response.status, body: await response.json<Made>() };
}

async function statusOf(method: string, path: string, key: string, body?: unknown) {
  const response = await call(method, path, {
    headers: { Authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
}

describe("keys of a team", () => {
  it("are made by a full key, of its own person, and told once", async () => {
    const { status, body } = await makeKey("capture", "claude-code on build-7");
    expect(status).toBe(201);
    expect(body).toMatchObject({ person: "test0001", scope: "capture" });
    expect(body.key).toMatch(/^cairn_local_test0001_c[A-Za-z0-9]{47}$/);
    const list = await get("/v1/keys");
    expect(list.body.items).toContainEqual({
      id: body.id,
      person: "test0001",
      scope: "capture",
      label: "claude-code on build-7",
      origin: "issued",
      made_at: expect.any(String),
    });
    expect(JSON.stringify(list.body)).not.toContain(body.key.slice(-20));
  });

  it("that capture send hooks and may do nothing else", async () => {
    const { body } = await makeKey("capture");
    const start = payload("captured", "SessionStart", { source: "startup" });
    expect(await statusOf("POST", "/hooks/claude-code", body.key, start)).toBe(200);
    for (const [method, path, sent] of [
      ["GET", "/v1/projects"],
      ["GET", "/v1/context?project=github.com/acme/app"],
      ["GET", "/v1/search?q=walrus"],
      ["GET", "/v1/keys"],
      ["POST", "/v1/keys", { scope: "full", label: "more" }],
      ["DELETE", `/v1/keys/${body.id}`],
      ["PUT", "/v1/budgets", { session: { input: 1 } }],
      ["DELETE", "/v1/sessions/claude-code/captured?forget=1"],
      ["POST", "/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" }],
    ] as const) {
      expect([path, await statusOf(method, path, body.key, sent)]).toEqual([path, 403]);
    }
    const refused = await get("/v1/projects", body.key);
    expect(refused.body.error).toEqual({
      code: "capture_only",
      message: expect.stringContaining("may only send hooks"),
    });
  });

  it("that are full do all that their maker's key does", async () => {
    const { body } = await makeKey("full");
    expect(await statusOf("GET", "/v1/projects", body.key)).toBe(200);
    const next = await makeKey("capture", "by an issued key", body.key);
    expect(next.body.person).toBe("test0001");
  });

  it("are revoked by their id, and only by their team", async () => {
    const { body } = await makeKey("full");
    expect(await statusOf("DELETE", `/v1/keys/${body.id}`, OTHER_KEY)).toBe(404);
    expect(await statusOf("DELETE", `/v1/keys/${body.id}`, KEY)).toBe(200);
    expect(await statusOf("DELETE", `/v1/keys/${body.id}`, KEY)).toBe(404);
    // Nobody has asked with it yet, so no answer about it is remembered.
    expect(await statusOf("GET", "/v1/projects", body.key)).toBe(401);
    const theirs = await get("/v1/keys", OTHER_KEY);
    expect(JSON.stringify(theirs.body)).not.toContain("test0001");
  });

  it("that CAIRN_KEY lists are shown, and revoked there alone", async () => {
    const list = await get("/v1/keys");
    const listed = list.body.items.find(({ origin }: { origin: string }) => origin !== "issued");
    expect(listed).toMatchObject({ person: "test0001", scope: "full", label: null });
    const response = await call("DELETE", `/v1/keys/${listed.id}`);
    expect(response.status).toBe(409);
    expect((await get("/v1/projects")).status).toBe(200);
  });

  it("have a scope and a plain label", async () => {
    for (const body of [
      {},
      { scope: "capture" },
      { scope: "admin", label: "x" },
      { scope: "full", label: "  " },
      { scope: "full", label: "a\u001b[31m" },
      { scope: "full", label: "x".repeat(81) },
      { scope: "full", label: "x", person: "test0002" },
    ]) {
      expect(await statusOf("POST", "/v1/keys", KEY, body)).toBe(400);
    }
    const { body } = await makeKey("capture", "token ghp_0123456789abcdefghijABCDEFGHIJ456789");
    const { body: list } = await get("/v1/keys");
    const kept = list.items.find(({ id }: { id: string }) => id === body.id);
    expect(kept.label).not.toContain("0123456789abcdef");
  });
});
