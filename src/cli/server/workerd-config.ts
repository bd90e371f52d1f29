/** The configuration of the open-source runtime, `workerd serve`, as Cap'n Proto text. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ENVIRONMENT_VARIABLES } from "../../config.ts";
import { CLONE } from "../clone.ts";

/** Objects of the Worker: class and binding, as in wrangler.toml. */
const OBJECTS = [
  { className: "SessionObject", binding: "SESSIONS" },
  { className: "ProjectObject", binding: "PROJECTS" },
  { className: "TeamObject", binding: "TEAMS" },
] as const;

/** The runtime's behaviour is that of this date; it stands in wrangler.toml and nowhere else. */
export function compatibilityDate(): string {
  const toml = readFileSync(join(CLONE, "wrangler.toml"), "utf8");
  const date = /^compatibility_date\s*=\s*"(\d{4}-\d{2}-\d{2})"/m.exec(toml)?.[1];
  if (date === undefined) throw new Error("wrangler.toml has no compatibility_date");
  return date;
}

/** A text as a Cap'n Proto literal. */
function literal(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "");
  return `"${escaped}"`;
}

/** The certificates of a PEM file, each with its markers. */
function certificates(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

export interface WorkerdSettings {
  /** `host:port`. */
  address: string;
  /** File name of the bundle, beside the configuration. */
  bundle: string;
  /** Absolute path of the folder of the objects' databases. */
  objects: string;
  /** PEM file of further authorities to trust (`NODE_EXTRA_CA_CERTS`), or null. */
  extraCertificates: string | null;
}

export function workerdConfig(settings: WorkerdSettings): string {
  const trusted =
    settings.extraCertificates === null
      ? []
      : certificates(readFileSync(settings.extraCertificates, "utf8"));
  const bindings = [
    ...OBJECTS.map(
      ({ binding, className }) =>
        `(name = ${literal(binding)}, durableObjectNamespace = ${literal(className)})`,
    ),
    // From the runtime's own environment: no secret is written to the configuration on the disk.
    ...ENVIRONMENT_VARIABLES.map((name) => `(name = "${name}", fromEnvironment = "${name}")`),
  ];
  const namespaces = OBJECTS.map(
    ({ className }) =>
      `(className = "${className}", uniqueKey = "cairn-${className}", enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (
      allow = ["public", "private"],
      tlsOptions = (
        trustBrowserCas = true,
        trustedCertificates = [${trusted.map(literal).join(", ")}],
      ),
    )),
    (name = "objects", disk = (path = ${literal(settings.objects)}, writable = true)),
  ],
  sockets = [(name = "http", address = ${literal(settings.address)}, http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${literal(settings.bundle)})],
  compatibilityDate = "${compatibilityDate()}",
  bindings = [
    ${bindings.join(",\n    ")},
  ],
  durableObjectNamespaces = [
    ${namespaces.join(",\n    ")},
  ],
  durableObjectStorage = (localDisk = "objects"),
);
`;
}

/** The binary that the package `workerd` brought for this platform. */
export function workerdBinary(): string {
  const require = createRequire(join(CLONE, "package.json"));
  return (require("workerd") as { default: string }).default;
}
