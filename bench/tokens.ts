/**
 * Tokens that a provider of a model uses on recorded sessions, per tool event: the real provider
 * and prompt, batches cut by the real rule, a mock of the API that counts characters.
 *
 *   npm run bench:tokens -- ../shared/data
 *
 * Fast replay: a batch ends at a turn's end, 20 events or 24 KB. Recorded times: also 120 s after
 * its oldest event. Reported at four characters a token, twice: of what a model reads (system,
 * message, schema), and of the whole body as sent, its JSON included.
 */
import { complete } from "../src/agent/complete.ts";
import type { ObserverBatch } from "../src/agent/provider.ts";
import { anthropicModel } from "../src/agent/providers/anthropic.ts";
import { providerOf } from "../src/agent/providers/by-model.ts";
import type { OpenWork } from "../src/agent/rules/open-work.ts";
import { isNotice } from "../src/hooks/stamps.ts";
import type { StoredEvent } from "../src/memory/event.ts";
import { MockScope } from "../test/support/mock-provider/protocol.ts";
import { startMockProvider } from "../test/support/mock-provider/server.ts";
import { readSessions } from "./recall/recorded-sessions.ts";
import { batchesOf, type Pace, storedEvents } from "./recall/stored-events.ts";

const CHARS_PER_TOKEN = 4;
const RECENT_TITLES = 8;
/** A hundredth of what a peer uses on the first of these sessions, and the bar for the answer. */
const INPUT_BAR = 480;
const OUTPUT_BAR = 80;
const CITED_BAR = 0.85;

const isTool = (event: StoredEvent): boolean =>
  event.kind === "tool_use" || event.kind === "tool_failure";

async function measure(folder: string, pace: Pace, url: string) {
  const scope = new MockScope(url, pace);
  const provider = providerOf(anthropicModel({ apiKey: "mock", baseURL: scope.url, model: null }));
  const total = { tools: 0, cited: 0, batches: 0, inputTokens: 0, outputTokens: 0 };
  for (const session of readSessions(folder)) {
    const { events, root } = storedEvents(session);
    const titles: string[] = [];
    let request: string | null = null;
    let open: OpenWork | null = null;
    for (const part of batchesOf(events, pace)) {
      total.tools += part.events.filter(isTool).length;
      const events = part.events.filter((event) => event.skip === null);
      for (const event of events) {
        if (event.kind === "prompt" && !isNotice("claude-code", event)) {
          request = event.body.text;
        }
      }
      if (events.length === 0) continue;
      const batch: ObserverBatch = {
        root,
        turn: { promptNumber: part.events[0]?.promptNumber ?? 0, request, ends: part.ends },
        recentTitles: titles.slice(-RECENT_TITLES),
        events,
        openWork: open,
      };
      const signal = new AbortController().signal;
      const outcome = await provider.compress(batch, signal);
      if (!outcome.ok) throw new Error(outcome.failure.message);
      const { observations, usage, openWork = null } = complete(batch, outcome.result).result;
      open = openWork;
      titles.push(
        ...observations.filter((each) => each.activity !== true).map(({ title }) => title),
      );
      const cited = new Set(observations.flatMap(({ sources }) => sources));
      total.cited += events.filter((event) => isTool(event) && cited.has(event.key)).length;
      total.batches += 1;
      total.inputTokens += usage.input;
      total.outputTokens += usage.output;
    }
  }
  const stats = await scope.stats();
  return {
    pace,
    calls: stats.requests,
    toolEvents: total.tools,
    eventsPerCall: total.tools / stats.requests,
    inputPerToolEvent: total.inputTokens / total.tools,
    bodyPerToolEvent: stats.bodyChars / CHARS_PER_TOKEN / total.tools,
    outputPerToolEvent: total.outputTokens / total.tools,
    cited: total.cited / total.tools,
  };
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error("Say which folder: npm run bench:tokens -- ../shared/data");
  process.exit(1);
}
const mock = await startMockProvider();
let passed = true;
try {
  for (const pace of ["fast", "recorded"] as const) {
    const row = await measure(folder, pace, mock.url);
    passed &&=
      row.bodyPerToolEvent <= INPUT_BAR &&
      row.outputPerToolEvent <= OUTPUT_BAR &&
      row.cited >= CITED_BAR;
    console.log(JSON.stringify(row));
  }
} finally {
  await mock.close();
}
console.log(
  passed
    ? `within the bar: ${INPUT_BAR} in, ${OUTPUT_BAR} out, ${CITED_BAR * 100} % cited`
    : `over the bar: ${INPUT_BAR} in, ${OUTPUT_BAR} out, ${CITED_BAR * 100} % cited`,
);
process.exitCode = passed ? 0 : 1;
