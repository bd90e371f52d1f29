/** Names in which a secret may reach Cairn: they are kept and shown like any text. */
import type { Target } from "./attack.ts";
import { post } from "./post.ts";

export interface NameCarrier {
  name: string;
  /** Stands in what is stored of it, and in nothing else. */
  marker: string;
  /** Sends a text as such a name; `n` is a number of its own. */
  send(text: string, n: number): Promise<void>;
}

export function nameCarriers(target: Target): NameCarrier[] {
  const prompt = (
    marker: string,
    n: number,
    place: { cwd?: string; headers?: Record<string, string> },
  ) =>
    request(target, "/hooks/claude-code", place.headers ?? {}, {
      hook_event_name: "UserPromptSubmit",
      session_id: `${marker}-${n}`,
      prompt_id: "p1",
      cwd: place.cwd ?? "/home/u/app",
      prompt: "Look at it.",
    });
  const save = (marker: string, body: object) =>
    request(
      target,
      "/v1/observations",
      {},
      {
        project: `github.com/acme/${marker}`,
        title: marker,
        narrative: marker,
        ...body,
      },
    );
  return [
    carrier("project's name", "named-project", (marker, text, n) =>
      prompt(marker, n, { headers: { "X-Cairn-Project": `github.com/${marker}/${text}` } }),
    ),
    carrier("folder", "named-folder", (marker, text, n) =>
      prompt(marker, n, { cwd: `/home/u/${marker}-${text}` }),
    ),
    carrier("worktree's folder", "named-root", (marker, text, n) =>
      prompt(marker, n, { headers: { "X-Cairn-Root": `/home/u/${marker}-${text}` } }),
    ),
    carrier("branch", "named-branch", (marker, text, n) =>
      prompt(marker, n, { headers: { "X-Cairn-Branch": `${marker}/${text}` } }),
    ),
    carrier("saved title", "saved-title", (marker, text) =>
      save(marker, { title: `${marker} ${text}` }),
    ),
    carrier("saved narrative", "saved-narrative", (marker, text) =>
      save(marker, { narrative: `${marker} ${text}` }),
    ),
    carrier("saved by MCP", "saved-mcp", (marker, text, n) =>
      request(
        target,
        "/mcp",
        { Accept: "application/json, text/event-stream" },
        {
          jsonrpc: "2.0",
          id: n,
          method: "tools/call",
          params: {
            name: "save_memory",
            arguments: {
              project: `github.com/acme/${marker}`,
              title: marker,
              narrative: `${marker} ${text}`,
            },
          },
        },
      ),
    ),
    carrier("key's label", "key-label", (marker, text) =>
      request(target, "/v1/keys", {}, { scope: "capture", label: `${marker} ${text}` }),
    ),
  ];
}

function carrier(
  name: string,
  marker: string,
  send: (marker: string, text: string, n: number) => Promise<void>,
): NameCarrier {
  return { name, marker, send: (text, n) => send(marker, text, n) };
}

function request(target: Target, path: string, headers: Record<string, string>, body: object) {
  return post(target, path, body, headers);
}
