/** Saving an observation by hand, by a person or an agent: validated, sanitised, stamped. */

import { z } from "zod";
import type { Caller } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import type { Observation } from "../contract/items.ts";
import { oneOf } from "../contract/params.ts";
import { HAND } from "../durable/project/store/new-item.ts";
import { CONCEPTS, type NewObservation, OBSERVATION_TYPES } from "../memory/observation.ts";
import { normaliseProject } from "../memory/project-name.ts";
import { sessionPath } from "../memory/session-name.ts";
import { stripPrivate } from "../privacy/private-tags.ts";
import { redact } from "../privacy/redaction.ts";
import type { CallContext } from "./call-context.ts";
import { teamObject } from "./objects.ts";
import { findProject, invalidProject, objectOf, parseItemId } from "./project-lookup.ts";

const TITLE_MAX_CHARS = 200;
const NARRATIVE_MAX_CHARS = 20_000;
const FACT_MAX_CHARS = 1000;
const LIST_MAX = 50;
const FILE_MAX_CHARS = 500;
const IDEMPOTENCY_KEY_MAX_CHARS = 200;

function text(maxChars: number) {
  return z
    .string({ error: "must be a text" })
    .max(maxChars, `must be at most ${maxChars} characters`)
    .transform(sanitise);
}

function filledText(maxChars: number) {
  return text(maxChars).refine((value) => value !== "", {
    error: "is wanted (what is private or secret in it does not count)",
  });
}

/** `{project, title, narrative, type?, facts?, concepts?, files?, supersedes?}`. */
export const SaveSchema = z.object({
  project: z.string({ error: "is wanted: the project's git remote or name" }),
  title: filledText(TITLE_MAX_CHARS),
  narrative: filledText(NARRATIVE_MAX_CHARS),
  type: oneOf(OBSERVATION_TYPES).default("discovery"),
  facts: z.array(text(FACT_MAX_CHARS)).max(LIST_MAX).default([]),
  concepts: z.array(oneOf(CONCEPTS)).max(CONCEPTS.length).default([]),
  files: z.array(text(FILE_MAX_CHARS)).max(LIST_MAX).default([]),
  /** Id of the observation that this one replaces. */
  supersedes: z.string().max(40).nullish(),
});
export type SaveBody = z.output<typeof SaveSchema>;

/** Nothing private and nothing secret is stored, whoever sends it. */
function sanitise(value: string): string {
  return redact(stripPrivate(value.toWellFormed(), { unclosed: false }).text).trim();
}

/** Saves and returns the observation. Throws ApiError: 400, 404 for `supersedes`, 409 for the key. */
export async function saveByHand(
  call: CallContext,
  body: SaveBody,
  idempotencyKey: string | null,
): Promise<Observation> {
  const name = normaliseProject(body.project);
  if (name === null) throw invalidProject();
  if (idempotencyKey !== null && idempotencyKey.length > IDEMPOTENCY_KEY_MAX_CHARS) {
    throw new ApiError(
      400,
      "invalid_idempotency_key",
      `Idempotency-Key: must be at most ${IDEMPOTENCY_KEY_MAX_CHARS} characters`,
    );
  }
  const superseded = body.supersedes == null ? null : parseItemId(body.supersedes);
  if (body.supersedes != null && superseded === null) {
    throw new ApiError(400, "invalid_id", "supersedes: must be an id such as 3-4567");
  }
  const { env, caller, now } = call;
  if (superseded !== null && (await findProject(call, name))?.number !== superseded.number) {
    throw nothingToSupersede();
  }
  const team = teamObject(env, caller.team);
  const number = await team.repeatable((stub) => stub.project({ name }));
  const project = { name, number };
  const request = {
    project,
    observation: observationOf(body, caller, now),
    supersedes: superseded?.n ?? null,
    idempotencyKey,
  };
  const object = objectOf(call, project);
  // Without a key a second call would save a second time.
  const answer = await (idempotencyKey === null
    ? object.once((stub) => stub.save(request))
    : object.repeatable((stub) => stub.save(request)));
  if ("observation" in answer) return answer.observation;
  if (answer.outcome === "nothing_to_supersede") throw nothingToSupersede();
  throw new ApiError(
    409,
    "idempotency_key_used",
    "this Idempotency-Key was used for another text, or for one that was deleted since: take a new key",
  );
}

function observationOf(body: SaveBody, caller: Caller, now: number): NewObservation {
  return {
    session: sessionPath({ agent: HAND, sessionId: caller.person }),
    agent: HAND,
    actor: caller.person,
    branch: null,
    commit: null,
    prompt_number: 0,
    created_at: now,
    type: body.type,
    title: body.title,
    subtitle: "",
    narrative: body.narrative,
    facts: body.facts.filter((fact) => fact !== ""),
    concepts: body.concepts,
    sources: [],
    index_text: "",
    files_read: body.files.filter((file) => file !== ""),
    files_modified: [],
    provider: HAND,
    model: null,
    degraded: null,
  };
}

function nothingToSupersede(): ApiError {
  return new ApiError(
    404,
    "nothing_to_supersede",
    "supersedes: there is no such observation in this project",
  );
}
