/** When the server is killed: all drawn from the seed before the run begins. */

/**
 * - `answer`: right after the n-th answer since the start;
 * - `request`: `delayMs` after the n-th request was sent: in its middle, or shortly after;
 * - `provider`: `delayMs` after the provider got its n-th call: before, while and after it answers;
 * - `time`: `delayMs` after the server was ready.
 */
export interface Kill {
  moment: "answer" | "request" | "provider" | "time";
  n: number;
  delayMs: number;
  /** The chain of providers that the server was started with. */
  chain: string;
}

const MOMENTS: readonly Kill["moment"][] = ["answer", "request", "provider", "provider", "time"];
const PROVIDER_DELAYS_MS = [0, 2, 5, 10, 20, 50, 200];

export const CHAINS = ["anthropic", "anthropic,extractive"];

/** `chain`: one for all starts, or `mixed`. */
export function planKills(kills: number, chain: string, random: () => number): Kill[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: kills }, () => {
    const moment = pick(MOMENTS);
    const n = 1 + Math.floor(random() * (moment === "provider" ? 6 : 30));
    const fraction = random();
    const provider = pick(PROVIDER_DELAYS_MS);
    const drawn = pick(CHAINS);
    return {
      moment,
      n,
      delayMs: {
        answer: 0,
        request: Math.floor(fraction * 6),
        provider,
        time: Math.floor(fraction * 1500),
      }[moment],
      chain: chain === "mixed" ? drawn : chain,
    };
  });
}

/** Waits for the moments that a plan names; the clients and the provider report what they see. */
export class Moments {
  #counts = { answer: 0, request: 0, provider: 0 };
  #waiting: { moment: "answer" | "request" | "provider"; n: number; wake: () => void } | null =
    null;

  /** To be called after each start. */
  restart(): void {
    this.#counts = { answer: 0, request: 0, provider: 0 };
  }

  saw(moment: "answer" | "request" | "provider"): void {
    this.#counts[moment] += 1;
    const waiting = this.#waiting;
    if (waiting?.moment !== moment || this.#counts[moment] < waiting.n) return;
    this.#waiting = null;
    waiting.wake();
  }

  /** Resolves at the kill's moment, or after `atMostMs`: what it waits for may never come. */
  async wait(kill: Kill, atMostMs: number): Promise<void> {
    const { moment } = kill;
    if (moment !== "time" && this.#counts[moment] < kill.n) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs);
        this.#waiting = {
          moment,
          n: kill.n,
          wake: () => {
            clearTimeout(timer);
            resolve();
          },
        };
      });
      this.#waiting = null;
    }
    if (kill.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, kill.delayMs));
  }
}
