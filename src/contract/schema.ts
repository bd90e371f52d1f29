/** What the schemas of answers are built from. */
import { z } from "zod";

/**
 * A member whose values may become more, such as the kind of an item. The type is what this release
 * knows; at run time any text passes, so that a client of today reads the answers of a later
 * release: it shows a value that it does not know as it stands, and treats it as the plainest one.
 */
export function openEnum<T extends string>(values: readonly T[]) {
  return z.string().meta({ "x-extensible-enum": [...values] }) as unknown as z.ZodType<T, T>;
}

export const IsoTime = z
  .string()
  .meta({ format: "date-time", example: "2026-03-01T12:00:00.000Z" });

export const ItemId = z
  .string()
  .meta({ description: "`<project's number>-<n>`", example: "3-4567" });

export const ProjectName = z.string().meta({
  description: "The project's name: its normalised git remote, or `folder/<base name>-<mark>`",
  example: "github.com/acme/app",
});

export const SessionPath = z
  .string()
  .meta({ description: "`<agent>/<session_id>`", example: "claude-code/5f0c" });

export const EventKeys = z
  .array(z.string())
  .meta({ description: "Keys of the events that it was made from, the most telling first" });

/** Set where an answer over several projects is not whole. */
export const Incomplete = z
  .literal(true)
  .exactOptional()
  .meta({ description: "Some projects could not be asked: there may be more" });

/** A page of a list, newest first. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: "`cursor` of the following page" }),
  });
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}
