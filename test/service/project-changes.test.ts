import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { STORES } from "../../src/durable/project/departure/stores.ts";
import { call, get, hook, payload, settle } from "../support/api.ts";
import { cutOff } from "../support/cut-off.ts";
import {
  delivery,
  NOW,
  observation,
  point,
  prompt,
  SESSION,
  summary,
} from "../support/project-fixture.ts";
import { READER } from "../support/reader.ts";

afterEach(() => vi.restoreAllMocks());

const path = (project: string | number) => `/v1/projects/${encodeURIComponent(project)}`;

async function send(method: string, at: string, body?: object) {
  const response = await call(method, at, body === undefined ? {} : { body: JSON.stringify(body) });
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  return { status: response.status, body: (await response.json()) as any };
}
const rename = (project: string | number, name: string) => send("PATCH", path(project), { name });
const merge = (project: string, into: string) => send("POST", `${path(project)}/merge`, { into });
const remove = (project: string | number) => send("DELETE", path(project));

const freshName = (word = "p") => `github.com/acme/${word}-${crypto.randomUUID()}`;

async function made(name: string) {
  const number = await env.TEAMS.getByName("local").project({ name });
  return { ref: { name, number }, stub: env.PROJECTS.getByName(`local/${number}`) };
}

/** A session that works in a project; `say` is what it is asked for and says that it did. */
async function work(project: string, say: string, id = `c-${crypto.randomUUID()}`) {
  const post = (name: string, fields: object) =>
    hook(payload(id, name, { prompt_id: `${id}-${say}`, ...fields }), {
      "X-Cairn-Project": project,
    });
  await post("UserPromptSubmit", { prompt: say });
  await post("PostToolUse", {
    tool_use_id: `${id}-${say}`,
    tool_name: "Bash",
    tool_input: { command: `echo ${say}` },
    tool_response: { stdout: say, stderr: "" },
  });
  await post("Stop", { last_assistant_message: `${say} is done: it waits for nothing.` });
  return { id, view: await settle(id), post };
}

/** All that the API says of a project under a name. */
async function everything(name: string) {
  const q = `project=${encodeURIComponent(name)}`;
  const parts = [
    "observations?kind=all&",
    "summaries?",
    "sessions?",
    "context?",
    "search?q=walrus&",
  ];
  const answers = await Promise.all(parts.map((part) => get(`/v1/${part}${q}`)));
  const timeline = await get(`/v1/timeline?q=walrus&${q}`);
  return JSON.stringify([...answers, timeline].map(({ body }) => body));
}

async function listed(): Promise<string[]> {
  const { items } = (await get("/v1/projects")).body;
  return items.map(({ project }: { project: string }) => project);
}

describe("renaming a project", () => {
  it("shows the new name everywhere, and the old one goes on leading to it", async () => {
    const [old, fresh] = [freshName("old"), freshName("new")];
    const { id } = await work(old, "Feed the walrus");
    expect((await rename(old, fresh)).body).toMatchObject({ project: fresh, was: old });
    expect(await listed()).toContain(fresh);
    expect(await listed()).not.toContain(old);
    for (const name of [old, fresh]) {
      const told = await everything(name);
      expect(told).toContain("Feed the walrus");
      expect(told).not.toContain(old);
    }
    // The session that goes on, and clones that know nothing of it, follow.
    await work(old, "Wash the walrus", id);
    expect((await work(old, "Brush the walrus")).view.project).toBe(fresh);
    expect(await everything(fresh)).toMatch(/Wash the walrus.*|Brush the walrus/);
    expect((await get(`/v1/sessions/claude-code/${id}`)).body.project).toBe(fresh);
    // Again, back, and by its number.
    expect((await rename(old, fresh)).status).toBe(200);
    const { number } = (await rename(fresh, old)).body;
    expect((await rename(number, fresh)).body).toMatchObject({ project: fresh });
  });

  it("takes no name that leads elsewhere, and says what to do instead", async () => {
    const [one, other, third] = [freshName(), freshName(), freshName()];
    await made(one);
    await made(other);
    expect(await rename(one, other)).toMatchObject({
      status: 409,
      body: { error: { code: "name_taken", message: expect.stringContaining("merge") } },
    });
    await rename(other, third);
    expect((await rename(one, other)).body.error.code).toBe("name_taken");
    // What was once called so may not be what is meant.
    expect((await rename(other, freshName())).body.error.code).toBe("other_name");
    expect((await remove(other)).body.error.code).toBe("other_name");
    expect((await rename(freshName(), "x")).status).toBe(404);
    expect((await rename(one, "/tmp/x")).body.error.code).toBe("invalid_project");
    expect((await send("PATCH", path(one), {})).status).toBe(400);
  });
});

describe("merging a project into another one", () => {
  it("moves all that it remembers, with links, ids and sessions, and leaves its name behind", async () => {
    const [a, b] = [await made(freshName("a")), await made(freshName("b"))];
    const first = observation({ title: "The walrus eats clams", files_read: ["diet.md"] });
    await b.stub.deliver({
      project: b.ref,
      delivery: delivery(1, {
        session: "claude-code/b",
        observations: [observation({ session: "claude-code/b", title: "Seals are quick" })],
      }),
    });
    await a.stub.deliver({
      project: a.ref,
      delivery: delivery(1, {
        generation: 1,
        prompts: [prompt({ text: "What does it eat?" })],
        observations: [first],
        summaries: [summary({ completed: "Fed the walrus" })],
        openPoints: [point({ text: "Weigh it" }), point({ text: "Wash it" })],
      }),
    });
    await a.stub.deliver({
      project: a.ref,
      delivery: delivery(2, { generation: 1, observations: [first] }),
    });
    const save = { project: a.ref.name, title: "Walruses like rest", narrative: "They do." };
    const saved = (await send("POST", "/v1/observations", save)).body;
    const newer = (
      await send("POST", "/v1/observations", {
        ...save,
        title: "Walruses hate rest",
        supersedes: saved.id,
      })
    ).body;
    const { id } = await work(a.ref.name, "Count the walrus");
    const before = (await get(`/v1/observations?project=${a.ref.name}`)).body.items;

    expect((await merge(a.ref.name, b.ref.name)).body).toEqual({
      project: b.ref.name,
      number: b.ref.number,
      merged: a.ref.name,
      done: true,
    });
    expect(await listed()).not.toContain(a.ref.name);
    for (const name of [a.ref.name, b.ref.name]) {
      const told = await everything(name);
      for (const words of [
        "eats clams",
        "Fed the walrus",
        "Seals are quick",
        "Count the walrus",
        id,
      ]) {
        expect(told).toContain(words);
      }
      expect(told).not.toContain(a.ref.name);
    }
    const after = (await get(`/v1/observations?project=${b.ref.name}&limit=50`)).body.items;
    for (const { id: old, title } of before) {
      // An id that somebody noted still finds what it named.
      const found = (await get(`/v1/observations/${old}`)).body;
      expect(found).toMatchObject({ title, project: b.ref.name });
      expect(after).toContainEqual(expect.objectContaining({ id: found.id }));
    }
    const replaced = (await get(`/v1/observations/${saved.id}`)).body;
    expect(replaced.superseded_by).toBe((await get(`/v1/observations/${newer.id}`)).body.id);
    const batch = await send("POST", "/v1/observations/batch", { ids: [saved.id, newer.id] });
    expect(batch.body.items).toHaveLength(2);
    expect((await send("DELETE", `/v1/observations/${saved.id}`)).status).toBe(200);
    // Another session may close here what was left there.
    const left = { session: SESSION, text: "Wash it", made_at: NOW };
    const closes = [{ ...left, proof: "tool:w1", closed_at: NOW }];
    await b.stub.deliver({
      project: b.ref,
      delivery: delivery(3, { session: "claude-code/b", generation: 1, closes }),
    });
    const points = await runInDurableObject(b.stub, (_, state) =>
      state.storage.sql
        .exec("SELECT text, state FROM open_points WHERE session = 'claude-code/s1'")
        .toArray(),
    );
    expect(points).toEqual([
      { text: "Weigh it", state: "open" },
      { text: "Wash it", state: "closed" },
    ]);
    // A delivery that was applied there is known here: nothing is learnt twice.
    const again = delivery(2, { generation: 1, observations: [first] });
    expect(await b.stub.deliver({ project: b.ref, delivery: again })).toBe("duplicate");
    expect(await b.stub.checkIndex({})).toBe("sound");
    // Sessions go on, by the old name.
    await work(a.ref.name, "Weigh the walrus", id);
    expect(await everything(b.ref.name)).toContain("Weigh the walrus");
    expect((await merge(a.ref.name, b.ref.name)).body).toMatchObject({ done: true });
    // What is left is one row that says where everything is.
    await runDurableObjectAlarm(a.stub);
    const rows = await runInDurableObject(a.stub, (_, state) =>
      ["items", "deliveries", "sessions", "saves"].map(
        (table) => state.storage.sql.exec(`SELECT * FROM ${table}`).toArray().length,
      ),
    );
    expect(rows).toEqual([0, 0, 0, 0]);
    await expect(
      async () => await a.stub.deliver({ project: a.ref, delivery: again }),
    ).rejects.toThrow("project_leaving");
    const other = await made(freshName("anew"));
    expect(other.ref.number).toBeGreaterThan(b.ref.number);
  });

  it("loses and doubles nothing, wherever it is cut off, and is through without being asked again", async () => {
    for (const step of ["beginArrival", "takeSlice", "finishDeparture"] as const) {
      for (const when of ["before", "after"] as const) {
        const [a, b] = [await made(freshName("a")), await made(freshName("b"))];
        for (let i = 1; i <= 4; i++) {
          const many = Array.from({ length: 60 }, (_, k) =>
            observation({
              title: `Walrus number ${i * 100 + k}`,
              narrative: `${i} ${k} ${crypto.randomUUID()}`,
            }),
          );
          await a.stub.deliver({
            project: a.ref,
            delivery: delivery(i, { generation: 1, observations: many }),
          });
        }
        cutOff(step, when, step === "takeSlice" ? 2 : 1);
        const asked = await merge(a.ref.name, b.ref.name);
        expect(asked.body).toMatchObject({ done: false });
        vi.restoreAllMocks();
        // Meanwhile nothing is written to it, and what waits is not lost.
        const late = delivery(9, {
          generation: 1,
          observations: [observation({ title: "Late walrus" })],
        });
        await expect(
          async () => await a.stub.deliver({ project: a.ref, delivery: late }),
        ).rejects.toThrow();
        await evictDurableObject(a.stub);
        await runDurableObjectAlarm(a.stub);
        const number = await env.TEAMS.getByName("local").findProject({ name: a.ref.name });
        expect([step, when, number]).toEqual([step, when, b.ref.number]);
        await b.stub.deliver({ project: b.ref, delivery: late });
        expect(await b.stub.stats(READER, {})).toMatchObject({ observations: 241 });
        expect(await b.stub.checkIndex({})).toBe("sound");
      }
    }
  });

  it("holds what sessions tell in the meantime, and delivers it where everything is", async () => {
    const [a, b] = [await made(freshName("a")), await made(freshName("b"))];
    const { id, post } = await work(a.ref.name, "Feed the walrus");
    cutOff("takeSlice", "before", 1);
    await merge(a.ref.name, b.ref.name);
    await post("Stop", { last_assistant_message: "The late walrus was fed too." });
    const session = `/v1/sessions/claude-code/${id}`;
    await send("POST", `${session}/flush`);
    await expect.poll(async () => (await get(session)).body.outbox).toBeGreaterThan(0);
    vi.restoreAllMocks();
    const refused = { project: a.ref.name, title: "x", narrative: "y" };
    expect(await send("POST", "/v1/observations", refused)).toMatchObject({
      status: 503,
      body: { error: { code: "project_leaving" } },
    });
    await runDurableObjectAlarm(a.stub);
    expect((await settle(id)).outbox).toBe(0);
    expect(await everything(b.ref.name)).toContain("late walrus");
  });

  it("refuses what makes no sense, and what another merge is busy with", async () => {
    const [a, b, c] = [
      await made(freshName("a")),
      await made(freshName("b")),
      await made(freshName("c")),
    ];
    expect((await merge(a.ref.name, a.ref.name)).body.error.code).toBe("same_project");
    expect((await merge(a.ref.name, freshName())).status).toBe(404);
    await a.stub.deliver({
      project: a.ref,
      delivery: delivery(1, { observations: [observation()] }),
    });
    cutOff("takeSlice", "before", 1);
    expect((await merge(a.ref.name, b.ref.name)).body.done).toBe(false);
    for (const refused of [
      await merge(b.ref.name, c.ref.name),
      await merge(a.ref.name, c.ref.name),
      await merge(c.ref.name, a.ref.name),
      await remove(b.ref.name),
      await rename(a.ref.name, freshName()),
    ]) {
      expect(refused).toMatchObject({ status: 409, body: { error: { code: "project_busy" } } });
    }
    // A refused project takes what comes as before.
    expect((await work(b.ref.name, "Go on with the walrus")).view.outbox).toBe(0);
    vi.restoreAllMocks();
    expect((await merge(a.ref.name, b.ref.name)).body.done).toBe(true);
    expect((await merge(b.ref.name, c.ref.name)).body.done).toBe(true);
    expect((await get(`/v1/observations/${a.ref.number}-1`)).body.project).toBe(c.ref.name);
  });

  it("says of every table of a project whether it moves", async () => {
    const { stub } = await made(freshName());
    await stub.announce({
      project: { name: "x", number: 1 },
      announcement: { session: "claude-code/x", state: "idle", seq: 1, lastEventAt: null },
    });
    const tables = await runInDurableObject(stub, (_, state) =>
      state.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        .toArray()
        .map(({ name }) => String(name)),
    );
    const stays =
      /^(?:search|trigrams|postings|vocabulary)|^(?:arrivals|backfills|blocks|counter|departure|removals|schema_version)$|^_cf/;
    expect(STORES.map(({ table }) => table).sort()).toEqual(
      tables.filter((name) => !stays.test(name)),
    );
  });
});

describe("deleting a project", () => {
  it("leaves nothing of it under any name, and forgets its sessions", async () => {
    const [old, name] = [freshName("old"), freshName("gone")];
    const { id } = await work(old, "Feed the walrus");
    await rename(old, name);
    const [item] = (await get(`/v1/summaries?project=${name}`)).body.items;
    expect((await remove(name)).body).toEqual({ deleted: name, done: true });
    expect(await listed()).not.toContain(name);
    for (const gone of [old, name])
      expect(await everything(gone)).not.toMatch(/walrus|claude-code/i);
    expect((await get("/v1/search?q=walrus+feed")).body.items).not.toContainEqual(
      expect.objectContaining({ project: name }),
    );
    expect((await get(`/v1/observations/${item.id}`)).status).toBe(404);
    expect((await remove(name)).status).toBe(404);
    await settle(id);
    expect((await get(`/v1/sessions/claude-code/${id}`)).body.forgotten).toBe(true);
    const stub = env.SESSIONS.getByName(`local/claude-code/${id}`);
    expect((await stub.sources(READER, { keys: [`tool:${id}-Feed the walrus`] })).kept).toEqual([]);
    // Nothing made it anew, and who begins anew begins with nothing.
    expect(await env.TEAMS.getByName("local").findProject({ name })).toBeNull();
    await hook(payload(id, "SessionStart", { source: "startup" }), { "X-Cairn-Project": old });
    await work(old, "Pet the seal", id);
    const told = await everything(old);
    expect(told).toContain("Pet the seal");
    expect(told).not.toContain("Feed the walrus");
  });

  it("drops what its sessions would have delivered late, wherever it is cut off", async () => {
    const { ref, stub } = await made(freshName("gone"));
    const { id, post } = await work(ref.name, "Feed the walrus");
    cutOff("finishDeparture", "before", 1);
    expect((await remove(ref.name)).body.done).toBe(false);
    expect(await everything(ref.name)).not.toContain("walrus");
    expect(await listed()).not.toContain(ref.name);
    await post("Stop", { last_assistant_message: "The late walrus was fed too." });
    await settle(id);
    vi.restoreAllMocks();
    await evictDurableObject(stub);
    await runDurableObjectAlarm(stub);
    await settle(id);
    expect(await env.TEAMS.getByName("local").findProject({ name: ref.name })).toBeNull();
    const unheard = delivery(1, { session: "claude-code/unheard", observations: [observation()] });
    expect(await stub.deliver({ project: ref, delivery: unheard })).toBe("forgotten");
    expect(await stub.standing({ session: "claude-code/unheard" })).toMatchObject({
      forgotten: true,
    });
    expect(await stub.stats(READER, {})).toMatchObject({ observations: 0, last_event_at: null });
  });
});
