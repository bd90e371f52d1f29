import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isMereActivity } from "../../src/durable/project/apply/mere-activity.ts";
import { BACKFILL_SLICE_ITEMS } from "../../src/durable/project/backfill.ts";
import { PROJECT_MIGRATIONS } from "../../src/durable/project/migrations.ts";
import { SESSION_MIGRATIONS } from "../../src/durable/session/migrations.ts";
import { TEAM_MIGRATIONS } from "../../src/durable/team/migrations.ts";
import { get } from "../support/api.ts";
import {
  delivery,
  freshProject,
  observation,
  PROJECT,
  summary,
} from "../support/project-fixture.ts";
import { READER } from "../support/reader.ts";
import { RowCounter } from "../support/row-counter.ts";
import { freshSession, textEvent } from "../support/session-under-test.ts";

const files = import.meta.glob<string>("../../migrations/*/0*.sql", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** SHA-256 of each file that went out with a release. A line is added with it, and never changed. */
const RELEASED: Record<string, string> = {
  "project/0001_memory": "b1b4a7f90392018f88f7d5236e034d2e0c9033acc1dfbd0045d4d50cec3ae97e",
  "project/0002_backfills": "c5033349a074c0ed2314ab9746d77d2636e1a2e515cc9b9ed05db06b46b20bb2",
  "project/0003_scripts": "e41d15c9aaabe1a05e6ea2101c7f16a0000d87178003af95ba55f3a59821da9b",
  "project/0004_forgotten": "9c41f6fe4fd0a5a5e6be90de53c116b6baff595e8c5bb2995a3e70efeb026909",
  "project/0005_open_points": "fd40d27b5f425fcf56cc4761b6c8f0d44a9592425438fa1b07ce87a00f8bf7e8",
  "project/0006_departure": "00108de0cd94368dc55a24fedb3dca390b51c753bdd595e1324261cda72fae82",
  "project/0007_postings": "197734fda1c9430a00f02dfa8ddb459c284f77e42f7196b66a56d1a9e2693dc1",
  "project/0008_removals": "7f28d40dde6f6a3b42ae4d82ef6c91555e414382d02ab64b60ac4d57ca8b13cb",
  "project/0009_blocks": "fc80bd7636dd80ea78ef0fff3c9a0b74b9d9811d33b11ee078d79d60c78d6e90",
  "session/0001_initial": "dbd82346e06bd78711e05f7f2f0a017dc58d73d0496f7f3b700eeb0e7578e5f5",
  "session/0002_narration": "3423f4ccdacd55e4e0d6eb13f4cc64f4d4989b231e504fa213c906414983ca6c",
  "session/0003_prompts": "64ddc54d108dd7867b4c2009839c1b48db64be07da88b2d3dee74220d96b8aaa",
  "session/0004_open_points": "ee72fafd8be240c9d8e998180f4865d07f537f753f6a8a44771a79bb9ec0ba7d",
  "session/0005_started": "a8fb8306abc496307e298ae999f70f08b09936d68a1b96751a4e2acc585888cc",
  "session/0006_sender": "ef0897d0c9016dfb1c5649742411fb46efc10e5e38222c06331fab99b93eac67",
  "session/0007_excluded": "89a53df06f9cb87c9911bf3fcc5a63d65cfb2ca72fb6aaf2ebc24b33750d36e6",
  "team/0001_initial": "90ec1d90a7e60114c87bf5c0eb4681d3896ab7e3652370ea340479377bac76c2",
  "team/0002_folder_secret": "fcbf0b8ac75c05a5f15e94a46bdfe73b247323723a580d48c030a69cf4282b09",
  "team/0003_project_names": "5c3dc7028505106d3cdff5d917b2c40f301de24f507d5dc4ce20227fe84e7427",
  "team/0004_deployment": "dcfe731c071b0089b8dddbb460e30ef0824861467b4ba38b2151806540676d8e",
  "team/0005_key_scopes": "2f189df4c5037bcb5fe7ed157908c7f89690b33d98692f37d6edc935af8abbc1",
  "team/0006_audit": "287fe5f4d3a78e8e6b07cee05ad9dfd6908b3cf993487cce2c10ab4c40299b58",
};

const LISTS = { project: PROJECT_MIGRATIONS, session: SESSION_MIGRATIONS, team: TEAM_MIGRATIONS };

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("migrations", () => {
  it("that were released are never changed again", async () => {
    for (const [name, hash] of Object.entries(RELEASED)) {
      const text = files[`../../migrations/${name}.sql`] ?? "";
      expect(await sha256(text), `${name} was released: write a new migration instead`).toBe(hash);
    }
  });

  it("are applied in the order of their numbers, none left out", () => {
    for (const [object, list] of Object.entries(LISTS)) {
      const folder = `../../migrations/${object}/`;
      const known = Object.keys(files)
        .filter((path) => path.startsWith(folder))
        .map((path) => path.slice(folder.length, -".sql".length));
      expect(list.map(({ name }) => name)).toEqual(known.sort());
      expect(known.map((name) => Number(name.slice(0, 4)))).toEqual(known.map((_, i) => i + 1));
    }
  });
});

describe("the schema of an object", () => {
  it("is the one in schema.sql (else: npm run schema)", async () => {
    const project = freshProject();
    await project.deliver({ project: PROJECT, delivery: delivery(1) });
    expect((await project.inspect(READER, {})).schemaDiffers).toEqual([]);
    const { stub, sender } = freshSession();
    await stub.event({ sender, event: textEvent("prompt", "p1", "Look at the schema") });
    expect((await stub.inspect(READER, { believed: "active" }))?.schemaDiffers).toEqual([]);
    const team = env.TEAMS.getByName("local");
    await team.project({ name: "github.com/acme/schema" });
    expect(await team.schemaDifferences(READER, {})).toEqual([]);
  });

  it("is the same in a session that began with the first migration, and none writes rows", async () => {
    const { stub, sender } = freshSession();
    await runInDurableObject(stub, (_, { storage: { sql } }) => {
      for (const { sql: migration } of SESSION_MIGRATIONS) sql.exec(migration);
      for (const table of ["session", "events", "batches", "outbox"]) {
        expect(sql.exec(`SELECT * FROM ${table}`).toArray()).toEqual([]);
      }
      sql.exec("CREATE TABLE schema_version (version INTEGER NOT NULL)");
      sql.exec("INSERT INTO schema_version (version) VALUES (?)", SESSION_MIGRATIONS.length);
    });
    await stub.event({ sender, event: textEvent("prompt", "p1", "Look at the schema") });
    expect((await stub.inspect(READER, { believed: "active" }))?.schemaDiffers).toEqual([]);
  });

  it("that differs is reported by the doctor, with the names of the tables", async () => {
    const number = await env.TEAMS.getByName("local").project({ name: "github.com/acme/altered" });
    const project = env.PROJECTS.getByName(`local/${number}`);
    await project.deliver({ project: PROJECT, delivery: delivery(1) });
    await runInDurableObject(project, (_, { storage }) => {
      storage.sql.exec("ALTER TABLE saves ADD COLUMN extra TEXT");
      storage.sql.exec("DROP INDEX items_repeats");
      storage.sql.exec("CREATE TABLE leftover (a)");
    });
    const { body } = await get("/v1/doctor");
    const check = body.checks.find(({ name }: { name: string }) => name === "schema");
    expect(check.ok).toBe(false);
    expect(check.detail).toContain(
      "project github.com/acme/altered: items (index items_repeats), leftover, saves",
    );
    expect(body.ok).toBe(false);
  });
});

describe("what a migration leaves to be done for each item", () => {
  const ITEMS = 2 * BACKFILL_SLICE_ITEMS + 100;
  const MERE_EVERY = 3;
  const DAY_MS = 86_400_000;

  afterEach(() => {
    vi.useRealTimers();
  });

  /** A project of the first release with many items: one in three only looked at a file. */
  async function oldProject() {
    const project = freshProject();
    await runInDurableObject(project, (_, { storage: { sql } }) => {
      sql.exec(files["../../migrations/project/0001_memory.sql"] ?? "");
      sql.exec("CREATE TABLE schema_version (version INTEGER NOT NULL)");
      sql.exec("INSERT INTO schema_version (version) VALUES (1)");
      sql.exec(
        `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
         INSERT INTO items (n, kind, session, generation, batch, prompt_number, created_at, type,
           agent, actor, standing, provider, content, split_words, index_text)
         SELECT n, CASE n % 10 WHEN 0 THEN 'summary' ELSE 'observation' END, 'claude-code/old', 1, n,
           1, 1790000000000 + n, 'discovery', 'claude-code', 'test0001', 0, 'extractive',
           json_object('title', iif(n % ?2 = 1, 'Inside part-', 'Found out about part-') || n,
             'subtitle', '', 'narrative', '', 'facts', json_array(), 'sources', json_array(),
             'request', 'Look at part-' || n, 'investigated', '', 'learned', '', 'completed', '',
             'next_steps', '', 'concepts', json_array('gotcha'), 'files_read', json_array(),
             'files_modified', json_array()), '', ''
         FROM numbers`,
        ITEMS,
        MERE_EVERY,
      );
      sql.exec("INSERT INTO search (search) VALUES ('rebuild')");
    });
    await evictDurableObject(project);
    return project;
  }

  type Stub = ReturnType<typeof freshProject>;

  /** n -> activity, of all observations. */
  const activities = (project: Stub) =>
    runInDurableObject(project, (_, { storage }) => {
      const sql = "SELECT n, activity FROM items WHERE kind = 'observation' ORDER BY n";
      return storage.sql.exec<{ n: number; activity: number | null }>(sql).toArray();
    });

  it("is done in slices from an alarm, whatever ends its lives, and read and written meanwhile", async () => {
    // Ahead of the real clock: no alarm fires but by our hand.
    vi.setSystemTime(Date.now() + DAY_MS);
    const project = await oldProject();
    const search = async (q: string) =>
      (
        await project.search(READER, {
          project: PROJECT,
          q,
          filters: {},
          limit: 5,
          now: Date.now(),
        })
      ).items;
    // The first call migrates, which takes no item in its hand, and sets the alarm.
    expect((await search("part-7"))[0]?.id).toBe(`${PROJECT.number}-7`);
    expect(await project.inspect(READER, {})).toMatchObject({
      backfills: [
        { name: "activity", doneTo: 0, upTo: ITEMS },
        { name: "blocks", doneTo: 0, upTo: ITEMS },
        { name: "scripts", doneTo: 0, upTo: ITEMS },
      ],
    });
    const around = { project: PROJECT, around: 900, before: 2, after: 2, now: Date.now() };
    const timeline = await project.timeline(READER, around);
    expect(timeline?.items.map(({ id }) => id)).toEqual(
      [898, 899, 900, 901, 902].map((n) => `${PROJECT.number}-${n}`),
    );
    const counter = new RowCounter();
    await counter.attach(project);
    expect(await runDurableObjectAlarm(project)).toBe(true);
    expect(counter.total().statements).toMatchObject({
      "items update": BACKFILL_SLICE_ITEMS * 0.9,
      "backfills update": 1,
    });
    const half = await activities(project);
    expect(half.filter(({ activity }) => activity === null)).toHaveLength(
      (ITEMS - BACKFILL_SLICE_ITEMS) * 0.9,
    );

    // Items come and go in the middle; the object's life ends.
    await project.deliver({
      project: PROJECT,
      delivery: {
        ...delivery(1),
        observations: [
          observation({ title: "Inside new.ts: fresh", type: "discovery" }),
          observation({ title: "The cache forgets", type: "bugfix" }),
        ],
        summaries: [summary({ completed: "All of it" })],
      },
    });
    await project.remove({ n: BACKFILL_SLICE_ITEMS + 1 });
    await evictDurableObject(project);
    expect((await project.inspect(READER, {})).backfills[0]).toMatchObject({
      doneTo: BACKFILL_SLICE_ITEMS,
    });
    expect((await search("part-1050"))[0]?.id).toBe(`${PROJECT.number}-1050`);
    for (let slices = 0; await runDurableObjectAlarm(project); slices += 1) {
      expect(slices).toBeLessThan(3 * 5);
    }
    expect(await project.timeline(READER, around)).toEqual(timeline);
    expect(await project.stats(READER, {})).toMatchObject({
      observations: ITEMS * 0.9 + 1,
      summaries: ITEMS * 0.1 + 1,
    });
    const blocks = await runInDurableObject(project, (_, { storage }) =>
      storage.sql.exec("SELECT block FROM blocks").toArray(),
    );
    expect(blocks).toHaveLength(Math.floor(ITEMS / 128));
    expect((await project.inspect(READER, {})).backfills).toEqual([]);
    const done = await activities(project);
    expect(done.filter(({ activity }) => activity === null)).toEqual([]);
    expect(done.slice(-2)).toEqual([
      { n: ITEMS + 1, activity: 1 },
      { n: ITEMS + 2, activity: 0 },
    ]);
    for (const { n, activity } of done.slice(0, -2))
      expect(activity).toBe(Number(n % MERE_EVERY === 1));
  });

  it("is tried again later where a slice fails, and the project goes on", async () => {
    vi.setSystemTime(Date.now() + DAY_MS);
    const project = await oldProject();
    const left = async () => (await project.inspect(READER, {})).backfills;
    const alter = (sql: string) =>
      runInDurableObject(project, (_, { storage }) => {
        storage.sql.exec(sql);
      });
    await left();
    await alter("ALTER TABLE items RENAME COLUMN activity TO mislaid");
    expect(await runDurableObjectAlarm(project)).toBe(true);
    const alarm = await runInDurableObject(project, (_, { storage }) => storage.getAlarm());
    expect(alarm).toBeGreaterThan(Date.now() + 60_000);
    expect(await left()).toMatchObject([{ doneTo: 0 }, {}, {}]);
    await alter("ALTER TABLE items RENAME COLUMN mislaid TO activity");
    expect(await runDurableObjectAlarm(project)).toBe(true);
    expect(await left()).toMatchObject([{ doneTo: BACKFILL_SLICE_ITEMS }, {}, {}]);
  });

  it("composes old texts and lets words of two scripts and one character be found", async () => {
    vi.setSystemTime(Date.now() + DAY_MS);
    const project = await oldProject();
    const title = "Redis连接池的锁 é";
    await runInDurableObject(project, (_, { storage: { sql } }) => {
      sql.exec(
        `UPDATE items SET content = json_set(content, '$.title', ?) WHERE n = 611`,
        title.normalize("NFD"),
      );
      sql.exec("INSERT INTO search (search) VALUES ('rebuild')");
      sql.exec("INSERT INTO trigrams (trigrams) VALUES ('rebuild')");
    });
    const found = async (q: string) => {
      const query = { project: PROJECT, q, filters: {}, limit: 5, now: Date.now() };
      return (await project.search(READER, query)).items.map((hit) => hit.title);
    };
    expect(await found("锁")).toEqual([]);
    while (await runDurableObjectAlarm(project));
    for (const q of ["锁", "连接", "redis"]) expect(await found(q), q).toEqual([title]);
    expect(await project.checkIndex({})).toBe("sound");
  });

  it("is nothing in a new project, which sets no alarm", async () => {
    const project = freshProject();
    await project.deliver({
      project: PROJECT,
      delivery: { ...delivery(1), observations: [observation()] },
    });
    expect((await project.inspect(READER, {})).backfills).toEqual([]);
    expect(await runDurableObjectAlarm(project)).toBe(false);
  });
});

describe("mere activity", () => {
  const rules = observation({ type: "discovery", concepts: ["how-it-works"] });
  it.each([
    [true, { title: "Inside cli.ts: main" }],
    [true, { title: "Inside cli.ts: main", concepts: [], files_modified: ["cli.ts"] }],
    [true, { title: "How flags are parsed" }],
    [true, { title: "Tests: 12 passed", type: "change" }],
    [false, { title: "Inside cli.ts: main", type: "change", concepts: [] }],
    [false, { title: "How flags are parsed", files_modified: ["cli.ts"] }],
    [false, { title: "How flags are parsed", concepts: ["how-it-works", "gotcha"] }],
    [false, { title: "How flags are parsed", concepts: [] }],
    [false, { title: "Inside cli.ts: main", provider: "anthropic" }],
    [false, { title: "Inside cli.ts: main", provider: "hand" }],
  ] as const)("is %s of %o", (expected, change) => {
    expect(isMereActivity({ ...rules, ...change } as typeof rules)).toBe(expected);
  });
});
