/**
 * A team's few days with Cairn, told to a running server over HTTP: sessions in every state that
 * one can be in, and a project that has a bit of everything. All of it is made up.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MockProvider } from "../../test/support/mock-provider/server.ts";

const PROJECT = "github.com/acme/tallybook";
/** What the session `moved` began in, before its remote was known. */
const OTHER_FOLDER = "/home/dev/src/ledger-ui";
const FOLDER = "/home/dev/src/tallybook";
const POLL_MS = 100;
const WAIT_MS = 60_000;

type Payload = Record<string, unknown>;

/** The server as its clients see it. */
export class Client {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** One call; throws unless the answer is a success. Returns the JSON of the answer. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        "content-type": "application/json",
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as unknown;
  }

  /** A hook of Claude Code, in the project unless `project` is null. */
  async hook(
    session: string,
    name: string,
    fields: Payload = {},
    project: string | null = PROJECT,
  ): Promise<void> {
    await this.call(
      "POST",
      "/hooks/claude-code",
      { session_id: session, cwd: FOLDER, hook_event_name: name, ...fields },
      {
        ...(project === null ? {} : { "x-cairn-project": project }),
        "x-cairn-branch": "main",
        "x-cairn-commit": "4be17d9",
      },
    );
  }

  flush(session: string, wait = true): Promise<unknown> {
    return this.call("POST", `/v1/sessions/claude-code/${session}/flush${wait ? "?wait=1" : ""}`);
  }
}

let calls = 0;

/** A tool call with an id of its own. */
function tool(tool_name: string, tool_input: Payload, tool_response: unknown): Payload {
  calls += 1;
  return { tool_use_id: `toolu_story${calls}`, tool_name, tool_input, tool_response };
}

function edit(file: string, from: string, to: string): Payload {
  const input = { file_path: `${FOLDER}/${file}`, old_string: from, new_string: to };
  return tool("Edit", input, { filePath: input.file_path });
}

function bash(command: string, stdout: string): Payload {
  return tool("Bash", { command }, { stdout, stderr: "", interrupted: false });
}

/** One turn: a prompt, tool calls, a closing message. Without one the turn stays open. */
async function turn(
  client: Client,
  session: string,
  prompt: string,
  tools: Payload[],
  closing: string | null,
  project: string | null = PROJECT,
): Promise<void> {
  const prompt_id = `${session}-${prompt.length}`;
  await client.hook(session, "UserPromptSubmit", { prompt_id, prompt }, project);
  for (const one of tools)
    await client.hook(session, "PostToolUse", { prompt_id, ...one }, project);
  if (closing !== null) {
    await client.hook(session, "Stop", { prompt_id, last_assistant_message: closing }, project);
  }
}

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`it did not come to this: ${what}`);
    await sleep(POLL_MS);
  }
}

async function view(client: Client, session: string) {
  return (await client.call("GET", `/v1/sessions/claude-code/${session}`)) as {
    state: string;
    events: Record<string, number>;
    attempts: number;
  };
}

/** First part: rules do the work. */
export async function tellWithRules(client: Client): Promise<void> {
  // Every kind of event, as a client sent them: subagents, a compaction, an ignored file, failures.
  const file = join(import.meta.dirname, "../../test/fixtures/claude-code-hooks.jsonl");
  const recording = readFileSync(file, "utf8");
  for (const line of recording.trim().split("\n")) {
    const { hook } = JSON.parse(line) as { hook: Payload & { hook_event_name: string } };
    await client.hook("closed", hook.hook_event_name, { ...hook, session_id: "closed" });
  }
  await client.flush("closed");
  await until("closed", async () => (await view(client, "closed")).state === "closed");

  await client.hook("idle", "SessionStart", { source: "startup" });
  const month = edit("src/months.ts", "月末", "月の最終日 // 数据库 reads UTC dates 🌍");
  await turn(
    client,
    "idle",
    "Why is März missing from the yearly overview?",
    [
      tool(
        "Read",
        { file_path: `${FOLDER}/src/months.ts` },
        "export const months = ['Jan', 'Feb'];",
      ),
      bash("npm test -- months", "FAIL months.test.ts: expected 12 months, received 11"),
      month,
      bash("npm test -- months", "12 tests passed"),
    ],
    "The table of months lacked März: normaliseMonthName dropped its umlaut. Fixed.",
  );
  // A retry of a hook is no second event.
  await client.hook("idle", "PostToolUse", month);
  await client.hook("idle", "UserPromptSubmit", { prompt: "<private>the client's name</private>" });
  await client.flush("idle");

  await turn(
    client,
    "redone",
    "Speed up the import of bank statements",
    [
      bash("time npm run import", "real 0m41s"),
      edit("src/import.ts", "for (const row of rows) insert(row);", "insertMany(rows);"),
    ],
    "The import inserts all rows at once now: 41 s became 2 s.",
  );
  await client.flush("redone");
  await client.call("POST", "/v1/sessions/claude-code/redone/redo");
  await client.flush("redone");

  for (const session of ["deleted", "forgotten"]) {
    await turn(
      client,
      session,
      `Try the ${session} exporter`,
      [edit("src/export.ts", "csv", `${session}Exporter`)],
      `The ${session} exporter writes UTF-8 with a byte order mark.`,
    );
    await client.flush(session);
  }
  await client.call("DELETE", "/v1/sessions/claude-code/deleted");
  await client.call("DELETE", "/v1/sessions/claude-code/forgotten?forget=1");

  // Begins in a folder without a remote, and moves once that is known.
  const elsewhere = { cwd: OTHER_FOLDER };
  await client.hook("moved", "SessionStart", { source: "startup", ...elsewhere }, null);
  await turn(
    client,
    "moved",
    "Set up the repository of the ledger's screens",
    [{ ...bash("git init", "Initialized empty Git repository"), ...elsewhere }],
    "The repository stands.",
    null,
  );
  await client.flush("moved");
  await client.hook("moved", "SessionStart", { source: "resume", ...elsewhere });
  await client.flush("moved");

  await saveByHand(client);
}

/** A note with an idempotency key, one that replaces another, one twice, and one that is deleted. */
async function saveByHand(client: Client): Promise<void> {
  const save = (title: string, narrative: string, more: Payload = {}, key?: string) =>
    client.call(
      "POST",
      "/v1/observations",
      { project: PROJECT, title, narrative, ...more },
      key === undefined ? {} : { "idempotency-key": key },
    ) as Promise<{ id: string }>;
  await save(
    "Amounts are kept in cents",
    "Amounts are integers of cents everywhere; only the screen divides.",
    { type: "decision", concepts: ["why-it-exists"], files: ["src/money.ts"] },
    "note-1",
  );
  const old = await save("Releases go out on Fridays", "The release script runs on Fridays at 10.");
  await save(
    "Releases go out on Tuesdays",
    "Friday's releases spoilt weekends: the script runs on Tuesdays now.",
    { type: "decision", supersedes: old.id },
  );
  const twice = "The sandbox bank answers in ISO-8859-1: decode before parsing.";
  await save("The sandbox bank is not UTF-8", twice, { concepts: ["gotcha"] });
  await save("The sandbox bank is not UTF-8", twice, { concepts: ["gotcha"] });
  const wrong = await save("To be deleted", "Saved by mistake.");
  await client.call("DELETE", `/v1/observations/${wrong.id}`);
  await client.call("PUT", "/v1/budgets", {
    session: { input: 900_000 },
    project: { output: 400_000 },
    team: { input: 5_000_000, output: 1_000_000 },
  });
}

/** Second part: a model's provider, the mock, does the work and makes trouble. Ends in the middle. */
export async function tellWithProvider(client: Client, mock: MockProvider): Promise<void> {
  await turn(
    client,
    "model",
    "Write the VAT report",
    [
      edit("src/vat.ts", "rate = 19", "rate = rateOn(date)"),
      bash("npm test -- vat", "4 tests passed"),
    ],
    "The VAT report takes the rate of the invoice's date.",
  );
  await client.flush("model");

  await turn(client, "dead", "Sort the accounts", [bash("npm run sort", "sorted")], "Sorted.");
  await client.flush("dead");
  const overloaded = Array.from({ length: 3 }, () => "overloaded" as const);
  mock.control({ queue: overloaded });
  await turn(
    client,
    "dead",
    "Sort the accounts by their owners",
    [edit("src/accounts.ts", "byNumber", "byOwner")],
    null,
  );
  await until("dead letters", async () => {
    await client.flush("dead", false);
    return ((await view(client, "dead")).events.dead ?? 0) > 0;
  });

  mock.control({ queue: [{ kind: "rate_limited", retryAfter: "3600" }] });
  await turn(
    client,
    "retrying",
    "Print the balance",
    [bash("npm run balance", "1,234.50")],
    "Done.",
  );
  await client.flush("retrying", false);
  await until("an attempt", async () => (await view(client, "retrying")).attempts === 1);

  mock.control({ queue: ["unauthorized"] });
  await turn(client, "paused", "Draw a chart", [edit("src/chart.ts", "bars", "lines")], null);
  await client.flush("paused", false);
  await until("a pause", async () => (await view(client, "paused")).state === "paused");

  // Its provider is still at it when the server is killed.
  mock.control({ queue: ["hang"] });
  const asked = mock.stats().requests;
  await turn(
    client,
    "leased",
    "Close the books of May",
    [edit("src/closing.ts", "open", "closed")],
    "The books of May are closed.",
  );
  await client.flush("leased", false);
  await until("a call in flight", () => mock.stats().requests > asked);

  await client.hook("open", "SessionStart", { source: "startup" });
  await turn(
    client,
    "open",
    "Find the duplicate invoices",
    [
      bash("npm run duplicates", "3 duplicates: 2026-104, 2026-131, 2026-207"),
      tool("Read", { file_path: `${FOLDER}/.env` }, "never kept"),
      edit("src/invoices.ts", "push(invoice)", "addUnlessKnown(invoice)"),
    ],
    null,
  );
}

/** All sessions of the story. */
const SESSIONS = [
  "closed",
  "idle",
  "redone",
  "deleted",
  "forgotten",
  "moved",
  "model",
  "dead",
  "retrying",
  "paused",
  "leased",
  "open",
] as const;

const QUERIES = [
  "toCents",
  "rounding of amounts",
  "März",
  "数据库",
  "normaliseMonthName",
  "currency flag",
  "releases",
  "sandbox bank",
  "insertMany",
  "repository of the ledger",
  "rateOn",
  "curency",
  "deletedExporter",
  "forgottenExporter",
];

/** What the server tells of all that, by path: the release's own answers, for later ones to match. */
export async function readAnswers(client: Client): Promise<Record<string, unknown>> {
  const inProject = `project=${encodeURIComponent(PROJECT)}`;
  const status = `/v1/status?${inProject}`;
  const observations = `/v1/observations?${inProject}&limit=100`;
  const paths = [
    "/v1/projects",
    "/v1/budgets",
    observations,
    `/v1/summaries?${inProject}&limit=100`,
    `/v1/sessions?${inProject}`,
    `/v1/dead?${inProject}`,
    status,
    ...QUERIES.map((q) => `/v1/search?${inProject}&q=${encodeURIComponent(q)}&limit=20`),
    ...SESSIONS.map((session) => `/v1/sessions/claude-code/${session}`),
    "/v1/sessions/claude-code/dead/dead",
    // After the searches, which may ask a model as well.
    "/v1/usage?by=day,project,provider,model,session",
  ];
  const answers: Record<string, unknown> = {};
  for (const path of paths) answers[path] = await client.call("GET", path);
  // What the server's settings say, others have other ones.
  const {
    providers: _,
    per_1000_tool_events: __,
    ...ofProject
  } = answers[status] as object & {
    [member: string]: unknown;
  };
  answers[status] = ofProject;
  const { items } = answers[observations] as { items: { id: string }[] };
  for (const { id } of items) {
    const path = `/v1/observations/${id}/sources`;
    answers[path] = await client.call("GET", path);
  }
  return answers;
}
