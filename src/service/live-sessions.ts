/** Asks sessions how they are, beyond what they last told their project. */

import { readerOf } from "../access/caller.ts";
import type { KnownSession } from "../contract/calls.ts";
import type { ListedSession } from "../contract/sessions.ts";
import type { SessionObject } from "../durable/session/session-object.ts";
import { parseSessionPath } from "../memory/session-name.ts";
import { isoTime } from "../platform/time.ts";
import type { CallContext } from "./call-context.ts";
import { type ObjectGate, sessionObject } from "./objects.ts";

/** So many open sessions are asked live; beyond that an answer is approximate. */
const LIVE_SESSIONS_MAX = 32;

/** Sessions that are asked at once. */
const SIDE_BY_SIDE = 16;

/** The views of open sessions, asked side by side, and of the rest as they were last announced. */
export async function askSessions(
  call: CallContext,
  known: readonly KnownSession[],
): Promise<{ views: ListedSession[]; approximate: boolean }> {
  const open = known.filter((session) => session.state !== "closed");
  const closed = known.filter((session) => session.state === "closed");
  const first = [...open, ...closed].slice(0, LIVE_SESSIONS_MAX);
  const asked = new Set(first.map((session) => session.session));
  const reader = readerOf(call.caller);
  const views = await eachSession(call, [...asked], (session) =>
    session.repeatable((stub) => stub.view(reader, {})),
  );
  const byName = new Map(first.map((session, i) => [session.session, views[i] ?? null]));
  return {
    views: known.map(({ session, state, last_event_at }): ListedSession => {
      const view = byName.get(session) ?? null;
      if (view !== null) return { ...view, live: true };
      const at = last_event_at === null ? null : isoTime(last_event_at);
      return { session, state, last_event_at: at, live: false };
    }),
    approximate: open.length > LIVE_SESSIONS_MAX,
  };
}

/** Asks sessions by name, some at once; null for one that does not answer: it must not hide the others. */
export async function eachSession<Answer>(
  call: CallContext,
  names: readonly string[],
  ask: (session: ObjectGate<SessionObject>, name: string) => Promise<Answer>,
): Promise<(Answer | null)[]> {
  const answers: (Answer | null)[] = [];
  for (let at = 0; at < names.length; at += SIDE_BY_SIDE) {
    const group = names.slice(at, at + SIDE_BY_SIDE).map(async (path) => {
      const name = parseSessionPath(path);
      if (name === null) return null;
      try {
        return await ask(sessionObject(call.env, { team: call.caller.team, ...name }), path);
      } catch {
        return null;
      }
    });
    answers.push(...(await Promise.all(group)));
  }
  return answers;
}
