/** Bodies that have to arrive. Who sends one for ever holds a request, and the object that it is for. */

/** How long a body may take, ms: between any two pieces, and in all. */
export interface BodyTime {
  idleMs: number;
  totalMs: number;
}

/**
 * No agent waits for a hook as long as this in all; the largest body takes 54 seconds on a line of
 * 10 Mbit/s.
 */
export const BODY_TIME: BodyTime = { idleMs: 20_000, totalMs: 120_000 };

/** What `work` gives; throws where it takes longer than `ms`. The work itself goes on. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing for ${ms} ms`)), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads the next piece; throws where it takes too long. Counts from now on. */
export function timedReads(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { idleMs, totalMs }: BodyTime = BODY_TIME,
): () => Promise<ReadableStreamReadResult<Uint8Array>> {
  const end = Date.now() + totalMs;
  return () => within(reader.read(), Math.min(idleMs, end - Date.now()));
}

/** The same bytes as they arrive; what comes too late breaks it off. */
export function inTime(
  body: ReadableStream<Uint8Array>,
  time: BodyTime = BODY_TIME,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const read = timedReads(reader, time);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(error);
          await reader.cancel().catch(() => undefined);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is taken that nobody asked for yet.
    { highWaterMark: 0 },
  );
}
