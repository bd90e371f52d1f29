/** What is deployed: the Worker in one file, and beside it the configuration that wrangler reads. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BUILT, IS_CLONE, ROOT } from "../installation.ts";
import { buildWorker } from "../server/worker-bundle.ts";

/** The names of both files, in the package as in the folder that is deployed from. */
export const UPLOAD = { worker: "worker.js", config: "wrangler.json" } as const;

const ConfigSchema = z.looseObject({
  name: z.string(),
  vars: z.record(z.string(), z.string()).default({}),
});

/** `wrangler.toml` for a Worker that is built: its text as JSON. For clones. */
export async function uploadConfig(): Promise<string> {
  const { experimental_readRawConfig: read } = await import("wrangler");
  const { rawConfig } = read({ config: join(ROOT, "wrangler.toml") });
  const { minify: _minify, keep_names: _names, ...rest } = rawConfig;
  return JSON.stringify({ ...rest, main: UPLOAD.worker, no_bundle: true }, null, 2);
}

/** What one deployment has of its own. */
export interface Deployment {
  /** Name of the Worker, and so the first part of its address. */
  name: string;
  /** Variables beside those of wrangler.toml. */
  vars: Record<string, string>;
  /** With the platform's binding for models, which would keep `wrangler dev` from starting offline. */
  workersAi: boolean;
}

/** Writes both files into `folder`. Returns the path of the configuration. */
export async function prepareUpload(folder: string, deployment: Deployment): Promise<string> {
  const worker = join(folder, UPLOAD.worker);
  if (IS_CLONE) writeFileSync(worker, (await buildWorker({ minify: true })).code);
  else copyFileSync(join(BUILT, UPLOAD.worker), worker);
  const text = IS_CLONE ? await uploadConfig() : readFileSync(join(BUILT, UPLOAD.config), "utf8");
  const config = ConfigSchema.parse(JSON.parse(text));
  const path = join(folder, UPLOAD.config);
  const own = {
    ...config,
    name: deployment.name,
    vars: { ...config.vars, ...deployment.vars },
    ...(deployment.workersAi && { ai: { binding: "AI" } }),
  };
  writeFileSync(path, JSON.stringify(own));
  return path;
}
