import { DurableObject } from "cloudflare:workers";
export class TeamObject extends DurableObject<Env> {}
