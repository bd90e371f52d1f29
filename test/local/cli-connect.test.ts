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
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { editJson } from "../../src/cli/connect/json-edit.ts";
import { CLAUDE_CODE_CONNECT } from "../../src/hooks/claude-code/connect.ts";
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

describe("the hooks' shell commands", { timeout: PROCESSES_MS }, () => {
  interface Seen {
    headers: IncomingMessage["headers"];
    body: string;
  }

  /** A server that notes what it gets and answers with `status` and `answer`. */
  async function listener(status: number, answer: string) {
    const seen: Seen[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        seen.push({ headers: request.headers, body });
        response.writeHead(status, { "content-type": "application/json" }).end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, seen, close: () => server.close() };
  }

  const command = (url: string, event: string, quiet = false): string => {
    const group = CLAUDE_CODE_CONNECT.hooks({ url, quiet })[event] as {
      hooks: { command: string }[];
    };
    return group.hooks[0]?.command ?? "";
  };
  const sh = (script: string, cwd: string, input: string, path = process.env.PATH ?? "") =>
    run("/bin/sh", ["-c", script], { cwd, input, env: { PATH: path, HOME: cwd, CAIRN_KEY: KEY } });

  it("sends the payload as it is, with the repository's remote, branch and commit", async () => {
    const server = await listener(200, '{"answer":"memory"}');
    const folder = temporaryFolder("hook");
    const payload = `${JSON.stringify({ text: `"quoted" \\n $HOME \`x\` é ${"y".repeat(3_000_000)}` })}\n`;
    const plain = await sh(command(server.url, "SessionStart"), folder, payload);
    expect(plain).toEqual({ code: 0, stdout: '{"answer":"memory"}', stderr: "" });
    expect(server.seen[0]?.body).toBe(payload);
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(server.seen[0]?.headers["x-cairn-hooks"]).toBe(String(HOOKS_VERSION));
    expect(server.seen[0]?.headers["x-cairn-project"]).toBeUndefined();
    expect(server.seen[0]?.headers.expect).toBeUndefined();

    const git = "git init -q -b topic/x && git remote add fork git@github.com:Acme/App.git";
    await sh(git, folder, "");
    await sh(command(server.url, "SessionStart"), folder, payload);
    expect(server.seen[1]?.headers).toMatchObject({
      "x-cairn-project": "git@github.com:Acme/App.git",
      "x-cairn-branch": "topic/x",
    });
    expect(server.seen[1]?.headers["x-cairn-commit"]).toBeUndefined();

    const commit =
      "git remote add origin ssh://git@github.com:22/acme/origin && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m x && git rev-parse HEAD";
    const head = (await sh(commit, folder, "")).stdout.trim();
    await sh(command(server.url, "SessionStart"), folder, payload);
    expect(server.seen[2]?.headers).toMatchObject({
      "x-cairn-project": "ssh://git@github.com:22/acme/origin",
      "x-cairn-commit": head,
    });
    const quiet = await sh(command(server.url, "PostToolUse", true), folder, payload);
    expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
    // In the background: it arrives after the hook has ended.
    await expect.poll(() => server.seen[3]?.body, { timeout: 5_000 }).toBe(payload.trimEnd());
    expect(server.seen[3]?.headers["x-cairn-hooks"]).toBe(String(HOOKS_VERSION));
    const prompt = await sh(command(server.url, "UserPromptSubmit", true), folder, payload);
    expect(prompt.stdout).toBe('{"answer":"memory"}');
    server.close();
  });

  it("tells the start which repository, machine and command it is of, a worktree as its repository", async () => {
    const server = await listener(200, "{}");
    const home = temporaryFolder("start");
    const state = join(home, "state", "cairn");
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, "machine"), "0123456789abcdef0123\n");
    writeFileSync(join(state, "command"), "/opt/cairn/bin/cairn.js\n");
    const app = join(home, "größe $(touch pwned)");
    mkdirSync(app);
    const start = async (cwd: string, env = {}) => {
      const path = { PATH: process.env.PATH, HOME: home, CAIRN_KEY: KEY };
      const script = command(server.url, "SessionStart");
      await run("/bin/sh", ["-c", script], { cwd, input: "{}", env: { ...path, ...env } });
      const headers = server.seen.at(-1)?.headers ?? {};
      const text = (name: string) => headers[`x-cairn-${name}`]?.toString();
      const path8 = (name: string) => Buffer.from(text(name) ?? "", "latin1").toString();
      return { text, root: path8("root"), gitDir: path8("git-dir") };
    };
    const plain = await start(app);
    for (const name of ["root", "git-dir", "project", "project-from", "machine", "cli", "branch"]) {
      expect([name, plain.text(name)]).toEqual([name, undefined]);
    }
    const commit =
      "git init -q -b main && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m x";
    await sh(`${commit} && git worktree add -q ../tree && mkdir -p sub`, app, "");
    const inside = await start(join(app, "sub"), { XDG_STATE_HOME: join(home, "state") });
    expect(inside).toMatchObject({ root: app, gitDir: join(app, ".git") });
    expect(inside.text("machine")).toBe("0123456789abcdef0123");
    expect(inside.text("cli")).toBe("/opt/cairn/bin/cairn.js");
    const tree = await start(join(home, "tree"));
    expect(tree).toMatchObject({ root: join(home, "tree"), gitDir: join(app, ".git") });
    await sh("git config cairn.project shop && git remote add origin git@x.com:a/b", app, "");
    const named = await start(app);
    expect([named.text("project"), named.text("project-from")]).toEqual(["shop", "config"]);
    expect(existsSync(join(app, "pwned"))).toBe(false);
    server.close();
  });

  it("lets no name that git knows begin a header of its own, and sends none without bounds", async () => {
    const server = await listener(200, "{}");
    const folder = join(temporaryFolder("lines"), "a\r\nX-Cairn-Cli: evil\nEND");
    mkdirSync(folder);
    const long = "y".repeat(20_000);
    const config = `git init -q && git config cairn.project "$(printf 'a\\r\\nX-Cairn-Machine: evil\\n${long}')"`;
    await sh(config, folder, "");
    expect((await sh(command(server.url, "SessionStart"), folder, "{}")).code).toBe(0);
    const headers = server.seen[0]?.headers ?? {};
    expect(headers["x-cairn-cli"]).toBeUndefined();
    expect(headers["x-cairn-machine"]).toBeUndefined();
    expect(headers["x-cairn-root"]).toMatch(/aX-Cairn-Cli: evilEND$/);
    expect(headers["x-cairn-project"]).toHaveLength(4_000);
    expect(headers["x-cairn-project"]).toMatch(/^aX-Cairn-Machine: evily/);
    expect(server.seen[0]?.body).toBe("{}");
    server.close();
  });

  it("says nothing and ends well when the server is down, refuses, or curl is missing", async () => {
    const folder = temporaryFolder("hook");
    const server = await listener(401, '{"error":{"code":"unauthorized","message":"no"}}');
    for (const event of ["SessionStart", "Stop"]) {
      const silent = { code: 0, stdout: "", stderr: "" };
      expect(await sh(command(server.url, event, true), folder, "{}")).toEqual(silent);
      expect(await sh(command("http://127.0.0.1:9", event, true), folder, "{}")).toEqual(silent);
      expect(await sh(command(server.url, event, true), folder, "{}", "/nowhere")).toEqual(silent);
    }
    server.close();
  });

  it("never has the key among the arguments of a process", () => {
    for (const quiet of [true, false]) {
      const all = JSON.stringify(CLAUDE_CODE_CONNECT.hooks({ url: URL_ONE, quiet }));
      expect(all).not.toMatch(/-H ["']?(Authorization|\$)/);
    }
  });
});

describe("editing JSON text", () => {
  const member = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 });

  it("has the new value, whatever the old text looked like, and changes nothing for the same value", () => {
    fc.assert(
      fc.property(member, member, fc.constantFrom(undefined, 2, "\t"), (before, added, indent) => {
        const text = JSON.stringify(before, null, indent);
        const old = JSON.parse(text);
        expect(editJson(text, old)).toBe(text);
        const wanted = { ...old, ...JSON.parse(JSON.stringify(added)) };
        const edited = editJson(text, wanted);
        expect(JSON.parse(edited)).toEqual(wanted);
        // Objects that gain members and lose them again are as they were.
        expect(JSON.parse(editJson(edited, old))).toEqual(old);
      }),
      { numRuns: 300 },
    );
  });
});
