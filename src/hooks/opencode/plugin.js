import { sender } from "../connect/plugin-post.js";

/** Texts of a message that a person wrote. */
function wordsOf(parts) {
  return parts
    .filter((part) => part.type === "text" && !part.synthetic)
    .map((part) => part.text)
    .join("\n");
}

export const Cairn = async ({ directory }) => {
  const { send } = sender("opencode");
  /** Session -> what is known of it. Sub-agents are sessions with a parent. */
  const sessions = new Map();
  const known = (id) => {
    if (!sessions.has(id)) sessions.set(id, { parent: null, context: [], prompt: undefined });
    return sessions.get(id);
  };
  /** The session that a person works in, above all sub-agents. */
  const rootOf = (id) => {
    const { parent } = known(id);
    return parent === null ? id : rootOf(parent);
  };
  const tell = (id, event, fields, options) => {
    const root = rootOf(id);
    return send(
      {
        hook_event_name: event,
        session_id: root,
        cwd: directory,
        ...(known(root).prompt === undefined ? {} : { prompt_id: known(root).prompt }),
        ...(root === id ? {} : { agent_id: id }),
        ...fields,
      },
      options,
    );
  };
  const start = async (id) => {
    const session = known(id);
    if (session.started) return;
    session.started = true;
    const context = await tell(id, "SessionStart", { source: "startup" }, { start: directory });
    if (context !== "") session.context.push(context);
  };
  const failed = ({ tool, callID, state }) => ({
    tool_name: tool,
    tool_input: state.input,
    error: state.error,
    tool_use_id: callID,
  });

  const events = {
    "session.created": ({ info }) => {
      if (info?.parentID) known(info.id).parent = info.parentID;
    },
    "message.part.updated": ({ part }) => {
      if (part?.type !== "tool" || part.state?.status !== "error") return;
      void tell(part.sessionID, "PostToolUseFailure", failed(part));
    },
    "session.compacted": async ({ sessionID }) => {
      const session = known(sessionID);
      const summary = session.text;
      session.text = undefined;
      await tell(sessionID, "PostCompact", { compact_summary: summary });
    },
    "session.error": ({ sessionID }) => {
      if (sessionID !== undefined) known(sessionID).failed = true;
    },
    // A turn may end without a word, as where its person says no to a call.
    "session.idle": async ({ sessionID }) => {
      const session = known(sessionID);
      const { text, parent, failed, working } = session;
      if (text === undefined && working !== true) return;
      Object.assign(session, { text: undefined, failed: false, working: false });
      const event = parent !== null ? "SubagentStop" : failed && !text ? "StopFailure" : "Stop";
      await tell(sessionID, event, { last_assistant_message: text ?? "" });
    },
    "session.deleted": async ({ info, sessionID }) => {
      const id = sessionID ?? info?.id;
      const session = sessions.get(id);
      if (session?.parent !== null || !session.started) return;
      sessions.delete(id);
      await send({
        hook_event_name: "SessionEnd",
        session_id: id,
        cwd: directory,
        reason: "deleted",
      });
    },
  };

  return {
    "chat.message": async ({ sessionID }, { message, parts }) => {
      const session = known(sessionID);
      if (session.parent !== null) return;
      await start(sessionID);
      session.prompt = message.id;
      session.working = true;
      const context = await tell(sessionID, "UserPromptSubmit", { prompt: wordsOf(parts) });
      if (context !== "") session.context.push(context);
    },
    // Nothing of it is kept in the transcript, so every request gets it again.
    "experimental.chat.system.transform": async ({ sessionID }, { system }) => {
      const session = sessions.get(sessionID);
      if (session?.parent === null) system.push(...session.context);
    },
    "tool.execute.after": async ({ tool, sessionID, callID, args }, result) => {
      const { content, output, metadata } = result;
      // What its model called by a name that there is not.
      if (tool === "invalid") {
        const state = { input: {}, error: args?.error ?? output };
        void tell(sessionID, "PostToolUseFailure", failed({ tool: args?.tool, callID, state }));
        return;
      }
      void tell(sessionID, "PostToolUse", {
        tool_name: tool,
        tool_input: args,
        tool_response: content ?? { output, exit: metadata?.exit, diff: metadata?.diff },
        tool_use_id: callID,
      });
    },
    "experimental.text.complete": async ({ sessionID }, { text }) => {
      known(sessionID).text = text;
    },
    event: async ({ event: { type, properties } }) => {
      await events[type]?.(properties ?? {});
    },
    dispose: async () => {
      for (const [id, { parent, started }] of sessions) {
        if (parent === null && started)
          await tell(id, "SessionEnd", { reason: "exit" }, { ms: 1_000 });
      }
    },
  };
};
