/** Where an item is from, as answers and lines say it. Pure. */
import type { SourceKind } from "../../../contract/vocabulary.ts";
import { sourceKindOfKeys } from "../../../memory/source-kind.ts";
import type { ItemRow } from "./item-row.ts";
import { HAND } from "./new-item.ts";

/** Whose words it tells. A summary is its agent's, whatever was asked. */
export function sourceOf(row: ItemRow): SourceKind {
  if (row.kind === "summary") return "agent";
  if (row.kind === "prompt") return "person";
  if (row.provider === HAND) return "hand";
  return row.content.source_kind ?? sourceKindOfKeys(row.content.sources);
}
