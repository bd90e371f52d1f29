/** What is wrong in a team's objects, what was repaired by looking, and what to do about the rest. */

import { readerOf } from "../access/caller.ts";
import { readConfig } from "../config.ts";
import type { Diagnosis } from "../contract/team.ts";
import { utcDay } from "../durable/team/budget.ts";
import type { CallContext } from "./call-context.ts";
import { diagnose, type ProjectReport } from "./diagnosis.ts";
import { eachSession } from "./live-sessions.ts";
import { teamObject } from "./objects.ts";
import { eachProject } from "./projects.ts";
import { providerStatuses, unusable } from "./providers.ts";
import { budgets, usage } from "./usage.ts";

/** Sessions that one visit looks at. */
const SESSIONS_MAX = 200;
/** Dead letters live as long as the retention: sessions that closed longer ago hold none. */
const RECENT_MS = 14 * 24 * 60 * 60 * 1000;

export async function examine(call: CallContext): Promise<Diagnosis> {
  const reader = readerOf(call.caller);
  const found = await eachProject(call, async (stub, project): Promise<ProjectReport> => {
    const known = await stub.sessions(reader, {});
    return { project, known, found: await stub.inspect(reader, {}) };
  });
  const projects = found.answers.map(({ answer }) => answer);
  const unreachable = found.unreachable.map(({ name }) => `project ${name}`);
  const believed = new Map(
    projects.flatMap((report) =>
      report.known
        .filter(
          ({ state, last_event_at }) => state !== "closed" || isRecent(last_event_at, call.now),
        )
        .map(({ session, state }) => [session, state] as const),
    ),
  );
  // Open ones first: they are what can be stuck.
  const names = [...believed.keys()].sort(
    (a, b) => Number(believed.get(a) === "closed") - Number(believed.get(b) === "closed"),
  );
  const examined = names.slice(0, SESSIONS_MAX);
  const reports = await eachSession(call, examined, (session, name) =>
    session.repeatable((stub) => stub.inspect(reader, { believed: believed.get(name) ?? null })),
  );
  for (const [i, report] of reports.entries()) {
    if (report === null) unreachable.push(`session ${examined[i] ?? ""}`);
  }
  const config = readConfig(call.env);
  const checks = diagnose({
    projects,
    sessions: reports.filter((report) => report !== null),
    unreachable,
    notExamined: names.length - examined.length,
    providerChain: providerStatuses(config, []).filter(({ trouble }) => trouble === null),
    unusable: unusable(config),
    budgets: await spentBudgets(call),
    teamSchemaDiffers: await teamObject(call.env, call.caller.team).repeatable((stub) =>
      stub.schemaDifferences(reader, {}),
    ),
  });
  return { ok: checks.every((check) => check.ok), checks };
}

/** Limits that today's usage has reached. Only the team's own: the others are many. */
async function spentBudgets(call: CallContext): Promise<string[]> {
  const today = utcDay(call.now);
  const [{ team }, { total }] = await Promise.all([
    budgets(call),
    usage(call, { since: today, until: today, by: ["day"] }),
  ]);
  return (["input", "output"] as const)
    .filter((side) => team[side] !== null && total[side] >= team[side])
    .map((side) => `team: ${total[side]} of ${team[side]} ${side} tokens`);
}

function isRecent(lastEventAt: number | null, now: number): boolean {
  return lastEventAt !== null && now - lastEventAt < RECENT_MS;
}
