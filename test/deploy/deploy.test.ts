import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import cairn from "../../package.json" with { type: "json" };
import { ROOT } from "../../src/cli/installation.ts";
import {
  CAIRN,
  environment,
  type Result,
  removeTemporaryFolders,
  run,
  temporaryFolder,
} from "../local/cli-command.ts";
import { type StandIn, startStandIn } from "./cloudflare-stand-in.ts";

/** wrangler starts slowly, on machines that may be busy. */
const PROCESSES_MS = 180_000;
const KEY_PATTERN = /cairn_[a-z0-9-]+_[a-z0-9]{12}_[A-Za-z0-9]{48}/;
const HEX = /^[0-9a-f]{64}$/;

describe("cairn deploy", { timeout: PROCESSES_MS }, () => {
  const home = temporaryFolder("deploy");
  let cloudflare: StandIn;

  function cairnCommand(...args: string[]): Promise<Result> {
    const env = environment(home, {
      CLOUDFLARE_API_BASE_URL: cloudflare.url,
      CLOUDFLARE_API_TOKEN: "token",
      CLOUDFLARE_ACCOUNT_ID: "acc",
      ANTHROPIC_API_KEY: "sk-ant-of-the-environment",
    });
    return run(CAIRN, args, { cwd: home, env });
  }

  beforeAll(async () => {
    cloudflare = await startStandIn();
  });

  afterAll(async () => {
    await cloudflare.close();
    removeTemporaryFolders();
  });

  it("makes a key, deploys what the check finds well, and updates without a new key", async () => {
    const first = await cairnCommand("deploy", "--team", "acme");
    expect(first, first.stdout + first.stderr).toMatchObject({ code: 0 });
    const key = KEY_PATTERN.exec(first.stdout)?.[0] ?? "";
    expect(key).toMatch(/^cairn_acme_/);
    const address = "https://cairn.acme.workers.dev";
    expect(first.stdout).toContain(`${CAIRN} connect claude-code --url ${address} --key ${key}`);
    const deployed = cloudflare.workers.get("cairn");
    expect(deployed?.metadata).toMatchObject({
      keep_bindings: expect.arrayContaining(["plain_text", "secret_text"]),
      observability: { enabled: true, logs: { invocation_logs: false } },
      exports: { SessionObject: { storage: "sqlite" } },
    });
    const texts = deployed?.metadata.bindings.filter(({ text }) => text !== undefined);
    const secret = { name: "CAIRN_SECRET", type: "secret_text", text: expect.stringMatching(HEX) };
    expect(texts).toHaveLength(2);
    expect(texts).toContainEqual({ name: "CAIRN_KEY", type: "secret_text", text: key });
    expect(texts).toContainEqual(secret);
    const made = texts?.find(({ name }) => name === secret.name)?.text;
    expect(first.stdout + first.stderr).not.toContain(made);
    expect(deployed?.code.length).toBeLessThan(3 * 1024 * 1024);

    const url = await cloudflare.serve("cairn");
    const checked = await cairnCommand("deploy-check", url, "--key", key, "--json");
    expect(checked, checked.stdout + checked.stderr).toMatchObject({ code: 0 });
    const report = JSON.parse(checked.stdout);
    expect(report.ok).toBe(true);
    const names = report.checks.map((check: { name: string }) => check.name);
    expect(names).toEqual(expect.arrayContaining(["address", "version", "lock", "key", "hook"]));
    const projects = await cairnCommand("projects", "--url", url, "--key", key, "--json");
    expect(JSON.parse(projects.stdout)).toEqual([]);

    const again = await cairnCommand("deploy", "--anthropic");
    expect(again, again.stdout + again.stderr).toMatchObject({ code: 0 });
    expect(again.stdout).toContain("cairn is updated");
    expect(again.stdout + again.stderr).not.toMatch(KEY_PATTERN);
    const updated = cloudflare.workers.get("cairn");
    expect(updated?.uploads).toBe(2);
    const secrets = updated?.metadata.bindings.filter(({ type }) => type === "secret_text");
    expect(secrets).toEqual(
      expect.arrayContaining([
        { name: "CAIRN_KEY", type: "secret_text", text: key },
        { name: "CAIRN_SECRET", type: "secret_text", text: made },
        { name: "ANTHROPIC_API_KEY", type: "secret_text", text: "sk-ant-of-the-environment" },
      ]),
    );
    const later = await cloudflare.serve("cairn");
    const still = await cairnCommand("deploy-check", later, "--key", key);
    expect(still.stdout).toContain(`version: ${cairn.version}`);
  });

  it("settles the jurisdiction with the first deployment", async () => {
    expect(await cairnCommand("deploy", "--jurisdiction", "europe")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("eu, us, fedramp"),
    });
    const first = await cairnCommand("deploy", "--name", "cairn-eu", "--jurisdiction", "eu");
    expect(first, first.stderr).toMatchObject({ code: 0 });
    const place = { name: "CAIRN_JURISDICTION", type: "plain_text", text: "eu" };
    expect(cloudflare.workers.get("cairn-eu")?.metadata.bindings).toContainEqual(place);
    const again = await cairnCommand("deploy", "--name", "cairn-eu", "--jurisdiction", "us");
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be changed") });
    expect(await cairnCommand("deploy", "--name", "cairn-eu")).toMatchObject({ code: 0 });
    expect(cloudflare.workers.get("cairn-eu")?.metadata.bindings).toContainEqual(place);
  });

  it("binds Cloudflare's own models where it is asked to, keeps them, and takes them off", async () => {
    const bound = () =>
      cloudflare.workers.get("cairn-ai")?.metadata.bindings.filter(({ type }) => type === "ai");
    const deploy = async (...flags: string[]) => {
      const done = await cairnCommand("deploy", "--name", "cairn-ai", ...flags);
      expect(done, done.stdout + done.stderr).toMatchObject({ code: 0 });
      return done.stdout;
    };
    expect(await deploy("--workers-ai")).toContain("Workers AI is bound to it");
    expect(bound()).toMatchObject([{ name: "AI" }]);
    expect(await deploy()).toContain("Workers AI is bound to it");
    expect(bound()).toHaveLength(1);
    await deploy("--no-workers-ai");
    expect(bound()).toEqual([]);
    await deploy();
    expect(bound()).toEqual([]);
  });

  it("tells the key that it made where wrangler fails after it was set", async () => {
    cloudflare.failAfterUpload({ status: 500, message: "internal error" });
    const failed = await cairnCommand("deploy", "--name", "cairn-cut");
    cloudflare.failAfterUpload(null);
    expect(failed.code).toBe(1);
    const set = cloudflare.workers
      .get("cairn-cut")
      ?.metadata.bindings.find(({ name }) => name === "CAIRN_KEY")?.text;
    expect(failed.stderr).toContain(set);
  });

  it("says what is wrong with an address, with its remedy and exit code 1", async () => {
    const page = createServer((request, response) => {
      const [status, headers, body] = ANSWERS[request.url?.split("/")[1] ?? ""] ?? [404, {}, ""];
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
    const { port } = page.address() as AddressInfo;
    const key = `cairn_acme_abcdefgh_${"k".repeat(40)}`;
    const check = (path: string) =>
      cairnCommand("deploy-check", `http://127.0.0.1:${port}/${path}`, "--key", key, "--wait", "0");
    for (const [path, [, , , told]] of Object.entries(ANSWERS)) {
      const { code, stdout } = await check(path);
      expect([path, code, stdout]).toEqual([path, 1, expect.stringContaining(told)]);
      expect(stdout).toContain("→");
    }
    await new Promise((resolve) => page.close(resolve));
    const refused = await check("gone");
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining("nothing listens") });
  });
});

const HTML = { "content-type": "text/html; charset=UTF-8" };
/** What stands in the way of a deployment: status, headers, body, and the words for it. */
const ANSWERS: Record<string, [number, Record<string, string>, string, string]> = {
  failed: [500, HTML, "<title>Worker threw exception | Error 1101</title>", "error 1101"],
  limited: [429, HTML, "<h1>error code: 1027</h1>", "used up"],
  access: [
    302,
    { location: "https://acme.cloudflareaccess.com/cdn-cgi/access/login/cairn" },
    "",
    "take this address out of Access",
  ],
  other: [200, { "content-type": "application/json" }, '{"ok":true}', "not as Cairn does"],
  nothing: [404, HTML, "There is nothing here yet", "which is not Cairn's"],
};

describe("wrangler.toml", () => {
  /** Classes of every release. Taken out or renamed, they would take all of their objects along. */
  const RELEASED_CLASSES = ["SessionObject", "ProjectObject", "TeamObject"];

  it("keeps every class that a release had, and has a binding for each, also in previews", async () => {
    const { experimental_readRawConfig: read } = await import("wrangler");
    const { rawConfig } = read({ config: join(ROOT, "wrangler.toml") });
    for (const name of RELEASED_CLASSES) {
      expect(rawConfig.exports?.[name]).toEqual({ type: "durable-object", storage: "sqlite" });
    }
    const bindings = rawConfig.durable_objects?.bindings;
    expect(bindings?.map((binding: { class_name: string }) => binding.class_name)).toEqual(
      Object.keys(rawConfig.exports ?? {}),
    );
    expect(rawConfig.previews?.durable_objects?.bindings).toEqual(bindings);
    expect(rawConfig.migrations).toBeUndefined();
    expect(rawConfig.secrets).toBeUndefined();
  });

  it("has no example of a secret that a Deploy button would ship", () => {
    const lines = readFileSync(join(ROOT, ".dev.vars.example"), "utf8").split("\n");
    const values = lines.filter((line) => /^[^#=]+=./.test(line));
    expect(values).toEqual([]);
  });
});
