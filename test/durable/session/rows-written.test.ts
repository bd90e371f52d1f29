import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sessionHooks } from "../../../bench/scale/session-hooks.ts";
import { readRecording } from "../../../src/cli/replay/recording.ts";
import { ProjectObject } from "../../../src/durable/project/project-object.ts";
import { SessionObject } from "../../../src/durable/session/session-object.ts";
import { TeamObject } from "../../../src/durable/team/team-object.ts";
import { hook } from "../../support/api.ts";
import { READER } from "../../support/reader.ts";
import { type Cost, RowCounter } from "../../support/row-counter.ts";

/** Rows written per tool event over sessions' lives, alarms included. */
const ROWS_MAX = 4.15;
/** What an agent says is a row each, half as many as tool events. */
const SPOKEN_ROWS_MAX = 5;
/** A short session pays for its object's schema, and has more prompts and summaries per tool event. */
const SHORT_SESSION_ROWS_MAX = 9;
/** Fifty events in five turns at the recorded pace: an alarm and a batch for each turn's few events. */
const SLOW_SESSION_ROWS_MAX = 6;
const DAY_MS = 86_400_000;
const RETENTION_DAYS = 7;

const short = import.meta.glob<string>("../../fixtures/claude-code-hooks.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});
/** Not there on every clone. */
const recorded = import.meta.glob<string>("../../../../shared/data/claude-code-sessions/*.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The same sessions with what the agent said between its calls. */
const spoken = import.meta.glob<string>("../../../../shared/data/claude-code-messages/*.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The sessions of `npm run bench:scale`: 50 events in five turns. */
const madeUp = {
  scale: sessionHooks(0, 50)
    .map((hook, i) => JSON.stringify({ at: new Date(i * 15_000).toISOString(), hook }))
    .join("\n"),
};

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Life {
  toolEvents: number;
  /** Calls to each class of object, alarms that ran included: what is billed as a request. */
  requests: Record<string, number>;
  session: Cost;
  project: Cost;
}

/** Counts the calls of all methods of the objects' classes. */
function countRequests(): Record<string, number> {
  const requests: Record<string, number> = {};
  for (const type of [SessionObject, ProjectObject, TeamObject]) {
    const prototype = type.prototype as unknown as Record<string, (...args: never[]) => unknown>;
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (name === "constructor") continue;
      const method = prototype[name];
      if (typeof method !== "function") continue;
      vi.spyOn(prototype, name).mockImplementation(function (this: unknown, ...args) {
        requests[`${type.name}.${name}`] = (requests[`${type.name}.${name}`] ?? 0) + 1;
        return method.apply(this, args);
      });
    }
  }
  return requests;
}

/**
 * A session's life in a project of its own, from its first hook until its tombstone, by a clock
 * that is set: hooks come at their recorded times (or all at once), alarms when they are due.
 */
async function live(name: string, text: string, pace: "recorded" | "fast"): Promise<Life> {
  const id = `rows-${pace}-${name}`;
  const projectName = `github.com/acme/${id}`.toLowerCase();
  const number = await env.TEAMS.getByName("local").project({ name: projectName });
  const sessionStub = env.SESSIONS.getByName(`local/claude-code/${id}`);
  const session = new RowCounter();
  const project = new RowCounter();
  await session.attach(sessionStub);
  await project.attach(env.PROJECTS.getByName(`local/${number}`));

  const requests = countRequests();

  const { hooks } = readRecording(text);
  // In the future of the real clock: no alarm fires but by our hand.
  const shift = Math.ceil(Date.now() / DAY_MS + 1) * DAY_MS - Date.parse(hooks[0]?.at ?? "");
  const alarmsUntil = async (time: number) => {
    for (;;) {
      const at = await runInDurableObject(sessionStub, (_, state) => state.storage.getAlarm());
      if (at === null || at > time) return;
      vi.setSystemTime(Math.max(at, Date.now()));
      await runDurableObjectAlarm(sessionStub);
    }
  };
  let toolEvents = 0;
  let now = Date.parse(hooks[0]?.at ?? "") + shift;
  for (const { at, payload } of hooks) {
    if (pace === "recorded") now = Math.max(now, Date.parse(at) + shift);
    await alarmsUntil(now);
    vi.setSystemTime(now);
    const answer = await hook({ ...payload, session_id: id }, { "X-Cairn-Project": projectName });
    expect(answer.status).toBe(200);
    if (/^PostToolUse/.test(String(payload.hook_event_name))) toolEvents += 1;
  }
  await alarmsUntil(now + (RETENTION_DAYS + 1) * DAY_MS);
  vi.useRealTimers();
  vi.restoreAllMocks();
  const view = await sessionStub.view(READER, {});
  expect(view).toMatchObject({
    state: "closed",
    events: { pending: 0, leased: 0, dead: 0 },
    outbox: 0,
  });
  return {
    toolEvents,
    requests,
    session: session.total(),
    project: project.total(),
  };
}

function describeLife(name: string, pace: string, life: Life): string {
  const { session, project, toolEvents, requests } = life;
  const per = (n: number) => (n / toolEvents).toFixed(2);
  const statements = [
    ...Object.entries(session.statements).map(
      ([statement, n]) => [`session.${statement}`, n] as const,
    ),
    ["alarms set", session.alarms] as const,
    ...Object.entries(project.statements).map(
      ([statement, n]) => [`project.${statement}`, n] as const,
    ),
  ]
    .toSorted((a, b) => b[1] - a[1])
    .map(([statement, n]) => `${statement} ${per(n)}`);
  return (
    `${name}, ${pace}: ${per(rowsOf(life))} rows written per tool event (${toolEvents}), ` +
    `${per(session.rowsRead + project.rowsRead)} read, ${per(all(requests))} requests; ` +
    `${statements.join(", ")}; ${JSON.stringify(requests)}`
  );
}

function all(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

function rowsOf({ session, project }: Life): number {
  return session.rowsWritten + session.alarms + project.rowsWritten;
}

describe("a session's life, from its first hook to its tombstone", () => {
  for (const pace of ["fast", "recorded"] as const) {
    for (const [length, recordings, most] of [
      ["short", short, SHORT_SESSION_ROWS_MAX],
      ["whole", recorded, ROWS_MAX],
      ["spoken", spoken, SPOKEN_ROWS_MAX],
      ["made-up", madeUp, pace === "fast" ? SPOKEN_ROWS_MAX : SLOW_SESSION_ROWS_MAX],
    ] as const) {
      it.runIf(Object.keys(recordings).length > 0)(
        `writes at most ${most} rows a tool event: ${length} sessions, ${pace} pace`,
        { timeout: 120_000 },
        async ({ annotate }) => {
          let rows = 0;
          let toolEvents = 0;
          for (const [path, text] of Object.entries(recordings)) {
            const name = path.replace(/^.*\/|\.jsonl$/g, "");
            const life = await live(`${length}-${name}`, text, pace);
            await annotate(describeLife(name, pace, life));
            rows += rowsOf(life);
            toolEvents += life.toolEvents;
          }
          await annotate(`${(rows / toolEvents).toFixed(2)} rows a tool event in all`);
          expect(rows / toolEvents).toBeLessThanOrEqual(most);
        },
      );
    }
  }
});
