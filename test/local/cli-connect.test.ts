import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HOOKS_VERSION } from "../../src/hooks/connect/agent-connect.ts";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 60_000;

const KEY = `cairn_acme_abcd1234_${"k".repeat(40)}`;
/** Nobody listens there, and nobody has to. */
const URL_ONE = "http://127.0.0.1:9/one";

/** A home, a repository in it, and the command bound to both. */
function place(settings?: string) {
  const home = temporaryFolder("connect");
  const project = join(home, "project");
  const path = join(home, ".claude", "settings.json");
  mkdirSync(project);
  if (settings !== undefined) {
    mkdirSync(dirname(path));
    writeFileSync(path, settings);
  }
  const env = environment(home);
  return {
    home,
    project,
    path,
    read: () => readFileSync(path, "utf8"),
    json: () => JSON.parse(readFileSync(path, "utf8")),
    cairn: (...args: string[]) => run(CAIRN, args, { cwd: project, env }),
    git: (...args: string[]) => run("git", args, { cwd: project, env }),
    connect: (...args: string[]) =>
      run(CAIRN, ["connect", "claude-code", "--url", URL_ONE, "--key", KEY, ...args], {
        cwd: project,
        env,
      }),
  };
}

/** As a person writes it: short lists in one line, a hook of their own, four spaces. */
const HAND_WRITTEN = `{
    "permissions": { "allow": ["Bash(ls)", "Read"], "deny": [] },
    "env": {"EDITOR": "vi"},
    "hooks": {
        "PostToolUse": [
            { "matcher": "Edit|Write", "hooks": [ {"type": "command", "command": "npm run format"} ] }
        ],
        "Notification": []
    },
    "model": "opus"
}
`;

afterAll(removeTemporaryFolders);

describe("connect claude-code", { timeout: PROCESSES_MS }, () => {
  it("merges into hand-written settings, and disconnect gives back the very same bytes", async () => {
    const { connect, cairn, read, json, path } = place(HAND_WRITTEN);
    chmodSync(path, 0o640);
    expect(await connect()).toMatchObject({ code: 0, stderr: "" });
    const settings = json();
    expect(settings.env).toEqual({ EDITOR: "vi", CAIRN_KEY: KEY });
    expect(settings.hooks.PostToolUse).toHaveLength(2);
    expect(settings.hooks.PostToolUse[0].hooks[0].command).toBe("npm run format");
    expect(settings.hooks.PostToolUse[1].hooks[0]).toEqual({
      type: "http",
      url: `${URL_ONE}/hooks/claude-code`,
      headers: { Authorization: "Bearer $CAIRN_KEY", "X-Cairn-Hooks": String(HOOKS_VERSION) },
      allowedEnvVars: ["CAIRN_KEY"],
      timeout: 2,
    });
    expect(settings.hooks.SessionStart[0].hooks[0].type).toBe("command");
    expect(settings.hooks.PreToolUse).toBeUndefined();
    expect(read().split(KEY)).toHaveLength(2);
    expect(read()).toContain('"permissions": { "allow": ["Bash(ls)", "Read"], "deny": [] }');
    expect(statSync(path).mode & 0o777).toBe(0o640);

    const once = read();
    expect((await connect()).stdout).toContain("nothing had to be changed");
    expect(read()).toBe(once);

    expect((await cairn("disconnect", "claude-code")).code).toBe(0);
    expect(read()).toBe(HAND_WRITTEN);
    expect((await cairn("disconnect", "claude-code")).stdout).toContain("was not connected");
  });

  it("makes the file where there is none, for its owner only, and removes it again", async () => {
    const { connect, cairn, path, json } = place();
    await connect();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(Object.keys(json().hooks)).toContain("SubagentStop");
    await cairn("disconnect", "claude-code");
    expect(existsSync(path)).toBe(false);
    const kept = place("{}\n");
    await kept.connect();
    await kept.cairn("disconnect", "claude-code");
    expect(kept.read()).toBe("{}\n");
  });

  it("moves to another server and another kind of hooks without leaving a trace of the first", async () => {
    const { connect, cairn, read, json } = place(HAND_WRITTEN);
    await connect();
    const other = KEY.replace("acme", "other");
    await cairn(
      "connect",
      "claude-code",
      "--quiet",
      "--url",
      "http://127.0.0.1:9/x/",
      "--key",
      other,
    );
    expect(read()).not.toContain(URL_ONE);
    expect(read()).not.toContain(KEY);
    const { hooks } = json();
    expect(hooks.PostToolUse.at(-1)).toEqual({
      hooks: [expect.objectContaining({ type: "command", async: true })],
    });
    expect(hooks.Stop[0].hooks[0].command).toContain("'http://127.0.0.1:9/x/hooks/claude-code'");
    await cairn("disconnect", "claude-code");
    expect(read()).toBe(HAND_WRITTEN);
  });

  it("has the agent wait for no server on another machine, unless that is wanted", async () => {
    const { cairn, json } = place(HAND_WRITTEN);
    const elsewhere = ["--url", "https://cairn.invalid", "--key", KEY];
    await cairn("connect", "claude-code", ...elsewhere);
    expect(json().hooks.PostToolUse.at(-1).hooks[0]).toMatchObject({ async: true });
    await cairn("connect", "claude-code", ...elsewhere, "--no-quiet");
    expect(json().hooks.PostToolUse.at(-1).hooks[0]).toMatchObject({ type: "http", timeout: 5 });
  });

  it("pauses and resumes with the same options, and tells when there is nothing to pause", async () => {
    const { connect, cairn, read } = place(HAND_WRITTEN);
    expect(await cairn("pause")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("connect claude-code"),
    });
    await connect("--quiet", "--no-notice");
    const connected = read();
    expect(connected).toContain("X-Cairn-Notice: off");
    await cairn("pause");
    expect(read()).not.toContain("/hooks/claude-code'");
    expect((await cairn("pause")).stdout).toContain("paused already");
    await cairn("resume");
    expect(read()).toBe(connected);
    await cairn("pause");
    await cairn("disconnect", "claude-code");
    expect(read()).toBe(HAND_WRITTEN);
  });

  it("leaves broken settings alone and says where they are broken", async () => {
    for (const broken of ['{"env": {,}', '["a"]', '{"hooks": []}', '{"hooks": {"Stop": 1}}']) {
      const { connect, read, path } = place(broken);
      const result = await connect();
      expect(result.code).toBe(1);
      expect(result.stderr).toMatch(/Nothing was changed/);
      expect(result.stderr).not.toContain("    at ");
      if (broken.includes("{,}")) expect(result.stderr).toContain(path);
      expect(read()).toBe(broken);
    }
  });

  it("writes through a symbolic link and shows with --print what it would write, key hidden", async () => {
    const { connect, home, path } = place();
    const real = join(home, "dotfiles.json");
    writeFileSync(real, "{}");
    mkdirSync(dirname(path));
    symlinkSync(real, path);
    const printed = await connect("--print");
    expect(printed.stdout).toContain("/hooks/claude-code");
    expect(printed.stdout).not.toContain(KEY);
    expect(readFileSync(real, "utf8")).toBe("{}");
    await connect();
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, "utf8")).toContain(KEY);
  });

  it("goes through a link on the way out, too: the key is gone from where it leads", async () => {
    const { connect, cairn, home, path } = place();
    const real = join(home, "dotfiles.json");
    mkdirSync(dirname(path));
    symlinkSync(real, path);
    await connect();
    expect(readFileSync(real, "utf8")).toContain(KEY);
    expect((await cairn("disconnect", "claude-code")).code).toBe(0);
    expect(existsSync(real)).toBe(false);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  it("loses no member that stands twice or is called __proto__", async () => {
    const strange = `{
  "env": {"EDITOR": "ed"},
  "__proto__": {"kept": true},
  "env": {"EDITOR": "vi", "__proto__": "too"},
  "hooks": {"__proto__": [], "Stop": [{"__proto__": 1, "hooks": [{"type": "command", "command": "x", "__proto__": 2}]}]}
}
`;
    const { connect, cairn, read } = place(strange);
    expect(await connect()).toMatchObject({ code: 0, stderr: "" });
    expect(read()).toContain('"env": {"EDITOR": "ed"},');
    expect(read()).toContain('"__proto__": {"kept": true}');
    expect(JSON.parse(read()).env).toEqual(
      JSON.parse(`{"EDITOR": "vi", "__proto__": "too", "CAIRN_KEY": "${KEY}"}`),
    );
    await connect("--quiet");
    await cairn("disconnect", "claude-code");
    expect(read()).toBe(strange);
  });

  it("takes no key out, and overwrites none, that somebody else put there", async () => {
    const own = '{"env": {"CAIRN_KEY": "of another program"}}';
    const { connect, cairn, read } = place(own);
    expect(await connect()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not from here"),
    });
    expect(read()).toBe(own);
    await cairn("disconnect", "claude-code");
    expect(read()).toBe(own);
  });

  it("takes settings from others that everybody could read, and goes into none that git tracks", async () => {
    const { connect, git, read, path, home } = place('{"model": "opus"}');
    chmodSync(path, 0o644);
    const told = await connect();
    expect(told.stdout).toContain("was readable by everybody");
    expect(statSync(path).mode & 0o777).toBe(0o600);

    const kept = place('{"model": "opus"}');
    await kept.git("init", "-q", "..");
    await kept.git("-C", "..", "add", "-f", ".claude/settings.json");
    const refused = await kept.connect();
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("git tracks") });
    expect(kept.read()).toBe('{"model": "opus"}');
    // Also where only a link leads there.
    const real = join(home, "dotfiles", "settings.json");
    mkdirSync(dirname(real));
    writeFileSync(real, read());
    rmSync(path);
    symlinkSync(real, path);
    await git("init", "-q", dirname(real));
    await git("-C", dirname(real), "add", "-f", "settings.json");
    expect((await connect()).stderr).toContain("git tracks");
  });

  it("puts a project's key only where git ignores it", async () => {
    const { connect, cairn, git, home, project } = place();
    const shared = join(project, ".claude", "settings.json");
    const local = join(project, ".claude", "settings.local.json");
    expect((await connect("--project-scope")).stderr).toContain("no git repository");
    await git("init", "-q");
    const refused = await connect("--project-scope");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(".gitignore") });
    expect(existsSync(dirname(shared))).toBe(false);
    writeFileSync(join(project, ".gitignore"), ".claude/settings.local.json\n");
    expect((await connect("--project-scope")).code).toBe(0);
    expect(readFileSync(shared, "utf8")).not.toContain(KEY);
    expect(JSON.parse(readFileSync(local, "utf8")).env).toEqual({ CAIRN_KEY: KEY });
    // The machine's id and the path of the command are of this machine, and the file is shared.
    const machine = readFileSync(join(home, ".local/state/cairn/machine"), "utf8").trim();
    expect(machine).toMatch(/^[0-9a-f]{32}$/);
    expect(existsSync(join(project, ".mcp.json"))).toBe(false);
    for (const path of [shared, local, join(home, ".claude.json")]) {
      expect(readFileSync(path, "utf8")).not.toContain(machine);
    }
    expect(readFileSync(shared, "utf8")).not.toContain(CAIRN);
    await cairn("disconnect", "claude-code", "--project-scope");
    expect(existsSync(dirname(shared))).toBe(false);
  });

  it("refuses a key and an address that are none", async () => {
    const { cairn } = place();
    const bad = await cairn("connect", "claude-code", "--url", URL_ONE, "--key", "cairn_x");
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining("form of a key") });
    const noKey = await cairn("connect", "claude-code", "--url", URL_ONE);
    expect(noKey).toMatchObject({ code: 1, stderr: expect.stringContaining("--key") });
    const file = await cairn("connect", "claude-code", "--url", "file:///x", "--key", KEY);
    expect(file).toMatchObject({ code: 1, stderr: expect.stringContaining("no address") });
    for (const url of ["http://a'b", "http://a$(id)", "http://h/x'y", "http://h/$a"]) {
      const read = await cairn("connect", "claude-code", "--url", url, "--key", KEY);
      expect([url, read.code]).toEqual([url, 1]);
      expect(read.stderr).toMatch(/is needed|no address/);
    }
    const none = await cairn("connect", "claude-code");
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("start") });
  });
});
