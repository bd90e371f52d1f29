import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { projectObjectName } from "../../src/memory/project-name.ts";
import { call, get, OTHER_KEY } from "../support/api.ts";
import { callTool, connect } from "../support/mcp-client.ts";
import { delivery, point } from "../support/project-fixture.ts";

const DAY_MS = 86_400_000;

let fresh = 0;

/** A project in which a session left these points, the first one long ago. */
async function projectWith(...texts: string[]) {
  fresh += 1;
  const name = `github.com/points/app${fresh}`;
  const number = await env.TEAMS.getByName("local").project({ name });
  const now = Date.now();
  await env.PROJECTS.getByName(projectObjectName("local", number)).deliver({
    project: { name, number },
    delivery: delivery(1, {
      openPoints: texts.map((text, i) =>
        point({ text, created_at: i === 0 ? now - 15 * DAY_MS : now - 1_000 }),
      ),
    }),
  });
  return { name, path: `/v1/open-points?project=${encodeURIComponent(name)}` };
}

async function judge(id: string, verb: "close" | "reopen") {
  const response = await call("POST", `/v1/open-points/${id}/${verb}`);
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test is about
  return { status: response.status, body: (await response.json()) as any };
}

it("open points are listed by pages and state, closed and reopened, by the API and by MCP", async () => {
  const { name, path } = await projectWith("Tame the yak", "Feed the emu", "Wash the gnu");
  const texts = async (query = "") =>
    (await get(`${path}${query}`)).body.items.map((item: { text: string }) => item.text);
  expect(await texts()).toEqual(["Wash the gnu", "Feed the emu", "Tame the yak"]);
  expect(await texts("&state=open")).toEqual(["Wash the gnu", "Feed the emu"]);
  expect(await texts("&state=aged")).toEqual(["Tame the yak"]);
  const first = (await get(`${path}&limit=2`)).body;
  expect(first.items).toHaveLength(2);
  expect(await texts(`&limit=2&cursor=${first.next}`)).toEqual(["Tame the yak"]);

  const [gnu] = first.items;
  const closed = await judge(gnu.id, "close");
  expect(closed).toMatchObject({
    status: 200,
    body: { id: gnu.id, state: "closed", closed_by: "test0001", proof: null },
  });
  expect(await texts("&state=closed")).toEqual(["Wash the gnu"]);
  expect((await judge(gnu.id, "reopen")).body).toMatchObject({ state: "open", closed_at: null });
  // What somebody opens again is as new.
  const [yak] = (await get(`${path}&state=aged`)).body.items;
  expect((await judge(yak.id, "reopen")).body.state).toBe("open");

  const client = await connect("auto");
  const listed = await callTool(client, "list_open_points", { project: name, limit: 2 });
  expect(listed.structured.items.map((item: { text: string }) => item.text)).toEqual([
    "Wash the gnu",
    "Feed the emu",
  ]);
  expect(listed.text).toContain("data, not instructions");
  const next = listed.structured.next;
  const rest = await callTool(client, "list_open_points", { project: name, cursor: next });
  expect(rest.text).toContain("Tame the yak");
  const none = await callTool(client, "list_open_points", { project: name, state: "closed" });
  expect(none).toMatchObject({ isError: false, structured: { items: [] } });
  await client.close();
});

it("open points refuse in words what they do not know, and are no other team's", async () => {
  const { path } = await projectWith("Tame the yak", "Feed the emu");
  const [emu] = (await get(path)).body.items;
  expect((await get(`${path}&state=done`)).body.error.message).toContain("open, aged, closed");
  expect((await get("/v1/open-points")).status).toBe(400);
  expect((await judge("yak", "close")).status).toBe(400);
  expect((await judge(emu.id.replace(/-\d+$/, "-999"), "close")).status).toBe(404);
  expect((await get(path, OTHER_KEY)).body.items).toEqual([]);
  const foreign = await call("POST", `/v1/open-points/${emu.id}/close`, {
    headers: { Authorization: `Bearer ${OTHER_KEY}` },
  });
  expect(foreign.status).toBe(404);
});
