/** Keys on the wire. */
import { z } from "zod";
import { IsoTime, openEnum } from "./schema.ts";
import { KEY_SCOPES } from "./vocabulary.ts";

const LABEL_MAX_CHARS = 80;

const KeyScopeSchema = openEnum(KEY_SCOPES).meta({
  description: "`capture`: to send hooks, and nothing else; `full`: everything",
});

const shared = {
  id: z.string().meta({ description: "Names the key; not secret", example: "9f86d081884c" }),
  person: z.string().meta({ description: "Whose key it is: the `actor` of what they record" }),
  scope: KeyScopeSchema,
  made_at: IsoTime,
};

const KeySchema = z
  .object({
    ...shared,
    label: z.string().nullable().meta({ description: "null: it was given none" }),
    origin: openEnum(["deployment", "issued"] as const).meta({
      description: "`deployment`: listed in `CAIRN_KEY`; `issued`: made by `POST /v1/keys`",
    }),
  })
  .meta({ id: "Key" });

export const KeysSchema = z.object({ items: z.array(KeySchema) });
export type Keys = z.infer<typeof KeysSchema>;

export const MadeKeySchema = z
  .object({
    ...shared,
    label: z.string(),
    key: z.string().meta({ description: "The key itself, told only now" }),
  })
  .meta({ id: "MadeKey" });
export type MadeKey = z.infer<typeof MadeKeySchema>;

export const RevokedKeySchema = z.object({ revoked: shared.id });

export const KeyId = z.string().meta({
  description: "The key's `id`, as `GET /v1/keys` shows it",
  example: "9f86d081884c",
});

export const MakeKeyBody = z
  .strictObject({
    scope: z.enum(KEY_SCOPES, { error: `must be one of ${KEY_SCOPES.join(", ")}` }),
    label: z
      .string({ error: "is required: what the key is for, such as the machine" })
      .trim()
      .min(1, "must not be empty: say what the key is for")
      .max(LABEL_MAX_CHARS, `must be at most ${LABEL_MAX_CHARS} characters`)
      .regex(/^\P{C}*$/u, "must have no control characters"),
  })
  .meta({ description: "The key is of the person whose key this call carries" });
export type KeyRequest = z.infer<typeof MakeKeyBody>;
