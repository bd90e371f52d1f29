/** The team's keys: the only module that reads and writes the table `keys`. */

import type { Database } from "../../platform/database.ts";
import { timingSafeEqual } from "../../platform/timing-safe.ts";

/** A key as it is stored: its id and the SHA-256 (hex) of its whole text. */
export interface StoredKey {
  id: string;
  secretHash: string;
}

/** `deployment`: listed in the deployment's CAIRN_KEY. `issued`: given out by the team. */
export type KeyOrigin = "deployment" | "issued";

export type Verification = { ok: true; actor: string; origin: KeyOrigin } | { ok: false };

/**
 * Makes `keys` the team's deployment keys: adds what is missing and removes the deployment keys
 * that are not listed any more (a rotated secret, a dropped id). Issued keys stay. Writes nothing
 * where nothing changed.
 */
export function replaceDeploymentKeys(db: Database, keys: readonly StoredKey[], now: number): void {
  db.transaction(() => {
    const listed = new Set(keys.map((key) => `${key.id} ${key.secretHash}`));
    const stored = db.all<{ id: string; secret_hash: string }>(
      "SELECT id, secret_hash FROM keys WHERE origin = 'deployment'",
    );
    for (const row of stored) {
      if (listed.delete(`${row.id} ${row.secret_hash}`)) continue;
      db.run("DELETE FROM keys WHERE id = ? AND secret_hash = ?", row.id, row.secret_hash);
    }
    for (const key of keys) {
      if (!listed.has(`${key.id} ${key.secretHash}`)) continue;
      db.run(
        `INSERT INTO keys (id, secret_hash, origin, created_at) VALUES (?, ?, 'deployment', ?)
         ON CONFLICT DO UPDATE SET origin = excluded.origin`,
        key.id,
        key.secretHash,
        now,
      );
    }
  });
}

/** Whether the team knows the key, and where it has it from. */
export function verifyKey(db: Database, keyId: string, secretHash: string): Verification {
  const rows = db.all<{ secret_hash: string; origin: KeyOrigin }>(
    "SELECT secret_hash, origin FROM keys WHERE id = ?",
    keyId,
  );
  let found: KeyOrigin | null = null;
  for (const row of rows) {
    if (timingSafeEqual(row.secret_hash, secretHash)) found = row.origin;
  }
  return found === null ? { ok: false } : { ok: true, actor: keyId, origin: found };
}
