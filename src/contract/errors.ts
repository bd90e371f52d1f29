/** Errors on the wire: their one shape, `{"error": {"code", "message"}}`, and all codes there are. */
import { z } from "zod";

/**
 * Every code with its status, what causes it and what to do about it. Codes are stable and only
 * grow: a client that does not know one goes by the status and shows the message.
 */
export const ERRORS = {
  missing_key: {
    status: 401,
    cause: "No key was sent",
    remedy: "Send the header `Authorization: Bearer <key>`",
  },
  malformed_key: {
    status: 401,
    cause: "What was sent is not a key",
    remedy: "Send the key whole and without quotes: `cairn_<team>_<id>_<secret>`",
  },
  unknown_key: {
    status: 401,
    cause: "No team of this deployment has this key, or it was revoked",
    remedy: "Check the key and the address, or ask your team for a new key",
  },
  too_many_wrong_keys: {
    status: 429,
    cause: "The key is not known, and many such keys were sent in the last minute",
    remedy: "Check the key as for `unknown_key`; right keys are taken meanwhile as ever",
  },
  capture_only: {
    status: 403,
    cause: "The key may only send hooks: it was made for an agent's environment",
    remedy: "Use a full key, such as the one that `cairn connect` keeps for the command line",
  },
  foreign_origin: {
    status: 403,
    cause: "A web page of another site called (the header `Origin`)",
    remedy:
      "Call from an agent or a program, from a page of this deployment, or list the page's origin in `CAIRN_ORIGINS`",
  },
  invalid_request: {
    status: 400,
    cause: "A parameter or a member of the body is missing or wrong; the message names it",
    remedy: "Correct what the message names",
  },
  invalid_id: {
    status: 400,
    cause: "What should be an item's id is not one",
    remedy: "Take an id as lists and searches show it, such as `3-4567`",
  },
  invalid_project: {
    status: 400,
    cause: "What should name a project cannot be a project's name",
    remedy: "Send the git remote, or the name as `GET /v1/projects` shows it",
  },
  same_project: {
    status: 400,
    cause: "A project was to be merged into itself",
    remedy: "Name another project to take it over",
  },
  unknown_project: {
    status: 404,
    cause: "No project has this name or number",
    remedy: "Take one of those that `GET /v1/projects` shows",
  },
  other_name: {
    status: 409,
    cause: "The name is one that the project had before, or that was merged into it",
    remedy: "Name the project as it is called today, if that is the one you mean",
  },
  name_taken: {
    status: 409,
    cause: "The new name leads to another project",
    remedy: "Merge the two, or take another name",
  },
  project_busy: {
    status: 409,
    cause: "The project, or the other one, is being merged or deleted already",
    remedy: "Wait until that is done, then call again",
  },
  project_leaving: {
    status: 503,
    cause: "The project is being merged into another one or deleted: it takes nothing new",
    remedy: "Try again shortly: the name leads to the other project then",
  },
  invalid_session: {
    status: 400,
    cause: "What should name a session cannot be a session's name",
    remedy: "Name it `<agent>/<session_id>`, the id with 1 to 200 printable characters",
  },
  invalid_idempotency_key: {
    status: 400,
    cause: "The header `Idempotency-Key` is too long",
    remedy: "Send a shorter one, such as a UUID",
  },
  empty_body: { status: 400, cause: "The body is empty", remedy: "Send a JSON object" },
  not_json: {
    status: 400,
    cause: "The body is not JSON",
    remedy: "Send one JSON object, in UTF-8",
  },
  incomplete_body: {
    status: 400,
    cause:
      "The connection broke before the body was whole, nothing of it came for 20 seconds, or it took longer than 2 minutes",
    remedy: "Send it again: hooks and calls with an `Idempotency-Key` may arrive twice",
  },
  unknown_agent: {
    status: 400,
    cause: "No agent of this name is known here",
    remedy: "Send hooks to the address of a known agent: the message lists them",
  },
  not_an_object: {
    status: 400,
    cause: "The body is not a hook's payload",
    remedy: "Send the payload as the agent hands it to its hooks: a JSON object",
  },
  no_hook_event_name: {
    status: 400,
    cause: "The hook's payload has no `hook_event_name`",
    remedy: "Send the payload of the agent in the address, as it is",
  },
  invalid_session_id: {
    status: 400,
    cause: "The hook's payload names no session",
    remedy: "Send `session_id` with 1 to 200 printable characters",
  },
  not_found: {
    status: 404,
    cause: "Nothing is at this method and path",
    remedy: "Take a path of this reference",
  },
  unknown_id: {
    status: 404,
    cause: "No item has this id: it was deleted or never was",
    remedy: "Search again: answers show the ids that there are",
  },
  unknown_session: {
    status: 404,
    cause: "No such session was ever heard of",
    remedy: "`GET /v1/sessions?project=…` lists those of a project",
  },
  no_such_key: {
    status: 404,
    cause: "The team has no key of this id: it was revoked or never was",
    remedy: "Take an id as `GET /v1/keys` shows it",
  },
  listed_key: {
    status: 409,
    cause: "The key is listed in the deployment's `CAIRN_KEY`",
    remedy: "Take it out there: it is refused from then on",
  },
  too_many_keys: {
    status: 409,
    cause: "The team has as many keys as it may have: 500",
    remedy: "Revoke those that nobody needs any more",
  },
  nothing_to_supersede: {
    status: 404,
    cause: "`supersedes` names no observation of this project",
    remedy: "Take the id of an observation of the same project, or leave it out",
  },
  idempotency_key_used: {
    status: 409,
    cause: "The `Idempotency-Key` was used for another text, or for an item that was deleted since",
    remedy: "Take a new key",
  },
  nothing_kept: {
    status: 409,
    cause: "No raw events of the session are kept any more, or none is done yet",
    remedy: "Nothing can be compressed again; the observations stay as they are",
  },
  too_large: {
    status: 413,
    cause: "The body is larger than the route takes: 64 MiB for hooks, 1 MiB elsewhere",
    remedy: "Send less, or in parts",
  },
  still_ending: {
    status: 503,
    cause: "The session is being ended, but its project could not be reached yet",
    remedy: "Nothing: it goes on by itself. Ask again to see whether it is done",
  },
  not_configured: {
    status: 503,
    cause: "The deployment lacks a secret or a setting; the message names it",
    remedy: "Set it as the message says; `cairn deploy` sets what is missing",
  },
  unavailable: {
    status: 503,
    cause: "Something failed on the server's side",
    remedy: "Try again shortly; if it stays, look for the request's id (`X-Request-Id`) in the log",
  },
} as const satisfies Record<string, { status: number; cause: string; remedy: string }>;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorStatus = (typeof ERRORS)[ErrorCode]["status"];

export const ErrorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({
    id: "Error",
    description: "`code` is stable; `message` says what is wrong and what to do",
  });

/** An answer that is an error. `message` says what is wrong and what to do. */
export class ApiError extends Error {
  readonly status: ErrorStatus;
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = ERRORS[code].status;
    this.code = code;
  }
}

export function errorBody(code: ErrorCode, message: string): z.infer<typeof ErrorSchema> {
  return { error: { code, message } };
}
