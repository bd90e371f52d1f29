import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { projectObjectName } from "../../src/memory/project-name.ts";
import { call, get, KEY, OTHER_KEY } from "../support/api.ts";
import { delivery, observation, summary } from "../support/project-fixture.ts";

const SECRET = `ghp_${"a1B2c3D4e5F6g7H8i9J0".repeat(2).slice(0, 36)}`;

let fresh = 0;
function freshName(): string {
  fresh++;
  return `github.com/routes/app${fresh}`;
}

async function save(body: object, headers: Record<string, string> = {}) {
  const response = await call("POST", "/v1/observations", { body: JSON.stringify(body), headers });
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  return { status: response.status, body: (await response.json()) as any };
}

const NOTE = {
  title: "Deploys need the VPN",
  narrative: "The registry is reachable only through it.",
};

describe("the reading routes", () => {
  it("save by hand, and find, list, show, explain and delete what was saved", async () => {
    const project = freshName();
    const remote = `git@github.com:Routes/${project.split("/")[2]}.git`;
    const saved = await save({
      ...NOTE,
      project: remote,
      type: "decision",
      concepts: ["gotcha"],
      facts: ["VPN first"],
      files: ["deploy.sh"],
    });
    expect(saved.status).toBe(201);
    const { id } = saved.body;
    expect(saved.body).toMatchObject({
      ...NOTE,
      kind: "observation",
      project,
      provider: "hand",
      actor: "test0001",
      session: "hand/test0001",
      files_read: ["deploy.sh"],
      sources: [],
    });
    const p = encodeURIComponent(remote);
    expect((await get(`/v1/observations/${id}`)).body).toEqual(saved.body);
    expect((await get(`/v1/observations?project=${p}&type=decision&file=deploy.sh`)).body).toEqual({
      items: [saved.body],
      next: null,
    });
    const found = (await get(`/v1/search?q=registry+vpn&project=${p}`)).body;
    const phrased = (await get(`/v1/search?q=unheard&q=registry+vpn&project=${p}`)).body.items;
    expect(phrased[0]).toMatchObject({ id: found.items[0].id, phrasings: [2] });
    const many = Array.from({ length: 6 }, () => "q=x").join("&");
    expect((await get(`/v1/search?${many}`)).status).toBe(400);
    for (const query of ["timeline?q=unheard&q=registry+vpn", "context?query=unheard&query=vpn"]) {
      expect((await get(`/v1/${query}&project=${p}`)).status, query).toBe(200);
    }
    expect(Object.keys(found.items[0])).toEqual(
      expect.arrayContaining([
        "id",
        "kind",
        "project",
        "type",
        "title",
        "snippet",
        "score",
        "created_at",
        "session",
        "sources",
        "channels",
      ]),
    );
    expect(
      (await get("/v1/search?q=registry+vpn")).body.items.map((hit: { id: string }) => hit.id),
    ).toContain(id);
    expect((await get(`/v1/context?project=${p}`)).body).toMatchObject({
      project,
      observations: [id],
      text: expect.stringContaining(NOTE.title),
    });
    expect((await get(`/v1/context?project=${p}&explain=1`)).body.choices[0]).toMatchObject({
      id,
      shown: "line",
      reasons: expect.arrayContaining(["gotcha"]),
    });
    expect((await get(`/v1/timeline?around=${id}`)).body).toMatchObject({
      anchor: id,
      items: [{ id }],
    });
    expect((await get(`/v1/timeline?q=registry&project=${p}`)).body).toMatchObject({ anchor: id });
    expect((await get(`/v1/observations/${id}/sources`)).body).toMatchObject({
      id,
      sources: [],
      kept: [],
      gone: [],
    });
    const batch = await call("POST", "/v1/observations/batch", {
      body: JSON.stringify({ ids: [id, "999-1", id] }),
    });
    expect(
      ((await batch.json()) as { items: { id: string }[] }).items.map((item) => item.id),
    ).toEqual([id, id]);
    const listed = (await get("/v1/projects")).body.items.find(
      (item: { project: string }) => item.project === project,
    );
    expect(listed).toMatchObject({
      observations: 1,
      last_event_at: expect.stringMatching(/^\d{4}-/),
    });
    const deleted = await call("DELETE", `/v1/observations/${id}`);
    expect(await deleted.json()).toEqual({
      deleted: id,
      removed: { items: 1, events: 0 },
    });
    expect((await call("DELETE", `/v1/observations/${id}`)).status).toBe(404);
    expect((await get(`/v1/observations/${id}`)).status).toBe(404);
    expect((await get(`/v1/search?q=registry+vpn&project=${p}`)).body.items).toEqual([]);
    expect((await get(`/v1/context?project=${p}`)).body.text).toBe("");
  });

  it("keep another team's memory out of every answer", async () => {
    const project = freshName();
    const { body } = await save({ ...NOTE, project, title: "Xenolith of this team" });
    const p = encodeURIComponent(project);
    for (const path of [
      `/v1/observations/${body.id}`,
      `/v1/observations/${body.id}/sources`,
      `/v1/timeline?around=${body.id}`,
    ]) {
      expect((await get(path, OTHER_KEY)).status, path).toBe(404);
    }
    for (const path of [
      `/v1/observations?project=${p}`,
      `/v1/search?q=xenolith`,
      `/v1/search?q=xenolith&project=${p}`,
      `/v1/context?project=${p}`,
      "/v1/projects",
      `/v1/timeline?q=xenolith&project=${p}`,
    ]) {
      const answer = await get(path, OTHER_KEY);
      expect(answer.status, path).toBe(200);
      expect(JSON.stringify(answer.body), path).not.toMatch(/Xenolith|routes\/app.*"number"/);
    }
    const headers = { Authorization: `Bearer ${OTHER_KEY}` };
    expect((await call("DELETE", `/v1/observations/${body.id}`, { headers })).status).toBe(404);
    const batch = await call("POST", "/v1/observations/batch", {
      headers,
      body: JSON.stringify({ ids: [body.id] }),
    });
    expect(await batch.json()).toEqual({ items: [] });
    expect((await get(`/v1/observations/${body.id}`, KEY)).status).toBe(200);
  });

  it("clean what is saved by hand like what an agent's hooks tell", async () => {
    const project = freshName();
    const blob = `data:image/png;base64,${"iVBORw0KGgoAAAANSUhEUgAA".repeat(60)}`;
    const { body } = await save({
      project,
      title: "Title \u001b[31mred\u0000\r\nline",
      narrative: `x \u001b]0;title\u0007 2J\r\nsecond\ttab ${blob}`,
      facts: ["one\nline \u009b5m"],
      files: ["src/\u001b[2Ja.ts"],
    });
    expect(body).toMatchObject({
      title: "Title red line",
      narrative: expect.stringMatching(/^x {2}2J\nsecond\ttab \[image\/png, \d+ (?:KB|B)\]$/),
      facts: ["one line 5m"],
      files_read: ["src/a.ts"],
    });
  });

  it("store nothing private or secret of what is saved by hand, and say what is wrong with a request", async () => {
    const project = freshName();
    const { body } = await save({
      project,
      title: `Token ${SECRET}`,
      narrative: "Shown <private>hidden words</private> here",
      facts: [SECRET, "<private>x</private>"],
    });
    expect(JSON.stringify(body)).not.toMatch(/ghp_|hidden|private/);
    expect(body.narrative).toBe("Shown  here");
    expect(body.facts).toEqual([expect.stringContaining("[redacted:")]);
    for (const [bad, message] of [
      [{ ...NOTE, project, type: "banana" }, /type.*bugfix, feature.*security/],
      [{ ...NOTE, project, concepts: ["fun"] }, /concepts.*how-it-works.*trade-off/],
      [{ ...NOTE, project, title: "<private>all of it</private>" }, /title: is required/],
      [{ project, narrative: "n" }, /title/],
      [{ ...NOTE, project: "" }, /project/],
      [{ ...NOTE, project, supersedes: "x" }, /supersedes/],
      [[], /body/],
    ] as const) {
      const answer = await save(bad);
      expect(answer.status, JSON.stringify(bad)).toBe(400);
      expect(answer.body.error.message).toMatch(message);
    }
    expect((await save({ ...NOTE, project, supersedes: "1-99999" })).status).toBe(404);
    const p = encodeURIComponent(project);
    for (const path of [
      `/v1/observations?project=${p}&type=banana`,
      `/v1/observations?project=${p}&since=yesterday`,
      `/v1/observations?project=${p}&limit=0`,
      `/v1/observations?project=${p}&limit=ten`,
      `/v1/observations?project=${p}&cursor=bm9wZQ`,
      "/v1/observations",
      "/v1/observations/nonsense",
      "/v1/context",
      "/v1/search",
      "/v1/summaries",
      "/v1/timeline",
      "/v1/timeline?q=x",
      "/v1/timeline?around=x",
    ]) {
      const answer = await get(path);
      expect(answer.status, path).toBe(400);
      expect(answer.body.error.message.length, path).toBeGreaterThan(10);
    }
  });

  it("save once for an Idempotency-Key", async () => {
    const project = freshName();
    const headers = { "Idempotency-Key": "abc" };
    const first = await save({ ...NOTE, project }, headers);
    const again = await save({ ...NOTE, project }, headers);
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    expect((await save({ ...NOTE, project, title: "Else" }, headers)).status).toBe(409);
    expect((await get(`/v1/observations?project=${project}`)).body.items).toHaveLength(1);
  });

  it("answer an unknown project with nothing, and page through what there is", async () => {
    const unknown = freshName();
    for (const path of ["observations", "summaries", "search", "context", "timeline"]) {
      const answer = await get(`/v1/${path}?project=${unknown}&q=x`);
      expect(answer.status, path).toBe(200);
      expect(answer.body.items ?? [], path).toEqual([]);
    }
    expect(
      (await get("/v1/projects")).body.items.map((item: { project: string }) => item.project),
    ).not.toContain(unknown);

    const name = freshName();
    await save({ ...NOTE, project: name });
    const { number } = (await get("/v1/projects")).body.items.find(
      (item: { project: string }) => item.project === name,
    );
    const object = env.PROJECTS.getByName(projectObjectName("local", number));
    await object.deliver({
      project: { name, number },
      delivery: delivery(1, {
        observations: Array.from({ length: 5 }, (_, i) => observation({ title: `Number ${i}` })),
        summaries: [1, 2, 3].map((n) => summary({ request: `Turn ${n}`, prompt_number: n })),
      }),
    });
    const walk = async (path: string) => {
      const ids: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: { items: { id: string }[]; next: string | null } = (
          await get(`${path}&limit=2&cursor=${cursor}`)
        ).body;
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      }
      return ids.map((id) => id.split("-")[1]);
    };
    expect(await walk(`/v1/observations?project=${name}`)).toEqual(["6", "5", "4", "3", "2", "1"]);
    expect(await walk(`/v1/summaries?project=${name}`)).toEqual(["9", "8", "7"]);
    expect((await get(`/v1/observations/${number}-3/sources`)).body).toMatchObject({
      sources: ["tool:t1"],
      kept: [],
      gone: ["tool:t1"],
    });
  });
});
