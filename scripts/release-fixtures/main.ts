/**
 * Makes `test/fixtures/<version>`: what a release left in its databases, as SQL, and what it told
 * about that itself. Runs the release's own local server from a checkout of its tag:
 *
 *   git worktree add /tmp/release v0.1.0 && (cd /tmp/release && npm ci)
 *   npm run release:fixtures -- /tmp/release v0.1.0
 *
 * Fixtures of a release are made once and never again: they are what it wrote.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startMockProvider } from "../../test/support/mock-provider/server.ts";
import { dumpDatabase, readRow } from "./dump-database.ts";
import { Client, readAnswers, tellWithProvider, tellWithRules } from "./story.ts";

/** The key of the tests' own team (vitest.config.ts), so that their requests reach these objects. */
const KEY = `cairn_local_test0001_${"t".repeat(40)}`;
/** A key that no deployment lists: the team has it. */
const ISSUED_KEY = `cairn_local_issued01_${"i".repeat(40)}`;
/** More than the calls that reading the answers may make. */
const ANSWERS_MAX = 100;
/** Of the recording's secrets nothing may be left. */
const SECRET = "correct-horse-battery";

const [release, version] = process.argv.slice(2);
if (release === undefined || version === undefined) {
  throw new Error(
    "usage: node scripts/release-fixtures/main.ts <checkout of the release> <version>",
  );
}

/** Starts the release's server. `kill` ends both of its processes as a loss of power does. */
async function start(release: string, state: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [join(release, "bin/cairn.js"), "start"], {
    env: {
      PATH: process.env.PATH,
      HOME: state,
      PORT: "0",
      CAIRN_STATE: state,
      CAIRN_KEY: KEY,
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^cairn ready on (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    const { pid, runtimePid } = JSON.parse(readFileSync(join(state, "server.json"), "utf8")) as {
      pid: number;
      runtimePid: number;
    };
    return {
      client: new Client(url, KEY),
      async stop() {
        child.kill("SIGTERM");
        await ended;
      },
      async kill() {
        for (const one of [runtimePid, pid]) process.kill(one, "SIGKILL");
        await ended;
      },
    };
  }
  throw new Error("the release's server did not start");
}
/** Name of an object's fixture by what stands in its database. */
function nameOf(className: string, file: string): string | null {
  if (className === "TeamObject") {
    // Another of them only says which jurisdiction the deployment is of.
    return readRow(file, "SELECT 1 FROM projects LIMIT 1") === undefined ? null : "team";
  }
  if (className === "SessionObject") {
    const row = readRow(file, "SELECT session_id FROM session");
    return row === undefined ? null : `session-${row.session_id}`;
  }
  const row = readRow(file, "SELECT count(*) AS items FROM items");
  if (row === undefined) return null;
  return row.items === 0 ? "project-2" : "project-1";
}

/** When the object's alarm is due, ms since the epoch; null where none is set. */
function alarmOf(folder: string, file: string): number | null {
  const row = readRow(
    join(folder, "metadata.sqlite"),
    `SELECT scheduled_time / 1000000 AS at FROM _cf_ALARM WHERE actor_id = '${file.replace(".sqlite", "")}'`,
  );
  return row === undefined ? null : Number(row.at);
}

/**
 * No release before teams issue keys themselves can be made to issue one, but each one keeps and
 * accepts them: this row is the only one that the release did not write itself.
 */
const ISSUED_KEY_ROW = `INSERT INTO keys (id, secret_hash, origin, created_at) VALUES
  ('issued01', '${createHash("sha256").update(ISSUED_KEY).digest("hex")}', 'issued', 1795000000000);\n`;

const state = mkdtempSync(join(tmpdir(), "cairn-release-"));
const mock = await startMockProvider();
try {
  const rules = await start(release, state, { CAIRN_PROVIDER: "extractive" });
  await tellWithRules(rules.client);
  await rules.stop();
  const model = await start(release, state, {
    CAIRN_PROVIDER: "anthropic",
    ANTHROPIC_API_KEY: "sk-mock",
    ANTHROPIC_BASE_URL: mock.url,
  });
  await tellWithProvider(model.client, mock);
  // No model phrases the questions once more: whoever asks them again has none.
  mock.control({ queue: new Array(ANSWERS_MAX).fill("overloaded") });
  const answers = await readAnswers(model.client);
  const recordedAt = Date.now();
  await model.kill();

  const target = join(import.meta.dirname, "../../test/fixtures", version);
  mkdirSync(target, { recursive: true });
  const alarms: Record<string, number | null> = {};
  for (const className of ["SessionObject", "ProjectObject", "TeamObject"]) {
    // The first release kept them in another folder.
    const objects = ["do", "objects"].map((name) => join(state, name)).find(existsSync) ?? state;
    const folder = join(objects, `cairn-${className}`);
    for (const file of readdirSync(folder)) {
      if (!file.endsWith(".sqlite") || file === "metadata.sqlite") continue;
      const name = nameOf(className, join(folder, file));
      if (name === null) continue;
      const sql = dumpDatabase(join(folder, file)) + (name === "team" ? ISSUED_KEY_ROW : "");
      if (sql.includes(SECRET)) throw new Error(`${name} holds a secret of the recording`);
      writeFileSync(join(target, `${name}.sql`), sql);
      alarms[name] = alarmOf(folder, file);
    }
  }
  const facts = { recordedAt, issuedKey: ISSUED_KEY, alarms };
  const told = [facts, ...Object.entries(answers).map(([path, answer]) => ({ path, answer }))];
  writeFileSync(
    join(target, "told.jsonl"),
    told.map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
} finally {
  await mock.close();
  rmSync(state, { recursive: true, force: true });
}
