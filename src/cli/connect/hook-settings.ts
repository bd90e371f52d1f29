/** Pure changes of an agent's settings: our hooks and key in, ours out, everything else as it was. */
import { z } from "zod";
import type { AgentConnect, HookOptions, JsonObject } from "../../hooks/connect/agent-connect.ts";
import { Failure } from "../failure.ts";

const KEY_VARIABLE = "CAIRN_KEY";
/** While capture is paused: the options to resume with, as `<url>`, with `quiet` and `no-notice`. */
const PAUSED_VARIABLE = "CAIRN_PAUSED";

/** Elements are left as they are: a copy could lose a member that is called `__proto__`. */
const GroupSchema = z.looseObject({ hooks: z.array(z.unknown()) });

/** A member that is an object, or an empty one. Throws a `Failure` where it is something else. */
export function section(settings: JsonObject, name: string): JsonObject {
  const found = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (found === undefined) return {};
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    throw new Failure(
      `"${name}" in the settings is not an object. Nothing was changed: correct it first.`,
    );
  }
  return found;
}

/** A member goes when nothing is left in it. */
export function withSection(settings: JsonObject, name: string, value: JsonObject): JsonObject {
  if (Object.keys(value).length > 0) return { ...settings, [name]: value };
  const { [name]: _empty, ...rest } = settings;
  return rest;
}

/** A group of hooks without ours; null where none is left and there was one of ours. */
function withoutOwn(
  agent: Pick<AgentConnect, "isOwnHook">,
  group: JsonObject[string],
): JsonObject[string] | undefined {
  const parsed = GroupSchema.safeParse(group);
  if (!parsed.success) return group;
  const others = parsed.data.hooks.filter((hook) => !agent.isOwnHook(hook));
  if (others.length === parsed.data.hooks.length) return group;
  const left = { ...(group as JsonObject), hooks: others as JsonObject[string][] };
  return others.length === 0 ? undefined : left;
}

function groupsOf(hooks: JsonObject, event: string): JsonObject[string][] {
  const groups = Object.hasOwn(hooks, event) ? (hooks[event] ?? []) : [];
  if (!Array.isArray(groups)) {
    throw new Failure(
      `"hooks.${event}" in the settings is not a list. Nothing was changed: correct it first.`,
    );
  }
  return groups;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Settings with our hooks as `options` say, each once; null: with none of ours. */
export function withHooks(
  agent: AgentConnect,
  settings: JsonObject,
  options: HookOptions | null,
): JsonObject {
  return withGroups(agent, settings, options === null ? {} : agent.hooks(options));
}

/** Settings with these groups of hooks as ours, by event, each once, and with no others of ours. */
export function withGroups(
  agent: Pick<AgentConnect, "isOwnHook">,
  settings: JsonObject,
  ours: Record<string, JsonObject>,
): JsonObject {
  const hooks = section(settings, "hooks");
  const result: [string, JsonObject[string]][] = [];
  for (const event of new Set([...Object.keys(hooks), ...Object.keys(ours)])) {
    const own = Object.hasOwn(ours, event) ? ours[event] : undefined;
    const before = groupsOf(hooks, event);
    const keeps = before.findIndex((group) => own !== undefined && isSame(group, own));
    const after = before
      .map((group, index) => (index === keeps ? group : withoutOwn(agent, group)))
      .filter((group) => group !== undefined);
    if (own !== undefined && keeps < 0) after.push(own);
    if (after.length > 0 || before.length === 0) result.push([event, after]);
  }
  return withSection(settings, "hooks", Object.fromEntries(result));
}

/** The options of the hooks of ours that stand in the settings, or null. */
export function connectedOptions(agent: AgentConnect, settings: JsonObject): HookOptions | null {
  const all = Object.values(section(settings, "hooks"))
    .flatMap((groups) => (Array.isArray(groups) ? groups : []))
    .flatMap((group) => GroupSchema.safeParse(group).data?.hooks ?? [])
    .map(agent.hookOptions)
    .filter((options) => options !== null);
  const first = all[0];
  // The start's hook is a command in both kinds: quiet is where there is no other.
  if (first === undefined) return null;
  const notice = all.every((one) => one.notice !== false);
  const cairn = all.find((one) => one.cairn !== undefined)?.cairn;
  return {
    url: first.url,
    quiet: all.every((one) => one.quiet),
    ...(notice ? {} : { notice }),
    ...(cairn === undefined ? {} : { cairn }),
  };
}

/** Events whose hooks of ours are missing, or are not those that these options make today. */
export function hookDifferences(
  agent: AgentConnect,
  settings: JsonObject,
  options: HookOptions,
): { missing: string[]; outdated: string[] } {
  const hooks = section(settings, "hooks");
  const wanted = agent.hooks(options);
  const missing: string[] = [];
  const outdated: string[] = [];
  for (const event of new Set([...Object.keys(wanted), ...Object.keys(hooks)])) {
    const groups = groupsOf(hooks, event);
    const own = groups.filter((group) => withoutOwn(agent, group) !== group);
    const isWanted = Object.hasOwn(wanted, event);
    const isCurrent = own.length === 1 && isWanted && isSame(own[0], wanted[event]);
    if (own.length === 0 && isWanted) missing.push(event);
    else if (own.length > 0 && !isCurrent) outdated.push(event);
  }
  return { missing, outdated };
}

function withVariable(settings: JsonObject, name: string, value: string | null): JsonObject {
  const { [name]: old, ...others } = section(settings, "env");
  if (value === null) return old === undefined ? settings : withSection(settings, "env", others);
  return withSection(settings, "env", { ...section(settings, "env"), [name]: value });
}

/** The key stands once, in the `env` block; null takes it out. */
export function withKey(settings: JsonObject, key: string | null): JsonObject {
  return withVariable(settings, KEY_VARIABLE, key);
}

/** True where the variable of the key stands there, whatever it holds. */
export function hasKey(settings: JsonObject): boolean {
  return Object.hasOwn(section(settings, "env"), KEY_VARIABLE);
}

/** The key that stands there, or null. */
export function keyIn(settings: JsonObject): string | null {
  const key = section(settings, "env")[KEY_VARIABLE];
  return typeof key === "string" ? key : null;
}

/** Notes what to resume with; null takes the note out. */
export function withPause(settings: JsonObject, options: HookOptions | null): JsonObject {
  if (options === null) return withVariable(settings, PAUSED_VARIABLE, null);
  const words = [
    options.url,
    ...(options.quiet ? ["quiet"] : []),
    ...(options.notice === false ? ["no-notice"] : []),
  ];
  return withVariable(settings, PAUSED_VARIABLE, words.join(" "));
}

/** What a pause noted, or null where capture is not paused. */
export function pausedOptions(settings: JsonObject): HookOptions | null {
  const note = section(settings, "env")[PAUSED_VARIABLE];
  if (typeof note !== "string") return null;
  const [url = "", ...modes] = note.split(" ");
  const notice = !modes.includes("no-notice");
  return { url, quiet: modes.includes("quiet"), ...(notice ? {} : { notice }) };
}

/** What a file that did not exist starts with: editors use the schema to complete. */
export function newSettings(agent: AgentConnect): JsonObject {
  return { $schema: agent.settingsSchema };
}

/** True where nothing is left but what `newSettings` put there. */
export function isAsNew(agent: AgentConnect, settings: JsonObject): boolean {
  return isSame(settings, newSettings(agent));
}
