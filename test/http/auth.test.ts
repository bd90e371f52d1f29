import { evictDurableObject, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Caller } from "../../src/access/caller.ts";
import { authenticate } from "../../src/http/auth.ts";
import { formatKey, hashKey, newKey, parseKey } from "../../src/memory/key.ts";
import { newSigningSecret } from "../../src/memory/signed-key.ts";
import { apiApp } from "../support/api-app.ts";
import { issueKey, SIGNING_SECRET, signedKey } from "../support/issued-key.ts";

const LOCAL_KEY = `cairn_local_test0001_${"t".repeat(40)}`;

/** A Worker as one isolate runs it: nothing but the authentication and an answer of who asks. */
function isolate(clock?: () => number, secrets: string = SIGNING_SECRET) {
  const app = apiApp();
  app.use(authenticate(clock));
  app.get("/", (c) => c.json(c.get("caller")));
  return async (authorization: string | null, keys: string = env.CAIRN_KEY) => {
    const headers: HeadersInit = authorization === null ? {} : { Authorization: authorization };
    const settings = { ...env, CAIRN_KEY: keys, CAIRN_SECRET: secrets };
    const response = await app.request("/", { headers }, settings);
    const body = await response.json<
      Partial<Caller> & { error?: { code: string; message: string } }
    >();
    return { status: response.status, code: body.error?.code, body, response };
  };
}

async function storedKeys(team: string): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(env.TEAMS.getByName(team), (_, state) =>
    state.storage.sql.exec("SELECT id, secret_hash, origin FROM keys ORDER BY id").toArray(),
  );
}

/** Gives a team's object tables of a later release, so that it cannot answer. */
async function breakTeam(team: string): Promise<void> {
  await runInDurableObject(env.TEAMS.getByName(team), (_, state) => {
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
    state.storage.sql.exec("DELETE FROM schema_version");
    state.storage.sql.exec("INSERT INTO schema_version VALUES (9999)");
  });
  await evictDurableObject(env.TEAMS.getByName(team));
}

describe("authentication", () => {
  it("refuses what is no key of this deployment with a message that says what to do", async () => {
    const ask = isolate();
    const secret = "s".repeat(40);
    for (const [authorization, code] of [
      [null, "missing_key"],
      ["", "missing_key"],
      ["   ", "missing_key"],
      ["Bearer", "malformed_key"],
      [LOCAL_KEY, "malformed_key"],
      [`Basic ${LOCAL_KEY}`, "malformed_key"],
      [`Bearer "${LOCAL_KEY}"`, "malformed_key"],
      [`Bearer ${LOCAL_KEY} extra`, "malformed_key"],
      [`Bearer cairn_local_test0001_${"t".repeat(31)}`, "malformed_key"],
      [`Bearer cairn_LOCAL_test0001_${secret}`, "malformed_key"],
      [`Bearer cairn_local_abc_${secret}`, "malformed_key"],
      [`Bearer cairn_local_test0001_${"t".repeat(100_000)}`, "malformed_key"],
      [`Bearer cairn_nowhere_test0001_${secret}`, "unknown_key"],
      [`Bearer cairn_local_test0001_${secret}`, "unknown_key"],
      [`Bearer cairn_local_test0009_${"t".repeat(40)}`, "unknown_key"],
      [`Bearer cairn_other_test0001_${"t".repeat(40)}`, "unknown_key"],
    ] as const) {
      const answer = await ask(authorization);
      expect([authorization?.slice(0, 60), answer.status, answer.code]).toEqual([
        authorization?.slice(0, 60),
        401,
        code,
      ]);
      expect(answer.response.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(answer.body.error?.message).not.toContain("tttt");
      expect(answer.body.error?.message).not.toContain("ssss");
    }
  });

  it("names the caller by team and key id, whatever the case of the scheme", async () => {
    const ask = isolate();
    expect(await ask(`Bearer ${LOCAL_KEY}`)).toMatchObject({
      status: 200,
      body: {
        team: "local",
        person: "test0001",
        key: expect.stringMatching(/^[0-9a-f]{12}$/),
        scopes: ["full"],
      },
    });
    expect(await ask(`bearer   cairn_other_test0002_${"o".repeat(40)}`)).toMatchObject({
      status: 200,
      body: { team: "other", person: "test0002", scopes: ["full"] },
    });
  });

  it("refuses made-up keys alike and without an object, whether there is such a team or not", async () => {
    const ask = isolate();
    const real = await issueKey("guarded");
    const scratched = (text: string) => text.slice(0, -1) + (text.endsWith("x") ? "y" : "x");
    const before = (await listDurableObjectIds(env.TEAMS)).map(String);
    // An object that cannot answer: whoever asked it would get a 503.
    await breakTeam("guarded");
    const answers = new Set<string>();
    for (const forged of [
      formatKey(newKey("nowhere")),
      formatKey(newKey("guarded")),
      scratched(real),
      real.replace("guarded", "nowhere"),
      // A key to capture that says of itself that it is good for everything.
      formatKey(await signedKey("guarded", "capture")).replace(/_c(?=[^_]+$)/, "_f"),
      formatKey(await signedKey("guarded", "full", newSigningSecret())),
    ]) {
      const { status, body } = await ask(`Bearer ${forged}`);
      answers.add(JSON.stringify([status, body]));
    }
    expect([...answers]).toEqual([expect.stringMatching(/^\[401,.*"unknown_key"/)]);
    expect((await listDurableObjectIds(env.TEAMS)).map(String)).toEqual(before);
    // What is signed is asked for.
    expect((await ask(`Bearer ${real}`)).status).toBe(503);
  });

  it("tells who sends many wrong keys to wait, and takes right ones meanwhile as ever", async () => {
    let now = 1_000_000;
    const ask = isolate(() => now);
    const right = [`Bearer ${LOCAL_KEY}`, `Bearer ${await issueKey("flooded")}`];
    const wrong = () => ask(`Bearer ${formatKey(newKey("flooded"))}`);
    const codes = [];
    for (let i = 0; i < 150; i += 1) codes.push((await wrong()).code);
    expect(codes.slice(0, 100)).toEqual(Array(100).fill("unknown_key"));
    expect(codes.slice(100)).toEqual(Array(50).fill("too_many_wrong_keys"));
    const { status, response } = await wrong();
    expect([status, response.headers.get("Retry-After")]).toEqual([429, "60"]);
    // The second was never seen before.
    for (const key of right) expect((await ask(key)).status).toBe(200);
    now += 60_000;
    expect((await wrong()).code).toBe("unknown_key");
  });

  it("refuses a key that is signed and that the team does not know, and creates no table for it", async () => {
    const key = formatKey(await signedKey("quiet"));
    expect((await isolate()(`Bearer ${key}`)).status).toBe(401);
    const tables = await runInDurableObject(env.TEAMS.getByName("quiet"), (_, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
    );
    expect(tables).toEqual([]);
  });

  it("takes the keys of a team that no key of the deployment names", async () => {
    const key = await issueKey("made-later", "capture");
    expect(await isolate()(`Bearer ${key}`)).toMatchObject({
      status: 200,
      body: { team: "made-later", person: parseKey(key)?.id, scopes: ["capture"] },
    });
  });

  it("gives a key to capture no more for being listed", async () => {
    const key = formatKey(await signedKey("listed-capture", "capture"));
    expect(await isolate()(`Bearer ${key}`, key)).toMatchObject({
      status: 200,
      body: { scopes: ["capture"] },
    });
  });

  it("takes both secrets while the secret is changed, then only the new one", async () => {
    const [old, next] = [newSigningSecret(), newSigningSecret()];
    const before = await issueKey("turning", "full", old);
    const after = await issueKey("turning", "full", next);
    const statuses = async (secrets: string) => {
      const ask = isolate(undefined, secrets);
      return [(await ask(`Bearer ${before}`)).status, (await ask(`Bearer ${after}`)).status];
    };
    expect(await statuses(old)).toEqual([200, 401]);
    expect(await statuses(`${next}, ${old}`)).toEqual([200, 200]);
    expect(await statuses(next)).toEqual([401, 200]);
    // Without one, and with one that could be found by trying, only listed keys are good.
    expect(await statuses("")).toEqual([401, 401]);
    expect(await statuses("short")).toEqual([401, 401]);
    expect((await isolate(undefined, "")(`Bearer ${LOCAL_KEY}`)).status).toBe(200);
  });

  it("says so where the deployment has no usable key", async () => {
    const issued = await issueKey("unlisted");
    for (const keys of ["", " , ", "not-a-key"]) {
      expect((await isolate()(`Bearer ${issued}`, keys)).status).toBe(200);
      expect(await isolate()(`Bearer ${LOCAL_KEY}`, keys)).toMatchObject({
        status: 503,
        code: "not_configured",
      });
    }
  });

  it("refuses a deployment key that was rotated away, in secret or in id", async () => {
    const first = formatKey(newKey("rotating"));
    const parts = parseKey(first);
    if (parts === null) throw new Error("a new key has to parse");
    const sameId = formatKey({ ...newKey("rotating"), id: parts.id });
    const newId = formatKey(newKey("rotating"));

    expect((await isolate()(`Bearer ${first}`, first)).status).toBe(200);
    // Both are listed while clients change over.
    const overlap = isolate();
    expect((await overlap(`Bearer ${sameId}`, `${first},${sameId}`)).status).toBe(200);
    expect((await overlap(`Bearer ${first}`, `${first},${sameId}`)).status).toBe(200);

    const rotated = isolate();
    // Even before a listed key told the team, and again after it did.
    expect((await rotated(`Bearer ${first}`, `${sameId},${newId}`)).status).toBe(401);
    expect((await rotated(`Bearer ${sameId}`, `${sameId},${newId}`)).status).toBe(200);
    expect((await rotated(`Bearer ${newId}`, `${sameId},${newId}`)).status).toBe(200);
    expect((await isolate()(`Bearer ${first}`, `${sameId},${newId}`)).status).toBe(401);
    expect((await storedKeys("rotating")).map((row) => row.id).sort()).toEqual(
      [parts.id, parseKey(newId)?.id ?? ""].sort(),
    );
  });

  it("keeps a team's issued keys when the deployment's keys change", async () => {
    const first = formatKey(newKey("mixed"));
    const second = formatKey(newKey("mixed"));
    await isolate()(`Bearer ${first}`, first);
    const issued = await issueKey("mixed");
    await isolate()(`Bearer ${second}`, second);
    expect((await isolate()(`Bearer ${issued}`, second)).status).toBe(200);
    expect((await storedKeys("mixed")).map((row) => row.origin).sort()).toEqual([
      "deployment",
      "issued",
    ]);
  });

  it("remembers an issued key for 30 seconds and an unknown one for 5", async () => {
    let now = 1_000_000;
    const deployment = formatKey(newKey("cached"));
    const ask = isolate(() => now);
    await ask(`Bearer ${deployment}`, deployment);
    const issued = await issueKey("cached");
    const late = await signedKey("cached");
    const lateHash = await hashKey(late);
    const team = env.TEAMS.getByName("cached");
    const status = async (key: string) => (await ask(`Bearer ${key}`, deployment)).status;

    expect(await status(issued)).toBe(200);
    expect(await status(formatKey(late))).toBe(401);
    await runInDurableObject(team, (_, state) => {
      state.storage.sql.exec("DELETE FROM keys WHERE origin = 'issued'");
    });
    await team.issueKey({
      key: { id: late.id, secretHash: lateHash, scope: "full", label: "late" },
      by: { person: late.id, key: "a test" },
    });
    now += 4_999;
    expect(await status(formatKey(late))).toBe(401);
    now += 1;
    expect(await status(formatKey(late))).toBe(200);
    now += 24_999;
    expect(await status(issued)).toBe(200);
    now += 1;
    expect(await status(issued)).toBe(401);
  });

  it("answers 503 while the team cannot be asked, and recovers by itself", async () => {
    const key = formatKey(newKey("broken"));
    const ask = isolate();
    await breakTeam("broken");
    expect(await ask(`Bearer ${key}`, key)).toMatchObject({ status: 503, code: "unavailable" });
    await runInDurableObject(env.TEAMS.getByName("broken"), (_, state) => {
      state.storage.sql.exec("DROP TABLE schema_version");
    });
    expect((await ask(`Bearer ${key}`, key)).status).toBe(200);
  });
});
