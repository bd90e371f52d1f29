/** Numbers of projects, as the TeamObject gives them to names. */
import type { TeamObject } from "../../team/team-object.ts";

/** A project's number may be cached this long. */
const NUMBER_CACHE_MS = 30_000;

export class ProjectNumbers {
  readonly #team: (name: string) => DurableObjectStub<TeamObject>;
  readonly #known = new Map<string, { number: number; until: number }>();

  constructor(team: (name: string) => DurableObjectStub<TeamObject>) {
    this.#team = team;
  }

  /** The project that a name leads to, made where there is none. `fresh`: asked again. */
  async open(team: string, name: string, fresh: boolean): Promise<number> {
    const now = Date.now();
    const known = this.#known.get(name);
    if (known !== undefined && known.until > now && !fresh) return known.number;
    const number = await this.#team(team).project({ name });
    this.#known.set(name, { number, until: now + NUMBER_CACHE_MS });
    return number;
  }

  /** Where the items of a project are that was merged into another one; null where it was not. */
  async successor(team: string, number: number): Promise<{ number: number; shift: number } | null> {
    const next = await this.#team(team).successor({ number });
    return next === null ? null : { number: next.project.number, shift: next.shift };
  }

  /** The project that a name leads to now; null where it leads to none. */
  async find(team: string, name: string): Promise<number | null> {
    return await this.#team(team).findProject({ name });
  }
}
