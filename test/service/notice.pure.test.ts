import { expect, it } from "vitest";
import { noticeOf } from "../../src/service/notice.ts";

const NONE = { open_points: 0, decisions: 0, findings: 0, changes: 0, sessions: 0 };

it("counts for a person what a session was told, and says nothing where there was nothing", () => {
  expect(noticeOf({ ...NONE, open_points: 3, findings: 5, sessions: 2 })).toBe(
    "Cairn: 3 open points, 5 findings from 2 sessions",
  );
  expect(noticeOf({ ...NONE, decisions: 1, changes: 1, sessions: 1 })).toBe(
    "Cairn: 1 decision, 1 change from 1 session",
  );
  expect(noticeOf({ ...NONE, sessions: 1 })).toBe("Cairn: where the last work stopped");
  expect(noticeOf(NONE)).toBeNull();
  expect(noticeOf(undefined)).toBeNull();
});
