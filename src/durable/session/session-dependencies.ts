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
  /** The number of a project, made where there is none. Known for at most 30 s, unless `fresh`. */
  projectNumber(team: string, name: string, fresh?: boolean): Promise<number>;
  /** The number of the project that a name leads to now; null where it leads to none. */
  knownProject(team: string, name: string): Promise<number | null>;
  /** Where a merged project's items are, and what was added to their numbers; null: not merged. */
  successor(team: string, number: number): Promise<{ number: number; shift: number } | null>;
  project(team: string, number: number): DurableObjectStub<ProjectObject>;
}
