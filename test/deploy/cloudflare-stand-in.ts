/**
 * A stand-in for Cloudflare's API, as far as wrangler asks it for a deployment: it keeps what was
 * uploaded, refuses what Cloudflare refuses, and runs the Worker as it was uploaded.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { z } from "zod";

const BindingSchema = z.looseObject({
  name: z.string(),
  type: z.string(),
  text: z.string().optional(),
  class_name: z.string().optional(),
});
const MetadataSchema = z.looseObject({
  main_module: z.string(),
  compatibility_date: z.string(),
  bindings: z.array(BindingSchema),
  keep_bindings: z.array(z.string()).default([]),
  exports: z.record(z.string(), z.looseObject({ type: z.string(), storage: z.string() })),
});
type Metadata = z.infer<typeof MetadataSchema>;

/** A Worker as it is deployed at this moment. */
export interface DeployedWorker {
  metadata: Metadata;
  code: string;
  /** How often it was uploaded. */
  uploads: number;
}

export interface StandIn {
  /** For CLOUDFLARE_API_BASE_URL. */
  url: string;
  workers: ReadonlyMap<string, DeployedWorker>;
  /** Requests in their order: `PUT /accounts/…`. */
  requests: readonly string[];
  /** Answers uploads with this from now on, after it has kept them; null: as usual. */
  failAfterUpload(failure: { status: number; message: string } | null): void;
  /** Runs the Worker with all its bindings, on what its objects kept before. Returns its address. */
  serve(name: string): Promise<string>;
  close(): Promise<void>;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const NO_WORKER = () => new Refusal(404, 10007, "This Worker does not exist on your account.");
const ACCOUNT = "acc";
const SUBDOMAIN = { enabled: true, previews_enabled: false };

const DEPLOYMENT = {
  id: "deployment",
  source: "wrangler",
  strategy: "percentage",
  author_email: "ada@example.com",
  created_on: "2026-11-01T00:00:00Z",
  annotations: {},
};
const VERSION = { version_id: "11111111-1111-4111-8111-111111111111", percentage: 100 };

export async function startStandIn(): Promise<StandIn> {
  const folder = mkdtempSync(join(tmpdir(), "cairn-stand-in-"));
  const workers = new Map<string, DeployedWorker>();
  const requests: string[] = [];
  let failure: { status: number; message: string } | null = null;
  let running: Miniflare | null = null;

  const worker = (name: string): DeployedWorker => {
    const found = workers.get(name);
    if (found === undefined) throw NO_WORKER();
    return found;
  };

  async function upload(name: string, request: IncomingMessage, body: Buffer): Promise<object> {
    const type = request.headers["content-type"] ?? "";
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": type },
    }).formData();
    const metadata = MetadataSchema.parse(JSON.parse(await textOf(form.get("metadata"))));
    const before = workers.get(name);
    const lost = Object.keys(before?.metadata.exports ?? {}).filter(
      (each) => !(each in metadata.exports),
    );
    if (lost.length > 0) throw new Refusal(400, 10061, `${lost.join(", ")} is gone from exports`);
    const named = new Set(metadata.bindings.map((binding) => binding.name));
    const kept = (before?.metadata.bindings ?? []).filter(
      (binding) => metadata.keep_bindings.includes(binding.type) && !named.has(binding.name),
    );
    workers.set(name, {
      metadata: { ...metadata, bindings: [...metadata.bindings, ...kept] },
      code: await textOf(form.get(metadata.main_module)),
      uploads: (before?.uploads ?? 0) + 1,
    });
    if (failure !== null) throw new Refusal(failure.status, 10013, failure.message);
    return {
      id: name,
      deployment_id: crypto.randomUUID(),
      startup_time_ms: 12,
      exports_reconciliation: {
        created: before === undefined ? Object.keys(metadata.exports) : [],
        updated: [],
        deleted: [],
        renamed: [],
        transferred: [],
        transfer_pending: [],
        warnings: [],
        info: [],
        removable_entries: [],
      },
    };
  }

  async function answer(request: IncomingMessage, path: string, body: Buffer): Promise<unknown> {
    const name = /\/workers\/(?:scripts|services|workers)\/([^/]+)/.exec(path)?.[1] ?? "";
    const rest = path.slice(path.indexOf(name) + name.length);
    if (path.endsWith("/workers/subdomain")) return { subdomain: "acme" };
    if (/\/workers\/scripts\/[^/]+$/.test(path) && request.method === "PUT") {
      return await upload(name, request, body);
    }
    if (name === "") return null;
    const { metadata } = worker(name);
    if (rest === "/secrets") {
      return metadata.bindings
        .filter(({ type }) => type === "secret_text")
        .map((binding) => ({ name: binding.name, type: binding.type }));
    }
    if (path.includes("/workers/services/")) {
      const script = { tag: "t", tags: [], last_deployed_from: "wrangler" };
      return { id: name, default_environment: { environment: "production", script } };
    }
    if (path.includes("/workers/workers/")) return { id: name, name, subdomain: SUBDOMAIN };
    if (rest === "/subdomain") return SUBDOMAIN;
    if (rest === "/deployments") return { deployments: [{ ...DEPLOYMENT, versions: [VERSION] }] };
    if (rest === `/versions/${VERSION.version_id}`) {
      return {
        id: VERSION.version_id,
        metadata: DEPLOYMENT,
        resources: { bindings: metadata.bindings.map(withoutText), script: {}, script_runtime: {} },
      };
    }
    if (rest === "/settings") return { bindings: metadata.bindings.map(withoutText) };
    return null;
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = new URL(request.url ?? "/", "http://api").pathname.replace("/client/v4", "");
    requests.push(`${request.method} ${path}`);
    const send = (status: number, errors: object[], result: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ success: status < 400, errors, messages: [], result }));
    };
    try {
      if (request.headers.authorization === undefined) throw new Refusal(401, 10000, "No token.");
      if (!path.startsWith(`/accounts/${ACCOUNT}/`)) throw new Refusal(403, 9109, "Not yours.");
      send(200, [], await answer(request, path, Buffer.concat(chunks)));
    } catch (error) {
      const { status, code } = error instanceof Refusal ? error : { status: 500, code: 10000 };
      send(status, [{ code, message: (error as Error).message }], null);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/client/v4`,
    workers,
    requests,
    failAfterUpload(next) {
      failure = next;
    },
    async serve(name) {
      await running?.dispose();
      const { metadata, code } = worker(name);
      const script = join(folder, `${name}.js`);
      writeFileSync(script, code);
      running = new Miniflare(
        convertV4MiniflareOptions({
          name,
          modules: [{ type: "ESModule", path: script }],
          modulesRoot: folder,
          compatibilityDate: metadata.compatibility_date,
          bindings: Object.fromEntries(
            metadata.bindings.flatMap((each) =>
              each.text === undefined ? [] : [[each.name, each.text]],
            ),
          ),
          durableObjects: Object.fromEntries(
            metadata.bindings.flatMap((each) =>
              each.class_name === undefined
                ? []
                : [[each.name, { className: each.class_name, useSQLite: true }]],
            ),
          ),
          host: "127.0.0.1",
          port: 0,
          resourcePersistencePath: join(folder, "kept"),
          cf: false,
          cache: false,
          telemetry: { enabled: false },
          log: new Log(LogLevel.NONE),
          handleStructuredLogs: () => {},
        }),
      );
      return (await running.ready).href.replace(/\/$/, "");
    },
    async close() {
      await running?.dispose();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function textOf(part: FormDataEntryValue | null): Promise<string> {
  if (part === null) throw new Refusal(400, 10021, "A part is missing.");
  return typeof part === "string" ? part : await part.text();
}

function withoutText({ text: _text, ...binding }: z.infer<typeof BindingSchema>): object {
  return binding;
}
