/** The team's projects: the only module that reads and writes the table `projects`. */
import type { ProjectRef } from "../../memory/delivery.ts";
import type { Database } from "../../platform/database.ts";

/** The number of a project, or null where the team has none of that name. */
export function findProject(db: Database, name: string): number | null {
  return (
    db.one<{ number: number }>("SELECT number FROM projects WHERE name = ?", name)?.number ?? null
  );
}

/** Finds the project or gives it the next number, counted from 1. */
export function findOrCreateProject(db: Database, name: string, now: number): number {
  return db.transaction(() => {
    const known = findProject(db, name);
    if (known !== null) return known;
    const next = db.one<{ number: number }>(
      "SELECT coalesce(max(number), 0) + 1 AS number FROM projects",
    );
    const number = next?.number ?? 1;
    db.run("INSERT INTO projects (number, name, created_at) VALUES (?, ?, ?)", number, name, now);
    return number;
  });
}

/** All projects, in the order of their numbers. */
export function listProjects(db: Database): ProjectRef[] {
  return db.all<{ name: string; number: number }>(
    "SELECT name, number FROM projects ORDER BY number",
  );
}
