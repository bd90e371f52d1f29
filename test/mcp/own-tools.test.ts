import { expect, it } from "vitest";
import { CLAUDE_CODE } from "../../src/hooks/claude-code/dialect.ts";
import { readHook } from "../../src/hooks/read-hook.ts";

it("does not learn again what the agent recalls: calls of our own tools teach nothing", () => {
  const context = { eventId: null, at: null, now: Date.now(), ignoreGlobs: [] };
  const adapt = (tool_name: string, hook_event_name: string) =>
    readHook(
      CLAUDE_CODE,
      {
        hook_event_name,
        session_id: "s1",
        tool_name,
        tool_use_id: "t1",
        tool_input: { query: "the quokka" },
        tool_response: [{ type: "text", text: "the quokka was recalled" }],
        error: "the quokka was not recalled",
      },
      context,
    );
  for (const event of ["PostToolUse", "PostToolUseFailure"]) {
    for (const tool of ["mcp__cairn__search", "mcp__plugin_cairn_cairn__get_observations"]) {
      const action = adapt(tool, event);
      expect(action).toMatchObject({ do: "event", event: { skip: "internal" } });
      expect(JSON.stringify(action)).not.toContain("quokka");
    }
    expect(adapt("mcp__cairns__search", event)).toMatchObject({ event: { skip: null } });
  }
});
