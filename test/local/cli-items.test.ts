import { afterAll, expect, it } from "vitest";
import { removeTemporaryFolders } from "./cli-command.ts";
import { PROCESSES_MS, workedOn } from "./worked-on.ts";

const PROJECT = "github.com/acme/items";

afterAll(removeTemporaryFolders);

/** The command line beside a session that was asked something and did it. */
async function commandLine() {
  const cairn = await workedOn({
    project: PROJECT,
    session: "session-one",
    closing: "The yak is tame.\n\n## Next steps\n- Feed the yak",
  });
  const cairnSays = async (...args: string[]) => {
    const { code, stdout, stderr } = await cairn(args);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return stdout;
  };
  return { cairn, said: cairnSays };
}

it("a person adds, shows, edits and removes what is remembered", {
  timeout: PROCESSES_MS,
}, async () => {
  const { cairn, said } = await commandLine();
  const here = ["--project", PROJECT];
  const added = await said("add", ...here, "--file", "src/yak.ts", "Yaks", "eat", "at", "six");
  expect(added).toMatch(/^Saved as \d+-\d+: Yaks eat at six\n$/);
  const id = /\d+-\d+/.exec(added)?.[0] ?? "";
  expect(await said("show", id)).toMatch(
    new RegExp(`^Yaks eat at six\n  decision ${id}, [\\s\\S]*About: src/yak.ts`),
  );

  const edited = await said("edit", id, "--title", "Yaks eat at seven", "--type", "change");
  expect(edited).toContain(`in place of ${id}: Yaks eat at seven`);
  const newer = /\d+-\d+/.exec(edited)?.[0] ?? "";
  expect(JSON.parse(await said("show", id, newer, "--json"))).toMatchObject([
    { id, superseded_by: newer },
    { id: newer, type: "change", narrative: "Yaks eat at six", files_read: ["src/yak.ts"] },
  ]);
  expect(await cairn(["edit", newer])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--title"),
  });

  const piped = await cairn(["add", ...here, "-"], "Yak wool\nis warm.\n");
  expect(piped.stdout).toContain(": Yak wool\n");
  const hits = JSON.parse(await said("search", "wool", ...here, "--json"));
  expect(hits.items).toMatchObject([{ title: "Yak wool" }]);

  expect(await cairn(["rm", newer])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--yes"),
  });
  expect(await said("rm", newer, "--yes")).toContain(`${newer} is deleted`);
  expect((await cairn(["show", newer])).code).toBe(1);
});

it("a person sees what sessions were asked, what is left, and has one forgotten", {
  timeout: PROCESSES_MS,
}, async () => {
  const { cairn, said } = await commandLine();
  const here = ["--project", PROJECT];
  // Without a terminal: a line for each, and nothing for people.
  expect(await said("sessions", ...here)).toMatch(
    /^just now\t\w+\t\w+\tclaude-code\/session-one\tgithub.com\/acme\/items\tTame the yak\n$/,
  );
  expect(JSON.parse(await said("sessions", ...here, "--json"))).toMatchObject([
    { session: "claude-code/session-one", request: "Tame the yak", project: PROJECT },
  ]);
  const [point] = JSON.parse(await said("open-points", ...here, "--json"));
  expect(await said("show", point.id)).toMatch(/Feed the yak[\s\S]*open point [\s\S]*It is open\./);
  expect(await said("usage", "--by", "day")).toMatch(/^total\t\d+\t\d+\t\d+\t/m);
  expect(JSON.parse(await said("status", "--json"))).toMatchObject({ connected: [] });
  expect(JSON.parse(await said("context", ...here, "--json")).text).toContain("Tame the yak");

  expect((await cairn(["forget", "session", ...here])).stderr).toContain("--yes");
  expect(await said("forget", "session", "--yes", ...here)).toMatch(
    /^claude-code\/session-one is forgotten: 2 events, /,
  );
  expect(await said("open-points", ...here)).toContain("No open points");
});
