import { afterAll, expect, it } from "vitest";
import { removeTemporaryFolders } from "./cli-command.ts";
import { PROCESSES_MS, workedOn } from "./worked-on.ts";

const PROJECT = "github.com/acme/points";

afterAll(removeTemporaryFolders);

it("the command line lists what is left to do, and has the last word on it", {
  timeout: PROCESSES_MS,
}, async () => {
  const command = await workedOn({
    project: PROJECT,
    session: "s1",
    closing: "Tamed.\n\n## Next steps\n- Feed the yak\n- Brush the yak",
  });
  const cairn = (...flags: string[]) => command(["open-points", "--project", PROJECT, ...flags]);
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
