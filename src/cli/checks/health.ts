/** Whether a Cairn server answers at an address. */
import type { z } from "zod";
import { HealthSchema } from "../../contract/team.ts";
import { strangeAnswer, type Trouble, unreachable } from "./reach.ts";

/** What `/health` says there, or why it says nothing. `base` has no slash at its end. */
export async function answersAsCairn(
  base: string,
  timeoutMs: number,
): Promise<z.infer<typeof HealthSchema> | Trouble> {
  const url = new URL(base);
  try {
    const response = await fetch(`${base}/health`, {
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    const strange = strangeAnswer(response.status, type, response.headers.get("location"), text);
    if (strange !== null) return strange;
    const health = HealthSchema.safeParse(JSON.parse(text));
    if (health.success) return health.data;
    return {
      detail: "it answers, but not as Cairn does",
      remedy: "Check the address: another program answers there.",
    };
  } catch (error) {
    return unreachable(url, error, process.env);
  }
}
