/** The team's audit: who did what that cannot be undone. */
import { type Caller, readerOf } from "../access/caller.ts";
import type { AuditEntry } from "../contract/audit.ts";
import { cursorOf } from "../contract/params.ts";
import type { Page } from "../contract/schema.ts";
import type { AuditAction } from "../contract/vocabulary.ts";
import type { Doer } from "../durable/team/audit.ts";
import { pageOfRows } from "../platform/page.ts";
import { isoTime } from "../platform/time.ts";
import type { CallContext } from "./call-context.ts";
import { teamObject } from "./objects.ts";

export function doerOf({ person, key }: Caller): Doer {
  return { person, key };
}

/**
 * Notes what is about to be done, so that nothing is done that stands nowhere. Throws where the team
 * cannot be asked; then nothing must be done. May be noted twice where the team's object is reset.
 */
export async function noteDeed(
  call: CallContext,
  action: AuditAction,
  target: string,
): Promise<void> {
  const request = { by: doerOf(call.caller), deed: { action, target } };
  await teamObject(call.env, call.caller.team).repeatable((stub) => stub.record(request));
}

/** A page of the audit, the newest first; `cursor` is the `next` of the page before, decoded. */
export async function readAudit(
  call: CallContext,
  { limit, cursor }: { limit: number; cursor: number | null },
): Promise<Page<AuditEntry>> {
  const rows = await teamObject(call.env, call.caller.team).repeatable((stub) =>
    stub.audit(readerOf(call.caller), { before: cursor, limit: limit + 1 }),
  );
  const page = pageOfRows(rows, limit, ({ n: _n, at, ...entry }) => ({
    ...entry,
    at: isoTime(at),
  }));
  return { items: page.items, next: cursorOf(page.next) };
}
