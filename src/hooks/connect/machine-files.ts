/** Files in which a machine keeps what Cairn's clients know of it. */

/** Their folder as a POSIX shell finds it. */
export const MACHINE_FOLDER_SH = `\${XDG_STATE_HOME:-$HOME/.local/state}/cairn`;
/** The machine's random id. */
export const MACHINE_FILE = "machine";
/** In a folder: no session that begins in it, or below it, is recorded. */
export const IGNORE_FILE = ".cairnignore";
/** Setting of git that says the same of a repository. */
export const SKIP_SETTING = "cairn.skip";
/** The absolute command by which a shell runs `cairn`. */
export const COMMAND_FILE = "command";
