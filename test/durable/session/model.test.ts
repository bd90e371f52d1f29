/**
 * The state machine under random interleavings, on real SQLite: events, alarms, crashes, late
 * answers, provider troubles, lost deliveries and clock jumps. The clock, the dice and the provider
 * are passed in; storage, queue, outbox and the project are the real ones.
 */

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { FailureKind, ObserverBatch, ProviderOutcome } from "../../../src/agent/provider.ts";
import { acceptEvent } from "../../../src/durable/session/intake/intake.ts";
import { SESSION_MIGRATIONS } from "../../../src/durable/session/migrations.ts";
import { MAX_ATTEMPTS } from "../../../src/durable/session/queue/retry.ts";
import { nextAlarm } from "../../../src/durable/session/queue/schedule.ts";
import type { SessionDependencies } from "../../../src/durable/session/session-dependencies.ts";
import { SessionStore } from "../../../src/durable/session/session-store.ts";
import { listDead } from "../../../src/durable/session/work/dead-letters.ts";
import { drain } from "../../../src/durable/session/work/drain.ts";
import { projectObjectName } from "../../../src/memory/project-name.ts";
import { freshSession, memoryOf, textEvent, toolUse } from "../../support/session-under-test.ts";

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const RETENTION_MS = 30 * 24 * HOUR_MS;

type Trouble = FailureKind | "ok" | "retry_after" | "hang";
type Command =
  | { do: "tool" | "prompt" | "stop" | "flush" | "late_answer" | "lose_delivery" }
  | { do: "alarm"; troubles: Trouble[] }
  | { do: "jump"; ms: number };

const trouble = fc.constantFrom<Trouble>(
  "ok",
  "ok",
  "ok",
  "overloaded",
  "network",
  "retry_after",
  "refused_access",
  "refused_content",
  "invalid_output",
  "hang",
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Command>({ do: "tool" }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "prompt" }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "stop" }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "flush" }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "late_answer" }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: "lose_delivery" }) },
  {
    weight: 4,
    arbitrary: fc
      .array(trouble, { minLength: 1, maxLength: 4 })
      .map<Command>((troubles) => ({ do: "alarm", troubles })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-HOUR_MS, 1_000, HOUR_MS, WEEK_MS).map<Command>((ms) => ({
      do: "jump",
      ms,
    })),
  },
);

const alarm = (...troubles: Trouble[]): Command => ({ do: "alarm", troubles });
/** What a model had told of was open work to the rules, which told it again at the session's end. */
const EDITS_AFTER_A_STOP: Command[] = [
  { do: "stop" },
  alarm("ok"),
  alarm("network"),
  alarm("retry_after"),
  { do: "late_answer" },
  alarm("retry_after"),
  { do: "tool" },
  { do: "tool" },
  alarm("ok"),
];

/** One observation for each event, so that what was applied twice shows as a source cited twice. */
function answer(batch: ObserverBatch): ProviderOutcome {
  const keys = batch.events.map((event) => event.key);
  return {
    ok: true,
    result: {
      observations: keys.map((key) => ({
        type: "change",
        title: `What ${key} did`,
        subtitle: "",
        narrative: `It did what ${key} does.`,
        facts: [],
        concepts: [],
        sources: [key],
        index_text: key,
      })),
      summary: null,
      skipped: {},
      usage: { input: 1, output: 1 },
      model: "model",
    },
  };
}

function failed(kind: FailureKind, retryAfterMs: number | null = null): ProviderOutcome {
  const usage = { input: 1, output: 0 };
  return { ok: false, failure: { kind, message: "as told", retryAfterMs, usage } };
}

/** A session in a world that the commands make. */
class World {
  clock = 1_800_000_000_000;
  readonly accepted: string[] = [];
  readonly everDead = new Set<string>();
  events = 0;
  prompts = 0;
  stops = 0;
  readonly store: SessionStore;
  readonly #session = freshSession();
  readonly project = this.#session.project;
  #owner = 0;
  #troubles: Trouble[] = [];
  #loseNext = false;
  readonly #late: (() => void)[] = [];

  constructor(storage: DurableObjectStorage) {
    this.store = new SessionStore(storage, SESSION_MIGRATIONS);
    this.store.db.migrate();
  }

  #deps(): SessionDependencies {
    return {
      chain: [
        {
          name: "scripted",
          model: "model",
          metered: false,
          estimate: () => ({ input: 0, output: 0 }),
          compress: (batch) => this.#compress(batch),
        },
      ],
      owner: `life ${this.#owner}`,
      retentionMs: RETENTION_MS,
      now: () => this.clock,
      random: () => 0.5,
      team: (name) => env.TEAMS.getByName(name),
      projectNumber: (team, name) => env.TEAMS.getByName(team).project({ name }),
      knownProject: (team, name) => env.TEAMS.getByName(team).findProject({ name }),
      successor: async () => null,
      project: (team, number) => {
        const stub = env.PROJECTS.getByName(projectObjectName(team, number));
        if (!this.#loseNext) return stub;
        this.#loseNext = false;
        // Applied there, but the answer is lost: the outbox has to send it again.
        return new Proxy(stub, {
          get: (target, name) =>
            name === "deliver"
              ? async (...args: Parameters<typeof stub.deliver>) => {
                  await target.deliver(...args);
                  throw new Error("the answer was lost");
                }
              : Reflect.get(target, name),
        });
      },
    };
  }

  #compress(batch: ObserverBatch): Promise<ProviderOutcome> {
    const next = this.#troubles.shift() ?? "ok";
    if (next === "ok") return Promise.resolve(answer(batch));
    if (next === "retry_after") return Promise.resolve(failed("overloaded", 60_000));
    if (next !== "hang") return Promise.resolve(failed(next));
    return new Promise((resolve) => this.#late.push(() => resolve(answer(batch))));
  }

  event(kind: "tool" | "prompt" | "stop"): void {
    const id = `e${this.events++}`;
    if (kind === "prompt") this.prompts += 1;
    if (kind === "stop") this.stops += 1;
    const turn = `p${this.prompts}`;
    const event =
      kind === "tool"
        ? toolUse(id, { promptId: turn })
        : textEvent(
            kind === "prompt" ? "prompt" : "turn_end",
            kind === "prompt" ? turn : id,
            id,
            turn,
          );
    const answered = this.store.db.transaction(() =>
      acceptEvent(this.store, this.#session.sender, { ...event, at: this.clock }, this.clock),
    );
    expect(answered.outcome).toBe("stored");
    const key = {
      tool: `tool:${id}`,
      prompt: `prompt:${this.prompts}`,
      stop: `stop:${this.stops}`,
    };
    this.accepted.push(key[kind]);
  }

  /** When the session wants to wake; null where it does not. */
  alarmAt(): number | null {
    const row = this.store.row();
    return row === null ? null : nextAlarm(this.store.schedule(row, this.#deps()), this.clock);
  }

  /** Lets the alarm fire. A call that hangs is a crash: its object's life is over. */
  async alarm(troubles: Trouble[]): Promise<void> {
    const at = this.alarmAt();
    if (at === null) return;
    this.clock = Math.max(this.clock, at);
    this.#troubles = [...troubles];
    const hangs = this.#late.length;
    const running = drain(this.store, this.#deps(), new AbortController().signal);
    const hung = (async () => {
      while (this.#late.length === hangs) await new Promise((resolve) => setTimeout(resolve, 0));
    })();
    let over = false;
    await Promise.race([running.then(() => (over = true)), hung]);
    if (!over) this.#owner += 1;
    this.#troubles = [];
    // Ends the watcher of a drain that did not hang.
    if (over && this.#late.length === hangs) this.#late.push(() => undefined);
  }

  async run(command: Command): Promise<void> {
    switch (command.do) {
      case "tool":
      case "prompt":
      case "stop":
        return this.event(command.do);
      case "alarm":
        return await this.alarm(command.troubles);
      case "jump":
        this.clock += command.ms;
        return;
      case "lose_delivery":
        this.#loseNext = true;
        return;
      case "flush":
        if (this.store.row() === null) return;
        this.store.session.update({ flushTo: this.store.log.lastSeq() });
        this.store.batches.makeDueNow(this.clock);
        return;
      case "late_answer":
        for (const resolve of this.#late.splice(0)) resolve();
        // What the late answer does, it does in a few turns of the loop.
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  check(): void {
    const row = this.store.row();
    if (row === null) return;
    const counts = this.store.counts(row);
    const sum = counts.pending + counts.leased + counts.done + counts.skipped + counts.dead;
    expect(sum).toBe(this.accepted.length);
    for (const batch of this.store.batches.all()) {
      expect("attempts" in batch ? batch.attempts : 0).toBeLessThanOrEqual(MAX_ATTEMPTS);
    }
    for (const letter of listDead(this.store)) this.everDead.add(letter.key);
    const work = counts.pending + counts.leased + this.store.outbox.waiting();
    if (work > 0) expect(this.alarmAt()).not.toBeNull();
  }
}

it("loses nothing, applies nothing twice, and always comes to rest", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
      const host = freshSession();
      const { world, dead } = await runInDurableObject(host.stub, async (_o, state) => {
        const world = new World(state.storage);
        world.event("prompt");
        for (const next of commands) {
          await world.run(next);
          world.check();
        }
        await world.run({ do: "late_answer" });
        // A quiet world with a provider that answers.
        for (let i = 0; i < 60 && world.store.row()?.closedAt === null; i++) {
          await world.alarm([]);
          world.check();
        }
        expect(world.store.row()?.closedAt).not.toBeNull();
        // And after the retention only the tombstone stands, which wants nothing.
        await world.alarm([]);
        await world.alarm([]);
        expect(world.alarmAt()).toBeNull();
        world.check();
        const row = world.store.row();
        const dead = row === null ? 0 : world.store.counts(row).dead;
        return { world: { ...world, project: world.project }, dead };
      });
      const memory = await memoryOf(world.project);
      const cited = memory.observations.flatMap((item) => item.sources);
      expect(cited).toHaveLength(new Set(cited).size);
      expect(world.accepted).toEqual(expect.arrayContaining(cited));
      const uncited = world.accepted.filter((key) => !cited.includes(key));
      expect([...world.everDead]).toEqual(expect.arrayContaining(uncited));
      expect(uncited).toHaveLength(dead);
    }),
    { numRuns: 60, examples: [[EDITS_AFTER_A_STOP]] },
  );
});
