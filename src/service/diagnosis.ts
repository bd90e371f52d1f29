/** From what the objects report to checks that a person can act on. Pure. */
import type { KnownSession } from "../contract/items.ts";
import type { Inspection } from "../durable/session/view/inspection.ts";
import type { ProjectRef } from "../memory/delivery.ts";

/** One line of the doctor's. `detail` says what is wrong and what to do. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

export type SessionReport = Inspection;

export interface ProjectReport {
  project: ProjectRef;
  known: KnownSession[];
  /** 0 where nothing was ever written. */
  schemaVersion: number;
}

export interface Findings {
  projects: ProjectReport[];
  sessions: SessionReport[];
  /** Objects that did not answer. */
  unreachable: string[];
  notExamined: number;
  providerChain: string[];
  /** Limits that are used up today, as readable text. */
  budgets: string[];
  versions: { session: number; project: number; team: [found: number, known: number] };
}

/** Failed deliveries in a row from which an outbox counts as stuck. */
const STUCK_ATTEMPTS = 3;
/** Names shown in a detail before "and N more". */
const NAMED_MAX = 5;

export function diagnose(found: Findings): Check[] {
  const { sessions } = found;
  const stranded = sessions.filter((session) => session.stranded);
  const abandoned = sessions.filter((session) => session.abandoned > 0);
  const stuck = sessions.filter((session) => session.outboxAttempts >= STUCK_ATTEMPTS);
  const dead = sessions.filter((session) => session.dead > 0);
  const paused = new Set(sessions.flatMap((session) => session.pausedProviders));
  const faulty = sessions.filter((session) => session.recoveries > 0);
  const believed = new Map(
    found.projects.flatMap((report) =>
      report.known.map((session) => [session.session, session.state] as const),
    ),
  );
  const misbelieved = sessions.filter(
    (session) => session.state === "closed" && believed.get(session.session) !== "closed",
  );
  const outdated = sessions.filter((s) => s.schemaVersion !== found.versions.session);
  const [teamFound, teamKnown] = found.versions.team;
  return [
    check(
      "objects",
      found.unreachable,
      "answer",
      "did not answer; look into the log and try again",
    ),
    check(
      "alarms",
      names(stranded),
      "work always has an alarm",
      "had work and no alarm; mended: an alarm is set now",
    ),
    check(
      "leases",
      names(abandoned),
      "no lease is expired",
      "held leases that nobody would answer; mended: their batches are pending again",
    ),
    check(
      "outbox",
      stuck.map((session) => `${session.session} (${session.outboxError ?? "no error"})`),
      "deliveries go out",
      "could not deliver to their project; mended as far as it goes: they try again now, and go on by themselves",
    ),
    check(
      "dead_letters",
      dead.map((session) => `${session.session} (${session.dead})`),
      "none",
      "hold events that no provider could compress: GET /v1/sessions/<session>/dead lists them, POST …/dead/retry tries again, DELETE …/dead drops them",
    ),
    check(
      "providers",
      [...paused],
      found.providerChain.join(", "),
      "refused our key, credit or quota and are paused: mend the key or the account; they are asked again by themselves, and flush asks at once",
    ),
    check(
      "budgets",
      found.budgets,
      "within the limits",
      "used up for today (UTC): the extractive provider takes over until tomorrow; PUT /v1/budgets raises a limit",
    ),
    check(
      "announcements",
      names(misbelieved),
      "projects know what is open",
      "are closed and their project believed them open; mended: they tell it again",
    ),
    check(
      "faults",
      names(faulty),
      "none",
      "fail with faults of our own and are tried again ever more rarely; the log says why (event drain_failed)",
    ),
    check(
      "schema",
      [
        ...names(outdated),
        ...found.projects
          .filter(({ schemaVersion: v }) => v !== 0 && v !== found.versions.project)
          .map(({ project }) => `project ${project.name}`),
        ...(teamFound === teamKnown || teamFound === 0 ? [] : [`team (version ${teamFound})`]),
      ],
      "current",
      "have another schema version than this code; deploy the newest code",
    ),
    {
      name: "coverage",
      ok: true,
      detail:
        found.notExamined === 0
          ? `looked at ${sessions.length} sessions of ${found.projects.length} projects`
          : `looked at ${sessions.length} sessions, open ones first; ${found.notExamined} more were not examined`,
    },
  ];
}

function check(name: string, bad: readonly string[], good: string, wrong: string): Check {
  if (bad.length === 0) return { name, ok: true, detail: good };
  const more = bad.length > NAMED_MAX ? ` and ${bad.length - NAMED_MAX} more` : "";
  return { name, ok: false, detail: `${bad.slice(0, NAMED_MAX).join(", ")}${more} ${wrong}` };
}

function names(sessions: readonly SessionReport[]): string[] {
  return sessions.map((session) => session.session);
}
