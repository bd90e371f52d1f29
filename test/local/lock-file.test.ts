import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CLONE } from "../../src/cli/clone.ts";

const LockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

function read(file: string): string {
  return readFileSync(join(CLONE, file), "utf8");
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

  it("is all that is installed: packages run no scripts that could fetch more", () => {
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });

  it("brings the same Node to each system", () => {
    const version = read(".node-version").trim();
    for (const system of ["linux-arm64", "linux-x64", "win-x64"]) {
      expect(packages[`node_modules/node-${system}`]?.version).toBe(version);
    }
  });
});
