import { app } from "./app.ts";

/** Only what answers requests: whatever else the application can do, nobody reaches by an RPC session. */
export default { fetch: app.fetch } satisfies ExportedHandler<Env>;
export { ProjectObject } from "./durable/project/project-object.ts";
export { SessionObject } from "./durable/session/session-object.ts";
export { TeamObject } from "./durable/team/team-object.ts";
