/** Which web pages may call: browsers send their Origin, agents and commands send none. */
import type { MiddlewareHandler } from "hono";
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import type { AppEnv } from "./app-env.ts";

/** Pages of this machine are as good as its programs. */
const THIS_MACHINE: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/;

/** Refuses pages of other sites with 403 `foreign_origin`. */
export function knownPagesOnly(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const origin = c.req.header("Origin");
    if (origin !== undefined && !isAllowedOrigin(origin, c.req.url, readConfig(c.env).origins)) {
      throw new ApiError(
        "foreign_origin",
        "pages of other sites may not call this: CAIRN_ORIGINS lists those that may",
      );
    }
    await next();
  };
}

/**
 * True for pages of this machine, those that `listed` names, and those of this very server. The last
 * only by https or by an address: else it could be a page whose name was pointed at a server in the
 * user's network (DNS rebinding), which says that name in `Host` as well.
 */
export function isAllowedOrigin(
  origin: string,
  requestUrl: string,
  listed: readonly string[],
): boolean {
  // A server believes any `Host`, also one that no address can have.
  if (!URL.canParse(origin) || !URL.canParse(requestUrl)) return false;
  const page = new URL(origin);
  if (page.origin !== origin.toLowerCase()) return false;
  if (listed.includes(page.origin)) return true;
  if (page.protocol !== "http:" && page.protocol !== "https:") return false;
  if (THIS_MACHINE.has(page.hostname)) return true;
  const isOwn = page.hostname === new URL(requestUrl).hostname;
  return isOwn && (page.protocol === "https:" || ADDRESS.test(page.hostname));
}
