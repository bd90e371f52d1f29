import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { get, hook, payload, settle } from "../support/api.ts";

const MACHINE = { "X-Cairn-Machine": "0123456789abcdef0123" };

/** A session of one turn in a folder, whose start may have told of it by `headers`. */
async function work(cwd: string, says: string, start: Record<string, string> | null) {
  const id = `f-${crypto.randomUUID()}`;
  const send = (name: string, fields: object, headers = {}) =>
    hook({ ...payload(id, name, { prompt_id: `${id}-p1`, ...fields }), cwd }, headers);
  if (start !== null) await send("SessionStart", { source: "startup" }, start);
  await send("UserPromptSubmit", { prompt: says });
  await send("PostToolUse", {
    tool_use_id: `${id}-t1`,
    tool_name: "Write",
    tool_input: { file_path: `${cwd}/notes.py`, content: "x = 1" },
    tool_response: { type: "create", content: "x = 1", structuredPatch: [] },
  });
  await send("Stop", { last_assistant_message: `${says}: done.` });
  const { project } = await settle(id);
  return { id, project, send };
}

/** What a new session in a folder is told. */
async function told(cwd: string, headers: Record<string, string>): Promise<string> {
  const start = {
    ...payload(`t-${crypto.randomUUID()}`, "SessionStart", { source: "startup" }),
    cwd,
  };
  return JSON.stringify((await hook(start, headers)).body);
}

async function here(query: Record<string, string>) {
  return (await get(`/v1/projects/here?${new URLSearchParams(query)}`)).body;
}

describe("folders without a remote", () => {
  it("are two projects with one base name, and one project by all worktrees", async () => {
    const git = (path: string) => ({ ...MACHINE, "X-Cairn-Git-Dir": `${path}/.git` });
    const alpha = await work("/w/alpha/app", "Use the margin of alpha", git("/w/alpha/app"));
    const beta = await work("/w/beta/app", "Use the margin of beta", git("/w/beta/app"));
    expect(alpha.project).toMatch(/^folder\/app-[0-9a-f]{8}$/);
    expect(beta.project).not.toBe(alpha.project);
    const inBeta = await told("/w/beta/app", git("/w/beta/app"));
    expect(inBeta).toContain("margin of beta");
    expect(inBeta).not.toContain("margin of alpha");
    // Texts call it by its base name, and so does nothing else.
    expect(inBeta).toContain("earlier work in app,");
    expect(inBeta).not.toContain(beta.project);
    const tree = { ...git("/w/alpha/app"), "X-Cairn-Root": "/w/tree" };
    expect(await told("/w/tree/src", tree)).toContain("margin of alpha");
    expect(
      await told("/w/alpha/app", { ...git("/w/alpha/app"), "X-Cairn-Machine": "f".repeat(20) }),
    ).not.toContain("margin of alpha");
    // The command line asks, and takes and gives the whole name.
    const machine = MACHINE["X-Cairn-Machine"];
    const asked = { git_dir: "/w/alpha/app/.git", root: "/w/tree", folder: "/w/tree/src", machine };
    expect(await here(asked)).toEqual({
      project: alpha.project,
      shown: "app",
      known: true,
      earlier: null,
    });
    const context = await get(`/v1/context?project=${encodeURIComponent(alpha.project)}`);
    expect(context.body).toMatchObject({ project: alpha.project });
    expect(context.body.text).toContain("margin of alpha");
  });

  it("are the person's until a later start tells of the machine, and what was delivered goes along", async () => {
    const cwd = "/w/late/app";
    const session = await work(cwd, "Count from one", null);
    const before = await here({ folder: cwd });
    expect(session.project).toBe(before.project);
    const git = { ...MACHINE, "X-Cairn-Git-Dir": `${cwd}/.git`, "X-Cairn-Root": cwd };
    await session.send("SessionStart", { source: "compact" }, git);
    const moved = (await settle(session.id)).project;
    expect(moved).toMatch(/^folder\/app-[0-9a-f]{8}$/);
    expect(moved).not.toBe(before.project);
    expect(await told(cwd, git)).toContain("Count from one");
    expect(await here({ folder: cwd })).toMatchObject({ project: before.project });
    const left = await get(`/v1/context?project=${encodeURIComponent(before.project)}`);
    expect(left.body.text).toBe("");
    // A remote is surer than a folder, what the repository calls itself is surer than a remote, and
    // what is less sure moves nothing.
    const name = crypto.randomUUID();
    const steps: [Record<string, string>, string][] = [
      [{ "X-Cairn-Project": `git@github.com:acme/${name}.git` }, `github.com/acme/${name}`],
      [{ "X-Cairn-Project": "git@github.com:acme/fork.git" }, `github.com/acme/${name}`],
      [{ "X-Cairn-Project": name, "X-Cairn-Project-From": "config" }, `name/${name}`],
      [{ "X-Cairn-Project": "git@github.com:acme/fork.git" }, `name/${name}`],
      [{}, `name/${name}`],
    ];
    for (const [headers, project] of steps) {
      await session.send("SessionStart", { source: "resume" }, { ...git, ...headers });
      expect((await settle(session.id)).project).toBe(project);
      expect((await get(`/v1/summaries?project=${project}`)).body.items).not.toHaveLength(0);
    }
  });

  it("have no name of a remote that is a path, and are told which project the first release kept", async () => {
    const remote = { ...MACHINE, "X-Cairn-Project": "../origin.git" };
    const session = await work("/w/local/app", "Stay here", remote);
    expect(session.project).toMatch(/^folder\/app-/);
    const old = "folder/test0001/kept";
    await env.TEAMS.getByName("local").project({ name: old });
    expect(await here({ folder: "/w/x/kept" })).toMatchObject({
      known: false,
      shown: "kept",
      earlier: old,
    });
    expect(
      await here({ project: "git@github.com:acme/app.git", folder: "/w/x/kept" }),
    ).toMatchObject({ project: "github.com/acme/app", earlier: null });
    expect((await get(`/v1/projects/here?folder=${"x".repeat(5_000)}`)).status).toBe(400);
  });
});

it("makes the secret of a team's folders once, and no change of keys changes it", async () => {
  const team = env.TEAMS.getByName("secret-of-folders");
  const { folderSecret } = await team.ensureKeys({
    keys: [{ id: "a1b2", secretHash: "0".repeat(64) }],
  });
  expect(folderSecret).toHaveLength(32);
  await evictDurableObject(team);
  const later = await team.ensureKeys({ keys: [{ id: "c3d4", secretHash: "1".repeat(64) }] });
  expect(later.folderSecret).toEqual(folderSecret);
  const known = await team.verify({ keyId: "c3d4", secretHash: "1".repeat(64) });
  expect(known).toMatchObject({ ok: true, folderSecret });
  const unknown = await team.verify({ keyId: "c3d4", secretHash: "2".repeat(64) });
  expect(unknown).toEqual({ ok: false });
  const rows = await runInDurableObject(team, (_, state) =>
    state.storage.sql.exec("SELECT id, length(secret) AS bytes FROM folder_secret").toArray(),
  );
  expect(rows).toEqual([{ id: 1, bytes: 32 }]);
});
