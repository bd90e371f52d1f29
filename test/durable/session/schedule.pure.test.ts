import { describe, expect, it } from "vitest";
import { lease, newBatch } from "../../../src/durable/session/queue/lifecycle.ts";
import {
  BATCH_MAX_AGE_MS,
  BATCH_MAX_BYTES,
  BATCH_MAX_EVENTS,
  BATCH_MAX_ROWS,
  cutBatch,
  HOOKS_FIRST_MAX_MS,
  HOOKS_FIRST_MS,
  IDLE_CLOSE_MS,
  nextAlarm,
  type QueuedEvent,
  queueDueAt,
  type ScheduleView,
} from "../../../src/durable/session/queue/schedule.ts";

const NOW = 10_000_000;
const DAY_MS = 86_400_000;

function event(seq: number, change: Partial<QueuedEvent> = {}): QueuedEvent {
  return {
    seq,
    kind: "tool_use",
    bytes: 100,
    receivedAt: NOW - 1_000,
    promptNumber: 1,
    skip: null,
    ...change,
  };
}

function view(change: Partial<ScheduleView> = {}): ScheduleView {
  return {
    queue: [],
    flushTo: 0,
    batches: [],
    owner: "o",
    outboxDueAt: null,
    announceDueAt: null,
    touchedAt: NOW,
    endedAt: null,
    closedAt: null,
    ending: false,
    tombstone: false,
    retentionMs: 7 * DAY_MS,
    ...change,
  };
}

describe("a batch is cut", () => {
  const some = (n: number) => Array.from({ length: n }, (_, i) => event(i + 1));
  it.each([
    ["at twenty events", some(25), { toSeq: BATCH_MAX_EVENTS, full: true, endsTurn: false }],
    ["with what there is, not yet full", some(3), { toSeq: 3, full: false, endsTurn: false }],
    [
      "at a turn's end",
      [event(1), event(2, { kind: "turn_end" }), event(3)],
      { toSeq: 2, full: true, endsTurn: true },
    ],
    [
      "before a new prompt, which ends a turn that has no closing message",
      [event(1, { kind: "prompt" }), event(2), event(3, { kind: "prompt" })],
      { toSeq: 2, full: true, endsTurn: true },
    ],
    [
      "before it would exceed its bytes",
      [event(1, { bytes: BATCH_MAX_BYTES - 10 }), event(2, { bytes: 20 })],
      { toSeq: 1, full: true, endsTurn: false },
    ],
    [
      "with one event alone that is larger than a batch",
      [event(1, { bytes: BATCH_MAX_BYTES * 2 }), event(2)],
      { toSeq: 1, full: true, endsTurn: false },
    ],
  ])("%s", (_name, queue, cut) => expect(cutBatch(queue)).toEqual(cut));
  it("not at all from nothing", () => expect(cutBatch([])).toBeNull());
});

describe("what the agent says between its calls", () => {
  const say = (seq: number) => event(seq, { kind: "say" });

  it("does not count towards a batch's twenty events, but is bounded with them", () => {
    const mixed = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? say(i + 1) : event(i + 1)));
    expect(cutBatch(mixed)).toEqual({ toSeq: 40, full: true, endsTurn: false });
    const spoken = Array.from({ length: 100 }, (_, i) => say(i + 1));
    expect(cutBatch(spoken)).toMatchObject({ toSeq: BATCH_MAX_ROWS });
  });

  it("wants no batch of its own, and sets no alarm earlier than the session's close", () => {
    const spoken = view({ queue: [say(1), say(2)] });
    expect(queueDueAt(spoken, NOW)).toBeNull();
    expect(nextAlarm(spoken, NOW)).toBe(NOW + IDLE_CLOSE_MS);
    const after = view({ queue: [say(1), event(2, { receivedAt: NOW - 500 })] });
    expect(nextAlarm(after, NOW)).toBe(NOW - 500 + BATCH_MAX_AGE_MS);
  });

  it("is due where a flush or the session's end asks for it, until the session is closed", () => {
    const queue = [say(4)];
    expect(queueDueAt(view({ queue, flushTo: 4 }), NOW)).toBe(NOW - 1_000);
    expect(queueDueAt(view({ queue, endedAt: NOW }), NOW)).toBe(NOW - 1_000);
    const closed = view({ queue, endedAt: NOW, closedAt: NOW });
    expect(nextAlarm(closed, NOW)).toBe(NOW + 7 * DAY_MS);
  });
});

describe("the alarm is set", () => {
  const pending = newBatch(1, 1, 3, NOW + 5_000);
  it.each([
    ["for an idle session's close", view(), NOW + IDLE_CLOSE_MS],
    [
      "two minutes after the oldest event",
      view({ queue: [event(1)] }),
      NOW - 1_000 + BATCH_MAX_AGE_MS,
    ],
    [
      "at a turn's end, as soon as no more hooks come",
      view({ queue: [event(1, { kind: "turn_end" })] }),
      NOW + HOOKS_FIRST_MS,
    ],
    [
      "at a turn's end in spite of hooks that never pause, a little later",
      view({
        queue: [event(1, { kind: "turn_end", receivedAt: NOW - HOOKS_FIRST_MAX_MS })],
        touchedAt: NOW,
      }),
      NOW,
    ],
    ["at once after a flush", view({ queue: [event(4)], flushTo: 4 }), NOW - 1_000],
    ["at once after the session's end", view({ queue: [event(4)], endedAt: NOW }), NOW - 1_000],
    [
      "at once for an event from the future: the clock went back",
      view({ queue: [event(1, { receivedAt: NOW + 3_600_000 })] }),
      NOW,
    ],
    ["for a batch that backs off", view({ batches: [pending] }), NOW + 5_000],
    [
      "for the end of a lease",
      view({ batches: [lease(pending, "t", "o", NOW)] }),
      lease(pending, "t", "o", NOW).lease?.until,
    ],
    [
      "at once for a lease of an earlier life of the object",
      view({ batches: [lease(pending, "t", "an earlier life", NOW)] }),
      0,
    ],
    [
      "not before a provider's retry-after, for anything",
      view({
        queue: [event(9, { kind: "turn_end" })],
        batches: [{ ...pending, notBefore: NOW + 9_000 }],
      }),
      NOW + 9_000,
    ],
    ["for the outbox", view({ outboxDueAt: NOW + 7 }), NOW + 7],
    ["for an announcement that cannot wait", view({ announceDueAt: 0 }), 0],
    ["for a delete", view({ ending: true }), 0],
    [
      "for the outbox and not sooner, while a delete waits for a project that is not reached",
      view({ ending: true, outboxDueAt: NOW + 9_000 }),
      NOW + 9_000,
    ],
    ["for the retention of a closed session", view({ closedAt: NOW }), NOW + 7 * DAY_MS],
    [
      "for nothing at all where only the tombstone stands",
      view({ closedAt: NOW, tombstone: true }),
      null,
    ],
    [
      "for the outbox and not the retention, while a closed session has not delivered",
      view({ closedAt: NOW, outboxDueAt: NOW + 8 * DAY_MS }),
      NOW + 8 * DAY_MS,
    ],
  ])("%s", (_name, given, at) => expect(nextAlarm(given, NOW)).toBe(at));
});
