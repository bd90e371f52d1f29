import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 180_000;

afterAll(removeTemporaryFolders);

/** A server with the agent connected, a repository and a plain folder with one below it. */
async function place() {
  const home = temporaryFolder("exclude");
  const [repository, inside] = [join(home, "repo"), join(home, "plain/inside")];
  for (const folder of [repository, inside]) mkdirSync(folder, { recursive: true });
  const env = environment(home);
  const server = await startServer(home);
  onTestFinished(async () => {
    await server.stop();
  });
  const cairn = (cwd: string, ...args: string[]) => run(CAIRN, args, { cwd, env });
  await run("git", ["init", "-q"], { cwd: repository, env });
  await cairn(home, "connect", "claude-code");
  const settings = JSON.parse(readFileSync(join(home, ".claude/settings.json"), "utf8"));
  const headers = { authorization: `Bearer ${server.key}`, "content-type": "application/json" };
  /** A session as the agent has it: the start by its command, the rest by posts without headers. */
  const session = async (cwd: string, id: string, source = "startup") => {
    const said = { session_id: id, cwd, prompt_id: "p1" };
    const input = JSON.stringify({ ...said, hook_event_name: "SessionStart", source });
    const command: string = settings.hooks.SessionStart[0].hooks[0].command;
    await run("/bin/sh", ["-c", command], { cwd, input, env: { ...env, ...settings.env } });
    const became = [];
    for (const fields of [
      { hook_event_name: "UserPromptSubmit", prompt: "Paint the heron" },
      { hook_event_name: "Stop", last_assistant_message: "The heron is painted." },
    ]) {
      const body = JSON.stringify({ ...said, ...fields });
      const answer = await fetch(`${server.url}/hooks/claude-code`, {
        method: "POST",
        headers,
        body,
      });
      became.push(answer.headers.get("x-cairn-event"));
    }
    return became;
  };
  const view = async (id: string) => {
    const url = `${server.url}/v1/sessions/claude-code/${id}/flush?wait=1`;
    return await (await fetch(url, { method: "POST", headers })).json();
  };
  return { home, repository, plain: join(home, "plain"), inside, cairn, session, view };
}

it("records nothing of an excluded repository or folder, until it is included again", {
  timeout: PROCESSES_MS,
}, async () => {
  const { home, repository, plain, inside, cairn, session, view } = await place();
  const said = await cairn(repository, "exclude");
  expect(said.stdout).toContain(`${repository} is excluded (git config cairn.skip)`);
  expect(await session(repository, "one")).toEqual(["ignored", "ignored"]);
  expect(await view("one")).toMatchObject({ project: "excluded", events: { pending: 0, done: 0 } });
  expect((await cairn(repository, "doctor")).stdout).toContain("not recorded, by git config");

  expect((await cairn(home, "exclude", plain)).stdout).toContain(join(plain, ".cairnignore"));
  expect(await session(inside, "two")).toEqual(["ignored", "ignored"]);
  expect(JSON.parse((await cairn(home, "projects", "--json")).stdout)).toEqual([]);
  expect((await cairn(plain, "exclude", "--off", inside)).stdout).toContain("stays excluded, by");

  // The session goes on where its folder is included: what comes from then on is kept.
  expect((await cairn(home, "exclude", "--off", plain)).stdout).toContain("is recorded again");
  expect(await session(inside, "two", "resume")).toEqual(["stored", "stored"]);
  expect((await view("two")).project).toMatch(/^folder\/inside-/);

  // A session that is known keeps what it has, and hears no more.
  await cairn(home, "exclude", "plain/inside");
  expect(await session(inside, "two", "resume")).toEqual(["ignored", "ignored"]);
  expect(await view("two")).toMatchObject({ events: { pending: 0, done: 2 } });
  expect(await cairn(home, "exclude", "nowhere")).toMatchObject({ code: 1 });
});
