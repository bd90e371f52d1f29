/** Asks sessions how they are, beyond what they last told their project. */
import { type Caller, readerOf } from "../access/caller.ts";
import type { KnownSession } from "../contract/items.ts";
import type { SessionObject } from "../durable/session/session-object.ts";
import type { SessionView } from "../durable/session/view/session-view.ts";
import { parseSessionPath, sessionObjectName } from "../memory/session-name.ts";

/** So many open sessions are asked live; beyond that an answer is approximate (DESIGN section 5). */
export const LIVE_SESSIONS_MAX = 32;

/** Sessions that are asked at once. */
const SIDE_BY_SIDE = 16;

/** A session as far as it is known: asked live, or as it last told its project. */
export type ListedSession =
  | (SessionView & { live: true })
  | { session: string; state: KnownSession["state"]; last_event_at: string | null; live: false };

/** The views of open sessions, asked side by side, and of the rest as they were last announced. */
export async function askSessions(
  env: Env,
  caller: Caller,
  known: readonly KnownSession[],
): Promise<{ views: ListedSession[]; approximate: boolean }> {
  const open = known.filter((session) => session.state !== "closed");
  const closed = known.filter((session) => session.state === "closed");
  const first = [...open, ...closed].slice(0, LIVE_SESSIONS_MAX);
  const asked = new Set(first.map((session) => session.session));
  const views = await eachSession(
    env,
    caller,
    [...asked],
    async (stub) => await stub.view(readerOf(caller), {}),
  );
  const byName = new Map(first.map((session, i) => [session.session, views[i] ?? null]));
  return {
    views: known.map((session): ListedSession => {
      const view = byName.get(session.session) ?? null;
      if (view !== null) return { ...view, live: true };
      return {
        session: session.session,
        state: session.state,
        last_event_at:
          session.last_event_at === null ? null : new Date(session.last_event_at).toISOString(),
        live: false,
      };
    }),
    approximate: open.length > LIVE_SESSIONS_MAX,
  };
}

/** Asks sessions by name, some at once; null for one that does not answer: it must not hide the others. */
export async function eachSession<T>(
  env: Env,
  caller: Caller,
  names: readonly string[],
  ask: (stub: DurableObjectStub<SessionObject>, session: string) => Promise<T>,
): Promise<(T | null)[]> {
  const answers: (T | null)[] = [];
  for (let at = 0; at < names.length; at += SIDE_BY_SIDE) {
    const group = names.slice(at, at + SIDE_BY_SIDE).map(async (path) => {
      const name = parseSessionPath(path);
      if (name === null) return null;
      try {
        return await ask(
          env.SESSIONS.getByName(sessionObjectName({ team: caller.team, ...name })),
          path,
        );
      } catch {
        return null;
      }
    });
    answers.push(...(await Promise.all(group)));
  }
  return answers;
}
