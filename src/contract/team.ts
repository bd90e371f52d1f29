/** Projects, status, doctor, usage and budgets on the wire. */
import { z } from "zod";
import { Incomplete, IsoTime, ProjectName } from "./schema.ts";
import { TokenUsageSchema } from "./sessions.ts";
import type { BudgetScope } from "./vocabulary.ts";

const KnownProjectSchema = z
  .object({
    project: ProjectName,
    number: z.number().meta({ description: "Stands in the ids of its items" }),
    observations: z.number(),
    last_event_at: IsoTime.nullable().meta({ description: "null: nothing was ever recorded" }),
  })
  .meta({ id: "Project" });

export const KnownProjectsSchema = z.object({
  items: z.array(KnownProjectSchema),
  incomplete: Incomplete,
});
export type KnownProjects = z.infer<typeof KnownProjectsSchema>;

export const RenamedProjectSchema = z
  .object({
    project: ProjectName,
    number: z.number(),
    was: ProjectName.meta({ description: "Goes on leading to it" }),
  })
  .meta({ id: "RenamedProject" });
export type RenamedProject = z.infer<typeof RenamedProjectSchema>;

export const MergedProjectSchema = z
  .object({
    project: ProjectName.meta({ description: "The one that takes everything over" }),
    number: z.number(),
    merged: ProjectName.meta({ description: "Leads to it from now on" }),
    done: z
      .boolean()
      .meta({ description: "False: it goes on by itself; ask again to hear of its end" }),
  })
  .meta({ id: "MergedProject" });
export type MergedProject = z.infer<typeof MergedProjectSchema>;

export const DeletedProjectSchema = z
  .object({
    deleted: ProjectName,
    done: z.boolean().meta({
      description:
        "False: nothing of it is shown any more, but some of its sessions are still told",
    }),
  })
  .meta({ id: "DeletedProject" });
export type DeletedProject = z.infer<typeof DeletedProjectSchema>;

export const ProjectHereSchema = z
  .object({
    project: ProjectName,
    shown: z.string().meta({ description: "How texts call it: a folder by its base name" }),
    known: z.boolean().meta({ description: "False: nothing was ever recorded" }),
    earlier: ProjectName.nullable().meta({
      description: "Project in which the first release kept all folders of this base name",
    }),
  })
  .meta({ id: "ProjectHere" });
export type ProjectHere = z.infer<typeof ProjectHereSchema>;

const Usd = z.number().nullable();

const ProviderStatusSchema = z
  .object({
    provider: z.string(),
    model: z.string().nullable(),
    trouble: z
      .string()
      .nullable()
      .meta({ description: "What is wrong with it now, in an open session or in the settings" }),
  })
  .meta({ id: "ProviderStatus" });
export type ProviderStatus = z.infer<typeof ProviderStatusSchema>;

const CostSchema = z
  .object({
    ...TokenUsageSchema.shape,
    usd: Usd.meta({ description: "null: CAIRN_PRICES has none for the model" }),
  })
  .meta({ id: "Cost", description: "About what 1,000 tool calls of agents cost with the first" });

export const StatusSchema = z
  .object({
    providers: z
      .array(ProviderStatusSchema)
      .meta({ description: "Who compresses, first choice first" }),
    per_1000_tool_events: CostSchema,
    processing: z.boolean(),
    active_sessions: z.number(),
    queue_depth: z.number().meta({
      description: "Events that wait or are being compressed, and deliveries that wait",
    }),
    approximate: z.boolean().meta({ description: "More sessions are open than are asked" }),
    incomplete: Incomplete,
  })
  .meta({ id: "Status" });
export type Status = z.infer<typeof StatusSchema>;

const CheckSchema = z
  .object({
    name: z.string(),
    ok: z.boolean(),
    detail: z.string().meta({ description: "What is wrong and what to do" }),
    warning: z.literal(true).exactOptional().meta({
      description: "The server is well, and something of a client is to be looked at",
    }),
  })
  .meta({ id: "Check" });
export type Check = z.infer<typeof CheckSchema>;

export const DiagnosisSchema = z.object({ ok: z.boolean(), checks: z.array(CheckSchema) });
export type Diagnosis = z.infer<typeof DiagnosisSchema>;

const totals = {
  ...TokenUsageSchema.shape,
  calls: z.number(),
  usd: Usd.meta({
    description: "By CAIRN_PRICES as they are now, estimates left out; null: a model has no price",
  }),
  unsettled: z
    .object({ ...TokenUsageSchema.shape, calls: z.number() })
    .meta({ description: "Calls of which nobody told the figures: their estimates" }),
};

const UsageTotalsSchema = z.object(totals).meta({ id: "UsageTotals" });
export type UsageTotals = z.infer<typeof UsageTotalsSchema>;

const UsageRowSchema = z
  .object({
    day: z.string().exactOptional().meta({ description: "UTC, YYYY-MM-DD" }),
    project: ProjectName.nullable().exactOptional().meta({
      description: "null: the team has lost the name",
    }),
    provider: z.string().exactOptional(),
    model: z.string().nullable().exactOptional(),
    session: z.string().exactOptional(),
    ...totals,
  })
  .meta({ id: "UsageRow", description: "One group, with the dimensions that were asked for" });

export const UsageSchema = z.object({
  items: z.array(UsageRowSchema).meta({ description: "The newest day first" }),
  total: UsageTotalsSchema,
  truncated: z.boolean().meta({ description: "There are more groups than one answer holds" }),
});
export type NamedUsage = z.infer<typeof UsageSchema>;

export const TokenLimitsSchema = z
  .object({ input: z.number().nullable(), output: z.number().nullable() })
  .meta({ id: "TokenLimits", description: "Most tokens per UTC day; null: no limit" });
export type TokenLimits = z.infer<typeof TokenLimitsSchema>;

export const BudgetsSchema = z.object({
  session: TokenLimitsSchema,
  project: TokenLimitsSchema,
  team: TokenLimitsSchema,
} satisfies Record<BudgetScope, typeof TokenLimitsSchema>);
export type Budgets = z.infer<typeof BudgetsSchema>;

export const HealthSchema = z.object({
  ok: z.literal(true),
  name: z.literal("cairn"),
  version: z.string().exactOptional().meta({ description: "Of the server; 0.1.0 does not tell" }),
});
