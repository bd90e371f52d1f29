/** What a session's work needs from outside, passed in so that tests can stand in for none of our own. */
import type { Provider } from "../../agent/provider.ts";
import type { ProjectObject } from "../project/project-object.ts";
import type { TeamObject } from "../team/team-object.ts";

export interface SessionDependencies {
  /** First choice first. */
  chain: readonly Provider[];
  /** Names this life of the object: leases of an earlier life are abandoned. */
  owner: string;
  retentionMs: number;
  now(): number;
  /** In [0, 1). */
  random(): number;
  team(name: string): DurableObjectStub<TeamObject>;
  /** The number of a project, made where there is none. Known for at most 30 s. */
  projectNumber(team: string, name: string): Promise<number>;
  project(team: string, number: number): DurableObjectStub<ProjectObject>;
}
