/** Open points on the wire: what sessions left to do. */
import { z } from "zod";
import { EventKeys, IsoTime, ItemId, openEnum, ProjectName, SessionPath } from "./schema.ts";
import { POINT_STATES } from "./vocabulary.ts";

export const OpenPointSchema = z
  .object({
    id: ItemId,
    project: ProjectName,
    session: SessionPath,
    prompt_number: z.number().meta({ description: "The turn that left it, from 1" }),
    person: z.string().meta({ description: "Whose session it was" }),
    text: z.string(),
    sources: EventKeys,
    made_at: IsoTime,
    state: openEnum(POINT_STATES).meta({
      description:
        "`open`: told to each session; `aged`: left more than two weeks ago and told no more; `closed`",
    }),
    closed_at: IsoTime.nullable(),
    closed_by: z.string().nullable().meta({
      description: "The session that did it, `<agent>/<session_id>`, or the person who says so",
    }),
    proof: z.string().nullable().meta({
      description: "Key of that session's event that shows it; null where a person says so",
    }),
  })
  .meta({ id: "OpenPoint", description: "Something that a session left to do" });
export type OpenPoint = z.infer<typeof OpenPointSchema>;
