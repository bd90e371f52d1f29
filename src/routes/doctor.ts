/** `GET /v1/doctor`: what is wrong, what was mended by looking, and what to do about the rest. */

import { Hono } from "hono";
import { type Reader, readerOf } from "../access/caller.ts";
import { readConfig } from "../config.ts";
import { utcDay } from "../durable/team/budget.ts";
import type { TeamObject } from "../durable/team/team-object.ts";
import type { AppEnv } from "../http/app-env.ts";
import { projectObjectName } from "../memory/project-name.ts";
import { type Check, diagnose, type ProjectReport } from "../service/diagnosis.ts";
import { eachSession } from "../service/live-sessions.ts";

/** Sessions that one visit of the doctor looks at. */
const SESSIONS_MAX = 200;

export const doctorRoutes = new Hono<AppEnv>();

doctorRoutes.get("/", async (c) => {
  const caller = c.get("caller");
  const teamStub = c.env.TEAMS.getByName(caller.team);
  const projects: ProjectReport[] = [];
  const unreachable: string[] = [];
  for (const project of await teamStub.projects(readerOf(caller), {})) {
    const stub = c.env.PROJECTS.getByName(projectObjectName(caller.team, project.number));
    try {
      const known = await stub.sessions(readerOf(caller), {});
      projects.push({ project, known, found: await stub.inspect(readerOf(caller), {}) });
    } catch {
      unreachable.push(`project ${project.name}`);
    }
  }
  const believed = new Map(
    projects.flatMap((report) =>
      report.known
        .filter((session) => session.state !== "closed" || isRecent(session.last_event_at))
        .map((session) => [session.session, session.state] as const),
    ),
  );
  // Open ones first: they are what can be stuck.
  const names = [...believed.keys()].sort(
    (a, b) => Number(believed.get(a) === "closed") - Number(believed.get(b) === "closed"),
  );
  const examined = names.slice(0, SESSIONS_MAX);
  const reports = await eachSession(
    c.env,
    caller,
    examined,
    async (stub, session) =>
      await stub.inspect(readerOf(caller), { believed: believed.get(session) ?? null }),
  );
  const sessions = reports.filter((report) => report !== null);
  for (const [i, report] of reports.entries()) {
    if (report === null) unreachable.push(`session ${examined[i] ?? ""}`);
  }
  const checks: Check[] = diagnose({
    projects,
    sessions,
    unreachable,
    notExamined: names.length - examined.length,
    providerChain: readConfig(c.env).providerChain,
    budgets: await spentBudgets(teamStub, readerOf(caller)),
    teamSchemaDiffers: await teamStub.schemaDifferences(readerOf(caller), {}),
  });
  return c.json({ ok: checks.every((check) => check.ok), checks });
});

/** Limits that today's usage has reached. Only the team's own: the others are many. */
async function spentBudgets(
  team: DurableObjectStub<TeamObject>,
  reader: Reader,
): Promise<string[]> {
  const today = utcDay(Date.now());
  const [budgets, usage] = await Promise.all([
    team.budgets(reader, {}),
    team.usage(reader, { since: today, until: today, by: ["day"] }),
  ]);
  const limit = budgets.team;
  return (["input", "output"] as const)
    .filter((side) => limit[side] !== null && usage.total[side] >= limit[side])
    .map((side) => `team: ${usage.total[side]} of ${limit[side]} ${side} tokens`);
}

const RECENT_MS = 14 * 24 * 60 * 60 * 1000;

/** Dead letters live as long as the retention: sessions that closed longer ago hold none. */
function isRecent(lastEventAt: number | null): boolean {
  return lastEventAt !== null && Date.now() - lastEventAt < RECENT_MS;
}
