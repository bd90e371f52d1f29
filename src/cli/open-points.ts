/** `cairn open-points`: what sessions left to do, and a person's word on it. */
import { styleText } from "node:util";
import { OpenPointSchema } from "../contract/open-points.ts";
import { KnownProjectsSchema } from "../contract/team.ts";
import { ageOf } from "../platform/time.ts";
import { call, page } from "./api.ts";
import { Failure } from "./failure.ts";
import { chosenProject } from "./project.ts";
import { sayJson } from "./table.ts";
import type { Target } from "./target.ts";

type Say = (line: string) => void;

const PointRow = OpenPointSchema.pick({
  id: true,
  text: true,
  person: true,
  session: true,
  made_at: true,
  state: true,
  closed_by: true,
});

export interface OpenPointFlags {
  project?: string;
  state: string;
  limit: string;
  close?: string;
  reopen?: string;
  json: boolean;
}

/** Lists the points of a project, or closes or reopens one. */
export async function openPoints(target: Target, flags: OpenPointFlags, say: Say): Promise<void> {
  if (flags.close !== undefined) return await judge(target, flags, flags.close, "close", say);
  if (flags.reopen !== undefined) return await judge(target, flags, flags.reopen, "reopen", say);
  const { project, shown } = await chosenProject(flags.project, target);
  const state = flags.state === "all" ? undefined : flags.state;
  const { items, next } = await call(target, "open-points", page(PointRow), {
    query: { project, state, limit: flags.limit },
  });
  if (flags.json) {
    sayJson(items, say);
    return;
  }
  if (items.length === 0) say(`No ${state === undefined ? "" : `${state} `}points in ${shown}.`);
  for (const { id, text, person, session, made_at, state: is, closed_by } of items) {
    say(`${styleText("bold", id)}  ${text.replaceAll(/\s+/g, " ")}`);
    const closed = closed_by === null ? "" : ` by ${closed_by}`;
    const age = ageOf(Date.parse(made_at), Date.now());
    const left = age === "just now" ? age : `${age} ago`;
    say(styleText("dim", `  ${is}${closed}; left ${left} by ${person}, ${session}`));
  }
  if (typeof next === "string") say(`There are more: --limit (at most 100).`);
}

async function judge(
  target: Target,
  flags: OpenPointFlags,
  named: string,
  verb: "close" | "reopen",
  say: Say,
): Promise<void> {
  const id = await idOf(target, flags, named);
  const point = await call(target, `open-points/${encodeURIComponent(id)}/${verb}`, PointRow, {
    method: "POST",
  });
  if (flags.json) sayJson(point, say);
  else say(`${point.id} is ${point.state}: ${point.text.replaceAll(/\s+/g, " ")}`);
}

/** A point is named by its id, or by its number alone within the project. */
async function idOf(target: Target, flags: OpenPointFlags, named: string): Promise<string> {
  if (!/^\d+$/.test(named)) return named;
  const { project, shown } = await chosenProject(flags.project, target);
  const { items } = await call(target, "projects", KnownProjectsSchema);
  const known = items.find((each) => each.project === project);
  if (known === undefined) throw new Failure(`Nothing is known about ${shown} yet.`);
  return `${known.number}-${named}`;
}
