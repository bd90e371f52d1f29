import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../src/cli/installation.ts";
import { bundleWorker } from "../../src/cli/server/worker-bundle.ts";
import { removeTemporaryFolders, temporaryFolder } from "./cli-command.ts";
import { type Deployment, startMixed } from "./mixed-deployment.ts";

const RELEASES = join(import.meta.dirname, "../fixtures/releases");
/** The calls between Worker and objects are a contract from this version on. */
const FIRST = [0, 2, 0];

const KEY = `cairn_local_test0001_${"t".repeat(40)}`;
const PROJECT = "github.com/acme/mixed";
const SESSION = "claude-code/mixed";
const DEPLOYMENT_MS = 60_000;

/** True for a version `a.b.c` that is not before v0.2.0. */
function isCompatible(version: string): boolean {
  const parts = version.split(".").map(Number);
  const at = FIRST.findIndex((number, i) => number !== parts[i]);
  return at === -1 || (parts[at] ?? 0) > (FIRST[at] ?? 0);
}

const bundled = readdirSync(RELEASES)
  .flatMap((file) => /^v(\d+\.\d+\.\d+)\.js\.gz$/.exec(file)?.[1] ?? [])
  .filter(isCompatible);

const released = [...readFileSync(join(ROOT, "CHANGELOG.md"), "utf8").matchAll(/^## (\S+)(.*)$/gm)]
  .filter(([, , rest]) => !rest?.includes("unreleased"))
  .map(([, version]) => version ?? "")
  .filter(isCompatible);

/** Together they put each version on both ends of every call between two parts. */
const DEPLOYMENTS: [string, Deployment][] = [
  [
    "today's Worker and the release's objects",
    { worker: "today", session: "release", project: "release", team: "release" },
  ],
  [
    "the release's Worker and today's objects",
    { worker: "release", session: "today", project: "today", team: "today" },
  ],
  [
    "sessions of the release between today's Worker and projects",
    { worker: "today", session: "release", project: "today", team: "today" },
  ],
  [
    "today's sessions between the release's Worker and projects",
    { worker: "release", session: "today", project: "release", team: "release" },
  ],
];

afterAll(removeTemporaryFolders);

it("the bundle of every release from v0.2.0 on is kept", () => {
  expect(bundled).toEqual(expect.arrayContaining(released));
});

describe.each(bundled)("v%s", (version) => {
  let today = "";

  beforeAll(async () => {
    const folder = temporaryFolder("bundle");
    mkdirSync(folder, { recursive: true });
    today = readFileSync(join(folder, await bundleWorker(folder)), "utf8");
  });

  const release = gunzipSync(readFileSync(join(RELEASES, `v${version}.js.gz`))).toString("utf8");

  it.each(DEPLOYMENTS)(
    "works in one deployment with today's code: %s",
    {
      timeout: DEPLOYMENT_MS,
    },
    async (_name, deployment) => {
      const bundles = { today, release };
      const server = await startMixed(temporaryFolder("mixed"), bundles, deployment, KEY);
      try {
        await useMemory(server.url);
      } finally {
        await server.stop();
      }
    },
  );
});

/** A session from its start to its deletion, and all that is asked of its project meanwhile. */
async function useMemory(url: string): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test is about
  const call = async (method: string, path: string, body?: unknown): Promise<any> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${KEY}`,
        "content-type": "application/json",
        "x-cairn-project": PROJECT,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${path}: ${response.status} ${text}`).toBe(true);
    return JSON.parse(text);
  };
  const hook = (name: string, fields: object = {}) =>
    call("POST", "/hooks/claude-code", {
      session_id: "mixed",
      cwd: "/home/dev/mixed",
      hook_event_name: name,
      prompt_id: "p1",
      ...fields,
    });
  const inProject = `project=${encodeURIComponent(PROJECT)}`;
  const observed = async () =>
    (await call("GET", `/v1/observations?${inProject}&activity=1`)).items;

  await hook("SessionStart", { source: "startup" });
  await hook("UserPromptSubmit", { prompt: "Why does the parser lose the last line?" });
  await hook("PostToolUse", {
    tool_use_id: "toolu_1",
    tool_name: "Read",
    tool_input: { file_path: "/home/dev/mixed/src/parser.ts" },
    tool_response: "export function parseLines() {}",
  });
  await hook("PostToolUse", {
    tool_use_id: "toolu_2",
    tool_name: "Edit",
    tool_input: {
      file_path: "/home/dev/mixed/src/parser.ts",
      old_string: "lines.pop();",
      new_string: "flushRemainder(lines);",
    },
    tool_response: {},
  });
  await hook("Stop", { last_assistant_message: "The parser flushes what remains at the end." });
  const view = await call("POST", `/v1/sessions/${SESSION}/flush?wait=1`);
  expect(view).toMatchObject({
    state: "idle",
    events: { pending: 0, done: 4, dead: 0 },
    outbox: 0,
  });

  const observations = await observed();
  expect(observations.length).toBeGreaterThan(0);
  const { items: hits } = await call("GET", `/v1/search?${inProject}&q=flushRemainder`);
  expect(hits[0].sources).toContain("tool:toolu_2");
  const { id } = observations[0];
  expect((await call("GET", `/v1/observations/${id}/sources`)).kept.length).toBeGreaterThan(0);
  expect((await call("GET", `/v1/context?${inProject}`)).text).toContain("parser");
  expect((await call("GET", `/v1/summaries?${inProject}`)).items).toHaveLength(1);
  expect((await call("GET", `/v1/timeline?around=${id}`)).items.length).toBeGreaterThan(1);
  expect((await call("GET", "/v1/projects")).items).toMatchObject([{ project: PROJECT }]);
  expect((await call("GET", `/v1/sessions?${inProject}`)).items).toMatchObject([
    { session: SESSION },
  ]);
  const note = { project: PROJECT, title: "A note", narrative: "Written by hand." };
  const saved = await call("POST", "/v1/observations", note);
  await call("DELETE", `/v1/observations/${saved.id}`);
  await call("PUT", "/v1/budgets", { session: { input: 1_000_000 } });
  expect((await call("GET", "/v1/budgets")).session.input).toBe(1_000_000);

  expect(await call("GET", "/v1/doctor")).toMatchObject({ ok: true });

  // The next session is given what was learnt.
  const started = await hook("SessionStart", { session_id: "next", source: "startup" });
  expect(JSON.stringify(started)).toContain("parser");
  await call("POST", `/v1/sessions/${SESSION}/redo`);
  await call("POST", `/v1/sessions/${SESSION}/flush?wait=1`);
  expect(await observed()).toHaveLength(observations.length);
  await call("DELETE", `/v1/sessions/${SESSION}?forget=1`);
  expect(await observed()).toEqual([]);
}
