/** A team: its keys, its projects, its budgets and what it used. One object per team. */
import { DurableObject } from "cloudflare:workers";
import initial from "../../../migrations/team/0001_initial.sql";
import type { ProjectRef } from "../../memory/contracts.ts";
import { Database } from "../database.ts";
import { replaceDeploymentKeys, type StoredKey, type Verification, verifyKey } from "./keys.ts";
import { findOrCreateProject, findProject, listProjects } from "./projects.ts";

const MIGRATIONS = [{ name: "0001_initial", sql: initial }];

export class TeamObject extends DurableObject<Env> {
  readonly #db: Database;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, MIGRATIONS);
  }

  /** Makes this the team's one deployment key, see `ensureKeys`. */
  ensureKey(keyId: string, secretHash: string): void {
    this.ensureKeys([{ id: keyId, secretHash }]);
  }

  /**
   * Makes these the team's deployment keys: those that are not listed any more are removed.
   * Creates the team. Writes nothing where nothing changed.
   */
  ensureKeys(keys: StoredKey[]): void {
    this.#db.migrate();
    replaceDeploymentKeys(this.#db, keys, Date.now());
  }

  /** Whether the team knows the key. Creates nothing. */
  verify(keyId: string, secretHash: string): Verification {
    if (!this.#db.exists()) return { ok: false };
    return verifyKey(this.#db, keyId, secretHash);
  }

  /** The number of a project, which gets the next one where it has none. */
  project(name: string): number {
    this.#db.migrate();
    return findOrCreateProject(this.#db, name, Date.now());
  }

  /** The number of a project, or null where the team has none of that name. Creates nothing. */
  findProject(name: string): number | null {
    return this.#db.exists() ? findProject(this.#db, name) : null;
  }

  /** All projects, in the order of their numbers. Creates nothing. */
  projects(): ProjectRef[] {
    return this.#db.exists() ? listProjects(this.#db) : [];
  }
}
