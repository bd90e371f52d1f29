/**
 * Every route and every MCP tool × every kind of caller. The routes come from the server's own
 * description, which its router makes, and the tools from its own list: a new one is tried by itself.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { formatKey, newKey } from "../../src/memory/key.ts";
import type { Attack, AttackReport, Target } from "./attack.ts";

const PROJECT = "github.com/acme/guarded";
const SESSION = "guarded-session";
/** Stands in everything that the team remembers: nobody else may see it. */
const MARK = "narwhal-4711";

/** The key of another team of the same deployment. */
export const OTHER_TEAM_KEY = `cairn_others_other001_${"o".repeat(40)}`;

/** What a caller sends; null: no header at all. */
type Caller = { name: string; key: string | null };

interface Operation {
  method: string;
  path: string;
  /** No key is asked for. */
  isOpen: boolean;
  example: { request: string; body?: unknown };
}

interface Fixture {
  item: string;
  point: string;
  keyId: string;
}

export const attackRoutes: Attack = async (target) => {
  const fixture = await prepare(target);
  const callers = await makeCallers(target);
  const operations = await operationsOf(target);
  const tools = await toolsOf(target);
  const rows: string[][] = [];
  const misses: string[] = [];
  // Who may do everything comes last: it deletes what the others must not reach.
  for (const caller of callers) {
    for (const operation of operations) {
      const { method, path, isOpen } = operation;
      const answer = await ask(target, caller, operation, fixture);
      note(`${method} ${path}`, caller, isOpen, path.startsWith("/hooks/"), answer);
    }
    for (const tool of tools) {
      const answer = await callTool(target, caller, tool, fixture);
      note(`tool ${tool}`, caller, false, false, answer);
    }
    if (caller.name === "other team") misses.push(...(await lostBy(target, fixture)));
  }

  function note(what: string, caller: Caller, isOpen: boolean, isHook: boolean, answer: Answer) {
    const row = rows.find(([name]) => name === what) ?? [what];
    if (row.length === 1) rows.push(row);
    row.push(String(answer.status));
    const fault = faultOf(caller, isOpen, isHook, answer);
    if (fault !== null) misses.push(`${what} by ${caller.name}: ${fault}`);
  }

  const head = ["route or tool", ...callers.map(({ name }) => name)];
  return (state) => [
    { title: "Routes and tools × callers (status of the answer)", head, rows, misses },
    objectsReport(state),
  ];
};

interface Answer {
  status: number;
  text: string;
}

/** What is wrong with an answer; null where it is as it has to be. */
function faultOf(
  { name }: Caller,
  isOpen: boolean,
  isHook: boolean,
  { status, text }: Answer,
): string | null {
  if (status >= 500 && status !== 503) return `answered ${status}`;
  // What its project remembers is what a hook's answer is for.
  const mayHear = name === "full" || (name === "capture" && isHook);
  if (!mayHear && text.includes(MARK)) return "was told what the team remembers";
  if (isOpen) return status === 200 ? null : `answered ${status}, and asks for no key`;
  switch (name) {
    case "capture":
      if (isHook) return status === 200 ? null : `answered ${status} to a hook`;
      return status === 403 ? null : `answered ${status} instead of 403`;
    case "full":
      return status === 401 || status === 403 ? `refused with ${status}` : null;
    case "other team":
      return status === 401 || status === 403 ? `refused with ${status}, as one of no team` : null;
    default:
      return status === 401 || status === 429 ? null : `answered ${status} instead of 401`;
  }
}

async function makeCallers(target: Target): Promise<Caller[]> {
  const capture = await makeKey(target, "capture");
  const revoked = await makeKey(target, "full");
  await api(target, "DELETE", `/v1/keys/${revoked.id}`);
  const last = capture.key.slice(-1) === "x" ? "y" : "x";
  return [
    { name: "no key", key: null },
    { name: "forged", key: formatKey(newKey("local")) },
    { name: "no such team", key: formatKey(newKey("nowhere")) },
    { name: "wrong MAC", key: capture.key.slice(0, -1) + last },
    // A key to capture that says of itself that it is good for everything.
    { name: "raised", key: capture.key.replace(/_c(?=[^_]+$)/, "_f") },
    { name: "revoked", key: revoked.key },
    { name: "capture", key: capture.key },
    { name: "other team", key: OTHER_TEAM_KEY },
    { name: "full", key: target.key },
  ];
}

async function makeKey(target: Target, scope: string): Promise<{ id: string; key: string }> {
  return JSON.parse((await api(target, "POST", "/v1/keys", { scope, label: "attack" })).text);
}

/** Something of everything, with the mark in it. */
async function prepare(target: Target): Promise<Fixture> {
  for (const payload of [
    { hook_event_name: "UserPromptSubmit", prompt: `Look after the ${MARK}` },
    {
      hook_event_name: "Stop",
      last_assistant_message: `The ${MARK} is well, because it eats fish.\n\n## Still to do\n- Feed the ${MARK} again`,
    },
  ]) {
    const body = { session_id: SESSION, cwd: "/home/dev/guarded", ...payload };
    await api(target, "POST", "/hooks/claude-code", body, { "X-Cairn-Project": PROJECT });
  }
  await api(target, "POST", `/v1/sessions/claude-code/${SESSION}/flush?wait=1`);
  const saved = await api(target, "POST", "/v1/observations", {
    project: PROJECT,
    title: `The ${MARK} sings`,
    narrative: `It does so at night, says the ${MARK} itself.`,
  });
  const points = await api(target, "GET", `/v1/open-points?project=${PROJECT}`);
  const keys = await api(target, "GET", "/v1/keys");
  return {
    item: JSON.parse(saved.text).id,
    point: JSON.parse(points.text).items[0].id,
    keyId: JSON.parse(keys.text).items[0].id,
  };
}

/** What another team's calls have changed: all that was there has to be there. */
async function lostBy(target: Target, { item }: Fixture): Promise<string[]> {
  const paths = [
    `/v1/observations/${item}`,
    `/v1/sessions/claude-code/${SESSION}`,
    `/v1/context?project=${PROJECT}`,
  ];
  const answers = await Promise.all(paths.map((path) => api(target, "GET", path)));
  return answers.flatMap(({ status, text }, n) =>
    status === 200 && text.includes(n === 1 ? SESSION : MARK)
      ? []
      : [`${paths[n]} was changed by another team (${status})`],
  );
}

async function operationsOf(target: Target): Promise<Operation[]> {
  const { text } = await api(target, "GET", "/v1/openapi.json");
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      method: method.toUpperCase(),
      path,
      isOpen: described.security?.length === 0,
      example: described["x-example"],
    })),
  );
}

interface Described {
  security?: unknown[];
  "x-example": Operation["example"];
}

/** The operation's own example, with what is there in the place of what the example names. */
async function ask(
  target: Target,
  { key }: Caller,
  { method, path, example }: Operation,
  fixture: Fixture,
): Promise<Answer> {
  const values: Record<string, string> = {
    agent: "claude-code",
    project: encodeURIComponent(PROJECT),
    id: path.startsWith("/v1/keys")
      ? fixture.keyId
      : path.startsWith("/v1/open-points")
        ? fixture.point
        : path.startsWith("/v1/sessions")
          ? SESSION
          : fixture.item,
  };
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path}: what is {${name}}?`);
    return value;
  });
  const query = example.request.split("?")[1];
  const named = (text: string) =>
    text
      .replaceAll(encodeURIComponent("github.com/acme/app"), encodeURIComponent(PROJECT))
      .replaceAll("github.com/acme/app", PROJECT)
      .replaceAll(/\b3-45\d\d\b/g, fixture.item)
      // A hook is of a session of its caller's own.
      .replaceAll("5f0c9c1e", path.startsWith("/hooks/") ? "of-the-caller" : SESSION);
  const body =
    example.body === undefined ? undefined : JSON.parse(named(JSON.stringify(example.body)));
  const rest = query === undefined ? "" : `?${named(query)}`;
  return await api({ ...target, key: key ?? "" }, method, address + rest, body);
}

async function toolsOf(target: Target): Promise<string[]> {
  const { text } = await rpc(target, "tools/list", {});
  return [...text.matchAll(/"name":"([a-z_]+)","title"/g)].map(([, name = ""]) => name);
}

async function callTool(
  target: Target,
  { key }: Caller,
  name: string,
  { item }: Fixture,
): Promise<Answer> {
  const args = {
    query: MARK.slice(0, 7),
    project: PROJECT,
    ids: [item],
    around: item,
    title: "Of somebody else",
    narrative: "Nothing",
  };
  // A tool takes what it knows, and refuses nothing for the rest.
  return await rpc({ ...target, key: key ?? "" }, "tools/call", { name, arguments: args });
}

async function rpc(target: Target, method: string, params: object): Promise<Answer> {
  const body = { jsonrpc: "2.0", id: 1, method, params };
  return await api(target, "POST", "/mcp", body, { Accept: "application/json, text/event-stream" });
}

async function api(
  { url, key }: Target,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key === "" ? {} : { Authorization: `Bearer ${key}` }),
      "Content-Type": "application/json",
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** A key that is made up must reach no object: the local runtime makes a file for each that is called. */
function objectsReport(state: string): AttackReport {
  const folders = existsSync(join(state, "do")) ? readdirSync(join(state, "do")) : [];
  const teams = folders
    .filter((name) => name.endsWith("TeamObject"))
    .flatMap((name) => readdirSync(join(state, "do", name)))
    .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  // The team, the other one, and what stands for the deployment.
  const expected = 3;
  return {
    title: "Objects of teams after it",
    head: ["expected", "there"],
    rows: [[String(expected), String(teams.length)]],
    misses:
      teams.length === expected ? [] : [`${teams.length} objects of teams instead of ${expected}`],
  };
}
