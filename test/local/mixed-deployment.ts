/**
 * Two versions of the Worker at once, as while a deployment spreads: requests reach one of them,
 * and each kind of object is of the one or the other, whoever calls it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, untilReady } from "../../src/cli/server/port.ts";
import { startProcessGroup } from "../../src/cli/server/process-group.ts";
import { ENVIRONMENT_VARIABLES } from "../../src/config.ts";
import { compatibilityDate, workerdBinary } from "../support/workerd.ts";

const VERSIONS = ["today", "release"] as const;
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

export interface MixedDeployment {
  url: string;
  /** The runtime's process. */
  pid: number;
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
  const address = `127.0.0.1:${await freePort("127.0.0.1", 0, "")}`;
  const file = join(folder, "mixed.capnp");
  writeFileSync(file, config(folder, deployment, address, key));
  const runtime = await startProcessGroup(workerdBinary(), ["serve", file], {
    PATH: process.env.PATH,
  });
  const url = `http://${address}`;
  if (await untilReady(url, READY_TIMEOUT_MS)) {
    return { url, pid: runtime.pid, stop: () => runtime.stop() };
  }
  await runtime.stop();
  throw new Error(`the runtime did not answer within ${READY_TIMEOUT_MS} ms on ${url}`);
}
