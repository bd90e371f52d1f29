import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";

afterAll(removeTemporaryFolders);

it("completes commands, options and their values", { timeout: 60_000 }, async () => {
  const home = temporaryFolder("completion");
  const bin = join(home, "bin");
  mkdirSync(bin);
  symlinkSync(CAIRN, join(bin, "cairn"));
  const env = environment(home, { PATH: `${bin}:${process.env.PATH}` });
  const asked = async (...words: string[]) =>
    (await run(CAIRN, ["complete", "--", ...words], { cwd: home, env })).stdout;
  const commands = await asked("");
  expect(commands).toMatch(/^search\tsearch what is known/m);
  expect(commands).not.toMatch(/^(?:runtime|complete)\b/m);
  expect(await asked("add", "--type", "")).toMatch(/^decision\b/m);
  expect(await asked("connect", "")).toMatch(/^claude-code\b/m);
  expect(await asked("rm", "--")).toMatch(/^--yes\b/m);
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { code, stdout } = await run(CAIRN, ["completion", shell], { cwd: home, env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/cairn.{0,40} complete/s);
  }
  const { stdout } = await run(CAIRN, ["completion", "bash"], { cwd: home, env });
  expect(await run("bash", ["-n"], { cwd: home, env, input: stdout })).toMatchObject({ code: 0 });
});
