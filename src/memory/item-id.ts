/** Ids of items: `<number of the project>-<number of the item>`, such as 3-4567. */

/** Where an item is. */
export interface ItemNumbers {
  /** The project's number in its team. */
  number: number;
  n: number;
}

/** Null for what is not an id. */
export function parseItemId(id: string): ItemNumbers | null {
  const match = /^([1-9]\d{0,8})-([1-9]\d{0,11})$/.exec(id);
  return match === null ? null : { number: Number(match[1]), n: Number(match[2]) };
}
