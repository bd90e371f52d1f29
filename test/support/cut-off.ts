/** A departure of a project that is cut off in its middle. */
import { vi } from "vitest";
import { ProjectObject } from "../../src/durable/project/project-object.ts";
import { TeamObject } from "../../src/durable/team/team-object.ts";

/**
 * Lets the n-th call of a step of a departure fail, and all that follow, as a process does that is
 * killed: before the step did anything, or after it did all.
 */
export function cutOff(
  step: "beginArrival" | "takeSlice" | "finishDeparture",
  when: "before" | "after",
  nth: number,
): void {
  const prototype = step === "finishDeparture" ? TeamObject.prototype : ProjectObject.prototype;
  const steps = prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const real = steps[step];
  let calls = 0;
  vi.spyOn(steps, step).mockImplementation(function (this: unknown, ...args: unknown[]) {
    calls += 1;
    if (calls < nth) return real?.apply(this, args);
    if (when === "after" && calls === nth) real?.apply(this, args);
    throw new Error("killed");
  });
}
