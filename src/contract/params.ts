/** Parameters that the reading routes share: filters, limits, cursors. */
import { z } from "zod";
import type { Filters } from "../durable/project/search/query.ts";
import { CONCEPTS, OBSERVATION_TYPES } from "../memory/observation.ts";
import { parseTime } from "../memory/time.ts";

const VALUE_MAX_CHARS = 400;

export const ProjectParam = z
  .string({ error: "is wanted: the project's git remote or name" })
  .min(1, "is wanted: the project's git remote or name");

const text = z.string().max(VALUE_MAX_CHARS).optional();

function time(bareDay: "start" | "end") {
  return z
    .string()
    .optional()
    .transform((value, context) => {
      if (value === undefined || value === "") return undefined;
      const at = parseTime(value, Date.now(), bareDay);
      if (at !== null) return at;
      context.addIssue({
        code: "custom",
        message:
          "is no time: send an ISO time such as 2026-03-01T12:00:00Z, a day, or an age such as 7d",
      });
      return z.NEVER;
    });
}

export function oneOf<T extends string>(values: readonly T[]) {
  return z.enum(values as [T, ...T[]], { error: `must be one of ${values.join(", ")}` });
}

/** Filters of lists and searches, to be spread into a route's own schema. */
export const filterParams = {
  type: oneOf(OBSERVATION_TYPES).optional(),
  concept: oneOf(CONCEPTS).optional(),
  file: text,
  session: text,
  branch: text,
  actor: text,
  since: time("start"),
  until: time("end"),
};

/** A whole number in a range. */
export function count(standard: number, most: number, least = 1) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.number().min(least, message).max(most, message))
    .default(standard);
}

/** The filters among a route's parameters, without those that were not sent. */
export function filtersOf(query: { [Name in keyof Filters]?: Filters[Name] | undefined }): Filters {
  const filters: Record<string, string | number> = {};
  for (const name of Object.keys(filterParams) as (keyof typeof filterParams)[]) {
    const value = query[name];
    if (value !== undefined && value !== "") filters[name] = value;
  }
  return filters as Filters;
}

/** An opaque name of a place in a list: the number after which the next page begins. */
export function cursorOf(n: string | null): string | null {
  return n === null ? null : btoa(`n:${n}`).replaceAll("=", "");
}

export const CursorParam = z
  .string()
  .optional()
  .transform((value, context) => {
    if (value === undefined || value === "") return null;
    const n = decodeCursor(value);
    if (n !== null) return n;
    context.addIssue({ code: "custom", message: "is no cursor: send `next` of the page before" });
    return z.NEVER;
  });

function decodeCursor(value: string): number | null {
  if (!/^[A-Za-z0-9+/]{1,40}$/.test(value)) return null;
  try {
    const match = /^n:(\d{1,12})$/.exec(atob(value));
    return match === null ? null : Number(match[1]);
  } catch {
    return null;
  }
}
