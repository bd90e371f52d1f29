/** The configuration of a runtime that serves one Worker with one class of objects. */
import { compatibilityDate } from "../test/support/workerd.ts";

export interface OneObject {
  port: number;
  /** Absolute path of the folder of the objects' databases. */
  objects: string;
  /** File name of the Worker, beside the configuration. */
  module: string;
  binding: string;
  className: string;
}

/** Cap'n Proto text for `workerd serve`. */
export function oneObjectConfig({ port, objects, module, binding, className }: OneObject): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "objects", disk = (path = "${objects}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "${module}", esModule = embed "${module}")],
  compatibilityDate = "${compatibilityDate()}",
  bindings = [(name = "${binding}", durableObjectNamespace = "${className}")],
  durableObjectNamespaces = [(className = "${className}", uniqueKey = "bench", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),
);
`;
}
