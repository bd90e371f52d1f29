import { describe, expect, it } from "vitest";
import { inTime } from "../../src/platform/in-time.ts";

/** Far beyond what a busy machine needs between two pieces. */
const AMPLE_MS = 20_000;

function pieces(...sent: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of sent) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

/** A body of one piece that never ends, and what it was told when it was given up. */
function stuck() {
  const told: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
    cancel: (reason) => void told.push(reason),
  });
  return { stream, told };
}

describe("a body that has to arrive in time", () => {
  it("passes as it is", async () => {
    const whole = inTime(pieces("one ", "two ", "", "three"), {
      idleMs: AMPLE_MS,
      totalMs: AMPLE_MS,
    });
    expect(await new Response(whole).text()).toBe("one two three");
  });

  it("breaks off where nothing comes, or where it never ends, and gives its sender up", async () => {
    for (const time of [
      { idleMs: 5, totalMs: AMPLE_MS },
      { idleMs: AMPLE_MS, totalMs: 5 },
    ]) {
      const { stream, told } = stuck();
      await expect(new Response(inTime(stream, time)).text()).rejects.toThrow();
      expect(told).toHaveLength(1);
    }
  });

  it("tells its sender where its reader wants no more", async () => {
    const { stream, told } = stuck();
    await inTime(stream, { idleMs: AMPLE_MS, totalMs: AMPLE_MS }).cancel("enough");
    expect(told).toEqual(["enough"]);
  });
});
