/** Everything that a project hands over when it is merged into another one, in this order. */
import { movingItems } from "../store/items.ts";
import type { MovingStore } from "../store/moving.ts";
import { movingOpenPoints } from "../store/open-points.ts";
import { movingDeliveries, movingSaves, movingSessions } from "../store/sessions.ts";

/**
 * Sessions come last: what they say of generations would refuse items that come after them. A
 * table that is not here stays behind and is deleted; a test asks of each whether that is meant.
 */
export const STORES: readonly MovingStore[] = [
  movingItems,
  movingOpenPoints,
  movingDeliveries,
  movingSaves,
  movingSessions,
];
