import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { ROOT } from "../../src/cli/installation.ts";
import { program } from "../../src/cli/program.ts";

/** A command as a text names it, by what stands between `cairn` and the end of the span. */
interface Named {
  file: string;
  words: string;
}

/** Files below a folder, by their ending, without what is not ours or only describes the past. */
function files(folder: string, ending: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** In Markdown: spans of code, and the lines of blocks that a person types. */
function inMarkdown(file: string): Named[] {
  const text = read(file);
  const [prose, blocks] = [text.split(/^```.*$/m), [] as string[]];
  const outside = prose.filter((_, i) => i % 2 === 0).join("\n");
  for (const block of prose.filter((_, i) => i % 2 === 1)) {
    const typed = block.split("\n").filter((line) => line.startsWith("$ "));
    blocks.push(...(typed.length > 0 ? typed.map((line) => line.slice(2)) : block.split("\n")));
  }
  const spans = [...outside.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? "");
  return [...spans, ...blocks].flatMap((span) => {
    const words = /^(?:npx cairn-memory|(?:bin\/)?cairn(?:\.js)?) ([a-z][^#]*)/.exec(span)?.[1];
    return words === undefined ? [] : [{ file, words }];
  });
}

/** In sources: after the command as this machine types it, and in quotes of comments and texts. */
function inSource(file: string): Named[] {
  const text = read(file);
  const typed = text.matchAll(/\$\{CAIRN\} ([a-z][^`"\n]*)/g);
  const quoted = text.matchAll(/`cairn ([a-z][^`\n]*)`/g);
  return [...typed, ...quoted].map(([, words]) => ({ file, words: words ?? "" }));
}

const NAMED = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", ...files("docs", /\.md$/)].flatMap(inMarkdown),
  ...files("src", /\.[jt]s$/).flatMap(inSource),
  ...files("bench", /\.md$/).flatMap(inMarkdown),
];

/** What is wrong with a command as it is named; null for nothing. */
function fault({ words }: Named): string | null {
  const [said = ""] = words.split(/[.,;)](?=\s|$)|\\n/);
  const [first = "", second = ""] = said.split(/\s+/);
  const find = (of: Command, name: string) => of.commands.find((one) => one.name() === name);
  const command = find(program, first);
  if (command === undefined) return `there is no command ${first}`;
  const below = find(command, second);
  const takes = [command, ...(below === undefined ? [] : [below])].flatMap((one) => one.options);
  for (const [option] of said.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)) {
    if (!takes.some(({ long, short }) => option === long || option === short)) {
      // What a search is asked for may look like an option.
      if (first !== "search") return `${first} has no option ${option}`;
    }
  }
  return null;
}

it("names only commands that there are, with options that they have", () => {
  expect(NAMED.length).toBeGreaterThan(100);
  const faults = NAMED.map((named) => ({ ...named, fault: fault(named) }));
  expect(faults.filter((one) => one.fault !== null)).toEqual([]);
});

it("tells a person to run the command as this machine has it", () => {
  // Comments, and what goes into files, call it by its name alone.
  const isComment = /^\s*(?:\/\/|\/?\*)/;
  const names = program.commands.map((one) => one.name()).join("|");
  const bare = new RegExp(`(?<![\\w./}\`])cairn (?:${names})\\b`);
  const told = files("src/cli", /\.ts$/).flatMap((file) =>
    read(file)
      .split("\n")
      .filter((line) => !isComment.test(line) && bare.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(told).toEqual([]);
});

it("describes every command in the README", () => {
  const described = new Set(inMarkdown("README.md").map(({ words }) => words.split(/\s/)[0] ?? ""));
  const hidden = new Set(["help", "complete", "runtime", "dev", "hook-start"]);
  const missing = program.commands.map((one) => one.name()).filter((name) => !hidden.has(name));
  expect(missing.filter((name) => !described.has(name))).toEqual([]);
});
