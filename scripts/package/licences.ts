/** The licences of the packages whose code is bundled: each of them asks to be handed on. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** Their texts in order of name, from the bundled files' paths below `root`. */
export function licencesOf(root: string, files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => PACKAGE_FOLDER.exec(file)?.[1] ?? []));
  return [...folders]
    .toSorted()
    .map((folder) => {
      const about = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const texts = readdirSync(join(root, folder))
        .filter((name) => LICENCE_FILE.test(name) && existsSync(join(root, folder, name)))
        .map((name) => readFileSync(join(root, folder, name), "utf8").trim());
      return [`${about.name} ${about.version} (${about.license})`, ...texts].join("\n\n");
    })
    .join(`\n\n${"-".repeat(80)}\n\n`)
    .concat("\n");
}
