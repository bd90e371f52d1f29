/** `cairn deploy-check URL`: whether a deployment is one that agents can rely on. */

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import cairn from "../../../package.json" with { type: "json" };
import { DiagnosisSchema, type HealthSchema } from "../../contract/team.ts";
import { isLoopback } from "../../platform/loopback.ts";
import { ApiFailure, call, reach } from "../api.ts";
import { type Check, ill, well } from "../checks/check.ts";
import { answersAsCairn } from "../checks/health.ts";
import type { Trouble } from "../checks/reach.ts";
import { CAIRN } from "../installation.ts";
import type { Target } from "../target.ts";

/** How long one call may take, ms. */
const CALL_MS = 10_000;
const AGAIN_MS = 3_000;

/** Where the trial's session is; it is deleted again, with all that it left. */
const TRIAL_PROJECT = "cairn-deploy-check";

/** All checks in their order; after one that makes the others pointless, no more. */
export async function checkDeployment(target: Target, waitMs: number): Promise<Check[]> {
  const url = new URL(target.url);
  const health = await untilHealthy(target.url, waitMs);
  if ("detail" in health) return [ill("address", health.detail, health.remedy)];
  const checks = [
    well("address", `${target.url} is a Cairn server`),
    checkTransport(url),
    checkVersion(health.version),
    await checkLock(target),
  ];
  const key = await checkKey(target);
  checks.push(key);
  if (!key.ok) return checks;
  checks.push(await checkHook(target), ...(await checkItself(target)));
  return checks;
}

async function untilHealthy(
  base: string,
  waitMs: number,
): Promise<z.infer<typeof HealthSchema> | Trouble> {
  const end = Date.now() + waitMs;
  for (;;) {
    const found = await answersAsCairn(base, CALL_MS);
    if (!("detail" in found) || found.passes !== true || Date.now() > end) return found;
    await sleep(AGAIN_MS);
  }
}

function checkTransport(url: URL): Check {
  if (url.protocol === "https:") return well("transport", "https");
  if (isLoopback(url.hostname)) return well("transport", "http, on this machine only");
  return ill(
    "transport",
    "plain http: the key and all that is sent can be read on the way",
    "Use the https address.",
  );
}

function checkVersion(version: string | undefined): Check {
  if (version === cairn.version) return well("version", version);
  return ill(
    "version",
    `${version ?? "0.1.0"} is deployed, and this command is ${cairn.version}`,
    `Deploy again with the newer of the two: ${CAIRN} deploy.`,
  );
}

/** Nobody gets in without a key. */
async function checkLock(target: Target): Promise<Check> {
  const response = await fetch(`${target.url}/v1/projects`, {
    signal: AbortSignal.timeout(CALL_MS),
  });
  await response.body?.cancel();
  if (response.status === 401 || response.status === 503) {
    return well("lock", "without a key it tells nothing");
  }
  return ill(
    "lock",
    `a call without a key was answered with ${response.status}`,
    "Something before the Worker answers: look at the routes and rules of its domain.",
  );
}

async function checkKey(target: Target): Promise<Check> {
  try {
    await call(target, "projects", z.unknown(), { timeoutMs: CALL_MS });
    return well("key", "is taken");
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const isUnset = error.code === "not_configured";
    return ill(
      "key",
      error.message,
      isUnset
        ? `Run ${CAIRN} deploy, which sets what is missing.`
        : "Give the deployment's key with --key or in CAIRN_KEY.",
    );
  }
}

/** One session begins, is remembered, and is forgotten with its project. */
async function checkHook(target: Target): Promise<Check> {
  const id = `check-${crypto.randomUUID()}`;
  const sent = await reach(target, `${target.url}/hooks/claude-code`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-cairn-project": TRIAL_PROJECT },
    body: JSON.stringify({
      session_id: id,
      hook_event_name: "UserPromptSubmit",
      prompt: "A trial of the deployment.",
      cwd: `/${TRIAL_PROJECT}`,
    }),
  });
  await sent.body?.cancel();
  const path = `sessions/claude-code/${id}`;
  try {
    if (!sent.ok) throw new Error(`it was answered with ${sent.status}`);
    const session = await call(target, path, z.looseObject({ state: z.string() }));
    return well("hook", `a trial session was ${session.state}, and is forgotten again`);
  } catch (error) {
    return ill(
      "hook",
      `a hook was not kept: ${(error as Error).message}`,
      "Look at the Worker's log (wrangler tail); on the free plan its daily rows may be used up.",
    );
  } finally {
    await call(target, path, z.unknown(), { method: "DELETE", query: { forget: 1 } }).catch(
      () => null,
    );
    await call(target, `projects/${TRIAL_PROJECT}`, z.unknown(), { method: "DELETE" }).catch(
      () => null,
    );
  }
}

/** The server's own doctor. */
async function checkItself(target: Target): Promise<Check[]> {
  const { checks } = await call(target, "doctor", DiagnosisSchema);
  return checks.map(({ name, ok, detail }) =>
    ok ? well(name, detail) : ill(name, detail, `See ${CAIRN} doctor.`),
  );
}
