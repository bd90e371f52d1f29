/**
 * The Worker in one file for the open-source runtime, with the bindings of `wrangler.toml` beside it:
 * in a clone bundled once per state of the sources, in the package built before it was packed.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, relative } from "node:path";
import type { Metafile, Plugin } from "esbuild";
import { Failure } from "../failure.ts";
import { BUILT, IS_CLONE, ROOT } from "../installation.ts";
import { aboutFile, OBJECT_KINDS, type SchemaVersions, type WorkerAbout } from "./worker-about.ts";

/** To be raised when the options below change, so that older bundles are not taken. */
const BUNDLE_VERSION = 4;

/** Packages may ask for Node's modules by bare names, and by `require`, which the runtime lacks. */
const nodeModules: Plugin = {
  name: "node-modules",
  setup(build) {
    const bare = new RegExp(`^(?:node:)?(?:${builtinModules.join("|")})$`);
    build.onResolve({ filter: bare }, ({ path, kind }) => {
      const prefixed = path.startsWith("node:") ? path : `node:${path}`;
      if (kind === "require-call") return { path: prefixed, namespace: "required-node-module" };
      return { path: prefixed, external: true };
    });
    build.onLoad({ filter: /.*/, namespace: "required-node-module" }, ({ path }) => ({
      contents: `import module from "${path}"; export default module; export * from "${path}";`,
    }));
  },
};

/** Names the state of everything that goes into the bundle. */
function sourceHash(): string {
  const hash = createHash("sha256").update(`bundle ${BUNDLE_VERSION}\n`);
  const files = ["package-lock.json", "wrangler.toml"];
  for (const folder of ["src", "migrations"]) {
    const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (entry.isFile()) files.push(relative(ROOT, join(entry.parentPath, entry.name)));
    }
  }
  for (const file of files.sort()) {
    if (file.startsWith(join("src", "cli"))) continue;
    hash
      .update(`${file}\n`)
      .update(readFileSync(join(ROOT, file)))
      .update("\n");
  }
  return hash.digest("hex").slice(0, 16);
}

/** The Worker's file by its absolute path, with what `readAbout` reads beside it. */
export async function workerFile(folder: string): Promise<string> {
  return IS_CLONE ? join(folder, await bundleWorker(folder)) : join(BUILT, "worker.js");
}

/**
 * Writes the bundle into `folder` unless it is there, removes older ones, and returns its file name.
 * Throws a `Failure` with esbuild's message, which names the file and the line.
 */
export async function bundleWorker(folder: string): Promise<string> {
  const name = `worker-${sourceHash()}.js`;
  if (existsSync(join(folder, name))) return name;
  const { code } = await buildWorker({ minify: false });
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith("worker-")) rmSync(join(folder, entry));
  }
  await writeWorker(join(folder, name), code);
  return name;
}

/** Bundles the Worker of this clone. `inputs` says what went into it. */
export async function buildWorker(options: {
  minify: boolean;
}): Promise<{ code: Uint8Array; inputs: Metafile["inputs"] }> {
  // Imported only here: a restart does not need it.
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [join(ROOT, "src", "index.ts")],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".sql": "text" },
    external: ["cloudflare:*"],
    plugins: [nodeModules],
    logLevel: "silent",
    minify: options.minify,
    // Errors are told apart by their names.
    keepNames: options.minify,
  }).catch((error: Error) => {
    throw new Failure(`the Worker cannot be bundled. ${error.message}`);
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Failure("the Worker cannot be bundled: nothing came out.");
  return { code: file.contents, inputs: result.metafile.inputs };
}

/** Writes a bundle, and beside it what `readAbout` reads. */
export async function writeWorker(file: string, code: Uint8Array): Promise<void> {
  const about: WorkerAbout = { options: await workerOptions(), schema: countMigrations() };
  writeWhole(aboutFile(file), JSON.stringify(about));
  writeWhole(file, code);
}

/** A start that is killed half-way leaves no half file. */
function writeWhole(file: string, contents: string | Uint8Array): void {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, file);
}

/** What `wrangler.toml` says of bindings, variables and dates, as Miniflare takes it. */
async function workerOptions(): Promise<WorkerAbout["options"]> {
  const { unstable_getMiniflareWorkerOptions: read } = await import("wrangler");
  const { workerOptions: options } = read(join(ROOT, "wrangler.toml"));
  // The bundle has all modules in it, so nothing is to be found by rules or beside the sources.
  const { modulesRules: _rules, rootPath: _root, ...rest } = options;
  return { ...rest, name: "cairn" };
}

function countMigrations(): SchemaVersions {
  const count = (kind: string) =>
    readdirSync(join(ROOT, "migrations", kind)).filter((file) => /^\d{4}_/.test(file)).length;
  const [project = 0, session = 0, team = 0] = OBJECT_KINDS.map(count);
  return { project, session, team };
}
