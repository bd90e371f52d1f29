import { expect, it } from "vitest";
import { extract } from "../../../src/agent/providers/extractive.ts";
import type { NewObservation } from "../../../src/memory/observation.ts";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
} from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";
import { sampleBatch, toolEvent } from "../../support/sample-batch.ts";

const QUESTION = "Which database should we use?";

/** What the rules make of a question that a person answered. */
function decided(question: string, options: string[], answer: string): Partial<NewObservation> {
  const questions = [{ question, options: options.map((label) => ({ label })) }];
  const event = toolEvent("ask", "AskUserQuestion", { questions }, `${question} -> ${answer}`);
  const [made] = extract(sampleBatch({ events: [event], recentTitles: [] })).observations;
  expect(made).toMatchObject({ type: "decision" });
  return { ...made, sources: ["tool:ask"] };
}

it("a decision stands until a later one on the same question, whichever is told first", async () => {
  const project = freshProject();
  const made: [session: string, hours: number, Partial<NewObservation>][] = [
    ["a/later", 2, decided(QUESTION, ["Postgres", "SQLite"], "Postgres")],
    ["a/first", 1, decided(`${QUESTION} `, ["Postgres", "SQLite"], "SQLite")],
    ["a/else", 3, decided(QUESTION, ["Redis", "Memcached"], "Redis")],
    ["a/other", 3, decided("Which cache should we use?", ["SQLite", "Redis"], "Redis")],
  ];
  for (const [session, hours, told] of made) {
    const one = observation({ ...told, session, created_at: NOW - (9 - hours) * 3_600_000 });
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, { session, observations: [one] }),
    });
  }
  const standing = async () => {
    const query = { project: PROJECT, filters: {}, before: null, limit: 9 };
    const { items } = await project.list(READER, query);
    return items.filter((item) => item.superseded_by === null).map(({ session }) => session);
  };
  expect(await standing()).toEqual(["a/other", "a/else", "a/later"]);
  const { text } = await project.context(READER, { project: PROJECT, now: NOW });
  expect(text).toContain("“Postgres”");
  expect(text).not.toContain("“SQLite”");
  expect(await project.get(READER, { project: PROJECT, n: 1 })).toMatchObject({
    supersedes: "3-2",
  });
  // Without the later one the first stands again.
  const replacement = {
    session: "a/later",
    minGeneration: 1,
    remove: "all" as const,
    deliveries: [],
  };
  await project.replace({ project: PROJECT, replacement });
  expect(await standing()).toEqual(["a/other", "a/else", "a/first"]);
});
