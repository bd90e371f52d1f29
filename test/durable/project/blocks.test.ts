/** Questions about times and kinds, over more items than one block has. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { ItemKind } from "../../../src/contract/vocabulary.ts";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
  prompt,
  summary,
} from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";
import { RowCounter } from "../../support/row-counter.ts";

const HOUR_MS = 3_600_000;
const ITEMS_PER_DELIVERY = 20;

type Stub = ReturnType<typeof freshProject>;
interface Known {
  n: number;
  created_at: number;
  kind: ItemKind;
}

/** A session of one delivery. */
const LONE_BATCH = 45;

/** Times as they come: hour after hour, each delivery's in disorder, and some weeks late. */
function timeOf(batch: number, index: number): number {
  const late = batch % 20 === 0 || (batch > 100 && index % 7 === 0) ? 21 * 24 * HOUR_MS : 0;
  return NOW + batch * HOUR_MS + ((index * 7) % ITEMS_PER_DELIVERY) * 60_000 - late;
}

async function deliverBatches(project: Stub, first: number, last: number): Promise<void> {
  for (let batch = first; batch <= last; batch += 1) {
    const session = batch === LONE_BATCH ? "claude-code/lone" : `claude-code/s${batch % 5}`;
    const stamp = (index: number) => ({ session, created_at: timeOf(batch, index) });
    const observations = Array.from({ length: ITEMS_PER_DELIVERY - 2 }, (_, index) =>
      observation({ ...stamp(index + 1), title: `Part${batch}x${index} was changed` }),
    );
    const prompts = [prompt({ ...stamp(0), prompt_number: batch })];
    const summaries = [summary({ ...stamp(ITEMS_PER_DELIVERY - 1), prompt_number: batch })];
    await project.deliver({
      project: PROJECT,
      delivery: delivery(batch, { session, observations, prompts, summaries }),
    });
  }
}

/** All items, by reading every one of them. */
const allItems = (project: Stub): Promise<Known[]> =>
  runInDurableObject(project, (_, { storage }) =>
    storage.sql
      .exec("SELECT n, created_at, kind FROM items ORDER BY created_at, n")
      .toArray()
      .map((row) => row as unknown as Known),
  );

/** Asks in every way, and compares with what reading every item says. */
async function expectTruth(project: Stub): Promise<void> {
  const items = await allItems(project);
  const counts = await project.stats(READER, {});
  const count = (kind: ItemKind) => items.filter((item) => item.kind === kind).length;
  expect(counts).toMatchObject({
    observations: count("observation"),
    summaries: count("summary"),
    prompts: count("prompt"),
    last_event_at: items.at(-1)?.created_at ?? null,
  });
  const numberOf = ({ id }: { id: string }) => Number(id.split("-")[1]);
  for (let place = 0; place < items.length; place += 37) {
    const [before, after] = [place % 5, 1 + (place % 4)];
    const timeline = await project.timeline(READER, {
      project: PROJECT,
      around: items[place]?.n ?? 0,
      before,
      after,
      now: NOW,
    });
    expect(timeline?.items.map(numberOf)).toEqual(
      items.slice(Math.max(0, place - before), place + after + 1).map(({ n }) => n),
    );
    const [since, until] = [items[place]?.created_at ?? 0, items[place + 40]?.created_at];
    const within = items
      .filter(({ kind }) => kind === "observation")
      .filter(({ created_at: at }) => at >= since && at <= (until ?? Number.POSITIVE_INFINITY))
      .map(({ n }) => n)
      .sort((a, b) => b - a);
    const limit = 50;
    const filters = until === undefined ? { since } : { since, until };
    const page = await project.list(READER, { project: PROJECT, filters, before: null, limit });
    expect(page.items.map(numberOf)).toEqual(within.slice(0, limit));
    if (within.length > limit) {
      const next = { project: PROJECT, filters, before: Number(page.next), limit };
      const { items: rest } = await project.list(READER, next);
      expect(rest.map(numberOf)).toEqual(within.slice(limit, 2 * limit));
    }
  }
}

describe("times and kinds of a project's items", () => {
  it("are known without reading all of them, whatever comes late, goes, or moves in", async () => {
    const project = freshProject();
    await deliverBatches(project, 1, 60);
    await expectTruth(project);

    const counter = new RowCounter();
    await counter.attach(project);
    const around = (LONE_BATCH - 0.5) * ITEMS_PER_DELIVERY;
    await project.timeline(READER, { project: PROJECT, around, before: 1, after: 1, now: NOW });
    await project.stats(READER, {});
    expect(counter.total().rowsRead).toBeLessThan(60 * ITEMS_PER_DELIVERY);
    expect(counter.total().rowsWritten).toBe(0);

    // What is taken away, one by one and with its session, from made blocks and from the newest.
    await project.remove({ n: 5 });
    await project.remove({ n: 60 * ITEMS_PER_DELIVERY - 1 });
    await project.forget({ project: PROJECT, session: "claude-code/s3", minGeneration: 1 });
    await expectTruth(project);
    // A turn goes on: its summary gets an earlier time.
    const earlier = summary({
      session: "claude-code/s1",
      prompt_number: 1,
      created_at: NOW - 9_999 * HOUR_MS,
    });
    const goesOn = delivery(101, { session: "claude-code/s1", summaries: [earlier] });
    await project.deliver({ project: PROJECT, delivery: goesOn });
    await expectTruth(project);

    // Another project's items come to numbers that were kept for them, after newer ones.
    const other = freshProject();
    await deliverBatches(other, 201, 215);
    const rows = await runInDurableObject(other, (_, { storage }) =>
      storage.sql.exec("SELECT * FROM items ORDER BY n").toArray(),
    );
    const last = rows.length;
    await project.beginArrival({ from: 77, last });
    await deliverBatches(project, 102, 112);
    for (let slice = 1; slice <= 3; slice += 1) {
      const part = rows.slice((slice - 1) * 100, slice * 100) as Record<string, string>[];
      await project.takeSlice({ from: 77, slice, table: "items", rows: part });
      await expectTruth(project);
    }
  });
});
