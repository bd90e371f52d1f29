import { describe, expect, it } from "vitest";
import { shownEvents } from "../../../src/durable/session/work/shown-events.ts";
import type { StoredEvent, TextBody } from "../../../src/memory/event.ts";

let seq = 0;

function event(
  kind: "say" | "turn_end" | "prompt",
  key: string,
  text: string,
  change: Partial<Pick<StoredEvent, "ref" | "skip">> & Omit<TextBody, "text"> = {},
): StoredEvent {
  const { ref = null, skip = null, ...stamps } = change;
  seq += 1;
  const place = { seq, key, promptId: "p1", promptNumber: 1, at: seq, receivedAt: seq };
  return { kind, body: { text, ...stamps }, ...place, skip, ref };
}

const shown = (events: StoredEvent[]) => {
  const { events: seen, toldBy } = shownEvents(events);
  return {
    seen: seen.map(({ key, body }) => [key, "text" in body ? body.text : ""]),
    toldBy: Object.fromEntries(toldBy),
  };
};

describe("what a provider is shown of a batch", () => {
  it("is the Stop alone where it has the same text as what was said, in either order", () => {
    const prompt = event("prompt", "prompt:1", "Go");
    const said = [prompt, event("say", "say:1", "Looking."), event("say", "say:2", "Done.")];
    expect(shown([...said, event("turn_end", "stop:1", "Done.", { ref: "say:2" })])).toEqual({
      seen: [
        ["prompt:1", "Go"],
        ["say:1", "Looking."],
        ["stop:1", "Done."],
      ],
      toldBy: { "say:2": "stop:1" },
    });
    // The Stop was in an earlier batch.
    expect(shown([event("say", "say:2", "Done.", { ref: "stop:1" })])).toEqual({
      seen: [],
      toldBy: { "say:2": "stop:1" },
    });
  });

  it("is a message in one piece, whatever comes between its parts and in whichever order", () => {
    const part = (index: number) => ({ part: { message: "m", index } });
    const parts = [
      event("say", "say:1", "the bug: ", part(1)),
      event("say", "say:2", "Something else."),
      event("say", "say:3", "That is ", part(0)),
      event("say", "say:4", "a tuple.", part(2)),
    ];
    expect(shown(parts)).toEqual({
      seen: [
        ["say:1", "That is the bug: a tuple."],
        ["say:2", "Something else."],
      ],
      toldBy: { "say:3": "say:1", "say:4": "say:1" },
    });
    const stop = event("turn_end", "stop:1", "That is the bug: a tuple.", { ref: "say:3" });
    expect(shown([...parts, stop])).toEqual({
      seen: [
        ["say:2", "Something else."],
        ["stop:1", "That is the bug: a tuple."],
      ],
      toldBy: { "say:1": "stop:1", "say:3": "stop:1", "say:4": "stop:1" },
    });
  });

  it("leaves out what is stored only", () => {
    const hidden = event("say", "say:1", "Late.", { skip: "late" });
    expect(shown([hidden, event("prompt", "prompt:1", "Go")]).seen).toEqual([["prompt:1", "Go"]]);
  });
});
