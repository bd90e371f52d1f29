/** A server of another version than this command is told of once, and not with each call. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import cairn from "../../package.json" with { type: "json" };
import { CAIRN } from "./installation.ts";
import { machineFolder } from "./machine-folder.ts";

/** Address of a server -> both versions, as they were told. */
const ToldSchema = z.record(z.string(), z.string());

const VERSION_PATTERN = /^\d{1,5}(?:\.\d{1,5}){2}(?:-[\w.]{1,30})?$/;

/**
 * One line for a person where the versions differ and that was not told yet, else null. `server` is
 * what the server's answer says; servers before 0.2.0 say nothing.
 */
export function versionNote(url: string, server: string | null): string | null {
  if (server === null || server === cairn.version || !VERSION_PATTERN.test(server)) return null;
  const pair = `${server} ${cairn.version}`;
  const told = readTold();
  if (told[url] === pair) return null;
  try {
    mkdirSync(machineFolder(), { recursive: true, mode: 0o700 });
    writeFileSync(toldFile(), JSON.stringify({ ...told, [url]: pair }), { mode: 0o600 });
  } catch {
    // Told again the next time.
  }
  const remedy = isNewer(server, cairn.version)
    ? "update this command"
    : `update the server (a deployment with: ${CAIRN} deploy)`;
  return `note: ${url} is Cairn ${server}, and this command is ${cairn.version}: ${remedy}.`;
}

function toldFile(): string {
  return join(machineFolder(), "told-versions.json");
}

function readTold(): Record<string, string> {
  try {
    return ToldSchema.parse(JSON.parse(readFileSync(toldFile(), "utf8")));
  } catch {
    return {};
  }
}

/** Of two versions `a.b.c`, whether the first is the newer one. */
function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((version) => version.split(/[.-]/).map(Number));
  const at = [0, 1, 2].find((i) => a?.[i] !== b?.[i]);
  return at !== undefined && (a?.[at] ?? 0) > (b?.[at] ?? 0);
}
