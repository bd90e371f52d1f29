/** From what the objects report to checks that a person can act on. Pure. */

import type { IgnoredProvider } from "../agent/providers/index.ts";
import type { KnownSession } from "../contract/calls.ts";
import type { Check, ProviderStatus } from "../contract/team.ts";
import type { ProjectInspection } from "../durable/project/project-object.ts";
import type { Inspection } from "../durable/session/view/inspection.ts";
import { AGENTS } from "../hooks/registry.ts";
import type { ProjectRef } from "../memory/delivery.ts";

export type SessionReport = Inspection;

export interface ProjectReport {
  project: ProjectRef;
  known: KnownSession[];
  found: ProjectInspection;
}

export interface Findings {
  projects: ProjectReport[];
  sessions: SessionReport[];
  /** Objects that did not answer. */
  unreachable: string[];
  notExamined: number;
  providerChain: Pick<ProviderStatus, "provider" | "model">[];
  /** Settings of providers that cannot be used. */
  unusable: IgnoredProvider[];
  /** Limits that are used up today, as readable text. */
  budgets: string[];
  /** Tables of the team's object that are not as the migrations make them. */
  teamSchemaDiffers: string[];
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
  const faulty = sessions.filter((session) => session.recoveries > 0);
  const believed = new Map(
    found.projects.flatMap((report) =>
      report.known.map((session) => [session.session, session.state] as const),
    ),
  );
  const misbelieved = sessions.filter(
    (session) => session.state === "closed" && believed.get(session.session) !== "closed",
  );
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
      "had work and no alarm; repaired: an alarm is set now",
    ),
    check(
      "leases",
      names(abandoned),
      "no lease is expired",
      "held leases that nobody would answer; repaired: their batches are pending again",
    ),
    check(
      "outbox",
      stuck.map((session) => `${session.session} (${session.outboxError ?? "no error"})`),
      "deliveries go out",
      "could not deliver to their project; repaired as far as it goes: they try again now, and go on by themselves",
    ),
    check(
      "dead_letters",
      dead.map((session) => `${session.session} (${session.dead})`),
      "none",
      "hold events that no provider could compress: GET /v1/sessions/<session>/dead lists them, POST …/dead/retry tries again, DELETE …/dead drops them",
    ),
    ...checkProviders(found),
    checkStarts(sessions.filter(missedStart)),
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
      "are closed and their project believed them open; repaired: they tell it again",
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
        ...sessions.map((session) => [session.session, session.schemaDiffers] as const),
        ...found.projects.map(
          ({ project, found }) => [`project ${project.name}`, found.schemaDiffers] as const,
        ),
        ["team", found.teamSchemaDiffers] as const,
      ]
        .filter(([, differs]) => differs.length > 0)
        .map(([object, differs]) => `${object}: ${differs.join(", ")}`),
      "as the migrations make it",
      "differ from what the migrations make: deploy the newest code; if that is what runs, the object was changed by hand",
    ),
    {
      name: "backfills",
      ok: true,
      detail: backfills(found.projects) || "none",
    },
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

/** The settings, who refuses us, and whose newest call failed otherwise. */
function checkProviders({ sessions, providerChain, unusable }: Findings): Check[] {
  const chain = providerChain.map(({ provider, model }) =>
    model === null ? provider : `${provider} (${model})`,
  );
  const paused = new Set(sessions.flatMap((session) => session.pausedProviders));
  const failing = new Map(
    sessions.flatMap((session) => Object.entries(session.failingProviders ?? {})),
  );
  const settings = unusable.map(({ provider, reason }) => `${provider}: ${reason}`);
  return [
    check(
      "providers",
      [...paused],
      chain.join(", "),
      "refused our key, credit or quota and are paused: replace the key or settle the account; they are asked again by themselves, and flush asks at once",
    ),
    check(
      "provider_answers",
      [...failing].map(([provider, reason]) => `${provider} (${reason})`),
      "none failed at its newest call",
      "failed at their newest call and are asked again by themselves: if it lasts, look at their address, model and state",
    ),
    check("settings", settings, "are understood", "are left out: mend the variable"),
  ];
}

/** Sessions that were told nothing when they began: a matter of the machine that they ran on. */
function checkStarts(missed: readonly SessionReport[]): Check {
  const found = check(
    "starts",
    names(missed),
    "sessions tell of their start",
    "began without the hook of their start, so they were told nothing then: run `cairn doctor` on " +
      "their machine; sessions that were open while it was connected are among them once",
  );
  return found.ok ? found : { ...found, ok: true, warning: true };
}

/** Agents that have no hook for it cannot miss it. */
function missedStart({ session, startMissed }: SessionReport): boolean {
  const dialect = AGENTS.find(({ agent }) => session.startsWith(`${agent}/`));
  const hasStart = [...(dialect?.moments.values() ?? [])].includes("session_start");
  return startMissed === true && hasStart;
}

function check(name: string, bad: readonly string[], good: string, wrong: string): Check {
  if (bad.length === 0) return { name, ok: true, detail: good };
  const more = bad.length > NAMED_MAX ? ` and ${bad.length - NAMED_MAX} more` : "";
  return { name, ok: false, detail: `${bad.slice(0, NAMED_MAX).join(", ")}${more} ${wrong}` };
}

/** What is still made of old items, and how far it is. It goes on by itself. */
function backfills(projects: readonly ProjectReport[]): string {
  return projects
    .flatMap(({ project, found }) =>
      found.backfills.map(
        ({ name, doneTo, upTo }) => `${project.name}: ${name}, item ${doneTo} of ${upTo}`,
      ),
    )
    .join("; ");
}

function names(sessions: readonly SessionReport[]): string[] {
  return sessions.map((session) => session.session);
}
