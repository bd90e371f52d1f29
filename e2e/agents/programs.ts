/** The real programs: which package, what they need to run without an account, and how they are asked. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Step } from "./mock-model.ts";

export interface Program {
  /** As `cairn connect` calls it. */
  agent: string;
  /** The npm package, in the version that is tried. */
  package: string;
  /** Its command. */
  bin: string;
  connectFlags: readonly string[];
  /** A look into the memory by our MCP server; null where the agent is no MCP client. */
  recall: Step | null;
  /** Files below the home before it runs. */
  files(model: string): Record<string, string>;
  env(model: string, home: string): Record<string, string>;
  args(prompt: string): string[];
  /** Reads `greet.sh`, runs what fails, and changes the file; `folder` is where it works. */
  steps(folder: string): Step[];
}

const FAILING = "ls does-not-exist; exit 3";
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const PATCH = [
  "*** Begin Patch",
  "*** Update File: greet.sh",
  "@@",
  "-echo hello",
  "+echo hello wombat",
  "*** End Patch",
  "",
].join("\n");

export const PROGRAMS: readonly Program[] = [
  {
    agent: "codex",
    package: "@openai/codex@0.171.0",
    bin: "codex",
    connectFlags: ["--trust"],
    recall: { tool: "search", namespace: "mcp__cairn", input: { query: "quokka" } },
    files: (model) => ({
      ".codex/config.toml": [
        'model = "gpt-5.5"',
        'model_provider = "mock"',
        "[model_providers.mock]",
        'name = "mock"',
        `base_url = "${model}/v1"`,
        'env_key = "MOCK_KEY"',
        'wire_api = "responses"',
        "",
      ].join("\n"),
    }),
    env: () => ({ MOCK_KEY: "x" }),
    args: (prompt) => [
      "exec",
      "--skip-git-repo-check",
      "--dangerously-bypass-approvals-and-sandbox",
      prompt,
    ],
    steps: () => [
      { tool: "exec_command", input: { cmd: "cat greet.sh" } },
      { tool: "exec_command", input: { cmd: FAILING } },
      { tool: "apply_patch", custom: PATCH },
    ],
  },
  {
    agent: "copilot-cli",
    package: "@github/copilot@1.0.102",
    bin: "copilot",
    connectFlags: [],
    recall: { tool: "cairn-search", input: { query: "quokka" } },
    files: () => ({}),
    env: (model) => ({
      COPILOT_OFFLINE: "true",
      COPILOT_PROVIDER_BASE_URL: `${model}/v1`,
      COPILOT_PROVIDER_API_KEY: "x",
      COPILOT_MODEL: "gpt-5-mini",
      COPILOT_AUTO_UPDATE: "false",
    }),
    args: (prompt) => ["-p", prompt, "--allow-all-tools"],
    steps: (folder) => [
      { tool: "view", input: { path: join(folder, "greet.sh") } },
      { tool: "bash", input: { command: FAILING, description: "list" } },
      {
        tool: "edit",
        input: { path: join(folder, "greet.sh"), old_str: "hello", new_str: "hello wombat" },
      },
    ],
  },
  {
    agent: "gemini-cli",
    package: "@google/gemini-cli@0.61.0",
    bin: "gemini",
    connectFlags: [],
    recall: { tool: "mcp_cairn_search", input: { query: "quokka" } },
    files: () => ({
      ".gemini/settings.json": json({ security: { auth: { selectedType: "gemini-api-key" } } }),
    }),
    env: (model) => ({
      GEMINI_API_KEY: "x",
      GOOGLE_GEMINI_BASE_URL: model,
      GEMINI_TELEMETRY_ENABLED: "false",
      NO_BROWSER: "1",
    }),
    args: (prompt) => ["--yolo", "--skip-trust", "-p", prompt],
    steps: () => [
      { tool: "read_file", input: { file_path: "greet.sh" } },
      { tool: "run_shell_command", input: { command: FAILING, description: "list" } },
      {
        tool: "replace",
        input: {
          file_path: "greet.sh",
          instruction: "greet the wombat",
          old_string: "hello",
          new_string: "hello wombat",
        },
      },
    ],
  },
  {
    agent: "opencode",
    package: "opencode-ai@1.18.33",
    bin: "opencode",
    connectFlags: [],
    recall: { tool: "cairn_search", input: { query: "quokka" } },
    files: (model) => ({
      ".config/opencode/opencode.json": json({
        model: "mock/mock",
        provider: {
          mock: {
            npm: "@ai-sdk/openai-compatible",
            options: { baseURL: `${model}/v1`, apiKey: "x" },
            models: { mock: { name: "mock" } },
          },
        },
      }),
    }),
    env: (_, home) => ({
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_DATA_HOME: join(home, ".local/share"),
      XDG_CACHE_HOME: join(home, ".cache"),
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    }),
    args: (prompt) => ["run", prompt],
    steps: (folder) => [
      { tool: "read", input: { filePath: join(folder, "greet.sh") } },
      { tool: "bash", input: { command: FAILING, description: "list" } },
      {
        tool: "edit",
        input: {
          filePath: join(folder, "greet.sh"),
          oldString: "hello",
          newString: "hello wombat",
        },
      },
    ],
  },
  {
    agent: "qwen-code",
    package: "@qwen-code/qwen-code@0.24.4",
    bin: "qwen",
    connectFlags: [],
    recall: { tool: "mcp__cairn__search", input: { query: "quokka" } },
    files: () => ({
      ".qwen/settings.json": json({ security: { auth: { selectedType: "openai" } } }),
    }),
    env: (model) => ({
      OPENAI_API_KEY: "x",
      OPENAI_BASE_URL: `${model}/v1`,
      OPENAI_MODEL: "mock",
      QWEN_TELEMETRY_ENABLED: "false",
    }),
    args: (prompt) => ["--yolo", "-p", prompt],
    steps: (folder) => [
      { tool: "read_file", input: { file_path: join(folder, "greet.sh") } },
      {
        tool: "run_shell_command",
        input: { command: FAILING, description: "list", is_background: false },
      },
      {
        tool: "edit",
        input: {
          file_path: join(folder, "greet.sh"),
          old_string: "hello",
          new_string: "hello wombat",
        },
      },
    ],
  },
  {
    agent: "pi",
    package: "@earendil-works/pi-coding-agent@1.6.0",
    bin: "pi",
    connectFlags: [],
    recall: null,
    files: (model) => ({
      ".pi/agent/models.json": json({
        providers: {
          mock: {
            baseUrl: `${model}/v1`,
            api: "openai-completions",
            apiKey: "x",
            models: [{ id: "mock" }],
          },
        },
      }),
    }),
    env: () => ({ PI_OFFLINE: "1", PI_SKIP_VERSION_CHECK: "1" }),
    args: (prompt) => ["--provider", "mock", "--model", "mock", "-p", prompt],
    steps: () => [
      { tool: "read", input: { path: "greet.sh" } },
      { tool: "bash", input: { command: FAILING } },
      {
        tool: "edit",
        input: { path: "greet.sh", edits: [{ oldText: "hello", newText: "hello wombat" }] },
      },
    ],
  },
];

/** Path of the program's command; npm installs it once, outside of the project. */
export function installProgram({ package: name, bin }: Program): string {
  const folder = join(tmpdir(), "cairn-e2e-programs", name.replaceAll(/[^\w.@-]/g, "-"));
  const command = join(folder, "node_modules", ".bin", bin);
  if (existsSync(command)) return command;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const args = ["install", name, "--no-audit", "--no-fund"];
  const done = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (done.status !== 0 || !existsSync(command)) {
    throw new Error(`npm could not install ${name}: ${done.stderr}`);
  }
  return command;
}

/** Writes its files into a home, leaving what is there already. */
export function prepareHome({ files }: Program, home: string, model: string): void {
  for (const [name, text] of Object.entries(files(model))) {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, "utf8") === "") writeFileSync(path, text);
  }
}
