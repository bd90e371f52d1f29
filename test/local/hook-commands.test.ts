import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CLAUDE_CODE_CONNECT } from "../../src/hooks/claude-code/connect.ts";
import { HOOKS_VERSION } from "../../src/hooks/connect/agent-connect.ts";
import { CAIRN, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 60_000;

const KEY = `cairn_acme_abcd1234_${"k".repeat(40)}`;

afterAll(removeTemporaryFolders);

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

  it("says the same by our own command, where there is no POSIX shell", async () => {
    const server = await listener(200, '{"answer":"memory"}');
    const home = temporaryFolder("no-shell");
    const state = join(home, ".local", "state", "cairn");
    const app = join(home, "größe");
    for (const folder of [state, app]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(state, "machine"), "0123456789abcdef0123\n");
    writeFileSync(join(state, "command"), `${CAIRN}\n`);
    const repository =
      "git init -q -b main && git remote add fork git@x.com:a/b && git config cairn.skip yes && " +
      "git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m x";
    await sh(repository, app, "");
    const env = { PATH: process.env.PATH, HOME: home, CAIRN_KEY: KEY };
    const options = { url: server.url, quiet: false, notice: false };
    const ours = { ...options, cairn: `"${process.execPath}" "${CAIRN}"` };
    for (const form of [options, ours]) {
      const [hook] = Object.values(CLAUDE_CODE_CONNECT.hooks(form).SessionStart ?? {}).flat();
      expect(CLAUDE_CODE_CONNECT.hookOptions(hook)).toMatchObject({ ...form, quiet: true });
      const { command: script } = hook as { command: string };
      const ran = await run("/bin/sh", ["-c", script], { cwd: app, input: '{"é":1}', env });
      expect(ran).toEqual({ code: 0, stdout: '{"answer":"memory"}', stderr: "" });
      const gone = script.replaceAll(server.url, "http://127.0.0.1:9");
      const alone = await run("/bin/sh", ["-c", gone], { cwd: app, input: "{}", env });
      expect(alone).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    const told = server.seen.map(({ headers, body }) => [
      body,
      ...Object.entries(headers).filter(([name]) => /^(?:x-cairn|authorization)/.test(name)),
    ]);
    const sorted = told.map((one) => one.map(String).toSorted());
    expect(sorted[0]).toHaveLength(12);
    expect(sorted[1]).toEqual(sorted[0]);
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
      const all = JSON.stringify(
        CLAUDE_CODE_CONNECT.hooks({ url: "http://127.0.0.1:9/one", quiet }),
      );
      expect(all).not.toMatch(/-H ["']?(Authorization|\$)/);
    }
  });
});
