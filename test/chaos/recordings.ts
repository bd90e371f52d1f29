/** What the clients send: recorded sessions, multiplied under new ids. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type RecordedHook, readRecording } from "../../src/cli/replay/recording.ts";

/** One session as a client sends it. */
export interface SessionScript {
  /** The agent's session id, new in each run. */
  id: string;
  /** `claude-code/<id>`. */
  path: string;
  hooks: RecordedHook[];
  project: string;
  /** Hooks before this one name no project: the session starts in a folder's and moves. */
  projectFrom: number;
}

const PROJECTS = ["github.com/chaos/quarry", "github.com/chaos/harbour"];
/** Share of sessions whose project is known only later. */
const MOVING_SHARE = 0.25;

/** All recordings of a folder, or one file. Throws where there are none. */
export function readRecordings(data: string): RecordedHook[][] {
  if (!existsSync(data)) throw new Error(`${data} is not there: name recordings with --data`);
  const files = statSync(data).isDirectory()
    ? readdirSync(data)
        .filter((name) => name.endsWith(".jsonl"))
        .sort()
        .map((name) => join(data, name))
    : [data];
  const recordings = files.map((file) => readRecording(readFileSync(file, "utf8")).hooks);
  if (recordings.length === 0) throw new Error(`${data} holds no recordings (*.jsonl)`);
  return recordings;
}

/** Sessions until there are at least `hooks` hooks in all, at least one for each client. */
export function sessionScripts(
  recordings: RecordedHook[][],
  hooks: number,
  clients: number,
  random: () => number,
): SessionScript[] {
  const scripts: SessionScript[] = [];
  let count = 0;
  for (let i = 0; count < hooks || scripts.length < clients; i += 1) {
    const recording = recordings[i % recordings.length] ?? [];
    const id = `chaos-${i + 1}-${Math.floor(random() * 2 ** 32).toString(36)}`;
    const moves = random() < MOVING_SHARE;
    scripts.push({
      id,
      path: `claude-code/${id}`,
      hooks: recording.map((hook) => ({ ...hook, payload: { ...hook.payload, session_id: id } })),
      project: PROJECTS[Math.floor(random() * PROJECTS.length)] ?? "",
      projectFrom: moves ? Math.floor(random() * recording.length) : 0,
    });
    count += recording.length;
  }
  return scripts;
}
