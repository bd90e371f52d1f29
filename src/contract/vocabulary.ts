/**
 * The words of the wire: values that a member may have. They only grow. What an older client does
 * with a new one is written down beside `openEnum` in schema.ts.
 */

export const ITEM_KINDS = ["observation", "summary", "prompt"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What a key may be used for: to send hooks and hear what they answer, or for everything. */
export const KEY_SCOPES = ["capture", "full"] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** What the audit tells of. */
export const AUDIT_ACTIONS = [
  "delete_item",
  "delete_session",
  "forget_session",
  "drop_dead_letters",
  "rename_project",
  "merge_project",
  "delete_project",
  "change_budgets",
  "make_key",
  "revoke_key",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Whose words an item tells: a person's, an agent's, a tool's output, a page's, or saved by hand. */
export const SOURCE_KINDS = ["person", "agent", "tool", "web", "hand"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What kind of knowledge an observation is. */
export const OBSERVATION_TYPES = [
  "bugfix",
  "feature",
  "refactor",
  "change",
  "discovery",
  "decision",
  "security",
] as const;
export type ObservationType = (typeof OBSERVATION_TYPES)[number];

/** What an observation explains. */
export const CONCEPTS = [
  "how-it-works",
  "why-it-exists",
  "what-changed",
  "problem-solution",
  "gotcha",
  "pattern",
  "trade-off",
] as const;
export type Concept = (typeof CONCEPTS)[number];

/** What agents' hooks tell of that is worth keeping. `say`: what an agent says between its calls. */
export const EVENT_KINDS = [
  "prompt",
  "tool_use",
  "tool_failure",
  "say",
  "turn_end",
  "subagent_end",
  "compaction",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** `active` work pending, leased or undelivered; `idle` none; `paused` no provider; `closed` ended. */
export const SESSION_STATES = ["active", "idle", "paused", "closed"] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** `open` shown to each session; `aged` left two weeks ago, shown where it is asked for; `closed` done. */
export const POINT_STATES = ["open", "aged", "closed"] as const;
export type PointState = (typeof POINT_STATES)[number];

/** The dimensions that usage can be grouped by. */
export const USAGE_DIMENSIONS = ["day", "project", "provider", "model", "session"] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

/** What a limit applies to, per UTC day. In the order in which they are checked. */
export const BUDGET_SCOPES = ["session", "project", "team"] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];
