/** The linter refuses every import that goes up, and none that goes down. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");

/** From the bottom up. What stands on one line does not import each other. */
const LAYERS = [
  ["platform"],
  ["contract"],
  ["memory"],
  ["privacy", "access"],
  ["hooks"],
  ["agent"],
  ["durable"],
  ["service"],
  ["http"],
  ["mcp"],
  ["routes"],
];
const ALL = LAYERS.flat();

/** A file of the tree that the linter is tried on, and what it imports. */
type Imports = Record<string, readonly string[]>;

/** Of each file's imports, those that the linter refuses with the repository's rules. */
function refused(files: Imports): Imports {
  const folder = mkdtempSync(join(tmpdir(), "cairn-layers-"));
  try {
    cpSync(join(ROOT, "biome.layers.json"), join(folder, "biome.json"));
    for (const [file, imports] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      const lines = imports.map((path) => `export * from "${path}";\n`);
      writeFileSync(join(folder, file), lines.join(""));
    }
    const { stdout } = spawnSync(
      join(ROOT, "node_modules", ".bin", "biome"),
      [
        "lint",
        "--only=style/noRestrictedImports",
        "--reporter=json",
        "--max-diagnostics=none",
        folder,
      ],
      { cwd: folder, encoding: "utf8" },
    );
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { location: { path: string; start: { line: number } } }[];
    };
    return Object.fromEntries(
      Object.entries(files).map(([file, imports]) => [
        file,
        imports.filter((_, index) =>
          diagnostics.some(
            ({ location: { path, start } }) => path.endsWith(file) && start.line === index + 1,
          ),
        ),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the layers", () => {
  it("import only what is below them", () => {
    const imports: Imports = {};
    const expected: Imports = {};
    for (const [level, layers] of LAYERS.entries()) {
      const below = LAYERS.slice(0, level).flat();
      for (const layer of layers) {
        const above = [...ALL, "cli"].filter((other) => other !== layer && !below.includes(other));
        const path = (other: string) => `../${other}/file.ts`;
        imports[`src/${layer}/file.ts`] = [...ALL, "cli"].map(path);
        expected[`src/${layer}/file.ts`] = above.map(path);
        const deep = (other: string) => `../../${other}/folder/file.ts`;
        imports[`src/${layer}/folder/deep.ts`] = [...ALL, "cli"].map(deep);
        expected[`src/${layer}/folder/deep.ts`] = above.map(deep);
      }
    }
    expect(refused(imports)).toEqual(expected);
  });

  it("let the command line import connect data, the contract, the domain and the platform", () => {
    const allowed = [
      "../contract/items.ts",
      "../memory/key.ts",
      "../platform/truncate.ts",
      "../hooks/claude-code/connect.ts",
      "../hooks/connect/post-command.ts",
      "../hooks/registry.ts",
      "../hooks/dialect.ts",
      "../config.ts",
    ];
    const forbidden = ["privacy", "access", "agent", "durable", "service", "http", "mcp", "routes"]
      .map((layer) => `../${layer}/file.ts`)
      .concat("../hooks/read-hook.ts", "../hooks/claude-code/notices.ts", "../app.ts");
    const file = "src/cli/file.ts";
    expect(refused({ [file]: [...allowed, ...forbidden] })).toEqual({ [file]: forbidden });
  });

  it("are all folders that there are", () => {
    const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.sort()).toEqual([...ALL, "cli"].sort());
  });
});
