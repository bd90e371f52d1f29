/** What has to be true after any number of crashes: nothing lost, nothing twice. Pure. */
import type { ApiView } from "./api-view.ts";
import { EVENT_HOOKS, type Ledger } from "./client.ts";
import type { StoredBatch, StoredEvent, StoredItem, StoredSession } from "./stored-state.ts";

/** Of all events of a run, and of each session with enough of them to tell. */
const SKIPPED_SHARE_MAX = 0.15;
const SHARE_FROM_EVENTS = 20;
/** After this many failures an event is a dead letter. */
const ATTEMPTS = 3;
/** Failures that a dead letter may name, and nothing else: what the mock can cause. */
const MOCK_FAILURES = /^(overloaded|network|refused_content|too_long|invalid_output): /;

export interface Violation {
  session: string;
  rule: string;
  detail: string;
}

export interface Evidence {
  ledger: Ledger;
  api: ApiView;
  stored: StoredSession | undefined;
  /** All items of the session in all projects. */
  items: StoredItem[];
  /** How many calls with this event in them the provider failed. */
  failedCalls(event: StoredEvent, root: string | null): number;
}

type Found = (rule: string, detail: string) => void;

export function checkSession(evidence: Evidence): Violation[] {
  const session = evidence.ledger.script.path;
  const violations: Violation[] = [];
  const found: Found = (rule, detail) => violations.push({ session, rule, detail });
  const { stored } = evidence;
  if (stored === undefined) {
    found("every session is stored", "no object holds it");
    return violations;
  }
  checkIntake(evidence, stored, found);
  checkStates(evidence, stored, found);
  checkSources(evidence, stored, found);
  checkItems(evidence, stored, found);
  checkDead(evidence, stored, found);
  return violations;
}

/** Events of hooks that were taken: not private themselves, and not of a private turn. */
function takenHooks(ledger: Ledger): Ledger["sent"] {
  const privatePrompts = new Set(
    ledger.sent
      .filter((sent) => sent.answers.includes("private"))
      .map((sent) => sent.hook.payload.prompt_id),
  );
  return ledger.sent.filter(({ hook, answers }) => {
    const { hook_event_name: name, prompt_id: promptId } = hook.payload;
    if (!EVENT_HOOKS.has(name)) return false;
    if (promptId !== undefined && privatePrompts.has(promptId)) return false;
    // A tool call on an ignored file is an event without content.
    const isTool = name === "PostToolUse" || name === "PostToolUseFailure";
    return answers.some(
      (answer) => answer === "stored" || answer === "duplicate" || (isTool && answer === "ignored"),
    );
  });
}

function checkIntake({ ledger, api }: Evidence, stored: StoredSession, found: Found): void {
  const taken = takenHooks(ledger);
  const counts = Object.values(api.session.events).reduce((sum, n) => sum + n, 0);
  if (counts !== taken.length) {
    found("counts add up to the events", `${counts} counted, ${taken.length} were answered`);
  }
  if (stored.events.length !== taken.length) {
    found("every answered event is stored", `${stored.events.length} of ${taken.length}`);
  }
  const keys = new Set(stored.events.map((event) => event.key));
  for (const { hook, answers } of taken) {
    const id = hook.payload.tool_use_id;
    if (typeof id === "string" && !keys.has(`tool:${id}`)) {
      found("every answered event is stored", `tool:${id} is not`);
    }
    const first = answers.filter((answer) => answer === "stored").length;
    if (first > 1) found("a repeated hook is a duplicate", `line ${hook.line}: ${answers}`);
  }
  for (const [what, values] of [
    ["event key", stored.events.map((event) => event.key)],
    ["identity", stored.events.map((event) => event.identity)],
  ] as const) {
    for (const twice of repeated(values)) found(`no ${what} twice`, twice);
  }
}

/** The batch around an event; the ranges must neither overlap nor leave a gap. */
function batchesAround(event: StoredEvent, batches: StoredBatch[]): StoredBatch[] {
  return batches.filter(({ fromSeq, toSeq }) => fromSeq <= event.seq && event.seq <= toSeq);
}

function checkStates({ api }: Evidence, stored: StoredSession, found: Found): void {
  const counted = { pending: 0, leased: 0, done: 0, skipped: 0, dead: 0 };
  for (const event of stored.events) {
    const around = batchesAround(event, stored.batches);
    if (around.length !== 1) {
      found("every event is in one batch", `${event.key}: ${around.map((b) => b.batch)}`);
      continue;
    }
    const [batch] = around;
    const reason = event.skip ?? batch?.skipped[event.key];
    if (reason === "") found("skipped with a reason", event.key);
    const state = reason !== undefined ? "skipped" : (batch?.state as keyof typeof counted);
    counted[state] += 1;
  }
  if (counted.pending + counted.leased + stored.waiting > 0) {
    found("everything is worked off", JSON.stringify({ ...counted, outbox: stored.waiting }));
  }
  if (JSON.stringify(counted) !== JSON.stringify(api.session.events)) {
    found("the API counts what is stored", JSON.stringify([counted, api.session.events]));
  }
  const share = counted.skipped / Math.max(1, stored.events.length);
  if (stored.events.length >= SHARE_FROM_EVENTS && share > SKIPPED_SHARE_MAX) {
    found("at most 15 % are skipped", `${counted.skipped} of ${stored.events.length}`);
  }
  if (!stored.closed || api.session.state !== "closed") {
    found("an ended session closes", api.session.state);
  }
}

function checkSources({ api }: Evidence, stored: StoredSession, found: Found): void {
  const cited = new Set([...api.observations, ...api.summaries].flatMap((item) => item.sources));
  const known = new Map(stored.events.map((event) => [event.key, event]));
  for (const key of cited) {
    if (!known.has(key)) found("sources are events of the session", key);
  }
  for (const event of stored.events) {
    const [batch] = batchesAround(event, stored.batches);
    const isDone = batch?.state === "done" && event.skip === null;
    if (isDone && batch.skipped[event.key] === undefined && !cited.has(event.key)) {
      found("every done event is a source", `${event.key} of batch ${batch.batch}`);
    }
  }
  if ((api.sample?.gone.length ?? 0) > 0) {
    found("sources can be read", `gone: ${api.sample?.gone}`);
  }
}

function checkItems({ api, items }: Evidence, stored: StoredSession, found: Found): void {
  const homes = new Set(items.map((item) => item.database));
  if (homes.size > 1) found("a session teaches one project", `${homes.size} hold items of it`);
  const of = (kind: string) => items.filter((item) => item.kind === kind);
  const observations = of("observation");
  if (observations.length !== api.observations.length) {
    found("the API lists all", `${api.observations.length} of ${observations.length}`);
  }
  for (const kind of ["prompt", "summary"]) {
    for (const n of repeated(of(kind).map((item) => String(item.promptNumber)))) {
      found(`one ${kind} per turn`, `number ${n}`);
    }
  }
  const summarised = new Set(of("summary").map((item) => item.promptNumber));
  const requests = stored.events.filter(
    (event) =>
      event.kind === "prompt" && event.skip === null && !event.body.includes("<task-notification>"),
  );
  for (const { promptNumber } of requests) {
    if (!summarised.has(promptNumber)) found("one summary per request", `none of ${promptNumber}`);
  }
  // What a batch taught stands there once, and nothing else does.
  const name = (item: { generation: number; batch: number }) => `${item.generation}/${item.batch}`;
  const wanted = new Map(stored.deliveries.map((one) => [name(one), one.observations]));
  for (const twice of repeated(stored.deliveries.map(name))) found("one delivery per batch", twice);
  const there = new Map<string, StoredItem[]>();
  for (const item of observations) {
    there.set(name(item), [...(there.get(name(item)) ?? []), item]);
  }
  for (const [batch, count] of wanted) {
    const have = there.get(batch)?.length ?? 0;
    if (have !== count) found("a delivery is applied once", `${batch}: ${have} of ${count}`);
  }
  for (const [batch, own] of there) {
    if (!wanted.has(batch)) found("no observation from nowhere", batch);
    for (const twice of repeated(own.map((item) => item.content))) {
      found("no observation twice", `${batch}: ${twice.slice(0, 120)}`);
    }
  }
}

function checkDead(evidence: Evidence, stored: StoredSession, found: Found): void {
  const { api } = evidence;
  const listed = new Set(api.dead.map((letter) => letter.key));
  if (listed.size !== api.session.events.dead) {
    found("dead letters are listed", `${listed.size} of ${api.session.events.dead}`);
  }
  for (const { key, attempts, error } of api.dead) {
    if (attempts !== ATTEMPTS || !MOCK_FAILURES.test(error ?? "")) {
      found("dead only where the mock said so", `${key}: ${attempts} attempts, ${error}`);
    }
    const event = stored.events.find((one) => one.key === key);
    const failed = event === undefined ? 0 : evidence.failedCalls(event, stored.root);
    if (failed < ATTEMPTS) {
      found("dead only where the mock said so", `${key}: the mock failed ${failed} calls with it`);
    }
  }
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    if (seen.has(value)) return true;
    seen.add(value);
    return false;
  });
}
