/** Whole recorded sessions through the adapter and the rules, as a session's object batches them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compressSession } from "../../bench/recall/offline.ts";
import { readSession, readSessions } from "../../bench/recall/recorded-sessions.ts";
import { storedEvents } from "../../bench/recall/stored-events.ts";
import { isToolEvent } from "../../src/agent/rules/activity.ts";
import { OBSERVATION_TYPES } from "../../src/contract/vocabulary.ts";

const OWN = join(import.meta.dirname, "../fixtures/claude-code-hooks.jsonl");
const RECORDED = join(import.meta.dirname, "../../../shared/data");

const sessions = [...readSession(OWN), ...(existsSync(RECORDED) ? readSessions(RECORDED) : [])].map(
  (session) => ({ name: session.id.slice(0, 8), session }),
);

const TOOL_NAMES = new Set(
  sessions.flatMap(({ session }) =>
    session.hooks.flatMap(({ payload }) =>
      typeof payload.tool_name === "string" ? [payload.tool_name.toLowerCase()] : [],
    ),
  ),
);

describe.each(sessions)("the recorded session $name", ({ session }) => {
  const { events, root } = storedEvents(session);
  const taught = events.filter(({ skip }) => skip === null);
  const results = compressSession(events, root);
  const observations = results.flatMap((result) => result.observations);
  const summaries = results.flatMap(({ summary }) => (summary === null ? [] : [summary]));

  it("accounts for every event: cited by what exists, or skipped with a reason", () => {
    const keys = new Set(taught.map(({ key }) => key));
    const cited = new Set([...observations, ...summaries].flatMap(({ sources }) => sources));
    const skipped = Object.assign({}, ...results.map((result) => result.skipped)) as object;
    expect([...cited].filter((key) => !keys.has(key))).toEqual([]);
    expect([...keys].filter((key) => !cited.has(key) && !(key in skipped))).toEqual([]);
    for (const reason of Object.values(skipped)) expect(reason).toMatch(/^[a-z_]{3,40}$/);

    const tools = taught.filter(isToolEvent).map(({ key }) => key);
    const observed = new Set(observations.flatMap(({ sources }) => sources));
    const share = tools.filter((key) => observed.has(key)).length / tools.length;
    expect(share).toBeGreaterThanOrEqual(0.85);
    expect(tools.filter((key) => key in skipped).length / tools.length).toBeLessThanOrEqual(0.15);
  });

  it("writes titles as a person would: short, each once, not after a tool", () => {
    const titles = observations.map(({ title }) => title.toLowerCase());
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    for (const { title } of observations) {
      expect(title.length).toBeLessThanOrEqual(90);
      expect(title.length).toBeGreaterThan(3);
      for (const tool of TOOL_NAMES) expect(title.toLowerCase().startsWith(tool)).toBe(false);
    }
  });

  it("keeps what is shown small and what is indexed bounded", () => {
    for (const observation of observations) {
      expect(OBSERVATION_TYPES).toContain(observation.type);
      expect(observation.sources.length).toBeGreaterThan(0);
      expect(observation.sources.length).toBeLessThanOrEqual(4);
      expect(observation.narrative.length).toBeLessThanOrEqual(500);
      expect(observation.facts.length).toBeLessThanOrEqual(6);
      for (const fact of observation.facts) expect(fact.length).toBeLessThanOrEqual(160);
      expect(observation.index_text.length).toBeLessThanOrEqual(8_100);
      if (root !== null)
        expect(observation.title + observation.narrative).not.toContain(`${root}/`);
    }
  });

  it("summarises every turn that ended, under the request it answers", () => {
    const ended = taught.filter(({ kind }) => kind === "turn_end");
    expect(summaries).toHaveLength(ended.length);
    for (const [i, summary] of summaries.entries()) {
      expect(summary.request).not.toBe("");
      expect(summary.request).not.toContain("<task-notification>");
      expect(summary.completed).not.toBe("");
      expect(summary.sources[0]).toBe(ended[i]?.key);
    }
  });
});
