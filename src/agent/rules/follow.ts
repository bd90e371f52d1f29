/**
 * A session followed through one batch: what its events prove, what its words say, and what is left
 * open for the next batch. Nothing is told before its outcome.
 */
import type { StoredEvent, ToolBody } from "../../memory/event.ts";
import type { Correction, DraftObservation, DraftOpenPoint } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import { truncate } from "../../platform/truncate.ts";
import type { ClosedPoint, ObserverBatch } from "../provider.ts";
import { type Activity, activityOf, isToolEvent } from "./activity.ts";
import { commandName } from "./activity-items.ts";
import { BatchPoints } from "./batch-points.ts";
import { checkKind, checkName, commitOf, isRemedy, mainPrograms } from "./commands.ts";
import { noteCommitChecks, tellCommitChecks } from "./commit-checks.ts";
import { observeAnswers, observeChoices, observeRulings } from "./decisions.ts";
import {
  isNamedBy,
  noteFailure,
  noteTried,
  noteWords,
  speaksOfOpen,
  takeResolved,
} from "./failures.ts";
import { observeFindings, takenBackBy, toldAgainBy } from "./findings.ts";
import { indexTextOfActivities } from "./index-text.ts";
import { type Commit, observeChanges } from "./observe-changes.ts";
import { observeFixes } from "./observe-fix.ts";
import { type Known, observeCompaction, observePlan, observeReport } from "./observe-texts.ts";
import {
  closedByCommand,
  closedByWords,
  isPushedBy,
  isUnpushed,
  openPointsFrom,
  saysPoint,
  stillFails,
  stillFailsPoint,
  unpushedPoint,
} from "./open-points.ts";
import {
  bounded,
  type Closing,
  copyOf,
  noOpenWork,
  type OpenWork,
  type PendingChange,
} from "./open-work.ts";
import { inCommit, linesOf, noteChange, takeBack, triedBy } from "./pending-changes.ts";
import { shorten } from "./prose.ts";
import { goesOn, personsWords } from "./request.ts";
import { observeRequirements } from "./requirements.ts";
import { noteStep, tellRoutine } from "./routine.ts";
import { commitMessageOf } from "./shell.ts";
import { addToReport, readClosing } from "./summary.ts";
import { isExcuse, takeApart } from "./words.ts";

/** A saying as long as this with headings is a report: the closing message says the same again. */
const SAYING_MAX = 1_200;

/** A closing message shorter than this is no report. */
const REMARK_MAX = 500;

/** What a batch came to. */
export interface Followed {
  observations: DraftObservation[];
  openPoints: DraftOpenPoint[];
  closes: ClosedPoint[];
  corrects: Correction[];
  openWork: OpenWork;
  closing: { key: string; points: Closing } | null;
  /** The checks that passed last before the turn's end. */
  passed: OpenWork["passed"];
  /** The person's request that the turn answers. */
  request: string;
  activities: Activity[];
  bodies: Map<string, ToolBody>;
}

class Follower {
  readonly observations: DraftObservation[] = [];
  readonly points: BatchPoints;
  readonly corrects: Correction[] = [];
  readonly activities: Activity[] = [];
  readonly bodies = new Map<string, ToolBody>();
  readonly work: OpenWork;
  readonly #batch: ObserverBatch;
  readonly #taken: Set<string>;
  closing: Followed["closing"] = null;
  /** The closing message with what earlier ones said of the same request. */
  report: Followed["closing"] = null;
  passed: OpenWork["passed"] = [];
  #last: Activity | null = null;
  /** The newest prompt was none of the person's: the client told how a background task went. */
  #answersNotice = false;

  constructor(batch: ObserverBatch) {
    this.#batch = batch;
    this.points = new BatchPoints(batch.openPoints ?? []);
    this.work = copyOf(batch.openWork);
    this.#taken = new Set(batch.recentTitles.map((title) => title.toLowerCase()));
  }

  get taken(): Set<string> {
    return this.#taken;
  }

  follow(): void {
    const closings = new Set(
      this.#batch.events.flatMap((event) => (event.kind === "turn_end" ? [event.body.text] : [])),
    );
    for (const event of this.#batch.events) {
      if (isToolEvent(event)) this.#tool(event);
      else if (event.kind === "say") {
        if (!closings.has(event.body.text)) this.#say(event.key, event.body.text);
      } else if (event.kind === "prompt") this.#prompt(event.key, event.body.text, event.at);
      else if (event.kind === "compaction") {
        this.#compaction(event.key, event.body.text, event.at);
      } else if (event.kind === "subagent_end")
        this.#report(event.key, event.body.text, event.body.label ?? "", event.at);
      else this.#turnEnd(event.key, event.body.text);
    }
    const last = this.#batch.events.at(-1);
    if (this.#batch.turn.ends && this.#batch.turn.backgroundTasks !== true && last !== undefined) {
      this.#settle(last);
    }
  }

  #tell(drafts: readonly DraftObservation[], paths: readonly string[] = []): void {
    for (const observation of drafts) {
      this.observations.push(observation);
      const key = observation.sources[0];
      if (key === undefined) continue;
      this.work.delivered.push({
        key,
        text: `${observation.title}. ${observation.narrative}`,
        paths: [...paths],
        isFix: observation.type === "bugfix",
      });
    }
  }

  #index(activity: Activity): string {
    return indexTextOfActivities([activity], this.bodies);
  }

  /** What a text must not repeat: what still fails, and changes that were told or will be. */
  #known(): Known {
    const paths = [
      ...this.work.changes.map(({ path }) => path),
      ...this.work.delivered.flatMap((told) => told.paths),
    ];
    return {
      unproved: (point) => speaksOfOpen(this.work, point),
      told: (point) => {
        const head = point.slice(0, 100);
        return paths.some((path) => head.startsWith(path) || head.startsWith(fileName(path)));
      },
    };
  }

  /** What a compaction summary tells again of a fix, it tells in better words: those stand then. */
  #compaction(key: string, text: string, at: number): void {
    const drafts = observeCompaction(text, key, at, this.#known(), this.#taken);
    for (const { type, title, narrative } of drafts) {
      if (type !== "bugfix") continue;
      for (const told of toldAgainBy(`${title}. ${narrative}`, this.work.delivered)) {
        this.corrects.push({ source: told.key, text: told.text, reason: `Told again: ${title}` });
        this.work.delivered = this.work.delivered.filter((each) => each !== told);
      }
    }
    this.#tell(drafts);
  }

  #prompt(key: string, text: string, at: number): void {
    const words = personsWords(text);
    this.#answersNotice = words === "";
    if (words === "" || goesOn(words)) return;
    this.work.request = truncate(words, 600);
    this.work.report = noOpenWork().report;
    this.work.passed = [];
    this.#tell(observeRulings(words, key, at, this.#taken));
  }

  #say(key: string, text: string): void {
    if (text.length > SAYING_MAX && /^(?:#{1,4} |\*\*.{3,60}\*\*\s*$)/m.test(text)) return;
    const { claims, plans } = takeApart(text);
    this.work.plan = plans.map((plan) => ({ key, text: plan }));
    for (const claim of claims) {
      const wrong = takenBackBy(claim, this.work.delivered);
      if (wrong !== null) {
        const reason = `Later: ${shorten(claim, 120)}`;
        this.corrects.push({ source: wrong.key, text: wrong.text, reason });
        this.work.delivered = this.work.delivered.filter((each) => each !== wrong);
      }
      const said = { key, text: claim };
      if (!noteWords(this.work, said) && !isExcuse(claim)) {
        this.work.findings.push({ ...said, near: this.#last?.key ?? null });
      }
    }
  }

  #tool(event: Extract<StoredEvent, { body: ToolBody }>): void {
    const activity = activityOf(event, this.#batch.root);
    this.bodies.set(event.key, event.body);
    this.activities.push(activity);
    this.#last = activity;
    const { kind, failed } = activity;
    const plan = event.body.input.plan;
    if (kind === "command") this.#command(activity);
    else if (failed) return;
    else if (kind === "edit" || kind === "create") this.#change(activity);
    else if (kind === "ask")
      this.#tell(observeAnswers(activity, event.body, this.#index(activity), this.#taken));
    else if (kind === "delegate")
      this.#report(activity.key, activity.text, activity.purpose ?? "", activity.at, activity);
    else if (typeof plan === "string")
      this.#tell(observePlan(plan, activity.key, activity.at, this.#index(activity), this.#taken));
    else this.#tell(observeRequirements(activity, this.#index(activity), this.#taken));
  }

  #report(key: string, text: string, about: string, at: number, activity?: Activity): void {
    const index = activity === undefined ? truncate(text, 6_000) : this.#index(activity);
    this.#tell(observeReport({ text, about, key, at, index }, this.#taken));
  }

  #change(activity: Activity): void {
    if (activity.path === null) return;
    noteChange(this.work, activity, this.work.plan);
    const tried = triedBy(activity, activity.path, this.work.plan.at(-1)?.text ?? null);
    noteTried(this.work, tried, linesOf(activity.change?.removed));
  }

  #command(activity: Activity): void {
    const { outcome, subject, key } = activity;
    if (outcome?.state === "failed") {
      noteCommitChecks(this.work, activity);
      noteFailure(this.work, activity);
      this.work.passed = this.work.passed.filter(
        ({ program }) => program !== checkName(activity.programs),
      );
      return;
    }
    noteStep(this.work, activity);
    this.corrects.push(...takeBack(this.work, subject));
    const made = commitOf(activity.text);
    const resolved = takeResolved(this.work, activity);
    const fixed = resolved.flatMap(({ tried }) => tried.flatMap(({ path }) => path ?? []));
    this.#tell(observeFixes(resolved, activity, this.work, this.#taken), fixed);
    for (const failure of resolved.filter((each) => isNamedBy(each, activity)))
      this.points.closeWhere(({ text }) => text.startsWith(stillFails(failure)), key);
    if (made !== null) this.#commit(activity, made);
    const message = made === null ? null : commitMessageOf(subject);
    const said = message === null ? (made?.subject ?? null) : message.subject;
    this.points.close(closedByCommand(this.points.known, activity, said));
    if (checkKind(mainPrograms(activity.programs)) === "push") {
      const { commits } = this.work;
      const isPushed = (text: string) => isUnpushed(text, commits) || isPushedBy(text, activity);
      this.points.closeWhere(({ text }) => isPushed(text), key);
      this.work.commits = [];
    }
    if (outcome?.state === "passed" && outcome.totals !== null)
      this.#pass(activity, outcome.totals);
    if (isRemedy(subject) && made === null && this.work.failures.length > 0) {
      noteTried(this.work, {
        what: `run ${shorten(commandName(activity), 60)}`,
        path: null,
        about: subject,
        shows: "",
        key,
      });
    }
    if (made === null && resolved.length === 0) {
      this.#tell(observeRequirements(activity, this.#index(activity), this.#taken));
    }
  }

  #commit(activity: Activity, made: { branch: string; hash: string; subject: string }): void {
    const message = commitMessageOf(activity.subject);
    const commit: Commit = {
      key: activity.key,
      at: activity.at,
      ...made,
      subject: message?.subject ?? made.subject,
      body: message?.body ?? "",
    };
    const checks = tellCommitChecks(this.work, activity, this.#taken);
    this.#tell(checks.observations);
    this.corrects.push(...checks.corrects);
    this.#tell(tellRoutine(this.work, activity, this.#taken));
    const [changes, left] = inCommit(this.work.changes, activity.subject);
    this.#tellChanges(changes, commit, []);
    this.work.changes = left;
    this.work.commits.push({ branch: made.branch, hash: made.hash });
    this.#tellFindings(activity.at);
  }

  #pass(activity: Activity, totals: string): void {
    const program = checkName(activity.programs);
    this.work.passed = [
      ...this.work.passed.filter((each) => each.program !== program),
      { program, totals },
    ];
  }

  #tellChanges(
    changes: readonly PendingChange[],
    commit: Commit | null,
    said: readonly string[],
  ): void {
    const drafts = observeChanges(changes, commit, said, this.#taken);
    for (const each of drafts) {
      const paths = changes
        .filter(({ keys }) => keys.some((key) => each.sources.includes(key)))
        .map(({ path }) => path);
      this.#tell([each], paths);
    }
  }

  #tellFindings(at: number): void {
    this.#tell(observeFindings(this.work.findings, at, this.#taken));
    this.work.findings = [];
  }

  #turnEnd(key: string, text: string): void {
    const points = readClosing(text, (point) => speaksOfOpen(this.work, point));
    this.closing = { key, points };
    const done = [...points.done, ...points.learnt];
    this.points.close(closedByWords(this.points.known, done, key));
    if (this.#batch.turn.backgroundTasks === true) return;
    // What is said of a notice is a remark beside the work, and a short answer closes nothing that
    // was open, unless they say as much as a report.
    const isShort = text.length < REMARK_MAX;
    this.work.report =
      isShort && this.#answersNotice
        ? addToReport(points, this.work.report)
        : addToReport(isShort ? this.work.report : { ...this.work.report, next: [] }, points);
    this.report = { key, points: this.work.report };
    for (const point of openPointsFrom(points.next)) this.points.open(point, [key]);
  }

  /** The end of a turn: what is not told yet is told, what still fails is an open point. */
  #settle(last: StoredEvent): void {
    const { done = [], learnt = [] } = this.closing?.points ?? {};
    this.#tellChanges(this.work.changes, null, [...done, ...learnt]);
    this.work.changes = [];
    this.#tellFindings(last.at);
    const told = (sentence: string) =>
      this.work.delivered.some(({ text }) => saysPoint(sentence, text));
    if (this.closing !== null) {
      const { key } = this.closing;
      this.#tell(observeChoices([...done, ...learnt], key, last.at, told, this.#taken));
    }
    for (const failure of this.work.failures) {
      if (failure.kind !== null && !failure.gone) {
        this.points.open(stillFailsPoint(failure), failure.sources);
      }
    }
    this.work.failures = this.work.failures.filter(({ kind }) => kind !== null);
    const unpushed = unpushedPoint(this.work.commits);
    if (unpushed !== null && !this.points.known.some(({ text }) => text === unpushed)) {
      this.points.closeWhere(({ text }) => isUnpushed(text, this.work.commits), last.key);
      this.points.added.push({ text: unpushed, sources: [last.key] });
    }
    this.passed = this.work.passed;
  }
}

/** Follows the session through `batch`. Pure: the batch's own open work stays as it is. */
export function follow(batch: ObserverBatch): Followed & { taken: Set<string> } {
  const follower = new Follower(batch);
  follower.follow();
  const own = batch.turn.request === null ? "" : personsWords(batch.turn.request);
  const { request } = follower.work;
  return {
    observations: follower.observations,
    openPoints: follower.points.added,
    closes: follower.points.closed(),
    corrects: follower.corrects,
    openWork: bounded(follower.work),
    closing: follower.report,
    passed: follower.passed,
    request: goesOn(own) && request !== null ? request : own,
    activities: follower.activities,
    bodies: follower.bodies,
    taken: follower.taken,
  };
}
