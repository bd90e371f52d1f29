import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { SESSION_MIGRATIONS } from "../../src/durable/session/migrations.ts";
import { nextAlarm } from "../../src/durable/session/queue/schedule.ts";
import { SessionStore } from "../../src/durable/session/session-store.ts";
import { call, get, hook, OTHER_KEY, payload, settle } from "../support/api.ts";

const DAY_MS = 86_400_000;

/** A session with one finished turn; its id has what a path has to encode. */
async function worked(project = `https://github.com/acme/${crypto.randomUUID()}.git`) {
  const id = `s/${crypto.randomUUID()} ü`;
  const headers = { "X-Cairn-Project": project };
  await hook(
    payload(id, "UserPromptSubmit", { prompt: "Find the walrus", prompt_id: "p" }),
    headers,
  );
  await hook(
    payload(id, "PostToolUse", {
      tool_name: "Edit",
      tool_use_id: `t-${id}`,
      prompt_id: "p",
      tool_input: {
        file_path: "/home/dev/app/src/walrus.ts",
        old_string: "a",
        new_string: "walrus()",
      },
      tool_response: { filePath: "/home/dev/app/src/walrus.ts" },
    }),
  );
  await hook(
    payload(id, "Stop", { last_assistant_message: "The walrus is found.", prompt_id: "p" }),
  );
  return { id, project, path: `/v1/sessions/claude-code/${encodeURIComponent(id)}` };
}

describe("sessions over the API", () => {
  it("are listed, shown, processed, compressed again, ended and forgotten", async () => {
    const { id, project, path } = await worked();
    const view = await settle(id);
    expect(view).toMatchObject({
      session: `claude-code/${id}`,
      project: project.replace("https://", "").replace(".git", ""),
      state: "idle",
      events: { pending: 0, leased: 0, done: 3, skipped: 0, dead: 0 },
      attempts: 0,
      tokens: { input: 0, output: 0 },
      provider: "extractive",
      last_error: null,
    });
    const query = `project=${encodeURIComponent(project)}`;
    await expect
      .poll(async () => (await get(`/v1/sessions?${query}&state=idle`)).body.items)
      .toMatchObject([{ session: `claude-code/${id}`, live: true }]);
    expect((await get(`/v1/sessions?${query}&state=closed`)).body.items).toEqual([]);
    expect((await get(`/v1/sessions?${query}`, OTHER_KEY)).body.items).toEqual([]);
    expect((await get(path, OTHER_KEY)).status).toBe(404);

    const kinds = async () => {
      const { body } = await get(`/v1/search?q=walrus&${query}&limit=50`);
      return body.items.map((item: { kind: string }) => item.kind).sort();
    };
    const before = await kinds();
    expect(before).toContain("prompt");
    expect((await call("POST", `${path}/redo`)).status).toBe(200);
    await settle(id);
    expect(await kinds()).toEqual(before);

    expect((await call("DELETE", `${path}?forget=1`)).status).toBe(200);
    expect(await kinds()).toEqual([]);
    expect((await get(path)).body).toMatchObject({ state: "closed", forgotten: true });
    const late = await hook(
      payload(id, "Stop", { last_assistant_message: "Late", prompt_id: "q" }),
    );
    expect(late).toMatchObject({ status: 200, event: "ignored", body: {} });
    expect((await call("POST", `${path}/redo`)).status).toBe(409);
  });

  it("that were never heard of are 404, with impossible names 400", async () => {
    for (const [method, rest] of [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", "/flush"],
      ["POST", "/redo"],
      ["GET", "/dead"],
    ] as const) {
      expect((await call(method, `/v1/sessions/claude-code/nobody${rest}`)).status).toBe(404);
    }
    expect((await get(`/v1/sessions/claude-code/${"x".repeat(201)}`)).status).toBe(400);
    expect((await get("/v1/sessions")).status).toBe(400);
  });

  it("count in the status while they work, and the doctor finds nothing wrong", async () => {
    const { id } = await worked();
    await settle(id);
    const { body: status } = await get("/v1/status");
    expect(status).toMatchObject({
      processing: expect.any(Boolean),
      approximate: expect.any(Boolean),
    });
    expect(status.active_sessions).toBeGreaterThanOrEqual(0);
    const { body: doctor } = await get("/v1/doctor");
    expect(doctor.checks.length).toBeGreaterThan(5);
    for (const check of doctor.checks) expect(check).toMatchObject({ ok: true });
  });

  it("that lost their alarm, or hold a lease of a life that is over, are repaired by the doctor", async () => {
    const { id } = await worked();
    await settle(id);
    const stub = env.SESSIONS.getByName(`local/claude-code/${id}`);
    await hook(payload(id, "UserPromptSubmit", { prompt: "More", prompt_id: "p2" }));
    await runInDurableObject(stub, async (_object, state) => {
      const store = new SessionStore(state.storage, SESSION_MIGRATIONS);
      const [batch] = store.batches.all();
      if (batch === undefined) throw new Error("no batch");
      const lease = { token: "x", owner: "a life long gone", until: Date.now() + 60_000 };
      const leased = { state: "leased", lease, attempts: 0, abandoned: 0, error: null } as const;
      store.batches.save({ ...batch, ...leased });
      await state.storage.deleteAlarm();
    });
    // An object knows its open batches by heart: only its next life reads what stands there now.
    await evictDurableObject(stub);
    const { body: sick } = await get("/v1/doctor");
    const named = Object.fromEntries(
      sick.checks.map((check: { name: string; ok: boolean }) => [check.name, check.ok]),
    );
    expect(sick.ok).toBe(false);
    expect(named.leases).toBe(false);
    const view = await settle(id);
    expect(view.events).toMatchObject({ pending: 0, leased: 0 });
    expect((await get("/v1/doctor")).body.ok).toBe(true);
  });
});

describe("nothing runs when nothing happens", () => {
  it("an idle, closed session has no alarm but the retention's, and its tombstone none", async () => {
    const { id } = await worked();
    await hook(payload(id, "SessionEnd", { reason: "exit" }));
    await expect.poll(async () => (await settle(id)).state).toBe("closed");
    const stub = env.SESSIONS.getByName(`local/claude-code/${id}`);
    const alarm = async () =>
      await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    const at = (await alarm()) ?? 0;
    expect(at - Date.now()).toBeGreaterThan(6.9 * DAY_MS);
    expect(at - Date.now()).toBeLessThan(7.1 * DAY_MS);
    // A month of nothing: the only thing that the plan ever asks for is the retention.
    const plan = await runInDurableObject(stub, (_object, state) => {
      const store = new SessionStore(state.storage, SESSION_MIGRATIONS);
      const row = store.row();
      if (row === null) return [];
      const wakes = [];
      for (let now = Date.now(); now < at; now += DAY_MS) {
        wakes.push(nextAlarm(store.schedule(row, { owner: "any", retentionMs: 7 * DAY_MS }), now));
      }
      return [...new Set(wakes)];
    });
    expect(plan).toEqual([at]);
    await call("DELETE", `/v1/sessions/claude-code/${encodeURIComponent(id)}`);
    expect(await alarm()).toBeNull();
    for (const object of [env.PROJECTS.getByName("local/1"), env.TEAMS.getByName("local")]) {
      expect(await runInDurableObject(object, (_o, state) => state.storage.getAlarm())).toBeNull();
    }
  });
});
