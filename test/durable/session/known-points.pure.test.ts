import { expect, it } from "vitest";
import type { DeliveredPoints } from "../../../src/durable/session/outbox/outbox.ts";
import { knownPoints } from "../../../src/durable/session/work/known-points.ts";
import type { KnownPoint } from "../../../src/memory/observation.ts";

const OWN = "claude-code/own";
const OTHER = "claude-code/other";
const at = (made_at: number, text: string, session = OWN) => ({ session, text, made_at });
const left = (...made: KnownPoint[]): DeliveredPoints => ({ current: true, made, closed: [] });
const did = (...closed: KnownPoint[]): DeliveredPoints => ({ current: true, made: [], closed });
const old = (delivery: DeliveredPoints) => ({ ...delivery, current: false });

function known(
  told: KnownPoint[],
  delivered: DeliveredPoints[],
  change: { at?: number; redo?: boolean } = {},
): string[] {
  const asking = { session: OWN, at: 100, redo: false, ...change };
  return knownPoints(told, delivered, asking).map(({ text }) => text);
}

it("a batch knows what the project told and what its session left since, oldest first, without what is done", () => {
  const told = [at(7, "theirs", OTHER), at(3, "done by us", OTHER), at(5, "ours, as told")];
  const delivered = [left(at(5, "ours"), at(6, "ours and done")), did(at(3, "done by us", OTHER))];
  expect(known(told, [...delivered, did(at(6, "ours and done"))])).toEqual(["ours", "theirs"]);
});

it("a batch knows nothing that was left after it, as in an old session that is sent late", () => {
  expect(known([at(50, "later", OTHER), at(20, "before", OTHER)], [], { at: 20 })).toEqual([
    "before",
  ]);
});

it("a redo begins without what its session left, and still knows what it closed of others", () => {
  const told = [at(2, "ours"), at(3, "theirs", OTHER)];
  const before = [left(at(2, "ours")), did(at(1, "theirs, done by us", OTHER))].map(old);
  expect(known(told, before, { redo: true })).toEqual(["theirs, done by us", "theirs"]);
  const done = [...before, did(at(1, "theirs, done by us", OTHER)), left(at(2, "ours anew"))];
  expect(known(told, done, { redo: true })).toEqual(["ours anew", "theirs"]);
});

it("a session that begins again after its retention knows its own points from the project", () => {
  expect(known([at(1, "of an earlier life")], [])).toEqual(["of an earlier life"]);
});

it("no more than the newest 32 are known", () => {
  const many = Array.from({ length: 40 }, (_, i) => at(i, `point ${i}`, OTHER));
  expect(known(many, [])).toHaveLength(32);
  expect(known(many, [])[0]).toBe("point 8");
});
