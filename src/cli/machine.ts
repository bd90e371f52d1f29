/**
 * What Cairn's clients keep of this machine: its random id, and where the command is. They stand in
 * a folder for state, which nobody has under version control, and not in an agent's settings, which
 * people share. The start hook reads the same files.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND_FILE, MACHINE_FILE } from "../hooks/connect/machine-files.ts";
import { isMachineId } from "../memory/folder-name.ts";
import { COMMAND_PATH } from "./installation.ts";
import { machineFolder } from "./machine-folder.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** The machine's id; null where no `connect` has made one yet. */
export function machineId(): string | null {
  const text = readOr(join(machineFolder(), MACHINE_FILE)).trim();
  return isMachineId(text) ? text : null;
}

/**
 * Makes the machine's id where there is none, and notes where this command is. The id stays when
 * hooks are taken out: folders without a remote are named by it. Returns false where the folder
 * cannot be written to; all else works without.
 */
export function noteMachine(): boolean {
  const folder = machineFolder();
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    if (machineId() === null) {
      write(join(folder, MACHINE_FILE), crypto.randomUUID().replaceAll("-", ""));
    }
    const isRunnable = process.platform !== "win32";
    if (isRunnable && readOr(join(folder, COMMAND_FILE)).trim() !== COMMAND_PATH) {
      write(join(folder, COMMAND_FILE), COMMAND_PATH);
    }
    return true;
  } catch {
    return false;
  }
}

function write(path: string, line: string): void {
  writeFileSync(path, `${line}\n`, { mode: FILE_MODE });
  chmodSync(path, FILE_MODE);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
