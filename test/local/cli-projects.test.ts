import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { call, listAll } from "../../src/cli/api.ts";
import { ObservationSchema } from "../../src/contract/items.ts";
import { KnownProjectsSchema } from "../../src/contract/team.ts";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { type LocalServer, startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 180_000;

afterAll(removeTemporaryFolders);

/** Two folders of one name in a home, the first with a worktree, and the agent connected. */
async function place() {
  const home = temporaryFolder("projects");
  const [alpha, beta, tree] = [join(home, "alpha/app"), join(home, "beta/app"), join(home, "tree")];
  for (const folder of [alpha, beta]) mkdirSync(folder, { recursive: true });
  const env = environment(home);
  const server = await startServer(home);
  const cairn = (cwd: string, ...args: string[]) => run(CAIRN, args, { cwd, env });
  const git =
    "git init -q && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m x && git worktree add -q ../../tree";
  await run("/bin/sh", ["-c", git], { cwd: alpha, env });
  await cairn(home, "connect", "claude-code");
  const settings = JSON.parse(readFileSync(join(home, ".claude/settings.json"), "utf8"));
  const command: string = settings.hooks.SessionStart[0].hooks[0].command;
  /** What a session that starts in a folder is told, by the hook as the agent runs it. */
  const start = async (cwd: string, session: string) => {
    const payload = {
      session_id: session,
      cwd,
      hook_event_name: "SessionStart",
      source: "startup",
    };
    const input = JSON.stringify(payload);
    return (await run("/bin/sh", ["-c", command], { cwd, input, env: { ...env, ...settings.env } }))
      .stdout;
  };
  const post = async (cwd: string, session: string, name: string, fields: object) => {
    const payload = { session_id: session, cwd, hook_event_name: name, prompt_id: "p1", ...fields };
    await fetch(`${server.url}/hooks/claude-code`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: JSON.stringify(payload),
    });
  };
  const work = async (cwd: string, session: string, says: string) => {
    await start(cwd, session);
    await post(cwd, session, "UserPromptSubmit", { prompt: says });
    await post(cwd, session, "Stop", { last_assistant_message: `${says}: done, in every report.` });
    await fetch(`${server.url}/v1/sessions/claude-code/${session}/flush?wait=1`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}` },
    });
  };
  return { home, alpha, beta, tree, server, cairn, start, work };
}

async function names(server: LocalServer): Promise<string[]> {
  const { items } = await call(server, "projects", KnownProjectsSchema);
  return items.map(({ project }) => project);
}

describe("projects by the command line", { timeout: PROCESSES_MS }, () => {
  it("names a folder as its sessions' hooks do, and renames, merges and deletes it", async () => {
    const { alpha, beta, tree, server, cairn, start, work } = await place();
    await work(alpha, "s-alpha", "Round the margin of alpha up");
    await work(beta, "s-beta", "Round the margin of beta down");
    const inTree = await start(tree, "s-tree");
    expect(inTree).toContain("margin of alpha");
    expect(inTree).not.toContain("margin of beta");
    // The command that is named is one that exists.
    expect(inTree).toContain(`${CAIRN} search`);
    for (const [cwd, margin] of [
      [alpha, "alpha"],
      [tree, "alpha"],
      [join(alpha, ".git"), "alpha"],
      [beta, "beta"],
    ] as const) {
      expect([cwd, (await cairn(cwd, "context")).stdout]).toEqual([
        cwd,
        expect.stringContaining(`margin of ${margin}`),
      ]);
    }
    const listed = await cairn(beta, "projects", "--json");
    const [first, second] = JSON.parse(listed.stdout).map(
      (one: { project: string }) => one.project,
    );
    expect([first, second]).toEqual([expect.stringMatching(/^folder\/app-/), expect.anything()]);
    const [ofAlpha, ofBeta] = (await names(server)) as [string, string];
    expect((await cairn(beta, "projects")).stdout).toContain(ofBeta);

    const renamed = await cairn(beta, "projects", "rename", ofAlpha, "Margins");
    expect(renamed).toMatchObject({ code: 0, stderr: "" });
    expect((await cairn(tree, "context")).stdout).toContain("margin of alpha");
    const taken = await cairn(beta, "projects", "rename", ofBeta, "margins", "--url", server.url);
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining("merge") });
    const merged = await cairn(beta, "projects", "merge", ofBeta, "name/margins");
    expect(merged).toMatchObject({ code: 0, stdout: expect.stringContaining("name/margins") });
    for (const cwd of [tree, beta]) {
      const { stdout } = await cairn(cwd, "context");
      expect(stdout).toContain("margin of alpha");
      expect(stdout).toContain("margin of beta");
    }
    const unsure = await cairn(beta, "projects", "delete", "name/margins");
    expect(unsure).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") });
    const gone = await cairn(beta, "projects", "delete", "name/margins", "--yes");
    expect(gone).toMatchObject({ code: 0, stdout: expect.stringContaining("deleted") });
    expect(await names(server)).toEqual([]);
    expect((await cairn(alpha, "context")).stdout).toContain("Nothing is known about app yet");
    await server.stop();
  });

  it("says where the first release kept the folder, and takes it over", async () => {
    const { alpha, server, cairn } = await place();
    const actor = server.key.split("_")[2] ?? "";
    const old = `folder/${actor}/app`;
    await save(server, old, 1);
    const told = (await cairn(alpha, "context")).stdout;
    expect(told).toContain(`projects rename ${old} folder/app-`);
    const command = told.slice(told.indexOf("projects rename")).trim().split(" ");
    expect((await cairn(alpha, ...command)).code).toBe(0);
    expect((await cairn(alpha, "context")).stdout).toContain("Walrus 0 likes ice");
    await server.stop();
  });

  it("goes on with a merge that a kill -9 cut off, without being asked, and loses nothing", async () => {
    const home = temporaryFolder("merge");
    const before = await startServer(home);
    const [from, into] = ["github.com/acme/from", "github.com/acme/into"];
    await save(before, from, 1_000);
    await save(before, into, 3);
    const asked = fetch(`${before.url}/v1/projects/${encodeURIComponent(from)}/merge`, {
      method: "POST",
      headers: { authorization: `Bearer ${before.key}`, "content-type": "application/json" },
      body: JSON.stringify({ into }),
    }).catch(() => null);
    await expect.poll(async () => (await count(before, into)) > 103, { interval: 5 }).toBe(true);
    const { pid, runtimePid } = before.pids();
    for (const one of [pid, runtimePid]) process.kill(one, "SIGKILL");
    await asked;
    await before.ended;
    const after = await startServer(home);
    await expect.poll(() => names(after), { timeout: 60_000, interval: 200 }).toEqual([into]);
    const items = await listAll(after, "observations", ObservationSchema, { project: from });
    expect(new Set(items.map(({ title }) => title)).size).toBe(1_000);
    expect(items).toHaveLength(1_003);
    await after.stop();
  });
});

async function count(server: LocalServer, project: string): Promise<number> {
  const { items } = await call(server, "projects", KnownProjectsSchema);
  return items.find((one) => one.project === project)?.observations ?? 0;
}

/** Saves so many observations by hand. */
async function save(server: LocalServer, project: string, many: number): Promise<void> {
  const numbers = Array.from({ length: many }, (_, i) => i);
  while (numbers.length > 0) {
    await Promise.all(
      numbers.splice(0, 20).map((i) =>
        fetch(`${server.url}/v1/observations`, {
          method: "POST",
          headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
          body: JSON.stringify({
            project,
            title: `Walrus ${i} likes ice`,
            narrative: `Seen ${i}.`,
          }),
        }),
      ),
    );
  }
}
