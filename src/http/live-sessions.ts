/** Asks sessions how they are, beyond what they last told their project. */
import type { KnownSession } from "../durable/project/shapes.ts";
import type { SessionView } from "../durable/session/session-view.ts";
import { parseSessionPath, sessionObjectName } from "../identity/session-name.ts";

/** So many open sessions are asked live; beyond that an answer is approximate (DESIGN section 5). */
export const LIVE_SESSIONS_MAX = 32;

/** A session as far as it is known: asked live, or as it last told its project. */
export type ListedSession =
  | (SessionView & { live: true })
  | { session: string; state: KnownSession["state"]; last_event_at: string | null; live: false };

/** The views of open sessions, asked side by side, and of the rest as they were last announced. */
export async function askSessions(
  env: Env,
  team: string,
  known: readonly KnownSession[],
): Promise<{ views: ListedSession[]; approximate: boolean }> {
  const open = known.filter((session) => session.state !== "closed");
  const closed = known.filter((session) => session.state === "closed");
  const first = [...open, ...closed].slice(0, LIVE_SESSIONS_MAX);
  const asked = new Set(first.map((session) => session.session));
  const views = await Promise.all(
    known.map(async (session): Promise<ListedSession> => {
      const told = {
        session: session.session,
        state: session.state,
        last_event_at:
          session.last_event_at === null ? null : new Date(session.last_event_at).toISOString(),
        live: false as const,
      };
      if (!asked.has(session.session)) return told;
      const view = await viewOf(env, team, session.session);
      return view === null ? told : { ...view, live: true };
    }),
  );
  return { views, approximate: open.length > LIVE_SESSIONS_MAX };
}

async function viewOf(env: Env, team: string, session: string): Promise<SessionView | null> {
  const name = parseSessionPath(session);
  if (name === null) return null;
  try {
    return await env.SESSIONS.getByName(sessionObjectName({ team, ...name })).view();
  } catch {
    // One session that does not answer must not hide the others.
    return null;
  }
}
