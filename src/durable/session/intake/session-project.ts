/** Which project a session belongs to, as its hooks tell it, and its move once a surer one is told. */
import { isFolderProject, isSurer, type ProjectSource } from "../../../memory/project-name.ts";
import type { Move } from "../outbox/payload.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import type { Sender } from "./intake.ts";

/** A project, as a sender tells it. */
export interface ToldProject {
  name: string;
  from: ProjectSource;
}

/** What the sender knows of its project. */
export function toldProject(sender: Sender): ToldProject {
  const { project } = sender;
  if (project === null) return { name: sender.folderProject, from: sender.folderFrom ?? "person" };
  // The name of a folder that somebody sends is no surer than one that we made.
  const from = isFolderProject(project) ? "machine" : (sender.projectFrom ?? "remote");
  return { name: project, from };
}

/** What named the session's project; of sessions of the first release, its form tells. */
function projectFrom({ project, projectFrom }: SessionRow): ProjectSource {
  return projectFrom ?? (isFolderProject(project) ? "person" : "remote");
}

/** The told project, where it is surer than the session's own; else null. */
export function surerProject(row: SessionRow, told: ToldProject): ToldProject | null {
  // A session that is being forgotten has nothing left to take along.
  const mayMove = row.ending === null && !row.forgotten;
  return mayMove && isSurer(told.from, projectFrom(row)) ? told : null;
}

/**
 * The session belongs to another project than we thought: what it delivered goes to the new one
 * first, then leaves the old one, under a new generation, so that nothing late is applied there.
 */
export function moveProject(
  store: SessionStore,
  row: SessionRow,
  { name: project, from }: ToldProject,
  now: number,
): void {
  store.session.update({ projectFrom: from });
  if (project === row.project) return;
  const generation = row.generation + 1;
  store.session.update({ project, generation, announcedState: null, pointsTold: null });
  if (!store.outbox.everDelivered() && row.announcedState === null) return;
  store.outbox.adoptDeliveries(generation, project);
  const common = { generation, batch: null };
  const payload = JSON.stringify({ from: row.project } satisfies Move);
  store.outbox.add({ ...common, kind: "move", project, payload }, now);
  store.outbox.add({ ...common, kind: "retract", project: row.project, payload: "{}" }, now);
}
