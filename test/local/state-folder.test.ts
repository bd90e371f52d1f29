import { createHash, createHmac } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import cairn from "../../package.json" with { type: "json" };
import { ROOT } from "../../src/cli/installation.ts";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

const PROCESSES_MS = 120_000;
const FIXTURES = join(ROOT, "test", "fixtures");
/** The key of the team whose databases the fixtures are. */
const KEY = `cairn_local_test0001_${"t".repeat(40)}`;

/** The file of an object's database, named as the runtime names it by the object's class and name. */
function databaseFile(className: string, name: string): string {
  const key = createHash("sha256").update(`cairn-${className}`).digest();
  const mac = (text: string | Buffer) =>
    createHmac("sha256", key).update(text).digest().subarray(0, 16);
  const id = Buffer.concat([mac(name), mac(mac(name))]).toString("hex");
  return join(`cairn-${className}`, `${id}.sqlite`);
}

function objectFile(fixture: string): string {
  const [kind, id] = fixture.replace(/\.sql$/, "").split("-");
  if (kind === "team") return databaseFile("TeamObject", "local");
  if (kind === "project") return databaseFile("ProjectObject", `local/${id}`);
  return databaseFile("SessionObject", `local/claude-code/${id}`);
}

/** A state folder as that release left it, with its objects in `below`. */
function stateFolderOf(release: string, below: string): string {
  const home = temporaryFolder("state");
  for (const fixture of readdirSync(join(FIXTURES, release))) {
    if (!fixture.endsWith(".sql")) continue;
    const file = join(home, ".cairn", below, objectFile(fixture));
    mkdirSync(join(file, ".."), { recursive: true });
    const db = new DatabaseSync(file);
    db.exec(readFileSync(join(FIXTURES, release, fixture), "utf8"));
    db.close();
  }
  return home;
}

const RELEASES = readdirSync(FIXTURES).filter((name) => /^v\d/.test(name));

afterAll(removeTemporaryFolders);

describe("a state folder", { timeout: PROCESSES_MS }, () => {
  it("of a released schema is there for each", () => {
    expect(RELEASES).toContain("v0.1.0");
  });

  it.each(RELEASES)("of %s opens, with all that was in it", async (release) => {
    const home = stateFolderOf(release, release === "v0.1.0" ? "objects" : "do");
    const server = await startServer(home, { CAIRN_KEY: KEY });
    const ask = (...args: string[]) =>
      run(CAIRN, [...args, "--key", KEY], { cwd: home, env: environment(home) });
    try {
      const told = readFileSync(join(FIXTURES, release, "told.jsonl"), "utf8")
        .trim()
        .split("\n");
      const listed = told
        .slice(1)
        .map((line) => JSON.parse(line))
        .find(({ path }) => path === "/v1/projects");
      const now = await ask("projects", "--json");
      expect(now, now.stderr).toMatchObject({ code: 0 });
      const counts = (items: { number: number; observations: number }[]) =>
        items.map(({ number, observations }) => [number, observations]);
      expect(counts(JSON.parse(now.stdout))).toEqual(counts(listed.answer.items));
      const context = await ask("context", "--project", listed.answer.items[0].project);
      expect(context.stdout).toContain("<cairn-memory>");
    } finally {
      expect(await server.stop()).toBe(0);
    }
    expect(JSON.parse(readFileSync(join(home, ".cairn", "version.json"), "utf8"))).toMatchObject({
      version: cairn.version,
    });
  });

  it("of a newer version is refused in words, and nothing of it is changed", async () => {
    const home = stateFolderOf("v0.1.0", "do");
    const state = join(home, ".cairn");
    const team = join(state, "do", objectFile("team.sql"));
    const db = new DatabaseSync(team);
    db.exec("UPDATE schema_version SET version = 1000");
    db.close();
    const before = readFileSync(team);
    const refused = () =>
      run(CAIRN, ["start"], { cwd: home, env: environment(home, { PORT: "0" }) });
    expect(await refused()).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/written by a newer version of Cairn \(schema 1000 of a team/),
    });
    expect(readFileSync(team).equals(before)).toBe(true);

    const noted = temporaryFolder("state");
    mkdirSync(join(noted, ".cairn"));
    const note = { version: "99.0.0", schema: { session: 1000 } };
    writeFileSync(join(noted, ".cairn", "version.json"), JSON.stringify(note));
    const env = environment(noted, { PORT: "0" });
    const result = await run(CAIRN, ["start"], { cwd: noted, env });
    expect(result.stderr).toContain("newer version of Cairn (99.0.0)");
    expect(result.stderr).toContain(`${CAIRN} start`);
  });
});
