/**
 * LoCoMo: conversation turns saved one by one, without compression, and questions about them through
 * `/v1/search`, beside SQLite's FTS5 in the same run. The README tells what is counted how.
 *
 *   npm run bench:locomo -- <path to locomo10.json> [--port 8797] [--json]
 *   npm run bench:locomo -- --synthetic          a conversation of our own, for a machine without the data
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCairn } from "../ingest/servers.ts";
import { parseConversations, readConversations } from "./dataset.ts";
import { reportOf } from "./report.ts";
import { run } from "./run.ts";
import { syntheticSamples } from "./synthetic.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "8797" },
    json: { type: "boolean", default: false },
    synthetic: { type: "boolean", default: false },
  },
});

const [path] = positionals;
if (path === undefined && !values.synthetic) {
  console.error("which file? npm run bench:locomo -- <path to locomo10.json>, or --synthetic");
  process.exit(1);
}

const conversations =
  path === undefined ? parseConversations(syntheticSamples()) : readConversations(path);
const folder = mkdtempSync(join(tmpdir(), "cairn-locomo-"));
const server = await startCairn(folder, Number(values.port));
try {
  const result = await run(server, conversations, (line) => console.error(line));
  console.log(values.json ? JSON.stringify(result.answers) : reportOf(result));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
