/**
 * Miniflare opens each direct socket to whoever sends an HTTP CONNECT to one name, the same in every
 * installation: that is answered with an RPC session to the Worker, before any key is asked for.
 * Miniflare needs it between the processes of `wrangler dev`, and no option leaves it out.
 */
import { randomBytes } from "node:crypto";
import { HOST_CAPNP_CONNECT, Runtime } from "miniflare";

/**
 * From here on each runtime that Miniflare starts in this process has a name of its own there, which
 * nobody learns. What Miniflare tells its runtime passes only here, and reaches it by a pipe.
 */
export function closeRpcDoor(): void {
  const { updateConfig } = Runtime.prototype;
  Runtime.prototype.updateConfig = function (config, ...rest) {
    return updateConfig.call(this, withSecretName(config), ...rest);
  };
}

/** Throws where the name is not found: then a new version calls it otherwise, and the door is open. */
function withSecretName(config: Buffer): Buffer {
  const closed = Buffer.from(config);
  const length = HOST_CAPNP_CONNECT.length;
  // As long as the name, so that nothing else of the message moves.
  const secret = randomBytes(length).toString("hex").slice(0, length);
  let at = closed.indexOf(HOST_CAPNP_CONNECT);
  if (at === -1) throw new Error("this version of Miniflare opens its sockets by another name");
  for (; at !== -1; at = closed.indexOf(HOST_CAPNP_CONNECT, at + length)) closed.write(secret, at);
  return closed;
}
