import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  eventIdentity,
  eventKey,
  eventSeries,
  parseEventKey,
} from "../../src/memory/event-identity.ts";
import { type FolderPlace, folderProject } from "../../src/memory/folder-name.ts";
import { formatKey, hashKey, newKey, parseKey } from "../../src/memory/key.ts";
import { relativePath, withoutRoot } from "../../src/memory/paths.ts";
import {
  firstFolderName,
  normaliseProject,
  PROJECT_NAME_MAX_CHARS,
  shownProject,
} from "../../src/memory/project-name.ts";
import { contentHash } from "../../src/platform/content-hash.ts";

const REMOTES: [string, string][] = [
  ["git@github.com:acme/app.git", "github.com/acme/app"],
  ["git@github.com:/acme/app.git", "github.com/acme/app"],
  ["github.com:Acme/App", "github.com/acme/app"],
  ["https://github.com/Acme/App.git", "github.com/acme/app"],
  ["https://github.com/acme/app/", "github.com/acme/app"],
  ["  HTTPS://GitHub.com/acme/app.git/  ", "github.com/acme/app"],
  ["https://github.com/acme/app.git?x=1#readme", "github.com/acme/app"],
  ["http://github.com:8080//acme///app", "github.com:8080/acme/app"],
  ["https://user@github.com/acme/app", "github.com/acme/app"],
  ["https://user:ghp_secret@github.com/acme/app.git", "github.com/acme/app"],
  ["https://user:p@ss@github.com/acme/app.git", "github.com/acme/app"],
  ["https://user:pa/ss@github.com/acme/app.git", "github.com/acme/app"],
  ["https://oauth2:443@gitlab.com:443/acme/app", "gitlab.com/acme/app"],
  ["user:token@github.com/acme/app", "github.com/acme/app"],
  ["user:token@github.com:acme/app", "github.com/acme/app"],
  ["ssh://git@github.com/acme/app.git", "github.com/acme/app"],
  ["ssh://git@github.com:22/acme/app.git", "github.com/acme/app"],
  ["ssh://git@ssh.github.com:443/acme/app.git", "github.com/acme/app"],
  ["git+ssh://git@github.com/acme/app.git", "github.com/acme/app"],
  ["git://github.com/acme/app.git", "github.com/acme/app"],
  ["github.com/acme/app", "github.com/acme/app"],
  ["https://gitlab.com/group/sub/app.git", "gitlab.com/group/sub/app"],
  ["git@bitbucket.org:acme@team/app.git", "bitbucket.org/acme@team/app"],
  ["ssh://git@[2001:db8::1]:2222/acme/app.git", "[2001:db8::1]/acme/app"],
  ["http://127.0.0.1:3000/acme/app.git", "127.0.0.1:3000/acme/app"],
  ["http://localhost:3000/acme/app", "localhost:3000/acme/app"],
  ["ssh://git@gitea:2222/acme/app.git", "name/gitea/acme/app"],
  ["git@work-alias:acme/app.git", "name/work-alias/acme/app"],
  ["codecommit::us-east-1://profile@my-repo", "git-codecommit.us-east-1.amazonaws.com/my-repo"],
  [
    "ssh://git-codecommit.us-east-1.amazonaws.com/v1/repos/my-repo",
    "git-codecommit.us-east-1.amazonaws.com/my-repo",
  ],
  ["https://me@dev.azure.com/acme/My%20Shop/_git/web", "dev.azure.com/acme/my shop/web"],
  ["git@ssh.dev.azure.com:v3/acme/My%20Shop/web", "dev.azure.com/acme/my shop/web"],
  ["https://acme.visualstudio.com/DefaultCollection/web/_git/web", "dev.azure.com/acme/web/web"],
  ["https://acme.visualstudio.com/_git/web", "dev.azure.com/acme/web/web"],
  ["acme@vs-ssh.visualstudio.com:v3/acme/shop/web", "dev.azure.com/acme/shop/web"],
  ["https://git.acme.com/scm/SHOP/web.git", "git.acme.com/shop/web"],
  ["https://acme.com/bitbucket/scm/~jo/web.git", "acme.com/~jo/web"],
  ["ssh://git@git.acme.com:7999/shop/web.git", "git.acme.com/shop/web"],
  ["https://gerrit.acme.com/a/app", "gerrit.acme.com/app"],
  ["ssh://me@gerrit.acme.com:29418/app", "gerrit.acme.com/app"],
  ["https://acme-review.googlesource.com/a/app", "acme.googlesource.com/app"],
  ["git@github.com-work:acme/app.git", "github.com/acme/app"],
  ["https://www.github.com/acme/app", "github.com/acme/app"],
  ["https://github.com/acme/app/tree/main/src", "github.com/acme/app"],
  ["app", "name/app"],
  ["acme/app", "name/acme/app"],
  ["My Notes", "name/my notes"],
  ["app.git", "name/app"],
  ["name/app", "name/app"],
  ["Name/App.git", "name/app"],
  ["folder/k1x9/app", "folder/k1x9/app"],
  ["folder/my app-0a1b2c3d", "folder/my app-0a1b2c3d"],
];

describe("names of projects", () => {
  it("makes one project of every form of a remote, and keeps no credential of it", () => {
    for (const [value, name] of REMOTES) {
      expect([value, normaliseProject(value)]).toEqual([value, name]);
      expect([name, normaliseProject(name)]).toEqual([name, name]);
    }
  });

  it("has nothing to say about empty and unusable values", () => {
    const unusable = [
      "",
      "   ",
      "/",
      "///",
      ".",
      "..",
      ".git",
      "name/",
      "folder/",
      "folder/x",
      "folder/x-123",
      "/srv/git/app.git",
      "file:///srv/git/app.git",
      "../app/.git",
      "C:\\repos\\app",
      "\0",
    ];
    for (const value of [...unusable, null, undefined, 7, {}, "x".repeat(3_000)]) {
      expect([value, normaliseProject(value)]).toEqual([value, null]);
    }
  });

  it("never throws, stays bounded and leaves its own names as they are, whatever comes", () => {
    const part = fc.constantFrom(
      "git@",
      "https://",
      "a.b",
      "x",
      ":",
      "/",
      "@",
      ".git",
      "name/",
      " ",
    );
    const mixed = fc.array(fc.oneof(part, fc.string({ unit: "binary" })), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.oneof(
          mixed.map((parts) => parts.join("")),
          fc.string({ unit: "binary", minLength: 280, maxLength: 700 }),
        ),
        (value) => {
          const name = normaliseProject(value);
          if (name === null) return;
          expect(name.length).toBeLessThanOrEqual(PROJECT_NAME_MAX_CHARS);
          expect(normaliseProject(name)).toBe(name);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  const SECRET = new Uint8Array(32).fill(7);
  const MACHINE = { machine: "0123456789abcdef" };
  const named = (
    place: Partial<FolderPlace>,
    owner: { machine: string } | { person: string } = MACHINE,
  ) => folderProject(SECRET, owner, { gitDir: null, root: null, cwd: null, ...place });

  it("names a folder by its last part and a mark, on every platform", async () => {
    const cases: [string, string][] = [
      ["/home/dev/src/App", "app"],
      ["/home/dev/src/app/", "app"],
      ["C:\\Users\\dev\\App", "app"],
      ["/home/dev/my app.git", "my app"],
      ["C:\\", "root"],
      ["/", "root"],
      ["", "root"],
      [`/home/${"x".repeat(300)}`, "x".repeat(100)],
    ];
    for (const [cwd, base] of cases) {
      const name = await named({ cwd });
      expect([cwd, name.slice(0, -9), name]).toEqual([
        cwd,
        `folder/${base}`,
        expect.stringMatching(/-[0-9a-f]{8}$/),
      ]);
      expect(normaliseProject(name)).toBe(name);
      expect(shownProject(name)).toBe(base);
    }
    expect(shownProject("folder/k1x9/app")).toBe("app");
    expect(shownProject("github.com/acme/app")).toBe("github.com/acme/app");
    expect(firstFolderName("k1x9", await named({ cwd: "/src/app" }))).toBe("folder/k1x9/app");
  });

  it("gives one name to all worktrees and folders of a repository, and to all ways to write it", async () => {
    const gitDir = "/home/u/app/.git";
    const name = await named({ gitDir, root: "/home/u/app", cwd: "/home/u/app/src" });
    expect(await named({ gitDir, root: "/home/u/tree", cwd: "/home/u/tree" })).toBe(name);
    // Before `git init`, and with a git that cannot tell where its folder is.
    expect(await named({ cwd: "/home/u/app" })).toBe(name);
    expect(await named({ root: "/home/u/app", cwd: "/home/u/app/src" })).toBe(name);
    const windows = [
      "C:\\Users\\me\\App",
      "c:/users/me/app/",
      "/c/Users/me/App",
      "/mnt/c/users/me/app",
    ];
    const names = await Promise.all(windows.map((cwd) => named({ cwd })));
    expect(new Set(names).size).toBe(1);
  });

  it("tells apart namesakes in other folders, on other machines, of other people and teams", async () => {
    const cwd = "/home/u/app";
    const names = [
      await named({ cwd }),
      await named({ cwd: "/home/u/other/app" }),
      await named({ cwd: "/home/u/App" }),
      await named({ cwd }, { machine: "fedcba9876543210" }),
      await named({ cwd }, { person: "0123456789abcdef" }),
      await named({ cwd }, { person: "k1x9" }),
      await folderProject(SECRET.slice().fill(8), MACHINE, { gitDir: null, root: null, cwd }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("paths", () => {
  it("are relative to the root in each of the ways in which Windows folders are written", () => {
    const cases: [string, string, string][] = [
      ["/home/u/app", "/home/u/app/src/a.ts", "src/a.ts"],
      ["/home/u/app", "/home/u/apple/a.ts", "/home/u/apple/a.ts"],
      ["C:\\Users\\me\\repo", "c:\\Users\\me\\repo\\src\\a.ts", "src/a.ts"],
      ["/c/Users/me/repo", "C:/Users/me/repo/x", "x"],
      ["/mnt/c/Users/me/repo", "c:\\users\\me\\repo\\x", "x"],
      ["/c/x", "/c/x", "."],
    ];
    for (const [root, path, shown] of cases) {
      expect([path, relativePath(root, path)]).toEqual([path, shown]);
    }
    const output =
      "C:\\Users\\me\\repo\\src\\b.ts(3,5), c:/Users/me/repo/x, /mnt/c/Users/me/repo/y";
    expect(withoutRoot("C:\\Users\\me\\repo", output)).toBe("src\\b.ts(3,5), x, y");
    expect(withoutRoot("/", "/etc/hosts")).toBe("/etc/hosts");
  });
});

describe("identity of events", () => {
  const clues = { kind: "tool_use", text: () => "same text" } as const;

  it("recognises each kind by what the agent names it with", () => {
    const same = contentHash("done");
    const cases = [
      [{ kind: "tool_use", toolUseId: "t1", eventId: "e" }, "tool:t1", "session", "t1"],
      [{ kind: "tool_failure", toolUseId: "t1" }, "tool:t1", "session", "t1"],
      [{ kind: "prompt", promptId: "p1" }, "prompt:p1", "session", null],
      [{ kind: "turn_end", promptId: "p1" }, `stop:p1:${same}`, "session", null],
      [{ kind: "compaction", promptId: "p1" }, `compact:${same}`, "session", null],
      [{ kind: "subagent_end", agentId: "a1" }, `agent:a1:${same}`, "session", "a1"],
    ] as const;
    for (const [given, identity, identityScope, subject] of cases) {
      expect(eventIdentity({ ...given, text: () => "done" })).toEqual({
        identity,
        identityScope,
        subject,
      });
    }
  });

  it("tells two stops of one turn apart by their messages, and two tool calls by their ids", () => {
    const stop = (text: string) =>
      eventIdentity({ kind: "turn_end", promptId: "p", text: () => text });
    expect(stop("done").identity).not.toBe(stop("done again").identity);
    expect(eventIdentity({ ...clues, toolUseId: "t1" }).identity).not.toBe(
      eventIdentity({ ...clues, toolUseId: "t2" }).identity,
    );
  });

  it("goes by the client's header without an id, and by the newest text without either", () => {
    expect(eventIdentity({ ...clues, eventId: "e-1" })).toMatchObject({
      identity: expect.stringMatching(/^header:/),
      identityScope: "session",
    });
    // One call's hooks that a client names alike are not each other's retries.
    const named = (kind: "prompt" | "turn_end") =>
      eventIdentity({ kind, eventId: "e-1", text: () => "" }).identity;
    expect(named("prompt")).not.toBe(named("turn_end"));
    const bare = eventIdentity({ ...clues, toolUseId: "" });
    expect(bare).toMatchObject({ identityScope: "newest", subject: null });
    expect(bare.identity).toBe(eventIdentity(clues).identity);
    expect(bare.identity).not.toBe(eventIdentity({ ...clues, kind: "prompt" }).identity);
  });

  it("hashes an id that is too long or not printable, the same each time", () => {
    for (const toolUseId of ["x".repeat(500), "a\nb", "a b"]) {
      const { identity } = eventIdentity({ ...clues, toolUseId });
      expect(identity).toMatch(/^tool:hash-[0-9a-f]{32}$/);
      expect(eventIdentity({ ...clues, toolUseId }).identity).toBe(identity);
    }
  });

  it("names events so that the name can be read back", () => {
    const cases = [
      [eventKey("tool_use", "toolu_1:a", 4), "tool:toolu_1:a", "tool", "toolu_1:a", null],
      [eventKey("tool_failure", null, 4), "tool:#4", "tool", null, 4],
      [eventKey("prompt", null, 1), "prompt:1", "prompt", null, 1],
      [eventKey("turn_end", null, 12), "stop:12", "stop", null, 12],
      [eventKey("compaction", null, 2), "compact:2", "compact", null, 2],
      [eventKey("subagent_end", "a:b", 3), "agent:a:b:3", "agent", "a:b", 3],
      [eventKey("subagent_end", null, 3), "agent:#:3", "agent", null, 3],
    ] as const;
    for (const [key, expected, series, subject, n] of cases) {
      expect(key).toBe(expected);
      expect(parseEventKey(key)).toEqual({ series, subject, n });
    }
    for (const wrong of [
      "",
      "tool:",
      "prompt:0",
      "prompt:x",
      "stop:",
      "agent:a",
      "agent::1",
      "x:1",
    ]) {
      expect([wrong, parseEventKey(wrong)]).toEqual([wrong, null]);
    }
    expect(eventSeries("tool_failure")).toBe(eventSeries("tool_use"));
  });

  it("hashes differing texts differently", () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      seen.add(contentHash(`text ${i}`));
      seen.add(contentHash("a".repeat(i % 500) + i));
    }
    expect(seen.size).toBe(40_000);
  });
});

describe("keys", () => {
  const secret = "S".repeat(32);

  it("reads the parts of a key and refuses what is none", () => {
    expect(parseKey(`cairn_my-team_ab12_${secret}`)).toEqual({
      team: "my-team",
      id: "ab12",
      secret,
    });
    const wrong = [
      "",
      "cairn",
      `cairn_my-team_ab12_${"S".repeat(31)}`,
      `cairn_My_ab12_${secret}`,
      `cairn_${"t".repeat(41)}_ab12_${secret}`,
      `cairn_t_abc_${secret}`,
      `cairn_t_${"a".repeat(17)}_${secret}`,
      `cairn_t_ab12_${secret}-`,
      `cairn_t_ab12_${secret}\n`,
      ` cairn_t_ab12_${secret}`,
      `cairn_t_ab12_${"S".repeat(100_000)}`,
    ];
    for (const text of wrong)
      expect([text.slice(0, 80), parseKey(text)]).toEqual([text.slice(0, 80), null]);
  });

  it("makes keys that it reads back, never one twice, and hashes them whole", async () => {
    const key = newKey("local");
    expect(parseKey(formatKey(key))).toEqual(key);
    expect(newKey("local").secret).not.toBe(key.secret);
    expect(() => newKey("No Team")).toThrow();
    const hash = await hashKey(key);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashKey({ ...key, team: "other" })).not.toBe(hash);
  });
});
