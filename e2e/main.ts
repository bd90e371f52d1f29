/**
 * The main job with real programs: `npm run e2e` with Claude Code, `npm run e2e -- <agent>` with
 * another agent (`all`: with each of them) and Claude Code as its colleague.
 */
import { PROGRAMS } from "./agents/programs.ts";

const [agent = "claude-code"] = process.argv.slice(2);

if (agent === "claude-code") await import("./claude-code-job.ts");
else {
  const { agentJob } = await import("./agents/job.ts");
  const chosen = PROGRAMS.filter((program) => agent === "all" || program.agent === agent);
  if (chosen.length === 0) {
    console.error(
      `${agent} is none of ${PROGRAMS.map((program) => program.agent).join(", ")}, all`,
    );
    process.exitCode = 1;
  }
  for (const program of chosen) process.exitCode = (await agentJob(program)) || process.exitCode;
}
