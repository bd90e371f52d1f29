import { afterAll, expect, it, onTestFinished } from "vitest";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 180_000;
const PROJECT = "github.com/acme/points";

afterAll(removeTemporaryFolders);

it("the command line lists what is left to do, and has the last word on it", {
  timeout: PROCESSES_MS,
}, async () => {
  const home = temporaryFolder("points");
  const server = await startServer(home);
  onTestFinished(async () => {
    await server.stop();
  });
  const post = (path: string, body: object) =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${server.key}`,
        "content-type": "application/json",
        "x-cairn-project": PROJECT,
      },
      body: JSON.stringify(body),
    });
  const said = { session_id: "s1", cwd: home, prompt_id: "p1" };
  await post("/hooks/claude-code", {
    ...said,
    hook_event_name: "UserPromptSubmit",
    prompt: "Tame the yak",
  });
  await post("/hooks/claude-code", {
    ...said,
    hook_event_name: "Stop",
    last_assistant_message: "Tamed.\n\n## Next steps\n- Feed the yak\n- Brush the yak",
  });
  await post("/v1/sessions/claude-code/s1/flush?wait=1", {});
  const cairn = async (...flags: string[]) =>
    await run(CAIRN, ["open-points", "--project", PROJECT, ...flags], {
      cwd: home,
      env: environment(home),
    });
  const listed = (await cairn()).stdout;
  expect(listed).toMatch(/Brush the yak[\s\S]*open; left just now by [\s\S]*Feed the yak/);
  const [id = ""] = /\d+-\d+/.exec(listed) ?? [];
  expect((await cairn("--close", id)).stdout).toBe(`${id} is closed: Brush the yak\n`);
  expect((await cairn()).stdout).not.toContain("Brush");
  expect((await cairn("--state", "closed", "--json")).stdout).toContain('"closed_by"');
  // Its number alone is enough within a project.
  const number = id.split("-")[1] ?? "";
  expect((await cairn("--reopen", number)).stdout).toContain("is open");
  expect(await cairn("--close", "9999")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("there is no"),
  });
});
