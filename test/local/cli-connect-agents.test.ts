/** `cairn connect` for agents that are set up by files: commands with curl settings, and plugins. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 60_000;
const KEY = `cairn_acme_abcd1234_${"k".repeat(40)}`;
/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9/one";

/** What a person has in these files before. */
const BEFORE: Record<string, string> = {
  ".codex/hooks.json":
    '{ "hooks": { "Stop": [{ "hooks": [{"type":"command","command":"say done"}] }] } }\n',
  ".codex/config.toml": 'model = "gpt-5.5"\n\n[projects."/x"]\ntrust_level = "trusted"\n',
  ".copilot/mcp-config.json":
    '{\n\t"mcpServers": { "other": { "type": "http", "url": "https://x" } }\n}\n',
  ".gemini/settings.json":
    '{"hooks": {"AfterTool": [{"matcher": "x", "hooks": []}]}, "theme": "dark"}\n',
  ".qwen/settings.json": '{"env": {"A": "b"}}\n',
  ".config/opencode/opencode.json": '{ "model": "x/y" }\n',
};

function place() {
  const home = temporaryFolder("agents");
  const project = join(home, "project");
  mkdirSync(project);
  for (const [name, text] of Object.entries(BEFORE)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text, { mode: 0o600 });
  }
  const env = environment(home, { XDG_STATE_HOME: "", XDG_CONFIG_HOME: "" });
  const read = (name: string) => readFileSync(join(home, name), "utf8");
  return {
    home,
    project,
    env,
    read,
    json: (name: string) => JSON.parse(read(name)),
    cairn: (...args: string[]) => run(CAIRN, args, { cwd: project, env }),
    connect: (agent: string, url = NOWHERE, ...args: string[]) =>
      run(CAIRN, ["connect", agent, "--url", url, "--key", KEY, ...args], { cwd: project, env }),
    /** Runs a hook as an agent does. */
    hook: (command: string, payload: string) =>
      run("sh", ["-c", `printf '%s' "$PAYLOAD" | { ${command}\n}`], {
        cwd: project,
        env: { ...env, PAYLOAD: payload },
      }),
  };
}

interface Posted {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that keeps what is posted, and answers with context. */
async function listener() {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url ?? "";
    // `connect` also asks whether the key is taken.
    if (path.startsWith("/hooks/")) posted.push({ path, headers: request.headers, body });
    const hookEventName = /"hook_event_name":"(\w+)"/.exec(body)?.[1];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        hookSpecificOutput: { hookEventName, additionalContext: `CTX ${hookEventName}` },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, posted, close: () => new Promise((resolve) => server.close(resolve)) };
}

afterAll(removeTemporaryFolders);

describe("connect by files", { timeout: PROCESSES_MS }, () => {
  it("merges into what is there, says nothing new to a second server, and takes all of it out again", async () => {
    const { home, read, json, connect, cairn } = place();
    const agents = ["codex", "copilot-cli", "gemini-cli", "qwen-code", "opencode", "pi"];
    for (const agent of agents) {
      expect(await connect(agent), agent).toMatchObject({ code: 0, stderr: "" });
    }
    for (const agent of agents) {
      const path = join(home, ".local/state/cairn", `${agent}.curl`);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, "utf8")).toContain(`url = "${NOWHERE}/hooks/${agent}"`);
    }
    const codex = json(".codex/hooks.json").hooks;
    expect(codex.Stop[0].hooks[0].command).toBe("say done");
    expect(codex.Stop[1].hooks[0]).toMatchObject({ type: "command", timeout: 5 });
    expect(codex.SessionEnd[0].hooks[0].timeout).toBe(3);
    expect(read(".codex/config.toml")).toContain(
      `[mcp_servers.cairn]\nurl = "${NOWHERE}/mcp"\nhttp_headers = { "Authorization" = "Bearer ${KEY}"`,
    );
    expect(json(".copilot/hooks/cairn.json").hooks.PostToolUse[0].timeoutSec).toBe(5);
    expect(json(".copilot/mcp-config.json").mcpServers).toMatchObject({
      other: {},
      cairn: { type: "http", url: `${NOWHERE}/mcp`, tools: ["*"] },
    });
    expect(json(".gemini/settings.json").hooks.AfterTool[1].hooks[0].timeout).toBe(5_000);
    expect(json(".qwen/settings.json")).toMatchObject({
      env: { A: "b" },
      hooks: { PostToolUseFailure: [{ hooks: [{ timeout: 5_000 }] }] },
      mcpServers: { cairn: { httpUrl: `${NOWHERE}/mcp` } },
    });
    expect(json(".config/opencode/opencode.json").mcp.cairn).toMatchObject({ type: "remote" });

    const again = await connect("gemini-cli");
    expect(again.stdout).toContain("nothing had to be changed");
    const commands = read(".codex/hooks.json");
    await connect("codex", "https://cairn.example.com");
    expect(read(".codex/hooks.json")).toBe(commands);
    expect(read(".local/state/cairn/codex.curl")).toContain(
      "https://cairn.example.com/hooks/codex",
    );
    expect((await cairn("status", "--url", NOWHERE, "--key", KEY)).code).toBe(1);

    for (const agent of agents) await cairn("disconnect", agent);
    for (const [name, text] of Object.entries(BEFORE))
      expect([name, read(name)]).toEqual([name, text]);
    for (const name of [
      ".copilot/hooks/cairn.json",
      ".config/opencode/plugins/cairn.js",
      ".pi/agent/extensions/cairn.ts",
      ".local/state/cairn/codex.curl",
    ]) {
      expect(existsSync(join(home, name)), name).toBe(false);
    }
    expect((await cairn("disconnect", "pi")).stdout).toContain("was not connected");
  });

  it("writes commands that post what they get, and are silent where nobody answers or capture is paused", async () => {
    const { json, connect, hook, cairn } = place();
    const server = await listener();
    await connect("codex", server.url);
    await connect("copilot-cli", server.url);
    const command = (event: string): string =>
      json(".codex/hooks.json").hooks[event].at(-1).hooks[0].command;
    const payload = JSON.stringify({
      session_id: "s",
      hook_event_name: "UserPromptSubmit",
      prompt: "ü $HOME `x`",
    });
    const answered = await hook(command("UserPromptSubmit"), payload);
    expect(answered).toMatchObject({ code: 0, stderr: "" });
    expect(answered.stdout).toContain("CTX UserPromptSubmit");
    await hook(command("SessionStart"), payload);
    const [prompt, start] = server.posted;
    expect(prompt).toMatchObject({ path: "/hooks/codex", body: payload });
    expect(prompt?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      "content-type": "application/json",
      "x-cairn-hooks": "1",
    });
    expect(start?.headers["x-cairn-machine"]).toMatch(/^[0-9a-f]{32}$/);

    // The closing message stands in the transcript that the stop names.
    const transcript = join(temporaryFolder("transcript"), "events.jsonl");
    const said = { type: "assistant.message", data: { content: "All done." } };
    writeFileSync(transcript, `{"type":"x"}\n${JSON.stringify(said)}\n{"type":"y"}\n`);
    const stop = JSON.stringify({
      hook_event_name: "Stop",
      session_id: "s",
      transcript_path: transcript,
    });
    await hook(json(".copilot/hooks/cairn.json").hooks.Stop[0].bash, stop);
    expect(
      server.posted
        .at(-1)
        ?.body.trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([JSON.parse(stop), said]);

    const count = server.posted.length;
    await cairn("pause");
    expect(await hook(command("Stop"), payload)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await cairn("doctor", "--json")).stdout).toContain("paused");
    expect(server.posted).toHaveLength(count);
    expect((await cairn("resume", "codex")).stdout).toContain(server.url);
    await hook(command("Stop"), payload);
    expect(server.posted).toHaveLength(count + 1);
    await server.close();
    expect(await hook(command("Stop"), payload)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("trusts Codex's hooks where it is asked to, and leaves the rest of its settings alone", async () => {
    const { home, read, connect, cairn } = place();
    expect((await connect("codex")).stdout).toContain("runs no hook that you have not trusted");
    await connect("codex", NOWHERE, "--trust");
    const once = read(".codex/config.toml");
    expect(once.startsWith(BEFORE[".codex/config.toml"] ?? "?")).toBe(true);
    const table = `[hooks.state."${join(home, ".codex/hooks.json")}:stop:1:0"]`;
    expect(once).toContain(`${table}\ntrusted_hash = "sha256:`);
    expect(once.match(/trusted_hash/g)).toHaveLength(7);
    expect((await connect("codex", NOWHERE, "--trust")).stdout).toContain(
      "nothing had to be changed",
    );
    expect(read(".codex/config.toml")).toBe(once);
    await cairn("disconnect", "codex");
    expect(read(".codex/config.toml")).toBe(BEFORE[".codex/config.toml"]);
    expect((await connect("pi", NOWHERE, "--trust")).code).toBe(1);
  });

  it("connects a repository without its key, and leaves foreign files and servers as they are", async () => {
    const { home, project, json, connect, cairn } = place();
    await connect("gemini-cli", NOWHERE, "--project-scope");
    const text = readFileSync(join(project, ".gemini/settings.json"), "utf8");
    expect(text).not.toContain(KEY);
    expect(text).toMatch(/cairn\/gemini-cli-[0-9a-f]{8}\.curl/);
    expect((await cairn("doctor", "--json")).stdout).toContain("Gemini CLI in this folder");
    await cairn("disconnect", "gemini-cli", "--project-scope");
    expect(existsSync(join(project, ".gemini/settings.json"))).toBe(false);

    const own = join(home, ".pi/agent/extensions/cairn.ts");
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, "// mine\n");
    expect((await connect("pi")).stderr).toContain("not Cairn's");
    expect(readFileSync(own, "utf8")).toBe("// mine\n");
    const foreign = { mcpServers: { cairn: { httpUrl: "https://other" } } };
    writeFileSync(join(home, ".qwen/settings.json"), JSON.stringify(foreign));
    expect((await connect("qwen-code")).stdout).toContain("is not this one");
    expect(json(".qwen/settings.json").mcpServers).toEqual(foreign.mcpServers);
  });

  it("finds what is installed, and asks", async () => {
    const { cairn, read } = place();
    const all = ["connect", "--all", "--url", NOWHERE, "--key", KEY];
    const asked = await cairn(...all);
    expect(asked.stderr).toMatch(/found: .*Codex.*Copilot CLI.*--yes/s);
    expect((await cairn(...all, "--yes")).stdout).toContain("OpenCode is connected");
    expect(read(".config/opencode/plugins/cairn.js")).toContain('sender("opencode")');
    expect((await cairn("connect")).stderr).toContain("--all");
  });
});

describe("plugins", { timeout: PROCESSES_MS }, () => {
  /** Loads what `connect` wrote, as the agent would, in a process of its own. */
  async function drive(agent: string, file: string, script: string) {
    const { home, project, env, connect } = place();
    const server = await listener();
    await connect(agent, server.url);
    const plugin = JSON.stringify(pathToFileURL(join(home, file)).href);
    const done = await run(
      process.execPath,
      ["--input-type=module", "-e", `const plugin = await import(${plugin});\n${script}`],
      { cwd: project, env },
    );
    await server.close();
    expect(done, done.stderr).toMatchObject({ code: 0 });
    return {
      hooks: server.posted.map(({ body }) => JSON.parse(body)),
      headers: server.posted.map(({ headers }) => headers),
      said: done.stdout.trim(),
    };
  }

  it("OpenCode's tells prompts, calls, failures, sub-agents and ends, and gives context with every request", async () => {
    const { hooks, headers, said } = await drive(
      "opencode",
      ".config/opencode/plugins/cairn.js",
      `
      const it = await plugin.Cairn({ directory: process.cwd() });
      const event = (type, properties) => it.event({ event: { type, properties } });
      const parts = [{ type: "text", text: "Fix it" }, { type: "text", text: "no", synthetic: true }];
      await it["chat.message"]({ sessionID: "s" }, { message: { id: "m1" }, parts });
      await event("session.created", { info: { id: "child", parentID: "s" } });
      await it["chat.message"]({ sessionID: "child" }, { message: { id: "m2" }, parts });
      it["tool.execute.after"]({ tool: "bash", sessionID: "child", callID: "c1", args: { command: "ls" } },
        { title: "", output: "a", metadata: { exit: 3 } });
      const state = { status: "error", input: { filePath: "a" }, error: "no such text" };
      event("message.part.updated", { part: { type: "tool", tool: "edit", callID: "c2", sessionID: "s", state } });
      await it["experimental.text.complete"]({ sessionID: "child" }, { text: "Looked." });
      await event("session.idle", { sessionID: "child" });
      await it["experimental.text.complete"]({ sessionID: "s" }, { text: "Done." });
      await event("session.idle", { sessionID: "s" });
      await event("session.idle", { sessionID: "s" });
      await it["chat.message"]({ sessionID: "s" }, { message: { id: "m3" }, parts });
      const wrong = { tool: "look", error: "There is no such tool" };
      it["tool.execute.after"]({ tool: "invalid", sessionID: "s", callID: "c3", args: wrong }, { output: "" });
      await event("session.idle", { sessionID: "s" });
      await it["chat.message"]({ sessionID: "s" }, { message: { id: "m4" }, parts });
      await event("session.error", { sessionID: "s", error: {} });
      await event("session.idle", { sessionID: "s" });
      const system = [];
      await it["experimental.chat.system.transform"]({ sessionID: "s" }, { system });
      await it["experimental.chat.system.transform"]({ sessionID: "s" }, { system });
      console.log(system.join("|"));
      await it.dispose();`,
    );
    expect(hooks).toMatchObject([
      { hook_event_name: "SessionStart", session_id: "s" },
      { hook_event_name: "UserPromptSubmit", prompt: "Fix it", prompt_id: "m1" },
      {
        hook_event_name: "PostToolUse",
        session_id: "s",
        agent_id: "child",
        tool_response: { output: "a", exit: 3 },
      },
      { hook_event_name: "PostToolUseFailure", tool_use_id: "c2", error: "no such text" },
      { hook_event_name: "SubagentStop", agent_id: "child", last_assistant_message: "Looked." },
      { hook_event_name: "Stop", prompt_id: "m1", last_assistant_message: "Done." },
      { hook_event_name: "UserPromptSubmit", prompt_id: "m3" },
      { hook_event_name: "PostToolUseFailure", tool_name: "look", error: "There is no such tool" },
      { hook_event_name: "Stop", prompt_id: "m3", last_assistant_message: "" },
      { hook_event_name: "UserPromptSubmit", prompt_id: "m4" },
      { hook_event_name: "StopFailure", prompt_id: "m4" },
      { hook_event_name: "SessionEnd", reason: "exit" },
    ]);
    expect(headers[0]).toMatchObject({
      authorization: `Bearer ${KEY}`,
      "x-cairn-machine": expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(headers[1]).not.toHaveProperty("x-cairn-machine");
    const more = "CTX UserPromptSubmit";
    const once = `CTX SessionStart|${more}|${more}|${more}`;
    expect(said).toBe(`${once}|${once}`);
  });

  it("Pi's tells the same, in order, and gives its context once", async () => {
    const { hooks, said } = await drive(
      "pi",
      ".pi/agent/extensions/cairn.ts",
      `
      const on = {};
      plugin.default({ on: (name, handler) => { on[name] = handler; } });
      const ctx = { sessionManager: { getSessionId: () => "s" }, cwd: process.cwd() };
      await on.session_start({ reason: "startup" }, ctx);
      const first = await on.before_agent_start({ prompt: "Fix it" });
      const text = [{ type: "text", text: "out" }];
      on.tool_result({ toolName: "bash", toolCallId: "t1", input: { command: "x" }, content: text, isError: true });
      on.tool_result({ toolName: "edit", toolCallId: "t2", input: { path: "a" }, content: text, details: { diff: "+a" } });
      await on.agent_end({ messages: [{ role: "assistant", content: [{ type: "text", text: "Done." }] }, { role: "user" }] });
      const second = await on.before_agent_start({ prompt: "Go on" });
      await on.agent_end({ messages: [{ role: "assistant", content: [], stopReason: "aborted" }] });
      await on.session_compact({ compactionEntry: { summary: "So far." } });
      await on.session_shutdown({ reason: "quit" });
      console.log(JSON.stringify([first.message.content, second.message.content]));`,
    );
    expect(hooks).toMatchObject([
      { hook_event_name: "SessionStart", session_id: "s", source: "startup" },
      { hook_event_name: "UserPromptSubmit", prompt: "Fix it" },
      { hook_event_name: "PostToolUseFailure", tool_use_id: "t1", error: "out" },
      { hook_event_name: "PostToolUse", tool_response: "+a" },
      { hook_event_name: "Stop", last_assistant_message: "Done." },
      { hook_event_name: "UserPromptSubmit", prompt: "Go on" },
      { hook_event_name: "StopFailure" },
      { hook_event_name: "PostCompact", compact_summary: "So far." },
      { hook_event_name: "SessionEnd", reason: "quit" },
    ]);
    expect(hooks[1].prompt_id).toBe(hooks[4].prompt_id);
    expect(hooks[1].prompt_id).not.toBe(hooks[5].prompt_id);
    expect(JSON.parse(said)).toEqual([
      "CTX SessionStart\n\nCTX UserPromptSubmit",
      "CTX UserPromptSubmit",
    ]);
  });
});
