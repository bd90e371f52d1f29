import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { ProjectObject } from "../../src/durable/project/project-object.ts";
import { listProjectsTool } from "../../src/mcp/tools/list-projects.ts";
import { readItems } from "../../src/service/items.ts";
import { call, get, KEY } from "../support/api.ts";
import { callOf } from "../support/call.ts";
import { delivery, observation } from "../support/project-fixture.ts";

afterEach(() => vi.restoreAllMocks());

const NAMES = ["github.com/acme/silent", "github.com/acme/well"];

it("answers from the other projects where one cannot be reached, and says that it is incomplete", async () => {
  const numbers: number[] = [];
  for (const name of NAMES) {
    const number = await env.TEAMS.getByName("local").project({ name });
    numbers.push(number);
    await env.PROJECTS.getByName(`local/${number}`).deliver({
      project: { name, number },
      delivery: delivery(1, { observations: [observation({ title: "A numbat was seen" })] }),
    });
  }
  const [silent, well] = numbers;
  for (const method of ["search", "sessions", "stats", "getMany", "inspect"] as const) {
    const real = ProjectObject.prototype[method] as (...args: unknown[]) => unknown;
    vi.spyOn(ProjectObject.prototype, method).mockImplementation(function (
      this: ProjectObject,
      ...args: unknown[]
    ) {
      const { ctx } = this as unknown as { ctx: DurableObjectState };
      if (ctx.id.name === `local/${silent}`) throw new Error("the disk is on fire");
      return real.apply(this, args) as never;
    });
  }
  const projects = (await get("/v1/projects")).body;
  expect(projects.incomplete).toBe(true);
  expect(projects.items).toContainEqual(expect.objectContaining({ number: well }));
  expect(projects.items).not.toContainEqual(expect.objectContaining({ number: silent }));
  expect((await get("/v1/status")).body).toMatchObject({ processing: false, incomplete: true });
  const found = (await get("/v1/search?q=numbat")).body;
  expect(found).toMatchObject({ items: [{ id: `${well}-1` }], incomplete: true });
  const doctor = (await get("/v1/doctor")).body;
  expect(doctor.checks).toContainEqual(
    expect.objectContaining({
      name: "objects",
      ok: false,
      detail: expect.stringContaining(NAMES[0] ?? ""),
    }),
  );
  const ids = [`${silent}-1`, `${well}-1`, `${well}-9`];
  const batch = await call("POST", "/v1/observations/batch", { body: JSON.stringify({ ids }) });
  expect(await batch.json()).toMatchObject({ items: [{ id: ids[1] }], incomplete: true });
  expect((await readItems(callOf("local"), ids)).unreachable).toEqual([ids[0]]);
  const listed = await listProjectsTool.run({ limit: 10, cursor: null }, callOf("local"));
  expect(listed.text).toContain("Some projects did not answer");
  // One that was asked for by its name is no part of a whole: its failure is told.
  expect((await get(`/v1/search?q=numbat&project=${NAMES[0]}`, KEY)).status).toBe(503);
});
