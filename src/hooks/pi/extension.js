import { sender } from "../connect/plugin-post.js";

function textOf(content) {
  if (!Array.isArray(content)) return String(content ?? "");
  return content
    .filter((block) => block.type === "text")
    .map((block) => block.text)
    .join("\n");
}

export default function cairn(pi) {
  const { send } = sender("pi");
  /** Read at the start: later events may come when the agent's context is gone. */
  let session = {};
  let prompts = 0;
  /** A session that is resumed counts its prompts anew. */
  let startedAt = "";
  let context = "";
  const tell = (event, fields, options) =>
    send({ hook_event_name: event, ...session, ...fields }, options);
  const inTurn = () => ({ prompt_id: `${session.session_id}:${startedAt}:${prompts}` });

  pi.on("session_start", async ({ reason }, { sessionManager, cwd }) => {
    session = { session_id: sessionManager.getSessionId(), cwd };
    prompts = 0;
    startedAt = Date.now().toString(36);
    const goesOn = { resume: "resume", reload: "resume", fork: "fork" };
    const source = goesOn[reason] ?? "startup";
    context = await tell("SessionStart", { source }, { start: cwd });
  });
  pi.on("before_agent_start", async ({ prompt }) => {
    prompts += 1;
    const more = await tell("UserPromptSubmit", { ...inTurn(), prompt });
    const content = [context, more].filter((text) => text !== "").join("\n\n");
    context = "";
    if (content === "") return undefined;
    return { message: { customType: "cairn", content, display: false } };
  });
  pi.on("tool_result", async ({ toolName, toolCallId, input, content, details, isError }) => {
    const call = { ...inTurn(), tool_name: toolName, tool_input: input, tool_use_id: toolCallId };
    const said = textOf(content);
    if (isError) void tell("PostToolUseFailure", { ...call, error: said });
    else void tell("PostToolUse", { ...call, tool_response: details?.diff ?? said });
  });
  pi.on("agent_end", async ({ messages }) => {
    const last = messages.findLast(({ role }) => role === "assistant");
    const said = textOf(last?.content);
    const isCut = said === "" && /^(?:aborted|error)$/.test(last?.stopReason ?? "");
    await tell(isCut ? "StopFailure" : "Stop", { ...inTurn(), last_assistant_message: said });
  });
  pi.on("session_compact", async ({ compactionEntry }) => {
    await tell("PostCompact", { compact_summary: compactionEntry?.summary });
  });
  pi.on("session_shutdown", async ({ reason }) => {
    // The same session goes on with the extensions read anew.
    if (reason === "reload") return;
    await tell("SessionEnd", { reason }, { ms: 1_000 });
  });
}
