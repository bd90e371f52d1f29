/** What entries of the outbox carry. Trusted: only the session's own code writes it. */
import type { Removed } from "../../../contract/sessions.ts";
import type { Delivery } from "../../../memory/delivery.ts";
import type { ItemNumbers } from "../../../memory/item-id.ts";
import type { OutboxEntry } from "./outbox.ts";

/** What a move carries. */
export interface Move {
  /** Name of the project that the session leaves; absent from moves of older releases. */
  from?: string;
}

/** An item that the agent saved by hand. */
export interface LinkedItem extends ItemNumbers {
  /** Who told of it; absent from links of older releases: the session's owner. */
  actor?: string;
}

/** What a private turn had taught: the batches that held it, and its events. */
export interface Withdrawal {
  batches: number[];
  keys: string[];
}

type Carrying = Pick<OutboxEntry, "payload">;

/** What a batch taught, as the payload of its delivery. */
export function parseDelivery(payload: string): Delivery {
  return JSON.parse(payload) as Delivery;
}

/** The item that a link is about. */
export function linkedItem({ payload }: Carrying): LinkedItem {
  return JSON.parse(payload) as LinkedItem;
}

/** The project that an entry names by its number; null where it does so by its name. */
export function projectNumberIn({ kind, payload }: Pick<OutboxEntry, "kind" | "payload">) {
  if (kind !== "link" && kind !== "forget") return null;
  return (JSON.parse(payload) as { number?: number }).number ?? null;
}

/** The event keys whose results a redo replaces. */
export function replacedKeys({ payload }: Carrying): string[] {
  return JSON.parse(payload) as string[];
}

/** Name of the project that a move leaves; null where it does not say. */
export function movedFrom({ payload }: Carrying): string | null {
  return (JSON.parse(payload) as Move).from ?? null;
}

/** The batches and event keys that a withdrawal is about. */
export function withdrawalIn({ payload }: Carrying): Withdrawal {
  return JSON.parse(payload) as Withdrawal;
}

/** What was removed of the session so far, as the payload of a forgetting. */
export function receiptOf(payload: string): Removed {
  const nothing = { events: 0, observations: 0, summaries: 0, prompts: 0 };
  return { ...nothing, ...(JSON.parse(payload) as Partial<Removed>) };
}
