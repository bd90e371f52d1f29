/** A row of the table `events`: its columns, and the event that it holds. */
import type { EventKind } from "../../../contract/vocabulary.ts";
import type {
  EventContent,
  SkipReason,
  StoredEvent,
  TextBody,
  ToolBody,
} from "../../../memory/event.ts";
import { type Columns, plain } from "../../../platform/table.ts";

/** An event as the table holds it. */
export interface EventRow {
  seq: number;
  identity: string;
  kind: EventKind;
  n: number | null;
  key: string;
  promptId: string | null;
  promptNumber: number;
  at: number;
  receivedAt: number;
  bytes: number;
  skip: SkipReason | null;
  /** JSON text: it is written once, and measured before. */
  body: string;
  keyId: string | null;
  /** The person who sent it; null: the session's owner. */
  sender: string | null;
  ref: string | null;
}

export const COLUMNS: Columns<EventRow> = {
  seq: plain("seq"),
  identity: plain("identity"),
  kind: plain("kind"),
  n: plain("n"),
  key: plain("event_key"),
  promptId: plain("prompt_id"),
  promptNumber: plain("prompt_number"),
  at: plain("at"),
  receivedAt: plain("received_at"),
  bytes: plain("bytes"),
  skip: plain("skip"),
  body: plain("body"),
  keyId: plain("key_id"),
  sender: plain("sender"),
  ref: plain("ref"),
};

/** What is left of an event that was withdrawn. */
export const NO_TEXT: TextBody = { text: "" };
export const NO_CALL: ToolBody = {
  tool: "withdrawn",
  action: "other",
  input: {},
  output: "",
  files_read: [],
  files_modified: [],
};

/** The event, with the text that stands elsewhere in the place of its own. */
export function toEvent(row: EventRow, text?: string): StoredEvent {
  const body = JSON.parse(row.body);
  // Trusted: `append` wrote kind and body side by side.
  const content = { kind: row.kind, body: text === undefined ? body : { ...body, text } };
  const { seq, key, promptId, promptNumber, at, receivedAt, skip, sender, ref } = row;
  return {
    ...(content as EventContent),
    seq,
    key,
    promptId,
    promptNumber,
    at,
    receivedAt,
    skip,
    sender,
    ref,
  };
}
