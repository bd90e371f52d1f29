/** `cairn deploy`: the first time it makes the secrets and says what to do next, then it updates. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import cairn from "../../../package.json" with { type: "json" };
import { isJurisdiction, JURISDICTIONS } from "../../memory/jurisdiction.ts";
import { newSigningSecret } from "../../memory/signed-key.ts";
import { Failure } from "../failure.ts";
import { CAIRN } from "../installation.ts";
import { OWN_KEY, rememberServer } from "../known-servers.ts";
import { firstKeyOf } from "../server/key.ts";
import { hasWorkersAi } from "./deployed.ts";
import { prepareUpload } from "./upload.ts";
import { findWrangler, type Wrangler } from "./wrangler.ts";

type Say = (line: string) => void;

export interface DeployOptions {
  /** Name of the Worker. */
  name: string;
  /** Team of the first key. */
  team: string;
  /** Where all objects are; for a first deployment only. */
  jurisdiction?: string;
  /** Sets ANTHROPIC_API_KEY of this environment as a secret. */
  anthropic: boolean;
  /** With the platform's binding for models, or without; undefined: as it is deployed. */
  workersAi?: boolean;
}

/** Cloudflare's code for a Worker that is not there. */
const NO_SUCH_WORKER = /code: (?:10007|10090)\b|Worker "[^"]*" not found/;
const NOT_LOGGED_IN = /CLOUDFLARE_API_TOKEN|not authenticated|wrangler login/i;

const SecretsSchema = z.array(z.looseObject({ name: z.string() }));

/** Deploys what this installation has. Throws a `Failure`; wrangler's own words stand above it. */
export async function deploy(options: DeployOptions, say: Say): Promise<void> {
  checkOptions(options);
  const wrangler = findWrangler();
  if (wrangler.notice !== null) say(wrangler.notice);
  const known = await secretsOf(wrangler, options.name);
  const isFirst = known === null || !known.includes("CAIRN_KEY");
  if (!isFirst && options.jurisdiction !== undefined) {
    throw new Failure(
      `${options.name} is deployed already, and where its objects are cannot be changed: objects ` +
        "elsewhere are other ones, which are empty. Leave --jurisdiction out, or give it another --name.",
    );
  }
  const secrets = await newSecrets(known ?? [], options);
  const workersAi = await withWorkersAi(wrangler, options, isFirst, say);
  const folder = mkdtempSync(join(tmpdir(), "cairn-deploy-"));
  try {
    const url = await upload(wrangler, folder, { ...options, workersAi }, secrets);
    if (url !== null && secrets.CAIRN_KEY !== undefined) {
      rememberServer(url, { [OWN_KEY]: secrets.CAIRN_KEY });
    }
    tell({ ...options, workersAi }, url, secrets, isFirst, say);
  } catch (error) {
    if (secrets.CAIRN_KEY === undefined) throw error;
    // What was uploaded before it failed has this key, and no other deployment will tell it.
    throw new Failure(
      `${(error as Error).message} The key that it was to have, in case it is set: ${secrets.CAIRN_KEY}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkOptions({ name, team, jurisdiction, anthropic }: DeployOptions): void {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    throw new Failure(`"${name}" is no name of a Worker: a-z, 0-9 and hyphens inside, at most 63.`);
  }
  if (!/^[a-z0-9-]{1,40}$/.test(team)) {
    throw new Failure(`"${team}" is no name of a team: a-z, 0-9 and hyphens, at most 40.`);
  }
  if (jurisdiction !== undefined && !isJurisdiction(jurisdiction)) {
    throw new Failure(`"${jurisdiction}" is none of ${JURISDICTIONS.join(", ")}.`);
  }
  if (anthropic && !process.env.ANTHROPIC_API_KEY) {
    throw new Failure("--anthropic takes the key from ANTHROPIC_API_KEY, which is not set.");
  }
}

/** Whether the binding for models goes along: as it is asked for, else as it is. */
async function withWorkersAi(
  wrangler: Wrangler,
  { name, workersAi }: DeployOptions,
  isFirst: boolean,
  say: Say,
): Promise<boolean> {
  if (workersAi !== undefined || isFirst) return workersAi ?? false;
  const found = await hasWorkersAi(wrangler, name);
  if (found === null) {
    say("Cloudflare does not tell what is deployed: it gets no Workers AI without --workers-ai.");
  }
  return found ?? false;
}

/** Names of the Worker's secrets; null where there is no such Worker. Logs in where it has to. */
async function secretsOf(wrangler: Wrangler, name: string): Promise<string[] | null> {
  const list = ["secret", "list", "--name", name, "--format", "json"];
  let answer = await wrangler.ask(list);
  const isPerson = process.stdin.isTTY && process.stdout.isTTY;
  if (answer.code !== 0 && NOT_LOGGED_IN.test(answer.output) && isPerson) {
    await wrangler.show(["login"]);
    answer = await wrangler.ask(list);
  }
  if (answer.code === 0) return SecretsSchema.parse(jsonIn(answer.output)).map((one) => one.name);
  if (NO_SUCH_WORKER.test(answer.output)) return null;
  const remedy = NOT_LOGGED_IN.test(answer.output)
    ? "Run this in a terminal, where it logs in, or set CLOUDFLARE_API_TOKEN (and CLOUDFLARE_ACCOUNT_ID)."
    : "Nothing was deployed.";
  throw new Failure(`wrangler could not ask Cloudflare:\n${answer.output.trim()}\n${remedy}`);
}

/** The list in what wrangler wrote, which may have said other things before. */
function jsonIn(output: string): unknown {
  const from = output.indexOf("[");
  const to = output.lastIndexOf("]");
  try {
    return JSON.parse(output.slice(from, to + 1));
  } catch {
    throw new Failure(`wrangler answered in a form that is not known here:\n${output.trim()}`);
  }
}

/** Secrets that the Worker has not yet. One that is set is never made again: keys would end with it. */
async function newSecrets(
  known: readonly string[],
  options: DeployOptions,
): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  const signing = newSigningSecret();
  if (!known.includes("CAIRN_SECRET")) secrets.CAIRN_SECRET = signing;
  // Good because it is listed, so it matters not whether it is signed by what signs the others.
  if (!known.includes("CAIRN_KEY")) secrets.CAIRN_KEY = await firstKeyOf(options.team, signing);
  const { ANTHROPIC_API_KEY } = process.env;
  if (options.anthropic && ANTHROPIC_API_KEY) secrets.ANTHROPIC_API_KEY = ANTHROPIC_API_KEY;
  return secrets;
}

const DeployedSchema = z.looseObject({
  type: z.literal("deploy"),
  targets: z.array(z.string()).nullish(),
});

/** Returns the address, or null where wrangler does not tell one. */
async function upload(
  wrangler: Wrangler,
  folder: string,
  { name, jurisdiction, workersAi = false }: DeployOptions,
  secrets: Record<string, string>,
): Promise<string | null> {
  const vars: Record<string, string> =
    jurisdiction === undefined ? {} : { CAIRN_JURISDICTION: jurisdiction };
  const args = ["deploy", "--config", await prepareUpload(folder, { name, vars, workersAi })];
  args.push("--tag", `v${cairn.version}`);
  if (Object.keys(secrets).length > 0) {
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    args.push("--secrets-file", file);
  }
  const told = join(folder, "told.ndjson");
  const { code } = await wrangler.show(args, { WRANGLER_OUTPUT_FILE_PATH: told });
  if (code !== 0) throw new Failure("it was not deployed; wrangler's own message stands above.");
  for (const line of readFileSync(told, "utf8").trim().split("\n")) {
    const deployed = DeployedSchema.safeParse(JSON.parse(line)).data;
    const url = deployed?.targets?.find((target) => target.startsWith("https://"));
    if (url !== undefined) return url;
  }
  return null;
}

function tell(
  { name, team, workersAi }: DeployOptions,
  url: string | null,
  secrets: Record<string, string>,
  isFirst: boolean,
  say: Say,
): void {
  const address = url ?? "https://<its address>";
  say("");
  say(`${name} is ${isFirst ? "deployed" : "updated"}: ${address}, version ${cairn.version}.`);
  if (secrets.ANTHROPIC_API_KEY !== undefined) say("  ANTHROPIC_API_KEY is set as its secret.");
  if (!isFirst && secrets.CAIRN_SECRET !== undefined) {
    say("  CAIRN_SECRET is set: it can make keys now, so connect again on each machine.");
  }
  if (workersAi) say("  Workers AI is bound to it; --no-workers-ai takes it off again.");
  if (secrets.CAIRN_KEY === undefined) {
    say(`  Check it with: ${CAIRN} deploy-check ${address} --key <a key of yours>`);
    return;
  }
  say("");
  say(`  Key of the team ${team}, shown this once: keep it where you keep passwords.`);
  say(`    ${secrets.CAIRN_KEY}`);
  say("  Check the deployment (a new address may take a minute):");
  say(`    ${CAIRN} deploy-check ${address} --key ${secrets.CAIRN_KEY}`);
  say("  Connect Claude Code, on each machine:");
  say(`    ${CAIRN} connect claude-code --url ${address} --key ${secrets.CAIRN_KEY}`);
}
