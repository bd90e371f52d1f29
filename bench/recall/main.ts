/**
 * `npm run bench:recall -- <data folder> [--url --key --project] [--offline] [--left-out] [--phrasings <file>]`: how
 * many of the questions about recorded sessions find the events that hold the answer, beside plain
 * FTS5 over the raw events in the same run, question by question. Each session is told of alone too,
 * as one that the others say nothing about. With a file of phrasings (`{"id", "phrasing"}` a line,
 * such as `bench/recall/phrasings.jsonl`) the questions are asked a second time with those. With
 * --left-out what was chosen on data is chosen anew without each session in turn (some minutes). Without
 * --url it starts a server of its own on a state folder of its own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Target } from "../../src/cli/target.ts";
import { startCairn } from "../ingest/servers.ts";
import { rawDocuments } from "./baseline.ts";
import { FullTextIndex } from "./full-text.ts";
import { leaveOneOut } from "./left-out.ts";
import { compressSession, documentsOf, FIELD_WEIGHTS } from "./offline.ts";
import { paired, tellPaired } from "./paired.ts";
import {
  type RecallQuestion,
  readPhrasings,
  readQuestions,
  readSessions,
} from "./recorded-sessions.ts";
import { type Found, meanCharacters, score, worths } from "./score.ts";
import { storedEvents } from "./stored-events.ts";
import { askServer, fillMemory } from "./whole-path.ts";

const RESULTS = 10;
const DEFAULT_PORT = 9310;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string" },
    key: { type: "string" },
    project: { type: "string", default: "github.com/example/recall" },
    port: { type: "string", default: String(DEFAULT_PORT) },
    offline: { type: "boolean", default: false },
    "left-out": { type: "boolean", default: false },
    phrasings: { type: "string", default: join(import.meta.dirname, "phrasings.jsonl") },
  },
});

const percent = (share: number) => (100 * share).toFixed(1).padStart(5);

function row(name: string, questions: RecallQuestion[], answers: Found[][]): string {
  const cells = [5, 10].map((k) => {
    const { strict, fractional, anyHit } = score(questions, answers, k);
    return `${percent(strict)} ${percent(fractional)} ${percent(anyHit)}`;
  });
  return `${name.padEnd(30)} ${String(questions.length).padStart(4)}   ${cells.join("   ")}`;
}

/** One line for all questions, and where `detailed` one for each session and kind. */
function table(name: string, questions: RecallQuestion[], answers: Found[][], detailed: boolean) {
  const lines = [row(name, questions, answers)];
  const part = (label: string, keep: (question: RecallQuestion) => boolean) => {
    const kept = answers.filter((_, i) => questions[i] !== undefined && keep(questions[i]));
    lines.push(row(`  ${label}`, questions.filter(keep), kept));
  };
  if (detailed) {
    for (const id of new Set(questions.map(({ session }) => session))) {
      part(`session ${id.slice(0, 8)}`, ({ session }) => session === id);
    }
    for (const kind of new Set(questions.map((question) => question.kind))) {
      part(kind, (question) => question.kind === kind);
    }
  }
  lines.push(`  mean characters of a result ${Math.round(meanCharacters(answers))}`);
  return lines.join("\n");
}

/** What the first has more than the second, for all questions and for each session alone. */
function differences(
  name: string,
  questions: RecallQuestion[],
  first: Found[][],
  second: Found[][],
): string {
  const sessions = [...new Set(questions.map(({ session }) => session))];
  const lines = [null, ...sessions].map((id) => {
    const kept = questions.flatMap((question, i) =>
      id === null || question.session === id ? [i] : [],
    );
    const asked = kept.flatMap((i) => questions[i] ?? []);
    const of = (answers: Found[][], k: number) =>
      worths(
        asked,
        kept.map((i) => answers[i] ?? []),
        k,
      );
    const cells = [5, 10].map((k) => {
      const [a, b] = [of(first, k), of(second, k)];
      return (["strict", "fractional", "anyHit"] as const)
        .map((way) => tellPaired(paired(a[way], b[way])))
        .join(", ");
    });
    const label = id === null ? name : `  session ${id.slice(0, 8)}`;
    return `${label.padEnd(30)} at 5: ${cells[0]}; at 10: ${cells[1]}`;
  });
  return lines.join("\n");
}

interface OwnServer {
  target: Target;
  /** The folder of its projects' databases; null where it is somebody else's server. */
  objects: string | null;
  stop(): Promise<void>;
}

/** Each session with what the others chose, for one way of asking. */
function leftOut(name: string, objects: string, phrasings: ReadonlyMap<string, string>): string {
  const parts = leaveOneOut(objects, questions, phrasings);
  const all = row(
    name,
    parts.flatMap((part) => part.questions),
    parts.flatMap((part) => part.answers),
  );
  const lines = parts.map(
    ({ session, chosen, questions: own, answers }) =>
      `${row(`  session ${session.slice(0, 8)}`, own, answers)}   ${JSON.stringify(chosen)}`,
  );
  return [all, ...lines].join("\n");
}

async function ownServer(): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), "cairn-recall-"));
  const server = await startCairn(folder, Number(flags.port));
  return {
    target: { url: server.url, key: server.key },
    objects: join(folder, "cairn", "do", "cairn-ProjectObject"),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const folder = positionals[0];
if (folder === undefined) {
  process.stderr.write("usage: npm run bench:recall -- <data folder> [--url --key] [--offline]\n");
  process.exit(2);
}
const sessions = readSessions(folder);
const questions = readQuestions(folder);

const raw = new FullTextIndex([1], sessions.flatMap(rawDocuments));
const rawAnswers = questions.map(({ question }) => raw.search(question, RESULTS));

process.stdout.write(
  `${"in percent: strict, any share, any hit".padEnd(36)}  at 5: str  frac   any   at 10: s  frac   any\n`,
);
process.stdout.write(`${table("plain BM25 over raw events", questions, rawAnswers, false)}\n`);

const documents = sessions.flatMap((session) => {
  const { events, root } = storedEvents(session);
  return documentsOf(session.id, compressSession(events, root));
});
const index = new FullTextIndex(FIELD_WEIGHTS, documents);
const offline = questions.map(({ question }) => index.search(question, RESULTS));
process.stdout.write(`${table("extractive, FTS5 alone", questions, offline, flags.offline)}\n`);

if (!flags.offline) {
  const { url, key, project } = flags;
  const server: OwnServer =
    url === undefined
      ? await ownServer()
      : { target: { url, key: key ?? "" }, objects: null, stop: () => Promise.resolve() };
  try {
    await fillMemory(server.target, sessions, project);
    const answers = await askServer(server.target, questions, project, RESULTS);
    process.stdout.write(`${table("extractive, whole path", questions, answers, true)}\n`);
    const phrasings = readPhrasings(flags.phrasings);
    const again = await askServer(server.target, questions, project, RESULTS, phrasings);
    process.stdout.write(`${table("with a second phrasing", questions, again, true)}\n`);
    const told = [
      "in questions (better:worse), for strict, fractional, any hit",
      differences("Cairn over FTS5", questions, answers, rawAnswers),
      differences("a second phrasing over one", questions, again, answers),
    ];
    process.stdout.write(`${told.join("\n")}\n`);
    if (flags["left-out"] && server.objects !== null) {
      const left = [
        "each session with the weights that suit the others best",
        leftOut("one session left out", server.objects, new Map()),
        leftOut("… with a second phrasing", server.objects, phrasings),
      ];
      process.stdout.write(`${left.join("\n")}\n`);
    }
  } finally {
    await server.stop();
  }
}
