/** Projects that sessions taught something, named as tests need them. */
import { env } from "cloudflare:workers";
import type { NewObservation } from "../../src/memory/observation.ts";
import { delivery, observation, prompt, summary } from "./project-fixture.ts";

/** A repository that no other test knows, in several spellings. */
export function freshRemote() {
  const name = crypto.randomUUID();
  return {
    scp: `git@github.com:Acme/${name}.git`,
    https: `https://github.com/acme/${name}`,
    name: `github.com/acme/${name}`,
  };
}

/** What sessions taught a project, one delivery for each. */
export async function teach(name: string, observations: Partial<NewObservation>[], team = "local") {
  const number = await env.TEAMS.getByName(team).project({ name });
  const project = { name, number };
  const stub = env.PROJECTS.getByName(`${team}/${number}`);
  await stub.deliver({
    project,
    delivery: delivery(1, {
      prompts: [prompt({ text: "Make the client polite" })],
      observations: observations.map(observation),
      summaries: [summary({ request: "Make the client polite", next_steps: "Release it" })],
    }),
  });
  return { number, stub, project };
}

/** As many different observations about one word. */
export function many(count: number, word: string): Partial<NewObservation>[] {
  return Array.from({ length: count }, (_, i) => ({
    type: "change" as const,
    title: `The ${word} of module number${i} was moved behind gate${i * 7}`,
    narrative: `Module number${i} calls its ${word} from gate${i * 7} with limit ${i * 13}.`,
    files_modified: [`src/modules/number${i}/${word}.ts`],
    sources: [`tool:t${i}`],
  }));
}
