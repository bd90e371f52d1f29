/**
 * Builds what the package has instead of sources, in `dist`, and `npm-shrinkwrap.json`, which pins
 * what npm installs beside it. Run by `npm pack` and `npm publish` before they pack, and with
 * `--clean` after: in a checkout a shrinkwrap would take the place of the lock file.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { UPLOAD, uploadConfig } from "../../src/cli/deploy/upload.ts";
import { BUILT, ROOT } from "../../src/cli/installation.ts";
import { buildWorker, writeWorker } from "../../src/cli/server/worker-bundle.ts";
import { AGENTS } from "../../src/hooks/registry.ts";
import { licencesOf } from "./licences.ts";
import { shrinkwrap } from "./shrinkwrap.ts";

const SHRINKWRAP = join(ROOT, "npm-shrinkwrap.json");

/** Packages in the CommonJS form that are bundled find these, which ES modules do not have. */
const COMMONJS_NAMES = [
  'import { createRequire as cairnRequire } from "node:module";',
  "const require = cairnRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");

/**
 * Installed beside the bundle: the runtime's program. Not needed by what of Miniflare is used:
 * sharp (images). Used in clones alone: the bundler and wrangler.
 */
const EXTERNAL = ["workerd", "sharp", "esbuild", "wrangler"];

function readText(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), "utf8");
}

async function buildPackage(): Promise<void> {
  rmSync(BUILT, { recursive: true, force: true });
  mkdirSync(BUILT);
  const commandLine = await build({
    entryPoints: [join(ROOT, "src", "cli", "main.ts")],
    absWorkingDir: ROOT,
    outfile: join(BUILT, "cairn.js"),
    bundle: true,
    minify: true,
    keepNames: true,
    metafile: true,
    platform: "node",
    format: "esm",
    target: "node22.16",
    external: EXTERNAL,
    banner: { js: COMMONJS_NAMES },
    logLevel: "error",
  });
  const miniflare = dirname(createRequire(import.meta.url).resolve("miniflare"));
  cpSync(join(miniflare, "workers"), join(BUILT, "workers"), { recursive: true });

  for (const { connect } of AGENTS) {
    for (const source of pluginSources(connect)) {
      cpSync(join(ROOT, "src", "hooks", source), join(BUILT, "plugins", source));
    }
  }

  const worker = await buildWorker({ minify: true });
  await writeWorker(join(BUILT, UPLOAD.worker), worker.code);
  // What is deployed is the same file.
  writeFileSync(join(BUILT, UPLOAD.config), await uploadConfig());

  const inputs = [commandLine.metafile.inputs, worker.inputs].flatMap(Object.keys);
  writeFileSync(join(BUILT, "LICENSES.txt"), licencesOf(ROOT, inputs));
  writeFileSync(SHRINKWRAP, shrinkwrap(readText("package-lock.json")));
}

/** Files of plugins that `cairn connect` writes, below `src/hooks`. */
function pluginSources(connect: (typeof AGENTS)[number]["connect"]): readonly string[] {
  if (connect.kind !== "files") return [];
  const any = { url: "", mcpKey: "", settings: "", folder: "", projectScope: true };
  return connect
    .parts(any)
    .flatMap((part) => (part.kind === "own" && Array.isArray(part.content) ? part.content : []));
}

if (process.argv.includes("--clean")) rmSync(SHRINKWRAP, { force: true });
else await buildPackage();
