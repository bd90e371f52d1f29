/** `cairn doctor`: this machine first, then the server by its own checks. */
import type { z } from "zod";
import { DiagnosisSchema } from "../contract/team.ts";
import { call } from "./api.ts";
import { type Check, ill, tellChecks, well } from "./checks/check.ts";
import { checkClient, checkProject, connections } from "./checks/client.ts";
import { Failure } from "./failure.ts";
import { resolveTarget, type Target, type TargetFlags } from "./target.ts";

/** Returns false where one of the checks is not well. */
export async function doctor(
  flags: TargetFlags & { json: boolean },
  say: (line: string) => void,
): Promise<boolean> {
  const found = connections();
  const checks = await checkClient(found);
  const target = serverOf(flags, found);
  if (target === null) {
    checks.push(
      ill("memory", "no server is known to this command", "Name one with --url and --key."),
    );
  } else {
    checks.push(...(await checkServer(target)));
  }
  return tellChecks(checks, flags.json, say);
}

/** The one that is named, else that of the agent, else the local one. Null where there is none. */
function serverOf(flags: TargetFlags, found: ReturnType<typeof connections>): Target | null {
  const [first] = found.flatMap(({ key, options }) =>
    key === null ? [] : [{ url: options.url, key }],
  );
  const isNamed = flags.url !== undefined || process.env.CAIRN_URL !== undefined;
  const isOfAgent = !isNamed && flags.key === undefined && first !== undefined;
  try {
    return resolveTarget(isOfAgent ? { url: first.url } : flags);
  } catch (error) {
    if (isNamed || !(error instanceof Failure)) throw error;
    return first ?? null;
  }
}

async function checkServer(target: Target): Promise<Check[]> {
  try {
    const { checks } = await call(target, "doctor", DiagnosisSchema);
    return [await checkProject(target), ...checks.map(asCheck)];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [ill("memory", error.message, "Mend what stands above, then run this again.")];
  }
}

/** The server's details say what to do themselves. */
function asCheck({
  name,
  ok,
  detail,
  warning,
}: z.infer<typeof DiagnosisSchema>["checks"][number]): Check {
  return ok && warning !== true ? well(name, detail) : { name, ok: false, detail, remedy: null };
}
