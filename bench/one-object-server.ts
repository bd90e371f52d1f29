/** A runtime that serves one Worker with one class of objects: bundled, started, answering. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { untilReady } from "../src/cli/server/port.ts";
import { type ProcessGroup, startProcessGroup } from "../src/cli/server/process-group.ts";
import { workerdBinary } from "../test/support/workerd.ts";
import { oneObjectConfig } from "./one-object-config.ts";

const READY_TIMEOUT_MS = 10_000;

export interface OneObjectWorker {
  /** Absolute path of the Worker's source, which answers to every path. */
  entry: string;
  binding: string;
  className: string;
  port: number;
  /** Another clone whose `src` is served instead of this one's. */
  clone?: string;
}

/** Resolves what a bench's Worker takes from `../../src/` to the other clone's. */
function sourcesOf(clone: string, entry: string): Plugin {
  return {
    name: "sources of another clone",
    setup(building) {
      building.onResolve({ filter: /^\.\.\/\.\.\/src\// }, ({ path, importer }) =>
        importer === entry ? { path: join(clone, path.replace(/^(?:\.\.\/)+/, "")) } : null,
      );
    },
  };
}

/** Starts it on 127.0.0.1, with its databases in `folder`. Throws where it does not answer. */
export async function startOneObject(
  folder: string,
  { entry, port, clone, ...object }: OneObjectWorker,
): Promise<ProcessGroup> {
  const objects = join(folder, "objects");
  mkdirSync(objects, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    loader: { ".sql": "text" },
    external: ["cloudflare:*"],
    plugins: clone === undefined ? [] : [sourcesOf(clone, entry)],
    logLevel: "silent",
  });
  const config = join(folder, "bench.capnp");
  writeFileSync(config, oneObjectConfig({ port, objects, module: "worker.js", ...object }));
  const runtime = await startProcessGroup(workerdBinary(), ["serve", config], {
    PATH: process.env.PATH,
  });
  const url = `http://127.0.0.1:${port}`;
  if (await untilReady(url, READY_TIMEOUT_MS)) return runtime;
  await runtime.stop();
  throw new Error(`nothing answers at ${url}`);
}
