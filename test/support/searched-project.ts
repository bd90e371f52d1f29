/** A project with observations in it, and a way to search them. */
import type { NewObservation } from "../../src/memory/observation.ts";
import { delivery, freshProject, NOW, observation, PROJECT } from "./project-fixture.ts";
import { READER } from "./reader.ts";

export const FIND = { project: PROJECT, filters: {}, limit: 20, now: NOW };

export async function projectWith(...observations: Partial<NewObservation>[]) {
  const project = freshProject();
  const all = observations.map(observation);
  // What a session observed it delivers itself.
  for (const session of new Set(all.map((one) => one.session))) {
    const own = all.filter((one) => one.session === session);
    await project.deliver({
      project: PROJECT,
      delivery: { ...delivery(1, { observations: own }), session },
    });
  }
  const ids = async (q: string, filters = {}) =>
    (await project.search(READER, { ...FIND, q, filters })).items.map(({ id }) => id);
  return { project, ids };
}
