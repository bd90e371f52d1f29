import { describe, expect, it } from "vitest";
import { call, get, hook, KEY, OTHER_KEY, payload, settle } from "../support/api.ts";

const PROJECT = "github.com/acme/audited";

async function done(method: string, path: string, body?: unknown) {
  const response = await call(method, path, {
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
}

describe("the audit", () => {
  it("tells who deleted, forgot and changed what, the newest first, and nothing of any content", async () => {
    await hook(payload("audited", "UserPromptSubmit", { prompt: "Remember the walrus" }), {
      "X-Cairn-Project": PROJECT,
    });
    await settle("audited");
    const saved = await call("POST", "/v1/observations", {
      body: JSON.stringify({ project: PROJECT, title: "The seal", narrative: "It is grey." }),
    });
    const { id } = await saved.json<{ id: string }>();
    const made = await call("POST", "/v1/keys", {
      body: JSON.stringify({ scope: "full", label: "of the walrus" }),
    });
    const key = await made.json<{ id: string; key: string }>();

    expect(await done("DELETE", `/v1/observations/${id}`)).toBe(200);
    expect(await done("PUT", "/v1/budgets", { session: { input: 500 } })).toBe(200);
    expect(await done("DELETE", "/v1/sessions/claude-code/audited?forget=1")).toBe(200);
    expect(await done("DELETE", `/v1/sessions/claude-code/audited/dead`)).toBe(200);
    const at = `/v1/projects/${encodeURIComponent(PROJECT)}`;
    expect(await done("PATCH", at, { name: `${PROJECT}-2` })).toBe(200);
    expect(await done("DELETE", `${at}-2`)).toBe(200);
    const revoked = await call("DELETE", `/v1/keys/${key.id}`, {
      headers: { Authorization: `Bearer ${key.key}` },
    });
    expect(revoked.status).toBe(200);

    const { body } = await get("/v1/audit");
    const [mine] = body.items;
    expect(mine).toEqual({
      at: expect.any(String),
      person: "test0001",
      key: key.id,
      action: "revoke_key",
      target: key.id,
    });
    expect(
      body.items.map(({ action, target }: Record<string, string>) => [action, target]),
    ).toEqual([
      ["revoke_key", key.id],
      ["delete_project", `${PROJECT}-2`],
      ["rename_project", `${PROJECT} → ${PROJECT}-2`],
      ["drop_dead_letters", "claude-code/audited"],
      ["forget_session", "claude-code/audited"],
      ["change_budgets", '{"session":{"input":500}}'],
      ["delete_item", id],
      ["make_key", `${key.id} full`],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/walrus|seal|grey/);
    const { body: theirs } = await get("/v1/audit", OTHER_KEY);
    expect(theirs.items).toEqual([]);
  });

  it("comes in pages, and tells nothing of what there was not to delete", async () => {
    for (let i = 0; i < 5; i++) await done("PUT", "/v1/budgets", { team: { output: 1_000 + i } });
    for (const path of [
      "/v1/observations/1-999999",
      "/v1/sessions/claude-code/nobody",
      "/v1/projects/nobody%2Fnowhere",
      "/v1/keys/000000000000",
    ]) {
      expect([path, await done("DELETE", path)]).toEqual([path, 404]);
    }
    const targets: string[] = [];
    let next: string | null = "";
    while (next !== null && targets.length < 5) {
      const page: Awaited<ReturnType<typeof get>> = await get(
        `/v1/audit?limit=2${next === "" ? "" : `&cursor=${next}`}`,
      );
      targets.push(...page.body.items.map(({ target }: { target: string }) => target));
      next = page.body.next;
    }
    expect(targets.slice(0, 5)).toEqual(
      [4, 3, 2, 1, 0].map((i) => `{"team":{"output":${1_000 + i}}}`),
    );
    expect((await get("/v1/audit?cursor=nonsense")).status).toBe(400);
    expect((await get("/v1/audit", KEY)).status).toBe(200);
  });
});
