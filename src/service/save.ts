/** Saving an observation by hand, by a person or an agent: validated, sanitised, stamped. */

import type { z } from "zod";
import type { Caller } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import type { Observation } from "../contract/items.ts";
import type { SaveBody } from "../contract/params.ts";
import { HAND } from "../durable/project/store/new-item.ts";
import { parseItemId } from "../memory/item-id.ts";
import type { NewObservation } from "../memory/observation.ts";
import { sessionPath } from "../memory/session-name.ts";
import { NO_PLACE } from "../memory/work-place.ts";
import { sanitise } from "../privacy/sanitise.ts";
import type { CallContext } from "./call-context.ts";
import { projectNamed } from "./plain-names.ts";
import {
  findProject,
  invalidProject,
  openProject,
  placeOfItem,
  writeTo,
} from "./project-lookup.ts";

const IDEMPOTENCY_KEY_MAX_CHARS = 200;

type Save = z.output<typeof SaveBody>;

/** By the same door as what an agent says: no blob, control code, private part or secret stays. */
function sanitised(text: string): string {
  return sanitise({ kind: "say", text, label: null }).body.text;
}

/** The same on one line. */
function line(text: string): string {
  return sanitised(text).replace(/\s+/g, " ");
}

/** The request without what is private or secret. Throws 400 where nothing is left of what it needs. */
function cleaned(body: Save): Save {
  return {
    ...body,
    title: filled("title", line(body.title)),
    narrative: filled("narrative", sanitised(body.narrative)),
    facts: body.facts.map(line).filter((fact) => fact !== ""),
    files: body.files.map(line).filter((file) => file !== ""),
  };
}

function filled(field: string, left: string): string {
  if (left !== "") return left;
  const message = `${field}: is required (what is private or secret in it does not count)`;
  throw new ApiError("invalid_request", message);
}

/** Saves and returns the observation. Throws ApiError: 400, 404 for `supersedes`, 409 for the key. */
export async function saveByHand(
  call: CallContext,
  sent: Save,
  idempotencyKey: string | null,
): Promise<Observation> {
  const body = cleaned(sent);
  const name = projectNamed(body.project);
  if (name === null) throw invalidProject();
  if (idempotencyKey !== null && idempotencyKey.length > IDEMPOTENCY_KEY_MAX_CHARS) {
    throw new ApiError(
      "invalid_idempotency_key",
      `Idempotency-Key: must be at most ${IDEMPOTENCY_KEY_MAX_CHARS} characters`,
    );
  }
  if (body.supersedes != null && parseItemId(body.supersedes) === null) {
    throw new ApiError("invalid_id", "supersedes: is not a valid id: ids read like 3-4567");
  }
  const superseded = body.supersedes == null ? null : await placeOfItem(call, body.supersedes);
  if (body.supersedes != null && superseded === null) throw nothingToSupersede();
  const { caller, now } = call;
  if (
    superseded !== null &&
    (await findProject(call, name))?.number !== superseded.project.number
  ) {
    throw nothingToSupersede();
  }
  const project = await openProject(call, name);
  const request = {
    project,
    observation: observationOf(body, caller, now),
    supersedes: superseded?.n ?? null,
    idempotencyKey,
  };
  // Without a key a second call would save a second time.
  const answer = await writeTo(call, project, (object) =>
    idempotencyKey === null
      ? object.once((stub) => stub.save(request))
      : object.repeatable((stub) => stub.save(request)),
  );
  if ("observation" in answer) return answer.observation;
  if (answer.outcome === "nothing_to_supersede") throw nothingToSupersede();
  throw new ApiError(
    "idempotency_key_used",
    "this Idempotency-Key was used for another text, or for one that was deleted since: take a new key",
  );
}

function observationOf(body: Save, caller: Caller, now: number): NewObservation {
  return {
    session: sessionPath({ agent: HAND, sessionId: caller.person }),
    agent: HAND,
    actor: caller.person,
    ...NO_PLACE,
    prompt_number: 0,
    created_at: now,
    type: body.type,
    title: body.title,
    subtitle: "",
    narrative: body.narrative,
    facts: body.facts,
    concepts: body.concepts,
    sources: [],
    index_text: "",
    files_read: body.files,
    files_modified: [],
    provider: HAND,
    model: null,
    degraded: null,
  };
}

function nothingToSupersede(): ApiError {
  return new ApiError(
    "nothing_to_supersede",
    "supersedes: there is no such observation in this project",
  );
}
