/** Searches where a model is configured, against the mock of its API. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, inject, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { call, get } from "../support/api.ts";
import { MockScope } from "../support/mock-provider/protocol.ts";

/** The only one that is configured, and the mock's scope. */
const PROVIDER = readConfig(env).providerChain[0] ?? "";
const mock = new MockScope(inject("mockProviderUrl"), PROVIDER);

beforeEach(() => mock.control({ queue: [], trouble: 0, reset: true, closing: "ECONNRESET pump" }));

const send = (observation: object) =>
  call("POST", "/v1/observations", { body: JSON.stringify(observation) });

let projects = 0;

/** A project that knows one thing, in the log's words. */
async function projectWithPump(): Promise<string> {
  const project = `github.com/acme/rephrased-${++projects}`;
  const saved = await send({
    project,
    title: "ECONNRESET from the pump",
    narrative: "The pool overflowed.",
  });
  expect(saved.status).toBe(201);
  return project;
}

const search = async (project: string, ...phrasings: string[]) => {
  const query = new URLSearchParams([["project", project], ...phrasings.map((q) => ["q", q])]);
  return (await get(`/v1/search?${query}`)).body.items as { title: string; phrasings?: number[] }[];
};
const asked = async () => (await mock.stats()).requests;

it("a question gets one more phrasing in the log's words, once, and within the budget", async () => {
  const project = await projectWithPump();
  const question = "why does water come out of the basement sometimes";
  const [found] = await search(project, question);
  expect(found).toMatchObject({ title: "ECONNRESET from the pump", phrasings: [2] });
  expect(await search(project, question)).toHaveLength(1);
  expect(await asked()).toBe(1);
  const { body } = await get("/v1/usage?by=provider");
  const used = body.items.find((row: { provider: string }) => row.provider === PROVIDER);
  expect(used.output).toBeGreaterThan(0);
});

it("nothing is rephrased that says enough, requires something, or is no question", async () => {
  const project = await projectWithPump();
  await search(project, "some question about the water", "ECONNRESET pump");
  await search(project, "pump");
  await search(project, "water in the basement kind:summary again");
  await get(`/v1/context?project=${project}&query=why+does+water+come+out`);
  expect(await asked()).toBe(0);
});

it("a model that fails, or is too slow, is left out without a word", async () => {
  const project = await projectWithPump();
  await mock.control({ queue: [{ kind: "slow", ms: 2_500 }] });
  expect(await search(project, "where does all that water come from tonight")).toEqual([]);
  // What came late is there for the next one.
  await expect
    .poll(() => search(project, "where does all that water come from tonight"), { timeout: 5_000 })
    .toHaveLength(1);
  await mock.control({ queue: ["overloaded"] });
  expect(await search(project, "how did the flood begin in the cellar")).toEqual([]);
  const after = await asked();
  // For a minute nobody asks it again.
  expect(await search(project, "another question about the flood downstairs")).toEqual([]);
  expect(await asked()).toBe(after);
});
