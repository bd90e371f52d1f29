/** The audit on the wire. */
import { z } from "zod";
import { IsoTime, openEnum } from "./schema.ts";
import { AUDIT_ACTIONS } from "./vocabulary.ts";

export const AuditEntrySchema = z
  .object({
    at: IsoTime,
    person: z.string().meta({ description: "Who did it" }),
    key: z.string().meta({ description: "`id` of the key that it was done with" }),
    action: openEnum(AUDIT_ACTIONS),
    target: z.string().meta({
      description:
        "What it was done to: an id or a name, for budgets the change. Never any content",
    }),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntrySchema>;
