/**
 * What a release left in its databases is found, told and worked on by today's code. One release a
 * test file: their objects bear the same names.
 */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { hashKey, parseKey } from "../../src/memory/key.ts";
import { call, get, hook, settle } from "./api.ts";
import { openReleaseFixture, type ReleaseFixture } from "./release-fixture.ts";

const PROJECT = "github.com/acme/tallybook";
const IN_PROJECT = `project=${encodeURIComponent(PROJECT)}`;

interface Hit {
  id: string;
  title: string;
  sources: string[];
}

async function observations() {
  const { body } = await get(`/v1/observations?${IN_PROJECT}&limit=100&activity=1`);
  return body.items as { id: string; title: string; session: string; sources: string[] }[];
}

async function events(session: string) {
  return (await get(`/v1/sessions/claude-code/${session}`)).body.events;
}

const payload = (session: string, name: string, fields: object = {}) => ({
  session_id: session,
  cwd: "/home/dev/src/tallybook",
  hook_event_name: name,
  ...fields,
});

/** One more turn of a session: three events. */
async function anotherTurn(session: string) {
  const id = `after-${session}`;
  for (const [name, fields] of [
    ["UserPromptSubmit", { prompt: `Go on with ${session}` }],
    [
      "PostToolUse",
      {
        tool_use_id: `toolu_${id}`,
        tool_name: "Edit",
        tool_input: {
          file_path: `/home/dev/src/tallybook/src/${id}.ts`,
          old_string: "a",
          new_string: `const x = "${id}"`,
        },
        tool_response: {},
      },
    ],
    ["Stop", { last_assistant_message: `Went on with ${session}.` }],
  ] as const) {
    const sent = payload(session, name, { prompt_id: id, ...fields });
    const { event } = await hook(sent, { "X-Cairn-Project": PROJECT });
    expect(event, `${session} ${name}`).toBe("stored");
  }
}

/** What is so of one release's fixtures, as `scripts/release-fixtures` made them. */
interface Left {
  /** The checks of the doctor that fail over it. */
  doctorFinds: readonly string[];
  /** Id of the note that was deleted, by the counter in its project's database. */
  deleted: string;
}

/** The tests of one release. */
export function outlives(version: string, { doctorFinds, deleted }: Left): void {
  let release: ReleaseFixture;

  beforeAll(async () => {
    release = await openReleaseFixture(version);
  });

  describe(`before anything is written, databases of ${version}`, () => {
    it("tell of sessions, items, sources, dead letters, budgets and usage what it told itself", async () => {
      expect(release.answers.size).toBeGreaterThan(40);
      for (const [path, told] of release.answers) {
        if (path.startsWith("/v1/search")) continue;
        const { status, body } = await get(path);
        expect(status, path).toBe(200);
        // An answer may have learnt new fields; what it had is there.
        expect(body, path).toMatchObject(told as object);
      }
    });

    it("are searched: everything that was found is found", async () => {
      const searches = [...release.answers].filter(([path]) => path.startsWith("/v1/search"));
      expect(searches.length).toBeGreaterThan(10);
      for (const [path, told] of searches) {
        const { items } = (await get(path)).body as { items: Hit[] };
        const known = (told as { items: Hit[] }).items;
        expect(known.length, path).toBeGreaterThan(0);
        expect(
          items.map(({ id }) => id),
          path,
        ).toEqual(expect.arrayContaining(known.map(({ id }) => id)));
        for (const { id, title, sources } of known) {
          expect(
            items.find((hit) => hit.id === id),
            path,
          ).toMatchObject({ title, sources });
        }
      }
    });

    it("give context to a session that begins", async () => {
      const { body } = await get(`/v1/context?${IN_PROJECT}`);
      expect(body.text).toContain("Releases go out on Tuesdays");
    });

    it("know their keys, of which those that nobody signed are good only where they are listed", async () => {
      const key = parseKey(release.issuedKey);
      if (key === null) throw new Error("the fixture's key has to be one");
      const asked = { keyId: key.id, secretHash: await hashKey(key) };
      expect(await env.TEAMS.getByName("local").verify(asked)).toMatchObject({ ok: true });
      expect((await get("/v1/projects", release.issuedKey)).status).toBe(401);
      expect((await get("/v1/projects")).status).toBe(200);
    });

    it("know what was saved under an idempotency key, and give no number twice", async () => {
      const save = (narrative: string) =>
        call("POST", "/v1/observations", {
          headers: { "Idempotency-Key": "note-1" },
          body: JSON.stringify({
            project: PROJECT,
            title: "Amounts are kept in cents",
            narrative,
            type: "decision",
            concepts: ["why-it-exists"],
            files: ["src/money.ts"],
          }),
        });
      const same = "Amounts are integers of cents everywhere; only the screen divides.";
      const known = (await observations()).find(
        ({ title }) => title === "Amounts are kept in cents",
      );
      expect(await (await save(same)).json()).toMatchObject({ id: known?.id });
      expect((await save("Something else")).status).toBe(409);
      expect((await observations()).map(({ id }) => id)).not.toContain(deleted);
    });
  });

  describe(`work that ${version} left unfinished`, () => {
    beforeAll(async () => {
      await release.setAlarms();
    });

    it("is all that the doctor finds", async () => {
      const { checks } = (await get("/v1/doctor")).body as {
        checks: { name: string; ok: boolean }[];
      };
      const failing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
      expect(failing.sort()).toEqual([...doctorFinds].sort());
    });

    it("is done: what was pending, in the middle of a call, paused, or a dead letter", async () => {
      for (const session of ["open", "leased", "paused"]) {
        expect((await settle(session)).events, session).toMatchObject({
          pending: 0,
          leased: 0,
          dead: 0,
        });
      }
      expect((await call("POST", "/v1/sessions/claude-code/dead/dead/retry")).status).toBe(200);
      expect((await settle("dead")).events).toMatchObject({ pending: 0, dead: 0, done: 5 });
      const sources = (await observations()).flatMap((item) => item.sources);
      const { body } = await get(`/v1/sessions?${IN_PROJECT}`);
      expect(body.items.map(({ session }: { session: string }) => session)).toContain(
        "claude-code/open",
      );
      for (const session of ["open", "leased", "paused", "dead"]) {
        const own = (await observations()).filter(
          (item) => item.session === `claude-code/${session}`,
        );
        expect(own.length, session).toBeGreaterThan(0);
      }
      expect(sources.length).toBeGreaterThan(0);
      // A provider that asked for an hour's patience still gets it.
      expect(await events("retrying")).toMatchObject({ pending: 3, done: 0 });
    });

    it("goes on: every session takes a further turn, also a closed one and a tombstone", async () => {
      const again = [
        "open",
        "idle",
        "redone",
        "moved",
        "model",
        "dead",
        "leased",
        "closed",
        "deleted",
        "forgotten",
      ];
      const before = (await observations()).length;
      // Who was forgotten stays so until the agent begins anew.
      const prompt = payload("forgotten", "UserPromptSubmit", { prompt: "Once more" });
      expect((await hook(prompt)).event).toBe("ignored");
      await hook(payload("forgotten", "SessionStart", { source: "startup" }));
      for (const session of again) {
        const before = await events(session);
        await anotherTurn(session);
        const after = (await settle(session)).events;
        expect(after, session).toMatchObject({ pending: 0, leased: 0, dead: 0 });
        // Which of the three teach something is the rules' business; none is lost.
        const sum = (counts: object) =>
          Object.values(counts).reduce((all: number, n) => all + Number(n), 0);
        expect(sum(after), session).toBe(sum(before) + 3);
      }
      const all = await observations();
      expect(all.length).toBeGreaterThanOrEqual(before + again.length);
      for (const session of again) {
        const { body } = await get(`/v1/search?${IN_PROJECT}&q=after-${session}`);
        const hits = body.items as Hit[];
        const key = `tool:toolu_after-${session}`;
        expect(hits[0]?.sources, session).toContain(key);
        // Applied once: one observation is made from the call, whatever summary cites it too.
        expect(
          all.filter(({ sources }) => sources.includes(key)),
          session,
        ).toHaveLength(1);
      }
      // A retry of an old hook is one still.
      const retried = payload("open", "UserPromptSubmit", {
        prompt_id: "open-27",
        prompt: "Find the duplicate invoices",
      });
      expect((await hook(retried, { "X-Cairn-Project": PROJECT })).event).toBe("duplicate");
    });
  });
}
