/** A server with one session on it, for tests of the commands that people use. */
import { onTestFinished } from "vitest";
import { CAIRN, environment, run, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

/** Such tests start a process with every step, on machines that may be busy. */
export const PROCESSES_MS = 180_000;

export interface Work {
  project: string;
  session: string;
  /** What the agent said when it had done what it was asked. */
  closing: string;
}

/**
 * Starts a server, which ends with the test, and has a session do what it was asked there. Answers
 * with the command line beside it.
 */
export async function workedOn({ project, session, closing }: Work) {
  const home = temporaryFolder("worked-on");
  const server = await startServer(home);
  onTestFinished(async () => {
    await server.stop();
  });
  const post = (path: string, body: object) =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${server.key}`,
        "content-type": "application/json",
        "x-cairn-project": project,
      },
      body: JSON.stringify(body),
    });
  const said = { session_id: session, cwd: home, prompt_id: "p1" };
  await post("/hooks/claude-code", {
    ...said,
    hook_event_name: "UserPromptSubmit",
    prompt: "Tame the yak",
  });
  await post("/hooks/claude-code", {
    ...said,
    hook_event_name: "Stop",
    last_assistant_message: closing,
  });
  await post(`/v1/sessions/claude-code/${session}/flush?wait=1`, {});
  return (args: string[], input = "") =>
    run(CAIRN, args, { cwd: home, env: environment(home), input });
}
