export { app as default } from "./app.ts";
export { ProjectObject } from "./durable/project/project-object.ts";
export { SessionObject } from "./durable/session/session-object.ts";
export { TeamObject } from "./durable/team/team-object.ts";
