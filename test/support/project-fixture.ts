/** Deliveries of a made-up project, and a fresh ProjectObject for each test. */

import { env } from "cloudflare:workers";
import type { Delivery, ProjectRef } from "../../src/memory/delivery.ts";
import type {
  NewObservation,
  NewOpenPoint,
  NewPrompt,
  NewSummary,
} from "../../src/memory/observation.ts";
import { NO_PLACE } from "../../src/memory/work-place.ts";

export const NOW = Date.UTC(2026, 2, 1, 12);
export const PROJECT: ProjectRef = { name: "github.com/acme/app", number: 3 };
export const SESSION = "claude-code/s1";

let fresh = 0;

/** An object that no other test has touched. */
export function freshProject(team = "local") {
  fresh++;
  return env.PROJECTS.getByName(`${team}/test-${fresh}`);
}

const STAMP = {
  session: SESSION,
  agent: "claude-code",
  actor: "test0001",
  ...NO_PLACE,
  branch: "main",
  commit: "abc123",
  prompt_number: 1,
  created_at: NOW - 60_000,
};

export function observation(over: Partial<NewObservation> = {}): NewObservation {
  return {
    ...STAMP,
    type: "change",
    title: "Something was changed",
    subtitle: "",
    narrative: "",
    facts: [],
    concepts: [],
    sources: ["tool:t1"],
    index_text: "",
    files_read: [],
    files_modified: [],
    provider: "extractive",
    model: null,
    degraded: null,
    ...over,
  };
}

export function summary(over: Partial<NewSummary> = {}): NewSummary {
  return {
    ...STAMP,
    request: "",
    investigated: "",
    learned: "",
    completed: "",
    next_steps: "",
    sources: ["stop:1", "tool:1"],
    provider: "extractive",
    model: null,
    degraded: null,
    ...over,
  };
}

export function prompt(over: Partial<NewPrompt> = {}): NewPrompt {
  return { ...STAMP, text: "Do something", sources: ["prompt:1"], ...over };
}

export function point(over: Partial<NewOpenPoint> = {}): NewOpenPoint {
  const { actor, prompt_number, created_at } = STAMP;
  return { actor, prompt_number, created_at, text: "Do the rest", sources: ["stop:1"], ...over };
}

export function delivery(batch: number, over: Partial<Delivery> = {}): Delivery {
  return {
    session: SESSION,
    generation: 0,
    batch,
    observations: [],
    summaries: [],
    prompts: [],
    ...over,
  };
}

/** A project with what one session learnt. */
export async function projectWith(...observations: Partial<NewObservation>[]) {
  const project = freshProject();
  await project.deliver({
    project: PROJECT,
    delivery: delivery(1, { observations: observations.map(observation) }),
  });
  return project;
}
