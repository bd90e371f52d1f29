/**
 * The team's projects: the only module that reads and writes the tables `projects`,
 * `project_aliases` and `departures`. A project is its number; names lead to it, one of which it
 * shows. Renaming moves no data.
 */
import type { ProjectRef } from "../../memory/delivery.ts";
import type { Database } from "../../platform/database.ts";

/** The project that a name leads to, by the name that it shows; null where none does. */
export function locateProject(db: Database, name: string): ProjectRef | null {
  return db.one<{ name: string; number: number }>(
    `SELECT name, number FROM projects WHERE number = coalesce(
       (SELECT number FROM projects WHERE name = ?1),
       (SELECT number FROM project_aliases WHERE name = ?1))`,
    name,
  );
}

/** Finds the project or gives it the next number, counted from 1. */
export function openProject(db: Database, name: string, now: number): ProjectRef {
  return db.transaction(() => {
    const known = locateProject(db, name);
    if (known !== null) return known;
    const next = db.one<{ number: number }>(
      `SELECT max(coalesce((SELECT max(number) FROM projects), 0),
         coalesce((SELECT max(number) FROM departures), 0)) + 1 AS number`,
    );
    const number = next?.number ?? 1;
    db.run("INSERT INTO projects (number, name, created_at) VALUES (?, ?, ?)", number, name, now);
    return { name, number };
  });
}

/** All projects but those that are being deleted, in the order of their numbers. */
export function listProjects(db: Database): ProjectRef[] {
  return db.all<{ name: string; number: number }>(
    `SELECT name, number FROM projects
     WHERE number NOT IN (SELECT number FROM departures WHERE into_number IS NULL) ORDER BY number`,
  );
}

/** `taken`: the name leads to another project. `leaving`: it is being merged or deleted. */
export type RenameOutcome = "renamed" | "unknown" | "taken" | "leaving";

/** The project is shown by another name; the old one goes on leading to it. May be repeated. */
export function renameProject(db: Database, number: number, name: string): RenameOutcome {
  return db.transaction(() => {
    const old = nameOf(db, number);
    if (old === null) return "unknown";
    if (isLeaving(db, number)) return "leaving";
    const holder = locateProject(db, name);
    if (holder !== null && holder.number !== number) return "taken";
    if (old === name) return "renamed";
    db.run("DELETE FROM project_aliases WHERE name = ?", name);
    db.run("UPDATE projects SET name = ? WHERE number = ?", name, number);
    db.run("INSERT INTO project_aliases (name, number) VALUES (?, ?)", old, number);
    return "renamed";
  });
}

/** `busy`: one of the two is part of another merge, or is being deleted. */
export type DepartureOutcome = "begun" | "unknown" | "busy";

/**
 * A project is about to be merged into another one, or deleted (`into` null). Its names lead to it
 * until `finishDeparture`. May be repeated.
 */
export function beginDeparture(
  db: Database,
  number: number,
  into: number | null,
): DepartureOutcome {
  return db.transaction(() => {
    if (nameOf(db, number) === null) return "unknown";
    if (into !== null && (into === number || nameOf(db, into) === null)) return "unknown";
    const begun = db.one<{ into_number: number | null }>(
      "SELECT into_number FROM departures WHERE number = ?",
      number,
    );
    if (begun !== null) return begun.into_number === into ? "begun" : "busy";
    const others = db.one(
      `SELECT 1 FROM departures WHERE left_at IS NULL AND (into_number = ?1 OR number = ?2)`,
      number,
      into,
    );
    if (others !== null) return "busy";
    db.run("INSERT INTO departures (number, into_number) VALUES (?, ?)", number, into);
    return "begun";
  });
}

/**
 * Everything of the project is where it should be: its names lead to the one that took it over
 * (`shift` is what was added to the numbers of its items), or are free again. May be repeated.
 */
export function finishDeparture(
  db: Database,
  number: number,
  shift: number | null,
  now: number,
): void {
  db.transaction(() => {
    const departure = db.one<{ into_number: number | null; left_at: number | null }>(
      "SELECT into_number, left_at FROM departures WHERE number = ?",
      number,
    );
    if (departure === null || departure.left_at !== null) return;
    const { into_number: into } = departure;
    if (into === null) {
      db.run("DELETE FROM project_aliases WHERE number = ?", number);
    } else {
      db.run("UPDATE project_aliases SET number = ? WHERE number = ?", into, number);
      db.run(
        "INSERT INTO project_aliases (name, number) SELECT name, ?1 FROM projects WHERE number = ?2",
        into,
        number,
      );
    }
    db.run("DELETE FROM projects WHERE number = ?", number);
    db.run("UPDATE departures SET shift = ?, left_at = ? WHERE number = ?", shift, now, number);
  });
}

/** Where an item of a project that was merged is now; null where it was never merged. */
export function successorOf(
  db: Database,
  number: number,
): { project: ProjectRef; shift: number } | null {
  let at = number;
  let shift = 0;
  for (;;) {
    const next = db.one<{ into_number: number; shift: number }>(
      "SELECT into_number, shift FROM departures WHERE number = ? AND shift IS NOT NULL",
      at,
    );
    if (next === null) break;
    at = next.into_number;
    shift += next.shift;
  }
  const name = at === number ? null : nameOf(db, at);
  return name === null ? null : { project: { name, number: at }, shift };
}

function nameOf(db: Database, number: number): string | null {
  return (
    db.one<{ name: string }>("SELECT name FROM projects WHERE number = ?", number)?.name ?? null
  );
}

function isLeaving(db: Database, number: number): boolean {
  return db.one("SELECT 1 FROM departures WHERE number = ? AND left_at IS NULL", number) !== null;
}
