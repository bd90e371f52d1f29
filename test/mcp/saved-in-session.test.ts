import { describe, expect, it } from "vitest";
import { call, get, hook, payload, settle } from "../support/api.ts";
import { callTool, connect } from "../support/mcp-client.ts";

/** A session with a turn, whose agent saves something by our own tool, as its hook tells. */
async function savedBySession(response: (saved: { id: string; text: string }) => unknown) {
  const id = crypto.randomUUID();
  const project = `github.com/acme/${id}`;
  const headers = { "X-Cairn-Project": project };
  const elsewhere = `github.com/acme/other-${id}`;
  const client = await connect("auto");
  await hook(
    payload(id, "UserPromptSubmit", { prompt: "Add a griffin", prompt_id: "p1" }),
    headers,
  );
  for (const [index, where] of [project, elsewhere].entries()) {
    const saved = await callTool(client, "save_memory", {
      project: where,
      title: `The griffin ${index} needs ${id.slice(0, 8)} wings`,
      narrative: "Without them it falls off the wall, as the last one did.",
    });
    const told = payload(id, "PostToolUse", {
      tool_name: "mcp__cairn__save_memory",
      tool_use_id: `toolu_${index}`,
      tool_input: { title: "The griffin" },
      tool_response: response({ id: saved.structured.id, text: saved.text }),
      prompt_id: "p1",
    });
    expect(await hook(told, headers)).toMatchObject({ status: 200, event: "stored" });
  }
  await settle(id);
  const list = async (where: string) =>
    (await get(`/v1/observations?project=${encodeURIComponent(where)}`)).body.items;
  return { id, project, elsewhere, list, headers };
}

describe("what an agent saved", () => {
  it.each([
    ["as the structured answer", ({ id }) => ({ id, project: "x", title: "t" })],
    ["as text blocks", ({ text }) => [{ type: "text", text }]],
    [
      "as JSON in a text",
      ({ id }) => ({ content: [{ type: "text", text: JSON.stringify({ id, project: "x" }) }] }),
    ],
  ] as [string, (saved: { id: string; text: string }) => unknown][])(
    "belongs to its session, whichever way its hook tells of it: %s",
    async (_name, response) => {
      const { id, project, elsewhere, list } = await savedBySession(response);
      expect(await list(project)).toMatchObject([
        { session: `claude-code/${id}`, agent: "claude-code", provider: "hand" },
      ]);
      expect((await list(project))[0].saved_from).toBeUndefined();
      expect(await list(elsewhere)).toMatchObject([
        { session: `claude-code/${id}`, saved_from: project },
      ]);
    },
  );

  it("is forgotten with its session, wherever it was saved, and the receipt counts it", async () => {
    const { id, project, elsewhere, list } = await savedBySession(({ id }) => ({ id }));
    const ended = await call("DELETE", `/v1/sessions/claude-code/${id}?forget=1`);
    expect(await ended.json()).toMatchObject({ forgotten: true, removed: { observations: 2 } });
    expect([await list(project), await list(elsewhere)]).toEqual([[], []]);
  });

  it("is forgotten also when only the tombstone is left of its session", async () => {
    const { id, project, elsewhere, list } = await savedBySession(({ id }) => ({ id }));
    expect((await call("DELETE", `/v1/sessions/claude-code/${id}`)).status).toBe(200);
    expect((await list(elsewhere)).length).toBe(1);
    expect((await call("DELETE", `/v1/sessions/claude-code/${id}?forget=1`)).status).toBe(200);
    expect([await list(project), await list(elsewhere)]).toEqual([[], []]);
  });

  it("stays by hand without a hook, and is no other session's by a hook that claims it", async () => {
    const { id, project, list, headers } = await savedBySession(({ id }) => ({ id }));
    const [{ id: item }] = await list(project);
    const thief = `thief-${id}`;
    await hook(payload(thief, "UserPromptSubmit", { prompt: "Mine", prompt_id: "p1" }), headers);
    const claim = {
      tool_name: "mcp__cairn__save_memory",
      tool_use_id: "toolu_9",
      tool_input: {},
      tool_response: { id: item },
      prompt_id: "p1",
    };
    await hook(payload(thief, "PostToolUse", claim), headers);
    await settle(thief);
    expect((await call("DELETE", `/v1/sessions/claude-code/${thief}?forget=1`)).status).toBe(200);
    expect(await list(project)).toMatchObject([{ id: item, session: `claude-code/${id}` }]);
    const saved = await call("POST", "/v1/observations", {
      body: JSON.stringify({ project, title: "By hand", narrative: "Nobody's session." }),
    });
    expect(await saved.json()).toMatchObject({ session: "hand/test0001" });
  });
});
