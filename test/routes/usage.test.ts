import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { budgetRoutes } from "../../src/routes/budgets.ts";
import { usageRoutes } from "../../src/routes/usage.ts";
import { apiApp } from "../support/api-app.ts";

/** The two resources as a member of `team` sees them. */
function resources(team: string, variables: Record<string, string> = {}) {
  const app = apiApp();
  app.use(async (c, next) => {
    c.set("caller", { team, person: "test0001", key: "test0001", scopes: ["full"] });
    c.set("arrivedAt", Date.now());
    await next();
  });
  app.route("/v1/usage", usageRoutes);
  app.route("/v1/budgets", budgetRoutes);
  return async (path: string, put?: unknown) => {
    const init = put === undefined ? {} : { method: "PUT", body: JSON.stringify(put) };
    const response = await app.request(path, init, { ...env, ...variables });
    return { status: response.status, body: await response.json<Record<string, unknown>>() };
  };
}

async function spend(
  team: string,
  session: string,
  project: string,
  model: string | null,
  input: number,
): Promise<void> {
  const stub = env.TEAMS.getByName(team);
  const key = { session, generation: 1, batch: input, attempt: 1, provider: "anthropic" };
  await stub.reserve({ ...key, project, estimate: { input: 1, output: 1 } });
  await stub.settle({ ...key, model, usage: { input, output: 1 } });
}

describe("GET /v1/usage", () => {
  it("adds up by the dimensions asked for, with projects by name", async () => {
    const ask = resources("usage-grouped");
    await spend("usage-grouped", "claude-code/a", "github.com/acme/app", "small-1", 100);
    await spend("usage-grouped", "claude-code/a", "github.com/acme/app", "small-1", 20);
    await spend("usage-grouped", "claude-code/b", "github.com/acme/app", null, 3);
    await spend("usage-grouped", "claude-code/b", "github.com/acme/lib", "small-1", 4000);
    const unsettled = { input: 0, output: 0, calls: 0 };
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);
    const app = "github.com/acme/app";
    const lib = "github.com/acme/lib";

    const all = await ask("/v1/usage");
    expect(all.body).toEqual({
      items: [
        {
          day,
          project: app,
          provider: "anthropic",
          model: null,
          input: 3,
          output: 1,
          calls: 1,
          usd: null,
          unsettled,
        },
        {
          day,
          project: app,
          provider: "anthropic",
          model: "small-1",
          input: 120,
          output: 2,
          calls: 2,
          usd: null,
          unsettled,
        },
        {
          day,
          project: lib,
          provider: "anthropic",
          model: "small-1",
          input: 4000,
          output: 1,
          calls: 1,
          usd: null,
          unsettled,
        },
      ],
      total: { input: 4123, output: 4, calls: 4, usd: null, unsettled },
      truncated: false,
    });
    expect((await ask("/v1/usage?by=project")).body.items).toEqual([
      { project: app, input: 123, output: 3, calls: 3, usd: null, unsettled },
      { project: lib, input: 4000, output: 1, calls: 1, usd: null, unsettled },
    ]);
    expect((await ask("/v1/usage?by=session,%20model")).body.items).toMatchObject([
      { session: "claude-code/b", model: null, input: 3 },
      { session: "claude-code/a", model: "small-1", input: 120 },
      { session: "claude-code/b", model: "small-1", input: 4000 },
    ]);
    const longAgo = await ask("/v1/usage?since=2026-01-01&until=2026-01-02T10:00:00Z");
    expect(longAgo.body).toMatchObject({ items: [], total: { input: 0, calls: 0 } });
  });

  it("tells money by the prices that are set, and none where a model has no price", async () => {
    const team = "usage-priced";
    await spend(team, "claude-code/a", "github.com/acme/app", "small-1", 1_000_000);
    await spend(team, "claude-code/a", "github.com/acme/app", "small-1", 500_000);
    await spend(team, "claude-code/b", "github.com/acme/app", "other", 2_000_000);
    const usd = async (prices: string, by: string) => {
      const { body } = await resources(team, { CAIRN_PRICES: prices })(`/v1/usage?by=${by}`);
      const { items, total } = body as Record<"items" | "total", { usd: number | null }[]>;
      return [...items, total].map((row) => (row as { usd: number | null }).usd);
    };
    // Two calls with an output token each at $5 a million.
    expect(await usd("small-1=0.8/5", "model")).toEqual([null, 1.20001, null]);
    expect(await usd("small-1=0.8/5, 1/0", "model")).toEqual([2, 1.20001, 3.20001]);
    expect(await usd("nonsense", "day")).toEqual([null, null]);
    expect(await usd("0/0", "day")).toEqual([0, 0]);
  });

  it("is empty for a team that used nothing, and creates nothing", async () => {
    const ask = resources("usage-empty");
    expect(await ask("/v1/usage")).toMatchObject({ status: 200, body: { items: [] } });
    expect((await ask("/v1/budgets")).body).toMatchObject({ team: { input: null, output: null } });
    const tables = await runInDurableObject(env.TEAMS.getByName("usage-empty"), (_, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
    );
    expect(tables).toEqual([]);
  });

  it("names the parameter that is wrong", async () => {
    const ask = resources("usage-wrong");
    for (const [query, field] of [
      ["since=yesterday", "since"],
      ["until=2026-13-01", "until"],
      ["by=price", "by"],
      ["by=", "by"],
    ]) {
      const { status, body } = await ask(`/v1/usage?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({
        error: { code: "invalid_request", message: expect.stringMatching(`^${field}`) },
      });
    }
  });
});

describe("PUT /v1/budgets", () => {
  it("sets limits, leaves what is left out, and takes away with null", async () => {
    const ask = resources("budgets-set");
    const none = { input: null, output: null };
    expect((await ask("/v1/budgets", { team: { input: 5, output: 6 } })).body).toEqual({
      session: none,
      project: none,
      team: { input: 5, output: 6 },
    });
    await ask("/v1/budgets", { session: { output: 0 }, team: { input: null } });
    expect((await ask("/v1/budgets")).body).toEqual({
      session: { input: null, output: 0 },
      project: none,
      team: { input: null, output: 6 },
    });
  });

  it("refuses what is no limit and changes nothing", async () => {
    const ask = resources("budgets-wrong");
    for (const body of [
      [],
      { team: { input: -1 } },
      { team: { input: 1.5 } },
      { team: { input: "5" } },
      { team: { inputs: 5 } },
      { user: { input: 5 } },
    ]) {
      expect((await ask("/v1/budgets", body)).status).toBe(400);
    }
    expect((await ask("/v1/budgets")).body).toMatchObject({ team: { input: null } });
  });
});
