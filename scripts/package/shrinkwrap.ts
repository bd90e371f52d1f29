/** The lock file of the package: of everything that npm installs beside it, and of nothing else. */
import { z } from "zod";

const EntrySchema = z.looseObject({
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  link: z.boolean().optional(),
});
const LockSchema = z.looseObject({ packages: z.record(z.string(), EntrySchema) });

/** From the text of `package-lock.json`: without what is only developed with. */
export function shrinkwrap(lock: string): string {
  const { packages, ...head } = LockSchema.parse(JSON.parse(lock));
  const installed = Object.entries(packages).flatMap(([path, entry]) => {
    if (path === "") {
      const { devDependencies: _development, ...root } = entry;
      return [[path, root]];
    }
    const isInstalled =
      path.startsWith("node_modules/") && !entry.dev && !entry.devOptional && !entry.link;
    return isInstalled ? [[path, entry]] : [];
  });
  return `${JSON.stringify({ ...head, packages: Object.fromEntries(installed) }, null, 2)}\n`;
}
