/** The one shape of errors on the wire: `{"error": {"code", "message"}}`. */
import { z } from "zod";

export const ErrorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({
    id: "Error",
    description: "`code` is stable; `message` says what is wrong and what to do",
  });

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 503;

/** An answer that is an error. `message` says what is wrong and what to do. */
export class ApiError extends Error {
  readonly status: ErrorStatus;
  readonly code: string;

  constructor(status: ErrorStatus, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

export function errorBody(code: string, message: string): z.infer<typeof ErrorSchema> {
  return { error: { code, message } };
}
