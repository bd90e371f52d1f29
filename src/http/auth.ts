/**
 * Bearer authentication. It stands in front of every hook, so the common case costs one
 * comparison and no call: the deployment's own keys are proven against the configuration, the keys that a
 * team issued against the TeamObject, whose answer is kept for a short while.
 */

import type { MiddlewareHandler } from "hono";
import type { Caller } from "../access/caller.ts";
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import type { StoredKey } from "../durable/team/keys.ts";
import { formatKey, hashKey, type Key, parseKey } from "../memory/key.ts";
import { log } from "../platform/log.ts";
import { timingSafeEqual } from "../platform/timing-safe.ts";
import { TtlCache } from "../platform/ttl-cache.ts";
import { rememberFolderSecret } from "../service/folder-names.ts";
import { teamObject } from "../service/objects.ts";
import type { AppEnv } from "./app-env.ts";

/** How long an issued key is good without asking: also how long a revoked one lives on. */
const VERIFIED_LIFETIME_MS = 30_000;
/** How long an unknown key is refused without asking. */
const REFUSED_LIFETIME_MS = 5_000;
const CACHE_MAX_KEYS = 1_000;

const BEARER_PATTERN = /^bearer +(\S+)$/i;

interface DeploymentKey extends StoredKey {
  text: string;
}

/** The deployment's keys by team, read once per isolate and configuration. */
interface Deployment {
  configured: string;
  teams: Map<string, DeploymentKey[]>;
  /** Teams that were told their deployment keys by this isolate. */
  ensured: Set<string>;
}

/**
 * Lets a request through that carries a key of a team of this deployment, and sets `caller`.
 * Throws ApiError: 401 without such a key, 503 `not_configured` where the deployment has no key,
 * 503 `unavailable` where the team cannot be asked. A key of a team that does not exist touches
 * no object, so it creates nothing.
 */
export function authenticate(clock: () => number = Date.now): MiddlewareHandler<AppEnv> {
  let deployment: Deployment | null = null;
  const verified = new TtlCache<true>(CACHE_MAX_KEYS, VERIFIED_LIFETIME_MS);
  const refused = new TtlCache<true>(CACHE_MAX_KEYS, REFUSED_LIFETIME_MS);

  async function identify(env: Env, authorization: string | undefined): Promise<Caller> {
    if (deployment === null || deployment.configured !== env.CAIRN_KEY) {
      deployment = await readDeployment(env);
    }
    const current = deployment;
    if (current.teams.size === 0) {
      throw new ApiError(
        "not_configured",
        "this deployment has no key: set the secret CAIRN_KEY to one of the form " +
          "cairn_<team>_<id>_<secret> (`wrangler secret put CAIRN_KEY`)",
      );
    }

    const key = readKey(authorization);
    const deploymentKeys = current.teams.get(key.team);
    if (deploymentKeys === undefined) throw unknownKey();
    const caller: Caller = { team: key.team, person: key.id, key: key.id, scopes: ["full"] };

    if (isListed(deploymentKeys, key)) {
      if (!current.ensured.has(key.team)) {
        const stored = deploymentKeys.map(({ id, secretHash }) => ({ id, secretHash }));
        const answer = await askTeam(() =>
          teamObject(env, key.team).repeatable((stub) => stub.ensureKeys({ keys: stored })),
        );
        rememberFolderSecret(key.team, answer?.folderSecret);
        current.ensured.add(key.team);
      }
      return caller;
    }

    const secretHash = await hashKey(key);
    const now = clock();
    if (verified.get(secretHash, now)) return caller;
    if (refused.get(secretHash, now)) throw unknownKey();
    const answer = await askTeam(() =>
      teamObject(env, key.team).repeatable((stub) => stub.verify({ keyId: key.id, secretHash })),
    );
    // A deployment key that the configuration does not list is one that was taken out of it.
    if (!answer.ok || answer.origin === "deployment") {
      refused.set(secretHash, true, now);
      throw unknownKey();
    }
    rememberFolderSecret(key.team, answer.folderSecret);
    verified.set(secretHash, true, now);
    return caller;
  }

  return async (c, next) => {
    try {
      c.set("caller", await identify(c.env, c.req.header("Authorization")));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) c.header("WWW-Authenticate", "Bearer");
      throw error;
    }
    await next();
  };
}

/** The key of an `Authorization` header. Throws 401; no message repeats what was sent. */
function readKey(authorization: string | undefined): Key {
  if (authorization === undefined || authorization.trim() === "") {
    throw new ApiError(
      "missing_key",
      "no key was sent: send the header `Authorization: Bearer <key>`",
    );
  }
  const text = BEARER_PATTERN.exec(authorization.trim())?.[1];
  const key = text === undefined ? null : parseKey(text);
  if (key === null) {
    throw new ApiError(
      "malformed_key",
      "this is not a valid key: send `Authorization: Bearer cairn_<team>_<id>_<secret>`, whole and without quotes",
    );
  }
  return key;
}

// One message for every unknown key, so that it does not tell which teams exist.
function unknownKey(): ApiError {
  return new ApiError(
    "unknown_key",
    "this key is not known here: check the key and the address, or ask your team for a new key",
  );
}

/** Compared as they are configured: a SHA-256 for every hook would be a tenth of its time. */
function isListed(keys: readonly DeploymentKey[], sent: Key): boolean {
  const text = formatKey(sent);
  let listed = false;
  for (const key of keys) {
    if (timingSafeEqual(key.text, text)) listed = true;
  }
  return listed;
}

async function askTeam<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    log("error", "team_unreachable", {}, error);
    throw new ApiError("unavailable", "the team cannot be asked right now: try again shortly");
  }
}

async function readDeployment(env: Env): Promise<Deployment> {
  const teams = new Map<string, DeploymentKey[]>();
  for (const [index, text] of readConfig(env).keys.entries()) {
    const key = parseKey(text);
    if (key === null) {
      log("error", "deployment_key_malformed", { position: index + 1 });
      continue;
    }
    const known = teams.get(key.team) ?? [];
    known.push({ id: key.id, secretHash: await hashKey(key), text: formatKey(key) });
    teams.set(key.team, known);
  }
  return { configured: env.CAIRN_KEY, teams, ensured: new Set() };
}
