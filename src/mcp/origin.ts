/** Which web pages may call: browsers send their Origin, agents send none. */
import { localhostAllowedHostnames, validateOriginHeader } from "@modelcontextprotocol/server";

/**
 * True where no page asks, or one of this very server or of this machine. Any other page could be
 * one whose name was pointed at a server in the user's network (DNS rebinding); the MCP
 * specification asks servers to refuse those.
 */
export function isAllowedOrigin(origin: string | undefined, requestUrl: string): boolean {
  const own = new URL(requestUrl).hostname;
  return validateOriginHeader(origin, [own, ...localhostAllowedHostnames()]).ok;
}
