/** What a session shows to be wrong of its own observations. Parts of a caller's transaction. */

import { correctedBy } from "../../../memory/corrections.ts";
import type { Delivery } from "../../../memory/delivery.ts";
import type { Database } from "../../../platform/database.ts";
import { observationsOfFirstSource, standAgain, withdrawItem } from "../store/items.ts";

/**
 * Withdraws what a delivery corrects of its own observations and of those before it: they stay
 * readable, with the reason, and are in no context.
 */
export function applyCorrections(db: Database, delivery: Delivery): void {
  const { session, batch, corrects = [] } = delivery;
  if (corrects.length === 0) return;
  const keys = corrects.map(({ source }) => source);
  const found = observationsOfFirstSource(db, session, keys);
  for (const correction of corrects) {
    for (const { n } of correctedBy(correction, found)) {
      withdrawItem(db, n, { reason: correction.reason, batch });
    }
  }
}

/** The batches are withdrawn: what they corrected stands again. */
export function takeBackCorrections(
  db: Database,
  session: string,
  batches: readonly number[],
): void {
  standAgain(db, session, batches);
}
