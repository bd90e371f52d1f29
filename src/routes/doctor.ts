/** `GET /v1/doctor`: what is wrong, what was mended by looking, and what to do about the rest. */
import { Hono } from "hono";
import { readConfig } from "../config.ts";
import { SESSION_MIGRATIONS, type SessionObject } from "../durable/session/session-object.ts";
import { utcDay } from "../durable/team/budget.ts";
import { TEAM_MIGRATIONS, type TeamObject } from "../durable/team/team-object.ts";
import type { AppEnv } from "../http/app-env.ts";
import { type Check, diagnose, type ProjectReport, type SessionReport } from "../http/diagnosis.ts";
import { projectObjectName } from "../identity/project-name.ts";
import { parseSessionPath, sessionObjectName } from "../identity/session-name.ts";
import type { SessionState } from "../memory/contracts.ts";

/** Sessions that one visit of the doctor looks at; the newest first. */
const SESSIONS_MAX = 200;
/** … and so many at once. */
const SIDE_BY_SIDE = 16;

export const doctorRoutes = new Hono<AppEnv>();

doctorRoutes.get("/", async (c) => {
  const { team } = c.get("caller");
  const teamStub = c.env.TEAMS.getByName(team);
  const projects: ProjectReport[] = [];
  const unreachable: string[] = [];
  for (const project of await teamStub.projects()) {
    const stub = c.env.PROJECTS.getByName(projectObjectName(team, project.number));
    try {
      const known = await stub.sessions();
      projects.push({ project, known });
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
  const names = [...believed.keys()];
  const sessions: SessionReport[] = [];
  for (let at = 0; at < Math.min(names.length, SESSIONS_MAX); at += SIDE_BY_SIDE) {
    const group = names.slice(at, Math.min(at + SIDE_BY_SIDE, SESSIONS_MAX));
    const reports = await Promise.all(
      group.map((name) => examine(c.env, team, name, believed.get(name) ?? null)),
    );
    reports.forEach((report, i) => {
      if (report === null) unreachable.push(`session ${group[i] ?? ""}`);
      else sessions.push(report);
    });
  }
  const checks: Check[] = diagnose({
    projects,
    sessions,
    unreachable,
    notExamined: Math.max(0, names.length - SESSIONS_MAX),
    providerChain: readConfig(c.env).providerChain,
    budgets: await spentBudgets(teamStub),
    versions: {
      session: SESSION_MIGRATIONS.length,
      team: [await teamStub.schemaVersion(), TEAM_MIGRATIONS.length],
    },
  });
  return c.json({ ok: checks.every((check) => check.ok), checks });
});

/** Limits that today's usage has reached. Only the team's own: the others are many. */
async function spentBudgets(team: DurableObjectStub<TeamObject>): Promise<string[]> {
  const today = utcDay(Date.now());
  const [budgets, usage] = await Promise.all([
    team.budgets(),
    team.usage({ since: today, until: today, by: ["day"] }),
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

async function examine(
  env: Env,
  team: string,
  path: string,
  believed: SessionState | null,
): Promise<SessionReport | null> {
  const name = parseSessionPath(path);
  if (name === null) return null;
  const stub: DurableObjectStub<SessionObject> = env.SESSIONS.getByName(
    sessionObjectName({ team, ...name }),
  );
  try {
    return await stub.inspect(believed);
  } catch {
    return null;
  }
}
