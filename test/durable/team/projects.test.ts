import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { READER } from "../../support/reader.ts";

describe("a team's projects", () => {
  it("numbers them from 1 in the order of first sight and finds them again", async () => {
    const team = env.TEAMS.getByName("projects-numbered");
    expect(await team.project({ name: "github.com/acme/app" })).toBe(1);
    expect(await team.project({ name: "github.com/acme/lib" })).toBe(2);
    expect(await team.project({ name: "github.com/acme/app" })).toBe(1);
    await evictDurableObject(team);
    expect(await team.project({ name: "name/notes" })).toBe(3);
    expect(await team.findProject({ name: "github.com/acme/lib" })).toBe(2);
    expect(await team.findProject({ name: "github.com/acme/unknown" })).toBeNull();
    expect(await team.projects(READER, {})).toEqual([
      { number: 1, name: "github.com/acme/app" },
      { number: 2, name: "github.com/acme/lib" },
      { number: 3, name: "name/notes" },
    ]);
  });

  it("gives one number to a project that many sessions meet at once", async () => {
    const team = env.TEAMS.getByName("projects-at-once");
    const numbers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => team.project({ name: `name/p${i % 2}` })),
    );
    expect([...new Set(numbers)].sort()).toEqual([1, 2]);
    expect(await team.projects(READER, {})).toHaveLength(2);
  });

  it("creates nothing when it is only asked", async () => {
    const team = env.TEAMS.getByName("projects-asked");
    expect(await team.findProject({ name: "name/x" })).toBeNull();
    expect(await team.projects(READER, {})).toEqual([]);
    expect(await team.verify({ keyId: "test0001", secretHash: "0".repeat(64) })).toEqual({
      ok: false,
    });
    const tables = await runInDurableObject(team, (_, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
    );
    expect(tables).toEqual([]);
  });
});
