/** Batches of made-up events for the tests of the observer and its providers. */
import type { ObserverBatch } from "../../src/agent/provider.ts";
import type { StoredEvent, TextBody, ToolBody } from "../../src/memory/event.ts";

export const ROOT = "/home/ada/shop";

let seq = 0;

function base(key: string) {
  seq += 1;
  return {
    seq,
    key,
    promptId: "p1",
    promptNumber: 1,
    at: 1_700_000_000_000 + seq * 1000,
    receivedAt: 1_700_000_000_000 + seq * 1000,
    skip: null,
  };
}

export function toolEvent(
  id: string,
  tool: string,
  input: Record<string, unknown>,
  output: string,
  kind: "tool_use" | "tool_failure" = "tool_use",
): StoredEvent {
  const path = typeof input.file_path === "string" ? [input.file_path] : [];
  const writes = tool === "Edit" || tool === "Write";
  const body: ToolBody = {
    tool,
    input,
    output,
    files_read: writes ? [] : path,
    files_modified: writes ? path : [],
  };
  return { ...base(`tool:${id}`), kind, body };
}

export function textEvent(
  key: string,
  kind: "prompt" | "turn_end" | "subagent_end" | "compaction",
  text: string,
): StoredEvent {
  const body: TextBody = { text };
  return { ...base(key), kind, body };
}

/** A turn of four tool events with a failure in it, and its end. */
export function sampleBatch(change: Partial<ObserverBatch> = {}): ObserverBatch {
  return {
    root: ROOT,
    turn: { promptNumber: 1, request: "Make the checkout round correctly", ends: true },
    recentTitles: ["Prices are stored in cents"],
    events: [
      textEvent("prompt:1", "prompt", "Make the checkout round correctly"),
      toolEvent("read", "Read", { file_path: `${ROOT}/src/price.ts` }, "export const VAT = 0.19;"),
      toolEvent(
        "edit",
        "Edit",
        {
          file_path: `${ROOT}/src/price.ts`,
          old_string: "return net * VAT;",
          new_string: "return Math.round(net * VAT);",
        },
        "ok",
      ),
      toolEvent(
        "test1",
        "Bash",
        { command: "npm test" },
        "1 failed: expected 19, got 20",
        "tool_failure",
      ),
      toolEvent("test2", "Bash", { command: "npm test" }, "12 passed"),
      textEvent("stop:1", "turn_end", "Rounding is done in price.ts and all 12 tests pass."),
    ],
    ...change,
  };
}
