import { expect, it } from "vitest";
import { readPlace } from "../../src/hooks/hook-place.ts";

function placeOf(headers: Record<string, string>) {
  return readPlace((name) => headers[name] ?? null);
}

it("takes a command only where nothing in it can be run or read as anything else", () => {
  const good = [
    "/opt/cairn/bin/cairn.js",
    "/home/jürgen/.npm-global/bin/cairn",
    "C:\\Users\\me\\AppData\\npm\\cairn.cmd",
  ];
  for (const cli of good) expect(placeOf({ "X-Cairn-Cli": cli }).cli).toBe(cli);
  const bad = [
    "",
    "cairn",
    "bin/cairn.js",
    "/opt/cairn/bin/cairn.js; rm -rf ~",
    "/opt/cairn/bin/cairn.js search",
    "/opt/my tools/cairn",
    "/opt/$(id)/cairn",
    "/opt/`id`/cairn",
    "/opt/'x'/cairn",
    "/opt/\u202ecairn/cairn",
    "/opt/tool",
    "https://example.com/cairn",
    `/${"x/".repeat(200)}cairn`,
  ];
  for (const cli of bad) expect([cli, placeOf({ "X-Cairn-Cli": cli }).cli]).toEqual([cli, null]);
});

it("takes absolute paths of any platform, whichever way their letters came, and ids of machines", () => {
  const bytes = String.fromCharCode(...new TextEncoder().encode("/home/u/größe"));
  for (const [sent, read] of [
    ["/home/u/app", "/home/u/app"],
    ["C:/Users/me/app", "C:/Users/me/app"],
    [bytes, "/home/u/größe"],
    ["/home/u/größe", "/home/u/größe"],
    ["--path-format=absolute.git", null],
    ["../app", null],
    ["/a\u0000b", null],
    [`/${"x".repeat(5_000)}`, null],
  ] as const) {
    expect(placeOf({ "X-Cairn-Root": sent }).root).toBe(read);
    expect(placeOf({ "X-Cairn-Git-Dir": sent }).gitDir).toBe(read);
  }
  const machine = "0123456789abcdef";
  expect(placeOf({ "X-Cairn-Machine": machine }).machine).toBe(machine);
  for (const wrong of ["short", "x".repeat(65), "0123456789ABCDEF", "a b".repeat(9)]) {
    expect(placeOf({ "X-Cairn-Machine": wrong }).machine).toBeNull();
  }
  expect(placeOf({}).notice).toBe(true);
  expect(placeOf({ "X-Cairn-Notice": "Off " }).notice).toBe(false);
  expect(placeOf({ "X-Cairn-Project-From": "config" }).projectFrom).toBe("config");
  expect(placeOf({ "X-Cairn-Project-From": "machine" }).projectFrom).toBe("remote");
});
