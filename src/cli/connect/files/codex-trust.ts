/**
 * Codex runs only hooks that its person trusts: their hashes stand in its config.toml. This computes
 * them as Codex 0.169 to 0.171 do, so that `connect codex --trust` can say yes in its person's name.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { JsonObject } from "../../../hooks/connect/agent-connect.ts";
import { isOwnCommand } from "../../../hooks/connect/settings-command.ts";

/** Others' hooks may be of any form: they count, and are not looked into. */
const HooksSchema = z.looseObject({
  hooks: z.record(z.string(), z.array(z.looseObject({ hooks: z.array(z.unknown()) }))),
});
const OwnHookSchema = z.object({
  command: z.string().refine((command) => isOwnCommand(command, "codex")),
  timeout: z.number(),
});

/** `SessionStart` as `session_start`. */
function snake(event: string): string {
  return event.replaceAll(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase();
}

/** Of JSON with sorted keys and no spaces, as Codex builds it from a hook. */
function hashOf(event: string, hook: { command: string; timeout: number }): string {
  const identity = {
    event_name: snake(event),
    hooks: [{ async: false, command: hook.command, timeout: hook.timeout, type: "command" }],
  };
  return `sha256:${createHash("sha256").update(JSON.stringify(identity)).digest("hex")}`;
}

export interface Trust {
  /** Header of its table. */
  table: string;
  hash: string;
}

/** What has to be trusted of a file of hooks, by its absolute path. */
export function trustsOf(path: string, hooks: JsonObject): Trust[] {
  const groups = HooksSchema.safeParse(hooks).data?.hooks ?? {};
  return Object.entries(groups).flatMap(([event, list]) =>
    list.flatMap((group, g) =>
      group.hooks.flatMap((hook, h) => {
        const own = OwnHookSchema.safeParse(hook).data;
        if (own === undefined) return [];
        const table = `[hooks.state.${JSON.stringify(`${path}:${snake(event)}:${g}:${h}`)}]`;
        return [{ table, hash: hashOf(event, own) }];
      }),
    ),
  );
}

/** Where a table's own lines begin and end; null where the text has no such table. */
function linesOf(text: string, header: string): { from: number; to: number } | null {
  const at = text.indexOf(header);
  if (at < 0) return null;
  const from = at + header.length;
  const next = text.indexOf("\n[", from);
  return { from, to: next < 0 ? text.length : next };
}

/** The text of config.toml with these hooks trusted. Others' lines stay as they are. */
export function withTrust(text: string, trusts: readonly Trust[]): string {
  return trusts.reduce((toml, { table, hash }) => {
    const line = `trusted_hash = ${JSON.stringify(hash)}`;
    const place = linesOf(toml, table);
    if (place === null) {
      const gap = toml === "" ? "" : toml.endsWith("\n") ? "\n" : "\n\n";
      return `${toml}${gap}${table}\n${line}\n`;
    }
    const body = toml.slice(place.from, place.to);
    const set = /^trusted_hash\s*=.*$/m.test(body)
      ? body.replace(/^trusted_hash\s*=.*$/m, line)
      : `\n${line}${body}`;
    return toml.slice(0, place.from) + set + toml.slice(place.to);
  }, text);
}

/** The text without the tables that say so of these hooks. */
export function withoutTrust(text: string, trusts: readonly Trust[]): string {
  return trusts.reduce((toml, { table, hash }) => {
    const place = linesOf(toml, table);
    if (place === null || !toml.slice(place.from, place.to).includes(hash)) return toml;
    const before = toml.slice(0, place.from - table.length).replace(/\n\n$/, "\n");
    return before + toml.slice(place.to).replace(/^\n(?=\[)/, before === "" ? "" : "\n");
  }, text);
}
