/** What stands beside the Worker's file: how Miniflare runs it, and which schemas it knows. */
import { readFileSync } from "node:fs";

/** The kinds of objects, as their folders of migrations are called. */
export const OBJECT_KINDS = ["project", "session", "team"] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** How many migrations each kind of object has. */
export type SchemaVersions = Record<ObjectKind, number>;

export interface WorkerAbout {
  /** What `wrangler.toml` says of bindings, variables and dates, as Miniflare takes it. */
  options: object;
  schema: SchemaVersions;
}

export function aboutFile(worker: string): string {
  return `${worker}.json`;
}

/** Trusted: the build of the same installation wrote it. */
export function readAbout(worker: string): WorkerAbout {
  return JSON.parse(readFileSync(aboutFile(worker), "utf8")) as WorkerAbout;
}
