/** The team's keys: the only module that reads and writes the table `keys`. */

import type { KeyScope } from "../../contract/vocabulary.ts";
import { keyIdOf } from "../../memory/key.ts";
import type { Database } from "../../platform/database.ts";
import { timingSafeEqual } from "../../platform/timing-safe.ts";

/** A key as it is stored: its id and the SHA-256 (hex) of its whole text. */
export interface StoredKey {
  id: string;
  secretHash: string;
}

/** A key that the team gives out. */
export interface IssuedKey extends StoredKey {
  scope: KeyScope;
  /** What its person calls it. */
  label: string;
}

/** Most keys of a team, so that a list of them is one answer. */
const KEYS_MAX = 500;

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

/** A key as lists show it: nothing of its secret. */
export interface ListedKey {
  id: string;
  person: string;
  scope: KeyScope;
  label: string | null;
  origin: KeyOrigin;
  /** ms since the epoch. */
  madeAt: number;
}

interface KeyRow {
  id: string;
  secret_hash: string;
  origin: KeyOrigin;
  created_at: number;
  scope: KeyScope | null;
  label: string | null;
}

/** Keeps a key of the team. False where it has as many as it may have. */
export function issueKey(db: Database, key: IssuedKey, now: number): boolean {
  const { count } = db.one<{ count: number }>("SELECT count(*) AS count FROM keys") ?? { count: 0 };
  if (count >= KEYS_MAX) return false;
  db.run(
    `INSERT INTO keys (id, secret_hash, origin, created_at, scope, label)
     VALUES (?, ?, 'issued', ?, ?, ?)`,
    key.id,
    key.secretHash,
    now,
    key.scope,
    key.label,
  );
  return true;
}

/** All keys of the team, the newest first. */
export function listKeys(db: Database): ListedKey[] {
  return keyRows(db).map((row) => ({
    id: keyIdOf(row.secret_hash),
    person: row.id,
    scope: row.scope ?? "full",
    label: row.label,
    origin: row.origin,
    madeAt: row.created_at,
  }));
}

/** The team knows the key of this id no more. A deployment's key is the configuration's. */
export function revokeKey(db: Database, id: string): "revoked" | "listed" | "unknown" {
  const row = keyRows(db).find((one) => keyIdOf(one.secret_hash) === id);
  if (row === undefined) return "unknown";
  if (row.origin === "deployment") return "listed";
  db.run("DELETE FROM keys WHERE id = ? AND secret_hash = ?", row.id, row.secret_hash);
  return "revoked";
}

function keyRows(db: Database): KeyRow[] {
  return db.all<KeyRow>("SELECT * FROM keys ORDER BY created_at DESC, secret_hash");
}
