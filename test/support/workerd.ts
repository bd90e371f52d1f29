/** The bare runtime, for what runs another Worker than Cairn's, or two versions of it. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { ROOT } from "../../src/cli/installation.ts";

/** The runtime's behaviour is that of this date; it stands in wrangler.toml and nowhere else. */
export function compatibilityDate(): string {
  const { compatibility_date: date } = readConfig({ config: join(ROOT, "wrangler.toml") });
  if (date === undefined) throw new Error("wrangler.toml has no compatibility_date");
  return date;
}

/** The binary that the package `workerd` brought for this platform. */
export function workerdBinary(): string {
  const require = createRequire(join(ROOT, "package.json"));
  return (require("workerd") as { default: string }).default;
}
