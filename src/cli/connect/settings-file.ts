/** Files of settings that belong to somebody else: read with care, written whole or not at all. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import type { JsonObject } from "../../hooks/connect/agent-connect.ts";
import { Failure } from "../failure.ts";
import { editJson } from "./json-edit.ts";

/** A settings file may carry a key: what we make is readable by its owner only. */
const NEW_FILE_MODE = 0o600;
const BYTE_ORDER_MARK = "\uFEFF";

export interface SettingsFile {
  path: string;
  /** Null where there is no file. */
  text: string | null;
  value: JsonObject;
}

/** Throws a `Failure` where the file cannot be read or is no JSON object; it is left as it is. */
export function readSettingsFile(path: string): SettingsFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { path, text: null, value: {} };
    throw new Failure(`cannot read ${path}: ${(error as Error).message}`);
  }
  const json = text.replace(BYTE_ORDER_MARK, "");
  if (json.trim() === "") return { path, text: null, value: {} };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Failure(
      `${path} is not valid JSON (${(error as Error).message}). Nothing was changed: ` +
        "correct the file, then run this again.",
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Failure(`${path} has no JSON object in it. Nothing was changed.`);
  }
  // What JSON.parse gives is JSON; a copy of it could lose a member that is called `__proto__`.
  return { path, text, value: value as JsonObject };
}

/**
 * Writes a new value, changing as little of the text as can be; with null the file is removed.
 * Returns false where nothing had to be changed. A symbolic link stays one, and what it leads to is
 * written, or removed.
 */
export function writeSettingsFile(file: SettingsFile, value: JsonObject | null): boolean {
  if (value === null) {
    if (file.text === null) return false;
    rmSync(linkTarget(file.path));
    return true;
  }
  const text =
    file.text === null ? `${JSON.stringify(value, null, 2)}\n` : edited(file.text, value);
  return writeText(file.path, file.text, text);
}

/** Writes a text where it is another one than before; as `writeSettingsFile` does. */
export function writeText(path: string, before: string | null, text: string): boolean {
  if (text === before) return false;
  const target = linkTarget(path);
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.cairn-${process.pid}`;
  try {
    const mode = existsSync(target) ? statSync(target).mode & 0o777 : NEW_FILE_MODE;
    writeFileSync(partial, text, { mode });
    chmodSync(partial, mode);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new Failure(`cannot write ${target}: ${(error as Error).message}`);
  }
  return true;
}

function edited(text: string, value: JsonObject): string {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  return mark + editJson(text.slice(mark.length), value);
}

/** The file behind a symbolic link, even one that points to nothing yet. */
export function linkTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return isLink ? resolve(dirname(path), readlinkSync(path)) : path;
  }
}
