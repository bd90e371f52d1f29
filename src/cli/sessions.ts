/** `cairn sessions` and `forget`: what agents' sessions did, and what is to be known of them no more. */
import { SummarySchema } from "../contract/items.ts";
import { EndedSchema, SessionViewSchema } from "../contract/sessions.ts";
import { shownProject } from "../memory/project-name.ts";
import { ageOf } from "../platform/time.ts";
import { ApiFailure, call, page } from "./api.ts";
import { confirm } from "./confirm.ts";
import { Failure } from "./failure.ts";
import { CAIRN } from "./installation.ts";
import { chosenProject } from "./project.ts";
import { sayJson, tellRows } from "./table.ts";
import type { Target } from "./target.ts";

type Say = (line: string) => void;

// What is shown, and no more: a server of another version has that too.
const SessionRow = SessionViewSchema.pick({
  session: true,
  state: true,
  events: true,
  person: true,
  project: true,
  last_event_at: true,
}).partial({ events: true, person: true, project: true });
const SummaryRow = SummarySchema.pick({ session: true, request: true, actor: true });

/** How many summaries are looked through for what sessions were asked: the most of one answer. */
const SUMMARIES = 100;

/** Lists the sessions of a project, with what each was asked last. */
export async function sessions(
  target: Target,
  options: { project?: string; state?: string; json: boolean },
  say: Say,
): Promise<void> {
  const { project, shown } = await chosenProject(options.project, target);
  const [{ items }, summaries] = await Promise.all([
    call(target, "sessions", page(SessionRow), { query: { project, state: options.state } }),
    call(target, "summaries", page(SummaryRow), { query: { project, limit: SUMMARIES } }),
  ]);
  const listed = items.map((item) => {
    const newest = summaries.items.find(({ session }) => session === item.session);
    return {
      ...item,
      project: item.project ?? project,
      person: item.person ?? newest?.actor ?? null,
      request: newest?.request ?? null,
    };
  });
  if (options.json) return sayJson(listed, say);
  if (listed.length === 0) return say(`No sessions in ${shown}.`);
  tellRows(
    ["AGE", "STATE", "PERSON", "SESSION", "PROJECT", "REQUEST"],
    listed.map((one) => [
      one.last_event_at === null ? "" : ageOf(Date.parse(one.last_event_at), Date.now()),
      one.state,
      one.person ?? "",
      one.session,
      shownProject(one.project),
      one.request ?? "",
    ]),
    say,
  );
}

/** A forgetting goes on by itself; it is asked after so often, and at most so long. */
const AGAIN_MS = 500;
const PATIENCE_MS = 60_000;

/** Removes a session and all that it taught. */
export async function forget(
  target: Target,
  named: string,
  flags: { project?: string; yes: boolean; json: boolean },
  say: Say,
): Promise<void> {
  const session = await wholeName(target, named, flags.project);
  if (!flags.yes) {
    await confirm(
      `This removes ${session} and all that it taught, for good. Type yes to go on: `,
      "yes",
    );
  }
  const ended = await untilEnded(target, session);
  if (flags.json) return sayJson(ended, say);
  const counts = Object.entries(ended.removed ?? {})
    .filter(([, count = 0]) => count > 0)
    .map(([what, count]) => `${count} ${what.replaceAll("_", " ")}`);
  say(`${session} is forgotten: ${counts.join(", ") || "nothing was kept of it"}.`);
}

/** `<agent>/<id>`, or where only an id or its beginning is given, the one session that has it. */
async function wholeName(
  target: Target,
  named: string,
  asked: string | undefined,
): Promise<string> {
  if (named.includes("/")) return named;
  const { project, shown } = await chosenProject(asked, target);
  const { items } = await call(target, "sessions", page(SessionRow), { query: { project } });
  const found = items.filter(({ session }) =>
    session.slice(session.indexOf("/") + 1).startsWith(named),
  );
  const [one] = found;
  if (one !== undefined && found.length === 1) return one.session;
  throw new Failure(
    `${found.length === 0 ? "no" : "more than one"} session of ${shown} begins with ${named}. ` +
      `Name it as this does: ${CAIRN} sessions`,
  );
}

async function untilEnded(target: Target, session: string) {
  const [agent = "", ...id] = session.split("/");
  const path = `sessions/${encodeURIComponent(agent)}/${encodeURIComponent(id.join("/"))}`;
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await call(target, path, EndedSchema, { method: "DELETE", query: { forget: "1" } });
    } catch (error) {
      const goesOn = error instanceof ApiFailure && error.code === "still_ending";
      if (!goesOn || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
