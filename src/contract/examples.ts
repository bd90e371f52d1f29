/** Examples of what is on the wire, for the API's reference. Schemas check them. */
import type { Observation, Summary } from "./items.ts";
import type { OpenPoint } from "./open-points.ts";
import type { SearchAnswer, Timeline } from "./recall.ts";
import type { DeadLetter, SessionView } from "./sessions.ts";
import type { Budgets } from "./team.ts";

export const PROJECT_EXAMPLE = "github.com/acme/app";
export const SESSION_EXAMPLE = "claude-code/5f0c9c1e";
export const TIME_EXAMPLE = "2026-03-01T12:00:00.000Z";

const stamp = {
  project: PROJECT_EXAMPLE,
  session: SESSION_EXAMPLE,
  agent: "claude-code",
  prompt_number: 2,
  created_at: TIME_EXAMPLE,
  actor: "p7h3k2",
  source_kind: "agent" as const,
  branch: "main",
  commit: "9c2f1d7",
};

const author = { provider: "anthropic", model: "claude-haiku-4-5", degraded: null };

export const OBSERVATION_EXAMPLE: Observation = {
  ...stamp,
  ...author,
  id: "3-4567",
  kind: "observation",
  type: "bugfix",
  title: "Retries no longer exceed their budget",
  subtitle: "The counter was reset with each connection",
  narrative: "RetryBudget counted per connection. It is now shared by all connections of a client.",
  facts: ["RetryBudget lives in src/client.ts", "The default budget is 10 retries per minute"],
  concepts: ["problem-solution"],
  files_read: ["src/client.ts"],
  files_modified: ["src/retry-budget.ts"],
  sources: ["tool:toolu_01"],
  tokens: 61,
  repeats: null,
  supersedes: null,
  superseded_by: null,
};

export const SUMMARY_EXAMPLE: Summary = {
  ...stamp,
  ...author,
  id: "3-4568",
  kind: "summary",
  request: "Find out why retries exceed their budget",
  investigated: "src/client.ts and its tests",
  learned: "The budget was counted per connection",
  completed: "One budget for all connections of a client",
  next_steps: "Make the budget configurable",
  sources: ["end:2"],
};

export const OPEN_POINT_EXAMPLE: OpenPoint = {
  id: "3-4569",
  project: PROJECT_EXAMPLE,
  session: SESSION_EXAMPLE,
  prompt_number: 2,
  person: "p7h3k2",
  text: "Make the budget configurable",
  sources: ["end:2"],
  made_at: TIME_EXAMPLE,
  state: "open",
  closed_at: null,
  closed_by: null,
  proof: null,
};

export const SEARCH_EXAMPLE: SearchAnswer = {
  items: [
    {
      id: OBSERVATION_EXAMPLE.id,
      kind: "observation",
      project: PROJECT_EXAMPLE,
      type: "bugfix",
      title: OBSERVATION_EXAMPLE.title,
      file: "src/retry-budget.ts",
      snippet: "It is now shared by all connections of a client.",
      score: 0.94,
      created_at: TIME_EXAMPLE,
      source_kind: "agent",
      actor: "p7h3k2",
      session: SESSION_EXAMPLE,
      sources: ["tool:toolu_01"],
      channels: ["words", "files"],
    },
  ],
};

export const TIMELINE_EXAMPLE: Timeline = {
  anchor: OBSERVATION_EXAMPLE.id,
  items: [
    {
      id: OBSERVATION_EXAMPLE.id,
      kind: "observation",
      project: PROJECT_EXAMPLE,
      session: SESSION_EXAMPLE,
      type: "bugfix",
      title: OBSERVATION_EXAMPLE.title,
      detail: OBSERVATION_EXAMPLE.subtitle,
      prompt_number: 2,
      created_at: TIME_EXAMPLE,
    },
  ],
};

export const SESSION_VIEW_EXAMPLE: SessionView = {
  session: SESSION_EXAMPLE,
  project: PROJECT_EXAMPLE,
  person: "p7h3k2",
  state: "idle",
  events: { pending: 0, leased: 0, done: 41, skipped: 7, dead: 0 },
  attempts: 0,
  tokens: { input: 15_320, output: 2_410 },
  provider: "anthropic",
  last_error: null,
  last_event_at: TIME_EXAMPLE,
  outbox: 0,
  paused_providers: [],
  failing_providers: [],
  forgotten: false,
};

export const DEAD_LETTER_EXAMPLE: DeadLetter = {
  key: "tool:toolu_07",
  kind: "tool_use",
  tool: "Bash",
  at: TIME_EXAMPLE,
  attempts: 5,
  error: "refused",
};

export const BUDGETS_EXAMPLE: Budgets = {
  session: { input: 500_000, output: 50_000 },
  project: { input: null, output: null },
  team: { input: 5_000_000, output: 500_000 },
};
