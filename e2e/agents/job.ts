/**
 * Two agents of a team, as real programs against mock models: what Claude Code learns, the other one
 * is told, and what that one does and learns is captured, and told to Claude Code.
 */
import { call, listAll } from "../../src/cli/api.ts";
import { ObservationSchema } from "../../src/contract/items.ts";
import { SessionListSchema } from "../../src/contract/sessions.ts";
import { run } from "../../test/local/cli-command.ts";
import type { LocalServer } from "../../test/local/local-server.ts";
import { startMockProvider } from "../../test/support/mock-provider/server.ts";
import { claudeTurn, installClaudeCode } from "../claude-code.ts";
import { World } from "../world.ts";
import { startMockModel } from "./mock-model.ts";
import { installProgram, type Program, prepareHome } from "./programs.ts";

const PROJECT = "github.com/acme/greeter";
/** What each of the two says at its end: to be found in the other's first request. */
const OF_CLAUDE =
  "I decided to keep the quokka banner, because the release notes mention it. Nothing is left.";
const OF_OTHER =
  "The greeting names the wombat now. I decided to greet the wombat, because the mascot is one.";
const PROMPT = "Print the greeting, look at the missing file, and greet the mascot";
const MARKER = "look at the missing file";
const GREETING = "#!/bin/sh\necho hello\n";

/** Resolves with the exit code of the whole job. */
export async function agentJob(program: Program): Promise<number> {
  const world = new World();
  const { report, home, env } = world;
  const model = await startMockModel(MARKER);
  const claudeModel = await startMockProvider({ commands: ["cat greet.sh"], closing: OF_CLAUDE });
  let server: LocalServer | null = null;
  try {
    report.step(`${program.package}: connected beside Claude Code`);
    const claude = installClaudeCode();
    const command = installProgram(program);
    const version = await run(command, ["--version"], { cwd: home, env });
    report.note(`${command}\n${version.stdout.trim()}`);
    server = await world.start("0");
    const target = { url: server.url, key: server.key };
    const files = { "greet.sh": GREETING };
    const ours = await world.clone("laptop", "git@github.com:acme/greeter.git", files);
    const theirs = await world.clone("desktop", "https://github.com/Acme/greeter", files);
    prepareHome(program, home, model.url);
    await world.cairn(home, "connect", "claude-code");
    await world.cairn(home, "connect", program.agent, ...program.connectFlags);

    const settled = (agent: string, sessions: number) =>
      world.eventually(async () => {
        const query = { project: PROJECT };
        const { items } = await call(target, "sessions", SessionListSchema, { query });
        const own = items.filter(({ session }) => session.startsWith(`${agent}/`));
        const rest = own.filter(
          (one) => !one.live || one.events.pending + one.events.leased + one.outbox > 0,
        );
        return own.length >= sessions && rest.length === 0 ? own : null;
      });
    const turnOfClaude = () =>
      claudeTurn(claude, PROMPT, { home, cwd: theirs, modelUrl: claudeModel.url });

    report.step("Claude Code decides something");
    await turnOfClaude();
    report.check("it is captured", (await settled("claude-code", 1)) !== null);

    report.step(`${program.agent} works on the same repository`);
    const steps = [...(program.recall === null ? [] : [program.recall]), ...program.steps(ours)];
    model.arrange(steps, OF_OTHER);
    const startedAt = Date.now();
    const turn = await run(command, program.args(PROMPT), {
      cwd: ours,
      env: { ...env, ...program.env(model.url, home) },
    });
    report.note(`${turn.stdout.trim()}   (${Date.now() - startedAt} ms)`);
    report.check("its turn ends well", turn.code === 0, turn.stderr);
    report.check(
      "its first request carries what Claude Code decided",
      model.requests[0]?.includes("quokka") === true,
    );
    report.check("it made all calls that it was told to", model.requests.length > steps.length);
    const [session] = (await settled(program.agent, 1)) ?? [];
    report.check("its session is captured and processed", session !== undefined);
    if (session?.live !== true) throw new Error("there is no session to look at");
    report.note(`${session.session}: ${JSON.stringify(session.events)}`);
    const own = steps.length - program.steps(ours).length;
    const { done, skipped, dead } = session.events;
    // The prompt, each call, the closing message.
    report.check(
      "prompt, calls and closing message are stored, each once, and its own look teaches nothing",
      done === program.steps(ours).length + 2 && skipped === own && dead === 0,
    );
    const items = await listAll(target, "observations", ObservationSchema, {
      project: PROJECT,
      activity: "1",
    });
    const learnt = items.filter((item) => item.session === session.session);
    for (const { type, title, files_modified } of learnt) {
      report.note(`${type}: ${title}  [${files_modified.join(", ")}]`);
    }
    const modified = learnt.flatMap((item) => item.files_modified);
    report.check(
      "the file that it changed is known",
      modified.some((file) => file.endsWith("greet.sh")),
    );
    const found = await world.cairn(ours, "search", "wombat mascot");
    report.check("what it decided is found", found.includes("I decided to greet the wombat"));

    report.step("Claude Code's next session is told");
    const before = claudeModel.requests().length;
    await turnOfClaude();
    const first = JSON.stringify(claudeModel.requests()[before]?.body.messages ?? []);
    report.check("its first request carries what the other one decided", first.includes("wombat"));

    report.step("Paused and disconnected, nothing is sent");
    await world.cairn(home, "pause", program.agent);
    await run(command, program.args(PROMPT), {
      cwd: ours,
      env: { ...env, ...program.env(model.url, home) },
    });
    const query = { project: PROJECT };
    const { items: all } = await call(target, "sessions", SessionListSchema, { query });
    const others = all.filter((one) => one.session.startsWith(`${program.agent}/`));
    report.check("the paused session is unknown to the server", others.length === 1);
    await world.cairn(home, "disconnect", program.agent);
  } catch (error) {
    report.check("the run goes to its end", false, (error as Error).stack ?? String(error));
  } finally {
    await server?.stop();
    await model.close();
    await claudeModel.close();
  }
  return report.end();
}
