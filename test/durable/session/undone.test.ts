/** What a session's stores remember of their rows is gone with a transaction that is undone. */

import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { acceptEvent } from "../../../src/durable/session/intake/intake.ts";
import { SESSION_MIGRATIONS } from "../../../src/durable/session/migrations.ts";
import { newBatch } from "../../../src/durable/session/queue/lifecycle.ts";
import { SessionStore } from "../../../src/durable/session/session-store.ts";
import { addMissingSummaries } from "../../../src/durable/session/work/missing-summaries.ts";
import { delivery, observation } from "../../support/project-fixture.ts";
import { freshSession, textEvent, toolUse } from "../../support/session-under-test.ts";

const NOW = 1_800_000_000_000;

/** A store of its own with a prompt that is in a finished batch, and its sender. */
async function withStore(play: (store: SessionStore, undo: (change: () => void) => void) => void) {
  const { stub, sender } = freshSession();
  await runInDurableObject(stub, (_object, state) => {
    const store = new SessionStore(state.storage, SESSION_MIGRATIONS);
    store.db.migrate();
    store.db.transaction(() => {
      acceptEvent(store, sender, textEvent("prompt", "p1", "Teach the walrus"), NOW);
      store.batches.save(newBatch(1, 1, 1, NOW));
      store.batches.remove(1);
      store.session.update({ lastBatchedSeq: 1 });
    });
    const undo = (change: () => void) => {
      const failing = () =>
        store.db.transaction(() => {
          change();
          throw new Error("undone");
        });
      expect(failing).toThrow("undone");
    };
    play(store, undo);
  });
}

it("writes the summary that a turn misses, though it once was written and undone", async () => {
  await withStore((store, undo) => {
    expect(store.outbox.summarised()).toEqual(new Set());
    undo(() => expect(addMissingSummaries(store, 2, NOW)).toBe(1));
    expect(store.outbox.waiting()).toBe(0);
    expect(addMissingSummaries(store, 2, NOW)).toBe(1);
    expect(store.outbox.waiting()).toBe(1);
    expect(addMissingSummaries(store, 2, NOW)).toBe(0);
  });
});

it("knows no title, event, batch or field of a transaction that was undone", async () => {
  await withStore((store, undo) => {
    const { sender } = freshSession();
    const remembered = () => ({
      row: store.row(),
      titles: [...store.outbox.titles()],
      reach: store.batches.reach(),
      counters: store.log.counters(),
      isKnown: store.log.has("tool:a"),
    });
    const before = structuredClone(remembered());
    undo(() => {
      acceptEvent(store, sender, toolUse("a"), NOW);
      acceptEvent(store, sender, textEvent("prompt", "p2", "And the seal", "p2"), NOW);
      store.batches.save(newBatch(7, 2, 3, NOW));
      store.session.update({ branch: "undone" });
      const undone = delivery(7, { observations: [observation({ title: "Undone" })] });
      store.outbox.deliver("name/x", undone, NOW);
      expect(remembered()).not.toEqual(before);
    });
    expect(remembered()).toEqual(before);
  });
});
