/** What stands in a Worker that is deployed, which its next deployment has to keep. */
import { z } from "zod";
import type { Wrangler } from "./wrangler.ts";

const StatusSchema = z.looseObject({
  versions: z.array(z.looseObject({ version_id: z.string(), percentage: z.number() })).min(1),
});
const VersionSchema = z.looseObject({
  resources: z.looseObject({ bindings: z.array(z.looseObject({ type: z.string() })) }),
});

/** True where the version that serves most has the binding for models; null where nobody can say. */
export async function hasWorkersAi(wrangler: Wrangler, name: string): Promise<boolean | null> {
  const status = await ask(wrangler, StatusSchema, ["deployments", "status", "--name", name]);
  const [newest] = status?.versions.toSorted((a, b) => b.percentage - a.percentage) ?? [];
  if (newest === undefined) return null;
  const view = ["versions", "view", newest.version_id, "--name", name];
  const version = await ask(wrangler, VersionSchema, view);
  return version?.resources.bindings.some(({ type }) => type === "ai") ?? null;
}

async function ask<T extends z.ZodType>(
  wrangler: Wrangler,
  schema: T,
  args: string[],
): Promise<z.infer<T> | null> {
  const { code, output } = await wrangler.ask([...args, "--json"]);
  if (code !== 0) return null;
  try {
    return schema.safeParse(JSON.parse(output.slice(output.indexOf("{")))).data ?? null;
  } catch {
    return null;
  }
}
