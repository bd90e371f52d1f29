/** `npm run dev`: the Worker by `wrangler dev`, which takes up each change of the sources. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { newSigningSecret } from "../../memory/signed-key.ts";
import { call } from "../api.ts";
import { CAIRN, ROOT } from "../installation.ts";
import { ProvidersRow, tellProviders } from "../providers.ts";
import { readServerEnvironment } from "./environment.ts";
import { firstKey, firstKeyOf } from "./key.ts";
import { startProcessGroup } from "./process-group.ts";
import type { Run } from "./run-file.ts";
import { makePrivateFolders, serve } from "./serve.ts";

/** wrangler bundles first, and everything it does takes longer than the runtime alone. */
const READY_TIMEOUT_MS = 60_000;

/** The team of the key that is made. */
const DEV_TEAM = "dev";

/** Runs until it is told to stop. Resolves with the exit code. */
export async function dev(): Promise<number> {
  const { host, port } = readServerEnvironment(process.env);
  const folder = join(ROOT, ".wrangler");
  const lock = join(folder, "dev");
  makePrivateFolders([folder, lock]);
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const persist = join(folder, "state");
  const secrets = join(ROOT, ".dev.vars");
  const { key, isNew } = await devKey(secrets);
  return await serve({
    host,
    port,
    state: lock,
    key,
    readyTimeoutMs: READY_TIMEOUT_MS,
    command: "npm run dev",
    another: "A clone runs one of these at a time; npm start may run beside it, on another PORT.",
    launch: (port) =>
      startProcessGroup(
        process.execPath,
        [
          wrangler,
          "dev",
          "--cwd",
          ROOT,
          "--ip",
          host,
          "--port",
          String(port),
          "--persist-to",
          persist,
          // Its keys need the terminal, which belongs to the process that was called.
          "--show-interactive-dev-session=false",
        ],
        { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
      ),
    announce: (run) => announce(run, persist, isNew ? null : secrets),
  });
}

/** The key in `.dev.vars`, which gets a key and a secret where it has none. Throws a `Failure`. */
async function devKey(file: string): Promise<{ key: string; isNew: boolean }> {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const kept = parseEnv(text);
  const secret = kept.CAIRN_SECRET || newSigningSecret();
  const key = kept.CAIRN_KEY ? firstKey(kept.CAIRN_KEY, file) : await firstKeyOf(DEV_TEAM, secret);
  const isNew = !kept.CAIRN_KEY;
  const more = [
    ...(isNew ? [`CAIRN_KEY=${key}\n`] : []),
    ...(kept.CAIRN_SECRET ? [] : [`CAIRN_SECRET=${secret}\n`]),
  ];
  if (more.length === 0) return { key, isNew };
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  writeFileSync(file, before + more.join(""), { mode: 0o600 });
  // A file that was there keeps its mode when it is written.
  chmodSync(file, 0o600);
  return { key, isNew };
}

/** `keyFile`: where the key stands; null: it is new, and told. */
async function announce(run: Run, persist: string, keyFile: string | null): Promise<void> {
  const told = tellProviders(await call(run, "status", ProvidersRow).catch(() => ({})));
  const connect = `${CAIRN} connect claude-code`;
  const lines = [
    "",
    `  URL    ${run.url}`,
    `  Key    ${keyFile === null ? run.key : `in ${keyFile}`}`,
    `  State  ${persist} (apart from that of npm start)`,
    ...told.map((line, i) => (i === 0 ? `  Model  ${line}` : `         ${line}`)),
    "",
    "  Connect Claude Code (from any folder):",
    `    ${connect} --url ${run.url}${keyFile === null ? ` --key ${run.key}` : ""}`,
    ...(keyFile === null ? [] : ["  It asks for the key."]),
    "",
    "  For work on Cairn itself. To use it, start it with: npm start",
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\ncairn ready on ${run.url}\n`);
}
