/** Whether anything is being processed, in all projects that the caller may reach. */
import { readConfig } from "../config.ts";
import type { Status } from "../contract/team.ts";
import type { CallContext } from "./call-context.ts";
import { askSessions } from "./live-sessions.ts";
import { eachProject, incompleteness } from "./projects.ts";
import { costOfEvents, providerStatuses } from "./providers.ts";

export async function status(call: CallContext): Promise<Status> {
  const found = await eachProject(call, (stub, _, reader) => stub.sessions(reader, {}));
  const open = found.answers
    .flatMap(({ answer }) => answer)
    .filter((session) => session.state !== "closed");
  const { views, approximate } = await askSessions(call, open);
  let depth = 0;
  let working = 0;
  for (const view of views) {
    if (view.live) depth += view.events.pending + view.events.leased + view.outbox;
    if (view.state === "active") working += 1;
  }
  const config = readConfig(call.env);
  return {
    providers: providerStatuses(config, views),
    per_1000_tool_events: costOfEvents(config),
    processing: working > 0,
    active_sessions: working,
    queue_depth: depth,
    approximate,
    ...incompleteness(found),
  };
}
