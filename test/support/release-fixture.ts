/** Databases that a release left behind (`test/fixtures/<version>`), opened in objects of today. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

const files = import.meta.glob<string>("../fixtures/v*/*", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What the release told of its databases when it was stopped. */
export interface ReleaseFixture {
  /** A key that the team issued; no configuration lists it. */
  issuedKey: string;
  /** Path -> the release's own answer. */
  answers: Map<string, unknown>;
  /** Sets the alarms that were set. */
  setAlarms(): Promise<void>;
}

/** From the end of the recording until the test: the objects shall not find themselves outdated. */
const PAUSE_MS = 10_000;

/** Times in the fixtures: ms since the epoch, ISO times, and days (UTC). */
const TIME = /\b1[78]\d{11}\b|\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|\b20\d\d-\d\d-\d\d\b/g;

/** Moves all times of a fixture, so that what is due in a week is due in a week from now. */
function moveTimes(text: string, recordedAt: number, byMs: number): string {
  return text.replace(TIME, (time) => {
    if (!time.includes("-")) return String(Number(time) + byMs);
    if (time.includes("T")) return new Date(Date.parse(time) + byMs).toISOString();
    // The day of the recording becomes the day on which it would end now.
    return new Date(recordedAt + byMs).toISOString().slice(0, 10);
  });
}

function objectOf(name: string) {
  const [kind, id] = name.split("-");
  if (kind === "team") return env.TEAMS.getByName("local");
  if (kind === "project") return env.PROJECTS.getByName(`local/${id}`);
  return env.SESSIONS.getByName(`local/claude-code/${id}`);
}

/** Puts a release's databases into the objects of the team `local` that bear their names. */
export async function openReleaseFixture(version: string): Promise<ReleaseFixture> {
  const folder = `../fixtures/${version}/`;
  const told = files[`${folder}told.jsonl`] ?? "";
  const { recordedAt } = JSON.parse(told.split("\n")[0] ?? "") as { recordedAt: number };
  const byMs = Date.now() - PAUSE_MS - recordedAt;
  const [facts, ...lines] = moveTimes(told, recordedAt, byMs).trim().split("\n");
  const { issuedKey, alarms } = JSON.parse(facts ?? "") as {
    issuedKey: string;
    alarms: Record<string, number | null>;
  };
  for (const name of Object.keys(alarms)) {
    const sql = moveTimes(files[`${folder}${name}.sql`] ?? "", recordedAt, byMs);
    const stub = objectOf(name);
    await runInDurableObject(stub, (_, state) => {
      state.storage.sql.exec(sql);
    });
    // Its next life finds the database as an upgrade does.
    await evictDurableObject(stub);
  }
  const answers = lines.map((line) => JSON.parse(line) as { path: string; answer: unknown });
  return {
    issuedKey,
    answers: new Map(answers.map(({ path, answer }) => [path, answer])),
    async setAlarms() {
      for (const [name, at] of Object.entries(alarms)) {
        if (at === null) continue;
        const stub = objectOf(name);
        await runInDurableObject(stub, (_, state) => state.storage.setAlarm(at));
        await evictDurableObject(stub);
      }
    },
  };
}
