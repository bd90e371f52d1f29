/**
 * Every method of an object whose answer can reach a caller takes the reader first, and its SQL
 * asks what the reader may see. The methods are listed from the classes: a new one has to be added
 * here, as a reading one or as an exception with a reason.
 */

import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ProjectObject } from "../../src/durable/project/project-object.ts";
import { SessionObject } from "../../src/durable/session/session-object.ts";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
  point,
} from "../support/project-fixture.ts";
import { READER } from "../support/reader.ts";
import { freshSession, textEvent } from "../support/session-under-test.ts";

/** What `visible(reader)` leaves in a statement. */
const MARK = "/* visible */";
/** What a statement has that weighs words, or says where times are, by all items: none is shown that was not asked for so. */
const STATISTICS = /FROM (?:search_data|vocabulary|postings|blocks)\b[^;]*\/\* statistics \*\/$/;

const COMMAND = "a command: it answers what became of it";
const HOOK =
  "a hook's command: its answer names items for the Worker, which asks the project for them";
const OBJECT = "a call from object to object";
const PLATFORM = "called by the platform";

type Calls<T> = Record<string, (object: T) => unknown>;

const SESSION = {
  type: SessionObject,
  exceptions: {
    event: HOOK,
    hook: HOOK,
    privatePrompt: HOOK,
    start: HOOK,
    end: HOOK,
    turnFailed: HOOK,
    contextGiven: "a command of the Worker",
    redo: COMMAND,
    withdraw: COMMAND,
    remove: COMMAND,
    projectDeleted: OBJECT,
    retryDead: COMMAND,
    dropDead: COMMAND,
    alarm: PLATFORM,
  },
  reading: {
    view: (session) => session.view(READER, {}),
    sources: (session) => session.sources(READER, { keys: ["prompt:1"] }),
    flush: (session) => session.flush(READER, { wait: false }),
    dead: (session) => session.dead(READER, {}),
    inspect: (session) => session.inspect(READER, { believed: null }),
  } satisfies Calls<SessionObject> as Calls<SessionObject>,
};

const list = { project: PROJECT, filters: {}, before: null, limit: 5 };
const asked = { project: PROJECT, now: NOW };

const MEMORY = {
  type: ProjectObject,
  exceptions: {
    deliver: OBJECT,
    replace: OBJECT,
    forget: OBJECT,
    link: OBJECT,
    standing: OBJECT,
    announce: OBJECT,
    leave: COMMAND,
    beginArrival: OBJECT,
    takeSlice: OBJECT,
    pointFates: OBJECT,
    save: "a command: it shows its sender what the sender has just written",
    remove: COMMAND,
    checkIndex: "a command of the doctor: it tells of an index, not of what it holds",
    inspect: "tells of tables, not of what they hold",
    alarm: PLATFORM,
  },
  reading: {
    get: (project) => project.get(READER, { project: PROJECT, n: 1 }),
    getMany: (project) => project.getMany(READER, { project: PROJECT, numbers: [1] }),
    list: (project) => project.list(READER, list),
    summaries: (project) => project.summaries(READER, list),
    openPoints: (project) => project.openPoints(READER, { ...list, state: "open", now: NOW }),
    judgePoint: (project) =>
      project.judgePoint(READER, { project: PROJECT, n: 2, now: NOW, done: true }),
    search: (project) => project.search(READER, { ...asked, q: "walrus", filters: {}, limit: 5 }),
    context: (project) => project.context(READER, { ...asked, query: "walrus", files: ["a.ts"] }),
    promptContext: (project) => project.promptContext(READER, { ...asked, query: "walrus" }),
    fileContext: (project) => project.fileContext(READER, { ...asked, file: "a.ts" }),
    timeline: (project) =>
      project.timeline(READER, { ...asked, around: { q: "walrus" }, before: 2, after: 2 }),
    sessions: (project) => project.sessions(READER, {}),
    stats: (project) => project.stats(READER, {}),
  } satisfies Calls<ProjectObject> as Calls<ProjectObject>,
};

/** Runs a call, and gives the statements that read. */
async function statementsOf(storage: DurableObjectStorage, call: () => unknown): Promise<string[]> {
  const statements: string[] = [];
  const exec = storage.sql.exec.bind(storage.sql);
  Object.defineProperty(storage.sql, "exec", {
    configurable: true,
    value: (sql: string, ...values: unknown[]) => {
      if (/^\s*(SELECT|WITH)\b/i.test(sql)) statements.push(sql);
      return exec(sql, ...values);
    },
  });
  await call();
  Reflect.deleteProperty(storage.sql, "exec");
  return statements;
}

describe("every method of an object's class is a reading one, or an exception with a reason", () => {
  it.each([SESSION, MEMORY])("$type.name", ({ type, exceptions, reading }) => {
    const methods = Object.getOwnPropertyNames(type.prototype).filter((name) => {
      return name !== "constructor";
    });
    expect(methods.toSorted()).toEqual(
      [...Object.keys(reading), ...Object.keys(exceptions)].toSorted(),
    );
  });
});

describe("a reading method asks in its SQL what the reader may see", () => {
  it.each(Object.entries(SESSION.reading))("SessionObject.%s", async (_name, call) => {
    const { stub, sender } = freshSession();
    await stub.event({ sender, event: textEvent("prompt", "p1", "Teach the walrus") });
    const statements = await runInDurableObject(stub, (object, state) =>
      statementsOf(state.storage, () => call(object)),
    );
    // The session is seen as a whole, or not at all.
    expect(statements[0]).toContain(MARK);
  });

  it.each(Object.entries(MEMORY.reading))("ProjectObject.%s", async (_name, call) => {
    const stub = freshProject();
    const observations = [observation({ title: "The walrus", files_modified: ["a.ts"] })];
    const openPoints = [point({ text: "Teach the seal" })];
    await stub.deliver({ project: PROJECT, delivery: delivery(1, { observations, openPoints }) });
    const statements = await runInDurableObject(stub, (object, state) =>
      statementsOf(state.storage, () => call(object)),
    );
    const ofContent = statements.filter(
      (sql) =>
        /\b(items|blocks|open_points|search\w*|trigrams|sessions|vocabulary|postings)\b/.test(
          sql,
        ) && !STATISTICS.test(sql),
    );
    expect(ofContent).not.toHaveLength(0);
    for (const sql of ofContent) expect(sql).toContain(MARK);
  });
});
