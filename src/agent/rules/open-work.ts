/**
 * What a session's earlier batches left open: failures that nothing has made pass yet, changes that
 * nothing has proved yet, findings that may still turn out wrong. Plain JSON of bounded size, kept with
 * the batch and read by nobody else: what is not proved is no knowledge, so it is not
 * delivered before its outcome.
 */
import { truncate } from "../../platform/truncate.ts";
import { shorten } from "./prose.ts";

/** A closing message, point by point. */
export interface Closing {
  done: string[];
  learnt: string[];
  next: string[];
}

/** Words with the event that they were said in. */
export interface Said {
  key: string;
  text: string;
}

/** Something that was done about an open failure. */
export interface Tried {
  /** In a few words: `add an @spec to the helper`. */
  what: string;
  /** The file that was changed; null for a command. */
  path: string | null;
  /** The words and names of the change, by which it is matched with what failed. */
  about: string;
  /** A short change as it stands: `now a (was b)`; empty for a longer one. */
  shows: string;
  /** Lines that it put in and that still stand. Absent for commands, and in work of an older release. */
  added?: string[];
  key: string;
}

/** A command that failed and has not passed since. */
export interface OpenFailure {
  /** As the agent wrote it, shortened. */
  command: string;
  programs: string[];
  /** `test`, `lint`, `commit`, ...; null for what is no check. */
  kind: string | null;
  /** The check within a hook that failed, as the hook calls it. */
  label: string | null;
  message: string;
  /** Files that the output names, by their base names. */
  named: string[];
  /** Words of the command that it failed on. Absent in work that an older release left. */
  blamed?: string[];
  /** What was tried and followed by the same failure. */
  attempts: string[];
  /** What was done since it was last seen to fail. */
  tried: Tried[];
  /** What the agent said since then, newest last. */
  words: Said[];
  /** It was not seen again by the same check, or a narrower one passed: `tried` is what helped. */
  gone: boolean;
  /** Commands that came after it. */
  age: number;
  /** Keys of the calls that failed, the first and the newest. */
  sources: string[];
}

/** The net effect of all edits of a file since the last commit or turn. */
export interface PendingChange {
  path: string;
  created: boolean;
  /** Names that are defined now and were not before, and the other way round. */
  names: string[];
  gone: string[];
  /** Telling lines that it added and that still stand. */
  lines: string[];
  /** Telling lines that were there before and are not now. */
  was: string[];
  /** How many lines were added and removed. */
  size: number;
  purpose: string | null;
  /** What the agent set out to do, newest last. */
  plans: Said[];
  /** The edits, newest last. */
  keys: string[];
  at: number;
}

/** A finding that waits for the end of the work that it was made in. */
export interface Finding extends Said {
  /** The tool event that it speaks of. */
  near: string | null;
}

/** What every commit runs into, as far as failed commits told. */
export interface CommitChecks {
  labels: string[];
  /** A commit was refused in spite of `--no-verify`. */
  evenUnverified: boolean;
  /** Labels that were told already, and the source of the observation that told them. */
  told: string[];
  toldKey: string | null;
  key: string;
}

/** What ran and passed before commits. */
export interface Routine {
  /** Since the last commit, newest last. */
  ran: string[];
  /** What all commits so far came after; null before the first. */
  before: string[] | null;
  /** The last commit's call. */
  key: string | null;
  told: boolean;
}

/** An observation that was delivered, as far as later events may show it to be wrong. */
export interface Delivered {
  /** Its most telling source. */
  key: string;
  text: string;
  paths: string[];
  /** It tells of a failure and what made it pass. Absent in work that an older release left. */
  isFix?: boolean;
}

export interface OpenWork {
  failures: OpenFailure[];
  changes: PendingChange[];
  findings: Finding[];
  /** Commits that no push has been seen for. */
  commits: { branch: string; hash: string }[];
  checks: CommitChecks | null;
  routine: Routine;
  delivered: Delivered[];
  /** What the agent said last, for the calls that follow it. */
  plan: Said[];
  /** The checks that passed last for this request, with what they counted. */
  passed: { program: string; totals: string }[];
  /** The person's last request that was one of its own. */
  request: string | null;
  /** What closing messages have said of that request so far: a short turn that goes on adds to it. */
  report: Closing;
}

export function noOpenWork(): OpenWork {
  return {
    failures: [],
    changes: [],
    findings: [],
    commits: [],
    checks: null,
    routine: { ran: [], before: null, key: null, told: false },
    delivered: [],
    plan: [],
    passed: [],
    request: null,
    report: { done: [], learnt: [], next: [] },
  };
}

/** A deep copy: the caller's state stays as it was, should the batch be tried again. */
export function copyOf(work: OpenWork | null | undefined): OpenWork {
  return { ...noOpenWork(), ...(work === null || work === undefined ? {} : structuredClone(work)) };
}

const FAILURES_MAX = 6;
const CHANGES_MAX = 16;
const LINES_MAX = 16;
const LINE_MAX_CHARS = 140;
const TEXT_MAX_CHARS = 260;
const POINT_MAX_CHARS = 320;
const LIST_MAX = 8;
const REPORT_MAX = 10;

const newest = <T>(items: readonly T[], max: number): T[] => items.slice(-max);
const short = (text: string): string => truncate(text, TEXT_MAX_CHARS);
/** Retold as it stands, so it ends where a part of it ends, or with a mark. */
const shortPoint = (text: string): string => {
  if (text.length <= POINT_MAX_CHARS) return text;
  const part = text.slice(0, POINT_MAX_CHARS).lastIndexOf("; ");
  return part > POINT_MAX_CHARS / 2 ? text.slice(0, part) : shorten(text, POINT_MAX_CHARS);
};
const saidShort = <T extends Said>(said: T): T => ({ ...said, text: short(said.text) });

/** The same within its bounds: what is oldest or longest goes. About 26 KB at most. */
export function bounded(work: OpenWork): OpenWork {
  return {
    failures: newest(work.failures, FAILURES_MAX).map((failure) => ({
      ...failure,
      command: short(failure.command),
      message: short(failure.message),
      named: newest(failure.named, LIST_MAX),
      attempts: newest(failure.attempts, LIST_MAX).map((text) => truncate(text, LINE_MAX_CHARS)),
      tried: newest(failure.tried, LIST_MAX).map((tried) => ({
        ...tried,
        what: truncate(tried.what, LINE_MAX_CHARS),
        about: short(tried.about),
        shows: truncate(tried.shows, LINE_MAX_CHARS * 2),
        ...(tried.added === undefined ? {} : { added: tried.added.slice(0, LIST_MAX) }),
      })),
      words: newest(failure.words, LIST_MAX).map(saidShort),
      sources: [...failure.sources.slice(0, 1), ...failure.sources.slice(1).slice(-1)],
    })),
    changes: newest(work.changes, CHANGES_MAX).map((change) => ({
      ...change,
      names: change.names.slice(0, LIST_MAX),
      gone: change.gone.slice(0, LIST_MAX),
      lines: change.lines.slice(0, LINES_MAX).map((line) => truncate(line, LINE_MAX_CHARS)),
      was: change.was.slice(0, 4).map((line) => truncate(line, LINE_MAX_CHARS)),
      plans: newest(change.plans, 3).map(saidShort),
      keys: newest(change.keys, 4),
    })),
    findings: newest(work.findings, 12).map(saidShort),
    commits: newest(work.commits, 12),
    checks: work.checks,
    routine: work.routine,
    delivered: newest(work.delivered, 16).map((each) => ({ ...each, text: short(each.text) })),
    plan: newest(work.plan, 2).map(saidShort),
    passed: newest(work.passed, 6),
    request: work.request === null ? null : truncate(work.request, 600),
    report: {
      done: work.report.done.slice(0, REPORT_MAX).map(shortPoint),
      learnt: work.report.learnt.slice(0, REPORT_MAX).map(shortPoint),
      next: work.report.next.slice(0, REPORT_MAX).map(shortPoint),
    },
  };
}
