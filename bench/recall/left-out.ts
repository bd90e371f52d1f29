/**
 * How well search does on a session that chose nothing of it: what was chosen on data is chosen anew on
 * the other sessions' questions, and the session's own are asked with that. The project's database is
 * read as the server left it.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { search } from "../../src/durable/project/search/search.ts";
import { WEIGHTS } from "../../src/durable/project/search/weights.ts";
import type { View } from "../../src/durable/project/store/visible.ts";
import { parseSessionPath } from "../../src/memory/session-name.ts";
import type { RecallQuestion } from "./recorded-sessions.ts";
import { type Found, worths } from "./score.ts";

type Weights = typeof WEIGHTS;

/** All combinations of these are tried. */
const TRIED: Partial<Record<keyof Weights, readonly number[]>> = {
  coverage: [0, 0.3, 0.6, 0.9],
  activity: [0.8, 0.9, 1],
  indexedLent: [0.25, 0.5, 1],
  told: [0.7, 1],
};

const RESULTS = 10;

export interface LeftOut {
  session: string;
  /** As the other sessions chose it. */
  chosen: Weights;
  questions: RecallQuestion[];
  answers: Found[][];
}

/** For each session the answers to its questions with the weights that suit the others best. */
export function leaveOneOut(
  objects: string,
  questions: RecallQuestion[],
  phrasings: ReadonlyMap<string, string>,
): LeftOut[] {
  const view = projectView(objects);
  const standard = { ...WEIGHTS };
  const tried = combinations().map((weights) => {
    Object.assign(WEIGHTS, weights);
    return { weights, answers: questions.map((question) => ask(view, question, phrasings)) };
  });
  Object.assign(WEIGHTS, standard);
  return [...new Set(questions.map(({ session }) => session))].map((session) => {
    const others = (answers: Found[][]) =>
      worthOf(questions, answers, (question) => question.session !== session);
    const [best] = tried.toSorted((a, b) => others(b.answers) - others(a.answers));
    const own = questions.flatMap((question, i) => (question.session === session ? [i] : []));
    return {
      session,
      chosen: best?.weights ?? standard,
      questions: own.flatMap((i) => questions[i] ?? []),
      answers: own.map((i) => best?.answers[i] ?? []),
    };
  });
}

/** What is chosen by: shares of the gold found among the first 5 and the first 10. */
function worthOf(
  questions: RecallQuestion[],
  answers: Found[][],
  keep: (question: RecallQuestion) => boolean,
): number {
  const asked = questions.filter(keep);
  const answered = answers.filter((_, i) => questions[i] !== undefined && keep(questions[i]));
  return [5, RESULTS]
    .flatMap((k) => worths(asked, answered, k).fractional)
    .reduce((sum, share) => sum + share, 0);
}

function combinations(): Weights[] {
  let all: Weights[] = [{ ...WEIGHTS }];
  for (const [name, values] of Object.entries(TRIED)) {
    all = all.flatMap((weights) => values.map((value) => ({ ...weights, [name]: value })));
  }
  return all;
}

function ask(
  view: View,
  { id, question }: RecallQuestion,
  phrasings: ReadonlyMap<string, string>,
): Found[] {
  const second = phrasings.get(id);
  const { items } = search(view, {
    project: { number: 1, name: "recall" },
    q: question,
    also: second === undefined ? [] : [second],
    filters: {},
    limit: RESULTS,
    now: Date.now(),
  });
  return items.map((item) => ({
    session: parseSessionPath(item.session)?.sessionId ?? "",
    sources: item.sources,
    characters: JSON.stringify(item).length,
  }));
}

/** The database of the project with the most items under a server's folder of objects. */
function projectView(objects: string): View {
  const databases = readdirSync(objects)
    .filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")
    .map((name) => new DatabaseSync(join(objects, name), { readOnly: true }));
  const sizes = new Map(
    databases.map((database) => [
      database,
      Number(database.prepare("SELECT count(*) AS n FROM items").get()?.n),
    ]),
  );
  const [database] = databases.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
  if (database === undefined) throw new Error(`there is no project in ${objects}`);
  const statements = new Map<string, StatementSync>();
  const all = (sql: string, ...values: SQLInputValue[]) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement.all(...values);
  };
  const db = {
    all,
    one: (sql: string, ...values: SQLInputValue[]) => all(sql, ...values)[0] ?? null,
  };
  // Of a database, reading needs no more than this.
  return { db: db as unknown as View["db"], reader: null };
}
