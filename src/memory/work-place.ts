/** Where work is done, as hooks tell: a session keeps it, and it is stamped on all that it delivers. */

/** A new field needs a header (`hook-place.ts`) and a column in two tables, and nothing between. */
export interface WorkPlace {
  branch: string | null;
  commit: string | null;
}

/** Where nothing is known of it. */
export const NO_PLACE: WorkPlace = { branch: null, commit: null };

/** The place alone of whatever carries one; what another release leaves out is not known. */
export function placeOf(whole: Partial<WorkPlace>): WorkPlace {
  return eachField((field) => whole[field] ?? null);
}

/** What `told` says, and where it says nothing, what was known. */
export function newerPlace(told: Partial<WorkPlace>, known: WorkPlace): WorkPlace {
  return eachField((field) => told[field] ?? known[field]);
}

export function eachField(value: (field: keyof WorkPlace) => string | null): WorkPlace {
  const fields = Object.keys(NO_PLACE) as (keyof WorkPlace)[];
  return Object.fromEntries(fields.map((field) => [field, value(field)])) as unknown as WorkPlace;
}
