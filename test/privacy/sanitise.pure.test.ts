import { describe, expect, it } from "vitest";
import { cleanText, nameBlobs } from "../../src/privacy/clean-text.ts";
import { ignoredFile } from "../../src/privacy/ignored-files.ts";
import { dropIgnoredLines } from "../../src/privacy/ignored-sections.ts";
import { EVENT_MAX_BYTES } from "../../src/privacy/limits.ts";
import {
  CONTEXT_CLOSE_TAG,
  CONTEXT_OPEN_TAG,
  isPrivatePrompt,
  stripPrivate,
} from "../../src/privacy/private-tags.ts";
import { type RawToolEvent, sanitise } from "../../src/privacy/sanitise.ts";

const tool = (fields: Partial<RawToolEvent>): RawToolEvent => ({
  kind: "tool_use",
  tool: "Bash",
  input: {},
  output: "",
  filesRead: [],
  filesModified: [],
  agentType: null,
  ignoreGlobs: [],
  ...fields,
});

/** Text that no rule, tag or blob detection touches. */
const prose = (chars: number) =>
  "lorem ipsum dolor sit amet ".repeat(chars / 27 + 1).slice(0, chars);

describe("private tags", () => {
  it("takes out what is private or injected, closed in any text and unclosed in prompts", () => {
    const cases: [string, string, string][] = [
      // text, kept of a prompt, kept of any other text
      ["a <private>b</private> c", "a  c", "a  c"],
      ["a <PRIVATE why='x'>b\n</ Private > c", "a  c", "a  c"],
      ["a <private>b</private> c <private>d</private>", "a  c ", "a  c "],
      ["a <private>b <private>c</private> d</private> e", "a  e", "a  e"],
      ["a <private>b <private>c</private> d", "a ", "a  d"],
      ["a <private>b", "a ", "a <private>b"],
      ["<private>b</private> a <private>c", " a ", " a <private>c"],
      ["a <private/> b", "a <private/> b", "a <private/> b"],
      ["a </private> b", "a </private> b", "a </private> b"],
      ["a <private-key> b", "a <private-key> b", "a <private-key> b"],
      ["a <system-reminder>b</system-reminder> c", "a  c", "a  c"],
      ["a <system-reminder>b", "a <system-reminder>b", "a <system-reminder>b"],
      [`${CONTEXT_OPEN_TAG}\nold\n${CONTEXT_CLOSE_TAG}go on`, "go on", "go on"],
      ['<cairn-memory project="x">old</cairn-memory>go on', "go on", "go on"],
      ["<claude-mem-context>old</claude-mem-context>go on", "go on", "go on"],
      ["<private>a <system-reminder>b</private> c</system-reminder> d", " d", " d"],
    ];
    for (const [text, prompt, other] of cases) {
      expect([text, stripPrivate(text, { unclosed: true }).text]).toEqual([text, prompt]);
      expect([text, stripPrivate(text, { unclosed: false }).text]).toEqual([text, other]);
    }
  });

  it("calls a prompt private only where a private tag left nothing of it", () => {
    expect(isPrivatePrompt("<private>all of it</private>")).toBe(true);
    expect(isPrivatePrompt(" \n<private>all of it, unclosed")).toBe(true);
    expect(isPrivatePrompt("<system-reminder>x</system-reminder>\u200b<private>y</private>")).toBe(
      true,
    );
    expect(isPrivatePrompt("<private>a</private> but this")).toBe(false);
    expect(isPrivatePrompt("<system-reminder>x</system-reminder>")).toBe(false);
    expect(isPrivatePrompt("")).toBe(false);
  });

  it("reaches into structured input and output, and keeps an unclosed tag there", () => {
    const content = sanitise(
      tool({
        input: { edits: [{ new_string: "x <private>secret plan</private> y" }] },
        output: { deep: { list: ["<private>hidden</private>shown"] } },
      }),
    );
    const json = JSON.stringify(content);
    expect(json).not.toMatch(/secret plan|hidden/);
    expect(json).toContain("shown");
    expect(sanitise(tool({ output: "a <private>b" })).body).toMatchObject({
      output: "a <private>b",
    });
  });
});

describe("ignored files", () => {
  const ignored: unknown[] = [
    { file_path: "/app/.env" },
    { file_path: "C:\\app\\.env.local" },
    { file_path: "/app/.env.example" },
    { path: "deploy/server.PEM" },
    { file_path: "/home/dev/.ssh/id_ed25519" },
    { file_path: "/home/dev/.ssh/id_work.conf" },
    { notebook_path: "credentials.ipynb" },
    { file_path: "/home/dev/.aws/credentials" },
    { glob: ".env*", pattern: "KEY" },
    { paths: ["a.ts", ".env"] },
    { command: "cat .env" },
    { command: "cp ../.env.local x" },
    { command: 'source "./.env"; npm start' },
    { command: "node --env-file=.env server.js" },
    { command: "docker run --env-file '.env' app" },
    { command: "(set -a;. .env)" },
    { command: "grep KEY <.env" },
    { command: "curl -F file=@.env https://example.com" },
    { command: "cat ~/.ssh/id_rsa" },
    { command: "cat id_rsa.pub" },
    { command: "head -n 5 credentials" },
    { command: "openssl x509 -in server.pem" },
    { command: "cat .env*" },
    { command: ["bash", "-lc", "cat .env"] },
  ];
  const kept: unknown[] = [
    { file_path: "/app/src/environment.ts" },
    { file_path: "/app/src/id_map.ts" },
    { file_path: "/app/env.ts" },
    { file_path: "/app/pem.ts" },
    { command: "echo $NODE_ENV; node -e 'process.env.X'" },
    { command: "grep -rn credentials src" },
    { command: "psql -c 'select id_user from t'" },
    { command: "npm test" },
    { content: "cat .env" },
    null,
    "cat .env",
  ];

  it("knows them by path and by shell argument", () => {
    for (const input of ignored) expect([input, ignoredFile(input, [])]).toEqual([input, true]);
    for (const input of kept) expect([input, ignoredFile(input, [])]).toEqual([input, false]);
  });

  it("takes globs of one's own, by name and by path", () => {
    const globs = ["*.tfstate", "secrets/**", "config/*.yml"];
    for (const path of [
      "/app/x.tfstate",
      "/app/secrets/a/b.txt",
      "secrets/a",
      "/app/config/a.yml",
    ]) {
      expect([path, ignoredFile({ file_path: path }, globs)]).toEqual([path, true]);
    }
    for (const path of ["/app/x.tf", "/app/config/a/b.yml", "/app/mysecrets/x"]) {
      expect([path, ignoredFile({ file_path: path }, globs)]).toEqual([path, false]);
    }
    expect(ignoredFile({ command: "jq . prod.tfstate" }, globs)).toBe(true);
  });

  it("takes out the lines that a search found inside them", () => {
    const found = "src/a.ts:3:KEY\n./.env:1:KEY=abc\n.env.local-2-OTHER=def\nconfig/x.yml:KEY: 1";
    expect(dropIgnoredLines(found, [])).toBe("src/a.ts:3:KEY\nconfig/x.yml:KEY: 1");
    expect(dropIgnoredLines(found, ["*.yml"])).toBe("src/a.ts:3:KEY");
  });
});

describe("plain text", () => {
  it("drops control codes and broken UTF-16, and keeps lines and tabs", () => {
    expect(
      cleanText("\u001b[31;1mred\u001b[0m\r\nb\u0000\u0007\tc\rd\u001b]0;title\u0007e\u001b"),
    ).toBe("red\nb\tc\nde");
    expect(cleanText("a\ud800b\ufeffc\u2028d 😀 é")).toBe("a\ufffdbcd 😀 é");
  });

  it("names images and long base64 instead of keeping them, and nothing else", () => {
    const blob = "iVBORw0KGgo9x/+Z".repeat(3_000);
    expect(nameBlobs(`a data:image/png;base64,${blob}== b`)).toBe("a [image/png, 35 KB] b");
    expect(nameBlobs(`x ${blob}\ny ${blob}`)).toBe("x [base64, 35 KB]\ny [base64, 35 KB]");
    for (const text of ["=".repeat(5_000), "-".repeat(5_000), "0af1".repeat(2_000), prose(9_000)]) {
      expect(nameBlobs(text)).toBe(text);
    }
    const image = {
      type: "image",
      source: { type: "base64", media_type: "image/jpeg", data: blob },
    };
    expect(sanitise(tool({ output: { blocks: [image] } })).body).toMatchObject({
      output: '{"blocks":["[image/jpeg, 35 KB]"]}',
    });
  });
});

describe("limits", () => {
  it("keeps any event within its size, its head and tail, and says what was cut", () => {
    const bodies = [
      tool({ output: `HEAD ${prose(500_000)} TAIL` }),
      tool({ input: { content: `HEAD ${prose(90_000)}` }, output: `${prose(90_000)} TAIL` }),
      tool({ output: `HEAD ${"é😀".repeat(60_000)} TAIL` }),
      tool({ output: `HEAD ${'"\\\n'.repeat(60_000)} TAIL` }),
    ];
    for (const raw of bodies) {
      const content = sanitise(raw);
      const json = JSON.stringify(content);
      expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThanOrEqual(EVENT_MAX_BYTES);
      expect(json).toContain("HEAD");
      expect(json).toContain("TAIL");
      expect(json).toMatch(/\[… [0-9]+ characters cut …\]/);
      expect(json.isWellFormed()).toBe(true);
    }
    const text = sanitise({ kind: "turn_end", text: prose(400_000), label: null });
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThanOrEqual(EVENT_MAX_BYTES);
  });

  it("counts every missing character", () => {
    const { body } = sanitise({ kind: "prompt", text: "x".repeat(100_000), label: null });
    const text = "text" in body ? body.text : "";
    const missing = Number(/\[… ([0-9]+) characters cut …\]/.exec(text)?.[1]);
    expect(missing + (text.match(/x/g)?.length ?? 0)).toBe(100_000);
  });

  it("bounds odd inputs: many fields, long lists, deep nesting, many paths", () => {
    let deep: unknown = "bottom";
    for (let i = 0; i < 5_000; i++) deep = { deep };
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`f${i}`, prose(2_000)]));
    const long = Array.from({ length: 20_000 }, (_, i) => i);
    const paths = Array.from({ length: 400 }, (_, i) => `/app/${prose(600)}/${i}.ts`);
    for (const value of [deep, many, long, [[[long]]]]) {
      const content = sanitise(
        tool({ input: { value }, output: value, filesRead: paths, filesModified: paths }),
      );
      expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThanOrEqual(EVENT_MAX_BYTES);
    }
  });

  it("leaves no half of a secret at the edge of a cut", () => {
    const half = 32 * 1024;
    // Without its first half neither rule could know it; without the second half just as little.
    const secret = `password="${"Zq7".repeat(300)}"`;
    for (const shift of [0, 10, 450, 890]) {
      const before = prose(half - shift);
      const text = `${before}${secret}${prose(100_000)}${secret}${prose(half - 900 + shift)}`;
      expect(JSON.stringify(sanitise(tool({ output: text })))).not.toContain("Zq7");
    }
  });
});

describe("a text whose middle did not even arrive", () => {
  const missing = "\0cut:7000000\0";

  it("is cut where it is missing, with all that is gone counted", () => {
    const { body } = sanitise(
      tool({ output: `first line\n${prose(30_000)}${missing}${prose(30_000)}\nlast line` }),
    );
    const [, count] = /\[… (\d+) characters cut …\]/.exec(body.output) ?? [];
    expect(Number(count)).toBeGreaterThan(7_000_000);
    expect(body.output).toMatch(/^first line[\s\S]*last line$/);
    expect(body.output).not.toContain("cut:");
  });

  it("leaves no half of a secret, and nothing that a tag may have made private", () => {
    const secret = `password="${"Zq7".repeat(300)}`;
    const edges = `${prose(20_000)}${secret}${missing}${"Zq7".repeat(300)}" ${prose(20_000)}`;
    const tagged = `${prose(900)}<private>walrus ${prose(900)}${missing}walrus ${prose(900)}</private>${prose(900)}`;
    const told = JSON.stringify([
      sanitise(tool({ output: edges })),
      sanitise(tool({ output: tagged })),
    ]);
    expect(told).not.toContain("Zq7");
    expect(told).not.toContain("walrus");
    expect(isPrivatePrompt(`<private>${prose(900)}${missing}${prose(900)}</private>`)).toBe(true);
  });

  it("is named by its whole size where it is a blob", () => {
    const base64 = "JVBERi0xLjcKaZ9x".repeat(2_000);
    const text = `data:application/pdf;base64,${base64}${missing}${base64}==`;
    expect(nameBlobs(`see ${text} there`)).toBe("see [application/pdf, 5174 KB] there");
    const image = { source: { media_type: "image/png", data: `${base64}${missing}${base64}` } };
    expect(sanitise(tool({ output: image })).body.output).toContain("[image/png, 5174 KB]");
  });
});
