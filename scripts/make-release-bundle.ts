/**
 * Writes `test/fixtures/releases/v<version>.js.gz`: the Worker as it is deployed with this version,
 * in one file, only without its white space. Later versions are tested against it (see
 * test/local/releases.test.ts). To be run in the commit that is tagged:
 *
 *   npm run release:bundle
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { ROOT } from "../src/cli/installation.ts";
import { bundleWorker } from "../src/cli/server/worker-bundle.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
};
const folder = mkdtempSync(join(tmpdir(), "cairn-bundle-"));
try {
  const bundle = readFileSync(join(folder, await bundleWorker(folder)), "utf8");
  const { code } = await transform(bundle, {
    format: "esm",
    target: "es2024",
    minifyWhitespace: true,
  });
  const releases = join(ROOT, "test", "fixtures", "releases");
  mkdirSync(releases, { recursive: true });
  const file = join(releases, `v${version}.js.gz`);
  writeFileSync(file, gzipSync(code, { level: 9 }));
  console.log(`wrote ${file}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
