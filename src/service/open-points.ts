/** What is left to do in a project: listing it, and a person's word on it. */
import { readerOf } from "../access/caller.ts";
import type { OpenPoint } from "../contract/open-points.ts";
import { cursorOf } from "../contract/params.ts";
import type { Page } from "../contract/schema.ts";
import type { PointState } from "../contract/vocabulary.ts";
import type { CallContext } from "./call-context.ts";
import { objectOf, placeOfItem, requestedProject, unknownItem, writeTo } from "./project-lookup.ts";

export interface PointsRequest {
  project: string;
  /** Undefined: in any state. */
  state?: PointState | undefined;
  limit: number;
  /** `next` of the page before, decoded. */
  cursor: number | null;
}

/** Newest first; empty for a project that does not exist. Throws 400 for no usable name. */
export async function listOpenPoints(
  call: CallContext,
  request: PointsRequest,
): Promise<Page<OpenPoint>> {
  const project = await requestedProject(call, request.project);
  if (project === null) return { items: [], next: null };
  const { state = null, limit, cursor: before } = request;
  const page = await objectOf(call, project).repeatable((stub) =>
    stub.openPoints(readerOf(call.caller), { project, state, before, limit, now: call.now }),
  );
  return { items: page.items, next: cursorOf(page.next) };
}

/**
 * The caller says of a point that it is done, or that it is open; may be said again. Throws ApiError:
 * 400 for what is not an id, 404 where no point has it, 503 while its project is merged or deleted.
 */
export async function judgeOpenPoint(
  call: CallContext,
  id: string,
  done: boolean,
): Promise<OpenPoint> {
  const place = await placeOfItem(call, id);
  if (place === null) throw unknownItem(id);
  const point = await writeTo(call, place.project, (object) =>
    object.repeatable((stub) =>
      stub.judgePoint(readerOf(call.caller), { ...place, now: call.now, done }),
    ),
  );
  if (point === null) throw unknownItem(id);
  return point;
}
