/** `cairn show`, `add`, `edit` and `rm`: single items, by hand. */
import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import {
  DeletedItemSchema,
  type Item,
  ItemSchema,
  ItemSourcesSchema,
  type Observation,
  ObservationSchema,
} from "../contract/items.ts";
import { type OpenPoint, OpenPointSchema } from "../contract/open-points.ts";
import { SAVED_TITLE_MAX_CHARS } from "../contract/params.ts";
import { KnownProjectsSchema } from "../contract/team.ts";
import { shownProject } from "../memory/project-name.ts";
import { ageOf } from "../platform/time.ts";
import { truncate } from "../platform/truncate.ts";
import { ApiFailure, call, listAll } from "./api.ts";
import { confirm } from "./confirm.ts";
import { Failure } from "./failure.ts";
import { chosenProject } from "./project.ts";
import { sayJson } from "./table.ts";
import type { Target } from "./target.ts";

type Say = (line: string) => void;

/** Shows items and open points by their ids, whole. */
export async function show(
  target: Target,
  ids: readonly string[],
  flags: { sources: boolean; json: boolean },
  say: Say,
): Promise<void> {
  const shown: object[] = [];
  for (const [i, id] of ids.entries()) {
    const item = await itemOrPoint(target, id);
    const sources = flags.sources && "kind" in item ? await sourcesOf(target, id) : null;
    shown.push(sources === null ? item : { ...item, kept: sources.kept, gone: sources.gone });
    if (flags.json) continue;
    if (i > 0) say("");
    if ("kind" in item) tellItem(item, say);
    else tellPoint(item, say);
    for (const { key, at, person, body } of sources?.kept ?? []) {
      say(`\n${styleText("bold", key)}  ${dim(`${at}, sent by ${person}`)}`);
      say(JSON.stringify(body, null, 2));
    }
    if (sources !== null && sources.gone.length > 0) {
      say(dim(`No longer kept: ${sources.gone.join(", ")}`));
    }
  }
  if (flags.json) sayJson(ids.length === 1 ? shown[0] : shown, say);
}

async function itemOrPoint(target: Target, id: string): Promise<Item | OpenPoint> {
  try {
    return await call(target, itemPath(id), ItemSchema);
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.status !== 404) throw error;
    const point = await openPoint(target, id);
    if (point === null) throw error;
    return point;
  }
}

/** What sessions left to do has ids like items, and a list of its own. */
async function openPoint(target: Target, id: string): Promise<OpenPoint | null> {
  const { items } = await call(target, "projects", KnownProjectsSchema);
  const known = items.find(({ number }) => id.startsWith(`${number}-`));
  if (known === undefined) return null;
  const points = await listAll(target, "open-points", OpenPointSchema, { project: known.project });
  return points.find((point) => point.id === id) ?? null;
}

function sourcesOf(target: Target, id: string) {
  return call(target, `${itemPath(id)}/sources`, ItemSourcesSchema);
}

function tellItem(item: Item, say: Say): void {
  const { id, kind, project, session, actor, created_at } = item;
  const what = item.kind === "observation" ? item.type : kind;
  say(styleText("bold", titleOf(item)));
  say(dim(`  ${what} ${id}, ${created_at.slice(0, 10)} by ${actor}, ${shownProject(project)}`));
  say(dim(`  ${session}, turn ${item.prompt_number}${placeOf(item)}`));
  for (const [label, text] of partsOf(item)) {
    if (text !== "") say(label === "" ? text : `${styleText("bold", `${label}:`)} ${text}`);
  }
}

function titleOf(item: Item): string {
  if (item.kind === "observation") return item.title;
  return item.kind === "summary" ? item.request : "Prompt";
}

function placeOf({ branch, commit }: Item): string {
  return [branch, commit]
    .filter((one) => one !== null)
    .map((one) => `, ${one}`)
    .join("");
}

/** Label and text of all that an item says beside its title; empty texts among them. */
function partsOf(item: Item): [string, string][] {
  if (item.kind === "prompt") return [["", item.text]];
  if (item.kind === "summary") {
    return [
      ["Investigated", item.investigated],
      ["Learned", item.learned],
      ["Done", item.completed],
      ["Next", item.next_steps],
    ];
  }
  return [
    ["", item.subtitle],
    ["", item.narrative],
    ...item.facts.map((fact): [string, string] => ["", `- ${fact}`]),
    ["Changed", item.files_modified.join(", ")],
    [item.provider === "hand" ? "About" : "Read", item.files_read.join(", ")],
    ["Replaces", item.supersedes ?? ""],
    ["Replaced by", item.superseded_by ?? ""],
    ["Taken back", item.withdrawn ?? ""],
  ];
}

function tellPoint({ id, text, person, session, made_at, ...point }: OpenPoint, say: Say): void {
  say(styleText("bold", text));
  const age = ageOf(Date.parse(made_at), Date.now());
  say(dim(`  open point ${id}, left ${age === "just now" ? age : `${age} ago`} by ${person}`));
  say(dim(`  ${session}, turn ${point.prompt_number}, ${shownProject(point.project)}`));
  const by = point.closed_by === null ? "" : ` by ${point.closed_by}`;
  say(`It is ${point.state}${by}.`);
}

export interface AddFlags {
  project?: string;
  title?: string;
  type: string;
  file: string[];
  json: boolean;
}

/** Saves what a person wants remembered; `-` takes the text from the standard input. */
export async function add(
  target: Target,
  words: readonly string[],
  flags: AddFlags,
  say: Say,
): Promise<void> {
  const { project } = await chosenProject(flags.project, target);
  const narrative = textOf(words);
  const title = flags.title ?? firstLine(narrative);
  const body = { project, title, narrative, type: flags.type, files: flags.file };
  tellSaved(await save(target, body), flags.json, say);
}

export interface EditFlags {
  title?: string;
  text?: string;
  type?: string;
  file?: string[];
  json: boolean;
}

/** Saves an observation anew, with what is given changed; the old one stays as its history. */
export async function edit(
  target: Target,
  id: string,
  { json, title, text, type, file }: EditFlags,
  say: Say,
): Promise<void> {
  if ([title, text, type, file].every((one) => one === undefined)) {
    throw new Failure("say what to change: --title, --text, --type or --file.");
  }
  const item = await call(target, itemPath(id), ItemSchema);
  if (item.kind !== "observation") {
    throw new Failure(`${id} is a ${item.kind}: only observations can be edited. Remove it: rm.`);
  }
  const saved = await save(target, {
    project: item.project,
    title: title ?? item.title,
    narrative: text === undefined ? narrativeOf(item) : textOf([text]),
    type: type ?? item.type,
    facts: item.facts,
    concepts: item.concepts,
    files: file ?? [...item.files_modified, ...item.files_read],
    supersedes: id,
  });
  tellSaved(saved, json, say);
}

/** What is saved needs a text; rules write observations that have a subtitle alone. */
function narrativeOf({ narrative, subtitle, title }: Observation): string {
  return narrative || subtitle || title;
}

function textOf(words: readonly string[]): string {
  const isInput = words.length === 1 && words[0] === "-";
  return (isInput ? readFileSync(process.stdin.fd, "utf8") : words.join(" ")).trim();
}

function firstLine(text: string): string {
  return truncate(text.split("\n")[0] ?? "", SAVED_TITLE_MAX_CHARS);
}

function save(target: Target, body: object): Promise<Observation> {
  return call(target, "observations", ObservationSchema, { method: "POST", body });
}

function tellSaved(saved: Observation, json: boolean, say: Say): void {
  const replaced = saved.supersedes === null ? "" : `, in place of ${saved.supersedes}`;
  if (json) sayJson(saved, say);
  else say(`Saved as ${saved.id}${replaced}: ${saved.title}`);
}

/** Deletes items, and empties the events that they were made from. */
export async function remove(
  target: Target,
  ids: readonly string[],
  flags: { yes: boolean; json: boolean },
  say: Say,
): Promise<void> {
  if (!flags.yes) {
    for (const id of ids) tellItem(await call(target, itemPath(id), ItemSchema), say);
    await confirm("This deletes what stands above, for good. Type yes to go on: ", "yes");
  }
  const deleted = [];
  for (const id of ids) {
    const answer = await call(target, itemPath(id), DeletedItemSchema, { method: "DELETE" });
    deleted.push(answer);
    if (flags.json) continue;
    const { events } = answer.removed;
    say(`${answer.deleted} is deleted, and ${events} of the events that it was made from.`);
  }
  if (flags.json) sayJson(deleted, say);
}

function itemPath(id: string): string {
  return `observations/${encodeURIComponent(id)}`;
}

function dim(text: string): string {
  return styleText("dim", text);
}
