/**
 * A life of the object that ends at any await of the drain, before or after what it asked for was
 * done elsewhere: the next life comes to the same result. Storage, project and team are real.
 */

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { ObserverBatch, ProviderOutcome } from "../../../src/agent/provider.ts";
import { acceptEnd, acceptEvent, acceptStart } from "../../../src/durable/session/intake/intake.ts";
import { SESSION_MIGRATIONS } from "../../../src/durable/session/migrations.ts";
import { nextAlarm } from "../../../src/durable/session/queue/schedule.ts";
import type { SessionDependencies } from "../../../src/durable/session/session-dependencies.ts";
import { SessionStore } from "../../../src/durable/session/session-store.ts";
import { drain } from "../../../src/durable/session/work/drain.ts";
import { beginRedo } from "../../../src/durable/session/work/redo.ts";
import type { IncomingEvent } from "../../../src/memory/event.ts";
import { projectObjectName } from "../../../src/memory/project-name.ts";
import { freshSession, memoryOf, textEvent, toolUse } from "../../support/session-under-test.ts";

type Side = "before" | "after";

/**
 * One observation for each event, and a summary where the turn ends, which leaves a point that the
 * next turn's tool event closes.
 */
function answer(batch: ObserverBatch): ProviderOutcome {
  const observed = batch.events.filter((event) => event.kind === "tool_use");
  const [proof] = observed.map(({ key }) => key);
  const last = batch.events.at(-1)?.key ?? "";
  const { ends, promptNumber } = batch.turn;
  const rest = { text: `The rest of turn ${promptNumber}`, sources: [last] };
  return {
    ok: true,
    result: {
      observations: observed.map(({ key }) => ({
        type: "change",
        title: `What ${key} did`,
        subtitle: "",
        narrative: "",
        facts: [],
        concepts: [],
        sources: [key],
        index_text: key,
      })),
      summary: batch.turn.ends
        ? {
            request: "",
            investigated: "",
            learned: "",
            completed: "All",
            next_steps: "",
            sources: [],
          }
        : null,
      openPoints: ends ? [rest] : [],
      closes: (batch.openPoints ?? []).flatMap(({ text }, index) =>
        proof === undefined || text === rest.text ? [] : [{ index, proof }],
      ),
      corrects: proof === "tool:b" ? [{ source: "tool:a", reason: "b says otherwise" }] : [],
      skipped: {},
      usage: { input: 10, output: 1 },
      model: "model",
    },
  };
}

/** Calls outward, of which the one with number `at` is where the life ends. */
class Outside {
  calls = 0;
  ended = false;
  readonly #at: number;
  readonly #side: Side;

  constructor(at: number, side: Side) {
    this.#at = at;
    this.#side = side;
  }

  async call<T>(work: () => Promise<T>): Promise<T> {
    const last = ++this.calls === this.#at;
    if (last && this.#side === "before") return await this.#end<T>();
    const result = await work();
    return last ? await this.#end<T>() : result;
  }

  #end<T>(): Promise<T> {
    this.ended = true;
    return new Promise<T>(() => undefined);
  }

  /** The stub, with each of its methods counted. */
  watch<Stub extends object>(stub: Stub): Stub {
    return new Proxy(stub, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]) =>
          this.call(async () => await Reflect.apply(method, target, args));
      },
    });
  }
}

/** Plays a session from its first event to its close. Returns how many calls outward it made. */
async function play(storage: DurableObjectStorage, at: number, side: Side) {
  const store = new SessionStore(storage, SESSION_MIGRATIONS);
  store.db.migrate();
  const { sender, project } = freshSession({ project: null });
  const outside = new Outside(at, side);
  let now = 1_800_000_000_000;
  let life = 0;
  const deps = (): SessionDependencies => ({
    chain: [
      {
        name: "scripted",
        model: "model",
        metered: true,
        estimate: () => ({ input: 10, output: 1 }),
        compress: (batch) => outside.call(() => Promise.resolve(answer(batch))),
      },
    ],
    owner: `life ${life}`,
    retentionMs: 7 * 86_400_000,
    now: () => now,
    random: () => 0.5,
    team: (name) => outside.watch(env.TEAMS.getByName(name)),
    projectNumber: (team, name) => outside.call(() => env.TEAMS.getByName(team).project({ name })),
    knownProject: (team, name) =>
      outside.call(() => env.TEAMS.getByName(team).findProject({ name })),
    successor: async () => null,
    project: (team, number) =>
      outside.watch(env.PROJECTS.getByName(projectObjectName(team, number))),
  });
  const wake = async () => {
    for (let i = 0; i < 30; i++) {
      const row = store.row();
      const due = row === null ? null : nextAlarm(store.schedule(row, deps()), now);
      if (due === null || due > now + 60_000) return;
      now = Math.max(now, due);
      const ended = outside.ended;
      const running = drain(store, deps(), new AbortController().signal);
      let over = false;
      while (!over && outside.ended === ended) {
        const tick = new Promise<false>((resolve) => setTimeout(() => resolve(false), 1));
        over = await Promise.race([running.then(() => true as const), tick]);
      }
      if (!over) life += 1;
    }
  };
  const take = (event: IncomingEvent) =>
    store.db.transaction(() => acceptEvent(store, sender, { ...event, at: now }, now));
  take(textEvent("prompt", "p1", "Teach the walrus"));
  take(toolUse("a"));
  take(textEvent("turn_end", "p1:s", "Taught."));
  await wake();
  take(textEvent("prompt", "p2", "And the seal", "p2"));
  take(toolUse("b", { promptId: "p2" }));
  store.db.transaction(() => acceptStart(store, { ...sender, project }, "resume", now));
  take(textEvent("turn_end", "p2:s", "Taught too.", "p2"));
  await wake();
  store.db.transaction(() => beginRedo(store, now));
  await wake();
  store.db.transaction(() => acceptEnd(store, now));
  await wake();
  return {
    calls: outside.calls,
    closed: store.row()?.closedAt !== null,
    project,
    folder: sender.folderProject,
  };
}

it("comes to the same result wherever a life ends", { timeout: 120_000 }, async () => {
  const run = async (at: number, side: Side) => {
    const host = freshSession();
    const played = await runInDurableObject(host.stub, (_object, state) =>
      play(state.storage, at, side),
    );
    const { observations, summaries, points } = await memoryOf(played.project);
    const left = await memoryOf(played.folder);
    return {
      calls: played.calls,
      result: {
        closed: played.closed,
        sources: observations.flatMap((item) => item.sources).sort(),
        requests: summaries.map((item) => item.request).sort(),
        points: points.map(({ text, state, proof }) => `${text}: ${state} ${proof}`).sort(),
        corrected: observations.filter(({ withdrawn }) => withdrawn).map(({ sources }) => sources),
        left: left.observations.length + left.summaries.length + left.points.length,
      },
    };
  };
  const whole = await run(0, "before");
  expect(whole.calls).toBeGreaterThan(20);
  expect(whole.result).toEqual({
    closed: true,
    sources: ["tool:a", "tool:b"],
    requests: ["And the seal", "Teach the walrus"],
    points: ["The rest of turn 1: closed tool:b", "The rest of turn 2: open null"],
    corrected: [["tool:a"]],
    left: 0,
  });
  for (const side of ["before", "after"] as const) {
    for (let at = 1; at <= whole.calls; at++) {
      expect({ at, side, ...(await run(at, side)).result }).toEqual({ at, side, ...whole.result });
    }
  }
});
