/** Answers that may not wait. */

/**
 * What `work` gives, or null when `ms` are over or it fails: an agent never waits for memory, and
 * never fails for it. The work itself goes on.
 */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T | null> {
  if (ms <= 0) {
    work.catch(() => undefined);
    return null;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work.catch(() => null), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
