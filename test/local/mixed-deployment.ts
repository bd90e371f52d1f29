/**
 * Two versions of the Worker at once, as while a deployment spreads: requests reach one of them,
 * and each kind of object is of the one or the other, whoever calls it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Runtime, startRuntime } from "../../src/cli/server/runtime.ts";
import { compatibilityDate } from "../../src/cli/server/workerd-config.ts";
import { ENVIRONMENT_VARIABLES } from "../../src/config.ts";

export const VERSIONS = ["today", "release"] as const;
export type Version = (typeof VERSIONS)[number];

/** Which version answers requests, and of which one the objects are. */
export interface Deployment {
  worker: Version;
  session: Version;
  project: Version;
  team: Version;
}

const OBJECTS = [
  { kind: "session", binding: "SESSIONS", className: "SessionObject" },
  { kind: "project", binding: "PROJECTS", className: "ProjectObject" },
  { kind: "team", binding: "TEAMS", className: "TeamObject" },
] as const;

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 25;

/** Both versions host all classes; only who is bound differs. */
function config(folder: string, deployment: Deployment, address: string, key: string): string {
  const settings = ENVIRONMENT_VARIABLES.map(
    (name) => `(name = "${name}", text = "${name === "CAIRN_KEY" ? key : ""}")`,
  );
  const bindings = OBJECTS.map(
    ({ kind, binding, className }) =>
      `(name = "${binding}", durableObjectNamespace = (className = "${className}", serviceName = "${deployment[kind]}"))`,
  );
  const namespaces = (version: Version) =>
    OBJECTS.map(
      ({ className }) =>
        `(className = "${className}", uniqueKey = "${version}-${className}", enableSql = true)`,
    );
  const worker = (version: Version) => `(name = "${version}", worker = (
      modules = [(name = "worker.js", esModule = embed "${version}.js")],
      compatibilityDate = "${compatibilityDate()}",
      bindings = [${[...bindings, ...settings].join(",\n        ")}],
      durableObjectNamespaces = [${namespaces(version).join(",\n        ")}],
      durableObjectStorage = (localDisk = "objects"),
    ))`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${VERSIONS.map(worker).join(",\n    ")},
    (name = "objects", disk = (path = "${join(folder, "objects")}", writable = true)),
  ],
  sockets = [(name = "http", address = "${address}", http = (), service = "${deployment.worker}")],
);
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

export interface MixedDeployment {
  url: string;
  stop(): Promise<void>;
}

/** Starts it in `folder`, with these bundles. */
export async function startMixed(
  folder: string,
  bundles: Record<Version, string>,
  deployment: Deployment,
  key: string,
): Promise<MixedDeployment> {
  mkdirSync(join(folder, "objects"), { recursive: true });
  for (const version of VERSIONS) writeFileSync(join(folder, `${version}.js`), bundles[version]);
  const address = `127.0.0.1:${await freePort()}`;
  const file = join(folder, "mixed.capnp");
  writeFileSync(file, config(folder, deployment, address, key));
  const runtime: Runtime = await startRuntime(file, { PATH: process.env.PATH });
  const url = `http://${address}`;
  const end = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      const response = await fetch(`${url}/health`);
      await response.body?.cancel();
      if (response.ok) return { url, stop: () => runtime.stop() };
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(POLL_MS);
  }
}
