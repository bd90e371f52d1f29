/**
 * The package as a new user has it, on any system: packed, installed into an empty folder, started,
 * connected, told something, killed, and started again.
 *
 *   npm run test:platform
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const IS_WINDOWS = process.platform === "win32";
const READY_MS = 120_000;
const SAID = "The quokka banner stays";

const home = mkdtempSync(join(tmpdir(), "cairn-platform-"));
const prefix = join(home, "prefix");
const app = join(home, "app");
mkdirSync(app);
const env: NodeJS.ProcessEnv = {
  ...process.env,
  HOME: home,
  USERPROFILE: home,
  LOCALAPPDATA: join(home, "local"),
  APPDATA: join(home, "roaming"),
  PORT: "0",
};
const packages = IS_WINDOWS ? join(prefix, "node_modules") : join(prefix, "lib", "node_modules");
const command = join(packages, "cairn-memory", "bin", "cairn.js");

step("pack and install");
npm("pack", "--pack-destination", home);
const tarball = `cairn-memory-${JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version}.tgz`;
npm("install", "--global", "--prefix", prefix, join(home, tarball));

let server: ChildProcess | null = null;
try {
  step("start, connect, and ask the doctor");
  server = await start();
  cairn("connect", "claude-code");
  cairn("doctor");

  step("the hook of a session's start, as the agent runs it");
  const settings = JSON.parse(readFileSync(join(home, ".claude", "settings.json"), "utf8"));
  const hook: string = settings.hooks.SessionStart[0].hooks[0].command;
  const payload = {
    session_id: "s1",
    cwd: app,
    hook_event_name: "SessionStart",
    source: "startup",
  };
  const answered = spawnSync(hook, {
    shell: true,
    cwd: app,
    env: { ...env, ...settings.env },
    input: JSON.stringify(payload),
    encoding: "utf8",
  });
  if (answered.status !== 0) throw new Error(`the hook ended with ${answered.status}`);
  JSON.parse(answered.stdout);

  step("remember, kill, start again, find");
  cairn("add", SAID);
  server.kill("SIGKILL");
  server = await start();
  if (!cairn("search", "quokka").includes(SAID)) throw new Error("it was not found again");
  cairn("disconnect", "claude-code");
  console.log("all well");
} finally {
  server?.kill();
  // The runtime ends a moment after the process that started it.
  rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
}

function step(name: string): void {
  console.log(`- ${name}`);
}

function npm(...args: string[]): void {
  const npmCommand = IS_WINDOWS ? "npm.cmd" : "npm";
  const ran = spawnSync(npmCommand, args, { cwd: ROOT, encoding: "utf8", shell: IS_WINDOWS });
  if (ran.status !== 0) throw new Error(`npm ${args[0]}: ${ran.stdout}${ran.stderr}`);
}

function cairn(...args: string[]): string {
  const ran = spawnSync(process.execPath, [command, ...args], { cwd: app, env, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`cairn ${args[0]}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [command, "start"], { cwd: app, env });
  let output = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready: ${output}`)), READY_MS);
    const take = (text: string) => {
      output += text;
      if (!output.includes("cairn ready")) return;
      clearTimeout(timer);
      resolve(child);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
}
