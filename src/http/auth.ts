/**
 * Bearer authentication. It stands in front of every hook, so the common case costs one
 * comparison and no call: the deployment's own keys are proven against the configuration, the keys that a
 * team issued by their MAC, and then against the TeamObject, whose answer is kept for a short while.
 */

import type { MiddlewareHandler } from "hono";
import { type Caller, isLimited } from "../access/caller.ts";
import { type Config, readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import type { KeyScope } from "../contract/vocabulary.ts";
import type { StoredKey } from "../durable/team/keys.ts";
import { formatKey, hashKey, type Key, keyIdOf, parseKey } from "../memory/key.ts";
import { signedScope, signingKey } from "../memory/signed-key.ts";
import { log } from "../platform/log.ts";
import { MinuteLimit } from "../platform/minute-limit.ts";
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
/** Wrong keys in a minute that an isolate answers with 401; more of them are told to wait. */
const WRONG_KEYS_PER_MINUTE = 100;

const BEARER_PATTERN = /^bearer +(\S+)$/i;

interface DeploymentKey extends StoredKey {
  team: string;
  text: string;
  caller: Caller;
}

/** The deployment's keys and secrets, read once per isolate and configuration. */
interface Deployment {
  config: Config;
  /** The texts that it was read from. */
  configured: string;
  keys: DeploymentKey[];
  signers: CryptoKey[];
  /** Teams that were told their deployment keys by this isolate. */
  ensured: Set<string>;
}

/**
 * Lets a request through that carries a key of this deployment, and sets `caller`. Throws ApiError:
 * 401 without such a key, 503 `not_configured` where the deployment has no key, 503 `unavailable`
 * where the team cannot be asked. A key that is made up touches no object, whether there is such a
 * team or not; very many of them are answered with 429, and hinder no key that is right.
 */
export function authenticate(clock: () => number = Date.now): MiddlewareHandler<AppEnv> {
  let deployment: Deployment | null = null;
  const verified = new TtlCache<Caller>(CACHE_MAX_KEYS, VERIFIED_LIFETIME_MS);
  const refused = new TtlCache<true>(CACHE_MAX_KEYS, REFUSED_LIFETIME_MS);
  const wrongKeys = new MinuteLimit(WRONG_KEYS_PER_MINUTE);

  async function currentDeployment(env: Env): Promise<Deployment> {
    const config = readConfig(env);
    if (deployment?.config === config) return deployment;
    // Another request's environment may be another object that says the same.
    const current =
      deployment?.configured === textsOf(config)
        ? { ...deployment, config }
        : await readDeployment(config);
    deployment = current;
    return current;
  }

  async function identify(env: Env, authorization: string | undefined): Promise<Caller> {
    const { keys, signers, ensured } = await currentDeployment(env);
    if (keys.length === 0 && signers.length === 0) throw notConfigured();
    const key = readKey(authorization);
    const text = formatKey(key);

    const listed = listedKey(keys, text);
    if (listed !== null) {
      if (!ensured.has(key.team)) {
        const ofTeam = keys.filter(({ team }) => team === key.team);
        const stored = ofTeam.map(({ id, secretHash }) => ({ id, secretHash }));
        const answer = await askTeam(() =>
          teamObject(env, key.team).repeatable((stub) => stub.ensureKeys({ keys: stored })),
        );
        rememberFolderSecret(key.team, answer?.folderSecret);
        ensured.add(key.team);
      }
      return listed.caller;
    }

    const now = clock();
    const known = verified.get(text, now);
    if (known !== undefined) return known;
    if (refused.get(text, now)) throw unknownKey();
    const scope = await signedScope(signers, key);
    if (scope === null) {
      if (keys.length === 0) throw notConfigured();
      // Counted for all together: an address is easily changed, and no right key comes this far.
      throw wrongKeys.take(now) ? unknownKey() : tooManyWrongKeys();
    }
    const secretHash = await hashKey(key);
    const answer = await askTeam(() =>
      teamObject(env, key.team).repeatable((stub) => stub.verify({ keyId: key.id, secretHash })),
    );
    // A deployment key that the configuration does not list is one that was taken out of it.
    if (!answer.ok || answer.origin === "deployment") {
      refused.set(text, true, now);
      throw unknownKey();
    }
    rememberFolderSecret(key.team, answer.folderSecret);
    const caller = callerOf(key, secretHash, scope);
    verified.set(text, caller, now);
    return caller;
  }

  return async (c, next) => {
    try {
      c.set("caller", await identify(c.env, c.req.header("Authorization")));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) c.header("WWW-Authenticate", "Bearer");
      if (error instanceof ApiError && error.status === 429) c.header("Retry-After", "60");
      throw error;
    }
    await next();
  };
}

/**
 * Refuses a key that may only capture: it stands in the environment of every command of an agent, so
 * that whatever runs there may read it. To be put behind `authenticate`.
 */
export function fullKeysOnly(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (isLimited(c.get("caller"))) {
      throw new ApiError(
        "capture_only",
        "this key may only send hooks, because it stands in an agent's environment: use a key of " +
          "your own, which `cairn connect` keeps for the command line",
      );
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

function tooManyWrongKeys(): ApiError {
  return new ApiError(
    "too_many_wrong_keys",
    "this key is not known here, and many wrong ones were sent: check the key and the address, and wait a minute",
  );
}

function notConfigured(): ApiError {
  return new ApiError(
    "not_configured",
    "this deployment has no key: set the secret CAIRN_KEY to one of the form " +
      "cairn_<team>_<id>_<secret> (`wrangler secret put CAIRN_KEY`)",
  );
}

function callerOf({ team, id }: Key, secretHash: string, scope: KeyScope): Caller {
  return { team, person: id, key: keyIdOf(secretHash), scopes: [scope] };
}

/**
 * Compared as they are configured: a SHA-256 for every hook would be a tenth of its time. With all of
 * them, so that the time tells nothing of which teams there are.
 */
function listedKey(keys: readonly DeploymentKey[], sent: string): DeploymentKey | null {
  let listed: DeploymentKey | null = null;
  for (const key of keys) {
    if (timingSafeEqual(key.text, sent)) listed = key;
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

function textsOf({ keys, signingSecrets }: Config): string {
  return JSON.stringify([keys, signingSecrets]);
}

async function readDeployment(config: Config): Promise<Deployment> {
  const signers: CryptoKey[] = [];
  for (const [index, secret] of config.signingSecrets.entries()) {
    const signer = await signingKey(secret);
    if (signer === null) log("error", "deployment_secret_too_short", { position: index + 1 });
    else signers.push(signer);
  }
  const keys: DeploymentKey[] = [];
  for (const [index, text] of config.keys.entries()) {
    const key = parseKey(text);
    if (key === null) {
      log("error", "deployment_key_malformed", { position: index + 1 });
      continue;
    }
    const secretHash = await hashKey(key);
    // One that was made to capture is no more for being listed.
    const scope = (await signedScope(signers, key)) ?? "full";
    const caller = callerOf(key, secretHash, scope);
    keys.push({ id: key.id, team: key.team, secretHash, text: formatKey(key), caller });
  }
  return { config, configured: textsOf(config), keys, signers, ensured: new Set() };
}
