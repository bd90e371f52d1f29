import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../../src/cli/installation.ts";

const LockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

const ManifestSchema = z.object({ allowScripts: z.record(z.string(), z.boolean()) });

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

describe("the lock file", () => {
  const { packages } = LockSchema.parse(JSON.parse(read("package-lock.json")));

  it("has the hash of every package, those of other systems included", () => {
    const unverified = Object.entries(packages)
      .filter(([path, entry]) => path.startsWith("node_modules/") && entry.link !== true)
      .filter(([, { integrity }]) => !integrity?.startsWith("sha512-"));
    expect(unverified).toEqual([]);
    // What is not from a registry is in the repository.
    const local = Object.keys(packages).filter((path) => !path.includes("node_modules/"));
    expect(local).toEqual(["", "tools/node"]);
  });

  it("is all that is installed: no package may run a script that could fetch more", () => {
    // Not by `ignore-scripts`, which would also skip what `npm pack` builds.
    const { allowScripts } = ManifestSchema.parse(JSON.parse(read("package.json")));
    const withScripts = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path.replace(/^.*node_modules\//, "")] : [],
    );
    expect(withScripts).not.toEqual([]);
    for (const name of withScripts) expect(allowScripts[name]).toBe(false);
  });

  it("brings the same Node to each system", () => {
    const version = read(".node-version").trim();
    for (const system of ["linux-arm64", "linux-x64", "win-x64"]) {
      expect(packages[`node_modules/node-${system}`]?.version).toBe(version);
    }
  });
});
