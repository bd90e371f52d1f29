/**
 * What breaks servers, sent with a key to every route, and every route called by pages of other
 * sites. Nothing may fail on our side, take long, or leave a trace where it must not.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Attack, AttackReport, Target } from "./attack.ts";

/** What is kept meanwhile, and has to be there afterwards. */
const MARK = "walrusmark";
const PROJECT = "github.com/acme/kept";
/** Longer than any of these takes on a machine that does other work, ms. */
const SLOW_MS = 10_000;

interface Route {
  method: string;
  /** As the API's description writes it, with parameters in braces. */
  path: string;
}

interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

interface Told {
  status: number;
  text: string;
  ms: number;
}

async function send({ url }: Target, { method, path, headers, body }: Sent): Promise<Told> {
  const begun = performance.now();
  const hasBody = body !== undefined && method !== "GET";
  const answer = await fetch(url + path, {
    method,
    ...(headers === undefined ? {} : { headers }),
    ...(hasBody ? { body } : {}),
  });
  const text = await answer.text();
  const named = [...answer.headers].map((header) => header.join(": ")).join("\n");
  return { status: answer.status, text: `${named}\n${text}`, ms: performance.now() - begun };
}

/** All routes that the server itself says that it has. */
async function routesOf(target: Target): Promise<Route[]> {
  const headers = { Authorization: `Bearer ${target.key}` };
  const answer = await fetch(`${target.url}/v1/openapi.json`, { headers });
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

const PARAMETER = /\{[^}]+\}/g;

/** What each hostile value does to a server that trusts it. They stand in paths and queries as they are. */
const VALUES: Readonly<Record<string, string>> = {
  "path traversal": "..%2f..%2f..%2fetc%2fpasswd",
  "a dot": "%2e%2e",
  NUL: "a%00b",
  "line breaks of a header": "a%0d%0aX-Injected:%20yes",
  "a prototype's name": "__proto__",
  "a constructor": "constructor",
  "broken UTF-8": "%ff%fe%c0%af",
  "broken percent": "%zz%",
  "another direction": "%E2%80%AEgpj.exe",
  "a decomposed letter": "e%CC%81",
  SQL: "'%3B%20DROP%20TABLE%20items%3B%20--",
  "a MATCH expression": "a%22%20OR%20NEAR(b%20c)%20*%20^",
  "a large number": "99999999999999999999",
  "a forged cursor": "bjo5OTk5OTk5OTk5OTk",
  "a script": "%3Cscript%3Ealert(1)%3C/script%3E",
  "8,000 characters": "x".repeat(8_000),
  "letters that grow": encodeURIComponent("\ufdfa".repeat(800)),
  "brackets without an end": encodeURIComponent("(".repeat(3_900)),
  "quotes and minuses": encodeURIComponent('-"'.repeat(1_950)),
  "a word that repeats itself": encodeURIComponent(`${"a".repeat(3_000)}!`),
};

const QUERY = ["q", "query", "project", "cursor", "limit", "since", "file", "session", "around"];

/** Bodies for every route that takes one. */
const BODIES: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  "a prototype": '{"__proto__":{"scope":"full","forget":true},"constructor":{"prototype":{"x":1}}}',
  "a prototype below": `{"session_id":"attack","hook_event_name":"PostToolUse","tool_name":"__proto__","tool_input":{"__proto__":{"file_path":"/x"}},"tool_response":{"constructor":{"prototype":{"polluted":1}}}}`,
  "nested 100,000 deep": "[".repeat(100_000) + "]".repeat(100_000),
  "objects nested 20,000 deep": `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  "a number without end": `{"limit":1e${"9".repeat(400)}}`,
  "members twice": '{"scope":"capture","scope":"full","scope":null,"ids":["1-1"],"ids":{}}',
  "a byte order mark": `\ufeff{"session_id":"attack","hook_event_name":"Stop"}`,
  "UTF-16": Uint8Array.from(Buffer.from('{"a":1}', "utf16le")),
  "broken UTF-8": new Uint8Array([0x7b, 0x22, 0xff, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
  "lone surrogates": '{"session_id":"a\\ud800","title":"\\udfff","hook_event_name":"Stop"}',
  "no object": "[1,2,3]",
  null: "null",
  "a text": '"x"',
  "wrong types": '{"title":{},"narrative":[],"ids":"x","scope":7,"project":null,"session":-1}',
  "a gzip bomb": Uint8Array.from(gzipSync(Buffer.alloc(8 * 1024 * 1024))),
  "10,000 members": JSON.stringify(
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])),
  ),
};

const HOOK = '{"session_id":"attack","hook_event_name":"UserPromptSubmit","prompt":"Go on"}';

/** Headers of a hook, which nothing may make fail. */
const HEADERS: readonly Record<string, string>[] = [
  { "X-Cairn-Project": "../../../../etc/passwd" },
  { "X-Cairn-Project": "http://169.254.169.254/latest/meta-data" },
  { "X-Cairn-Project": "file:///etc/passwd", "X-Cairn-Project-From": "config" },
  { "X-Cairn-Project": "a".repeat(7_000) },
  { "X-Cairn-Project": "__proto__", "X-Cairn-Project-From": "config" },
  { "X-Cairn-Root": "/\u00ff/\u0080", "X-Cairn-Git-Dir": "C:\\..\\.." },
  { "X-Cairn-Machine": "constructor", "X-Cairn-Branch": "$(id)`id`" },
  { "X-Cairn-Commit": "' OR 1=1 --", "X-Cairn-Notice": "off\toff" },
  { "X-Cairn-At": "9999-99-99T99:99:99Z", "X-Cairn-Event-Id": "__proto__" },
  { "X-Cairn-At": "-271821-04-20", "X-Cairn-Event-Id": "e".repeat(7_000) },
  { "X-Cairn-Cli": "/x/cairn; id", "X-Cairn-Hooks": "1e9", "X-Cairn-Client": "a/1\tb" },
  { "Content-Encoding": "br", "Content-Type": "multipart/form-data; boundary=x" },
  { "X-HTTP-Method-Override": "DELETE", "X-Forwarded-Host": "evil.example", Forwarded: "host=x" },
  { "X-Request-Id": "forged", "CF-Connecting-IP": "127.0.0.1", "CF-Worker": "cairn" },
];

/** Counts what was answered, and keeps what should not have been. */
class Table {
  readonly rows: string[][] = [];
  readonly misses: string[] = [];
  readonly title: string;

  constructor(title: string) {
    this.title = title;
  }

  async row(
    name: string,
    target: Target,
    requests: readonly Sent[],
    isHeld: (told: Told, sent: Sent) => boolean,
  ): Promise<void> {
    const statuses = new Map<number, number>();
    let slowest = 0;
    for (const sent of requests) {
      const told = await send(target, sent);
      statuses.set(told.status, (statuses.get(told.status) ?? 0) + 1);
      slowest = Math.max(slowest, told.ms);
      const fails = told.status >= 500 || told.ms > SLOW_MS || /^x-injected/im.test(told.text);
      if (fails || !isHeld(told, sent)) {
        const where = `${sent.method} ${sent.path.slice(0, 100)}`;
        this.misses.push(`${name}: ${told.status} in ${told.ms.toFixed(0)} ms to ${where}`);
      }
    }
    const counted = [...statuses].sort(([a], [b]) => a - b).map(([code, n]) => `${code} × ${n}`);
    this.rows.push([name, String(requests.length), counted.join(", "), `${slowest.toFixed(0)} ms`]);
  }

  report(): AttackReport {
    const head = ["tried", "requests", "answers", "slowest"];
    return { title: this.title, head, rows: this.rows, misses: this.misses };
  }
}

const filled = ({ method, path }: Route, value: string): Sent => ({
  method,
  path: path.replace(PARAMETER, value),
});

export const attackByRequests: Attack = async (target) => {
  const mine = { Authorization: `Bearer ${target.key}`, "Content-Type": "application/json" };
  const full = (sent: Sent): Sent => ({ ...sent, headers: { ...mine, ...sent.headers } });
  const title = `Kept: ${MARK}`;
  const saved = JSON.stringify({ project: PROJECT, title, narrative: `${MARK} is ours` });
  await send(target, full({ method: "POST", path: "/v1/observations", body: saved }));
  const routes = await routesOf(target);
  const pages = new Table("Pages of other sites that have the key, to every route");
  for (const origin of ["https://evil.example", "null", "http://rebound.example:8787"]) {
    const headers = { ...mine, Origin: origin };
    const sent = routes.map((route) => ({ ...filled(route, "1-1"), headers, body: HOOK }));
    await pages.row(origin, target, sent, ({ status }) => status === 403);
  }

  const values = new Table("Hostile values in every path and parameter, with a full key");
  // What is asked to go would take along what the others ask for.
  const asked = routes.filter(({ method, path }) => method !== "DELETE" || PARAMETER.test(path));
  for (const [name, value] of Object.entries(VALUES)) {
    const inPaths = asked
      .filter(({ path }) => path.includes("{"))
      .map((route) => full({ ...filled(route, value), body: "{}" }));
    const inQueries = asked
      .filter(({ method }) => method === "GET")
      .flatMap((route) =>
        QUERY.map((parameter) => {
          const { path } = filled(route, "1-1");
          const rest = parameter === "project" ? "" : `&project=${encodeURIComponent(PROJECT)}`;
          return full({ method: "GET", path: `${path}?${parameter}=${value}${rest}` });
        }),
      );
    await values.row(name, target, [...inPaths, ...inQueries], () => true);
  }

  const bodies = new Table("Hostile bodies to every route that takes one, and headers of hooks");
  const taking = routes.filter(({ method }) => method === "POST" || method === "PUT");
  const agents = taking.map((route) => filled(route, "claude-code"));
  for (const [name, body] of Object.entries(BODIES)) {
    const headers: Record<string, string> =
      name === "a gzip bomb" ? { "Content-Encoding": "gzip" } : {};
    await bodies.row(
      name,
      target,
      agents.map((sent) => full({ ...sent, body, headers })),
      () => true,
    );
  }
  const hooks = HEADERS.map((headers) =>
    full({ method: "POST", path: "/hooks/claude-code", headers, body: HOOK }),
  );
  await bodies.row("headers of a hook", target, hooks, ({ status }) => status === 200);
  const after = [full({ method: "GET", path: `/v1/search?q=${MARK}&project=${PROJECT}` })];
  await bodies.row("what was kept is there after all that", target, after, ({ text }) =>
    text.includes(title),
  );

  return (state) => [pages.report(), values.report(), bodies.report(), filesReport(state)];
};

/** Files have names that the runtime gives, whatever sessions and projects are called. */
function filesReport(state: string): AttackReport {
  const names = readdirSync(join(state, "do"), { recursive: true, encoding: "utf8" });
  const strange = names.filter(
    (name) => !/^[\w-]+(?:[\\/](?:[0-9a-f]{64}|metadata)\.sqlite(?:-\w+)?)?$/.test(name),
  );
  return {
    title: "Files below the state folder",
    head: ["files", "with a name of a request's"],
    rows: [[String(names.length), String(strange.length)]],
    misses: strange.map((name) => `a file is called ${name}`),
  };
}
