/** Real answers of the Worker are what the routes' descriptions say: no member more, none less. */
import { describe, expect, it } from "vitest";
import { call, hook, payload, settle } from "../support/api.ts";
import { DESCRIBED_ROUTES, expectDescribed } from "../support/described-answer.ts";

const PROJECT = "github.com/acme/described";
const PLACE = { "X-Cairn-Project": PROJECT, "X-Cairn-Branch": "main" };
const SESSION = "/v1/sessions/claude-code/described";

describe("answers of the Worker", () => {
  it("are as described, for every route that there is", async () => {
    const visited = new Set<string>();
    /** `call` compares each answer with its description. */
    const visit = async (method: string, path: string, body?: unknown) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await call(method, path, sent);
      expect(`${response.status} ${method} ${path}`).toMatch(/^20[01] /);
      const asked = `${method} ${path.split("?")[0]}`;
      visited.add(DESCRIBED_ROUTES.find(({ pattern }) => pattern.test(asked))?.name ?? asked);
      return response;
    };

    await visit("POST", "/hooks/claude-code", payload("described", "SessionStart"));
    await hook(
      payload("described", "UserPromptSubmit", { prompt: "Why is the walrus red?" }),
      PLACE,
    );
    await hook(
      payload("described", "PostToolUse", {
        tool_name: "Edit",
        tool_use_id: "toolu_1",
        tool_input: { file_path: "/home/dev/app/walrus.ts", old_string: "red", new_string: "blue" },
        tool_response: { filePath: "/home/dev/app/walrus.ts" },
      }),
      PLACE,
    );
    await hook(
      payload("described", "Stop", {
        last_assistant_message:
          "The walrus was red. Now it is blue.\n\n## Still to do\n- Paint the seal as well",
      }),
      PLACE,
    );
    await settle("described");
    await visit("POST", `${SESSION}/flush?wait=1`);

    for (const path of ["/", "/health", "/v1/openapi.json", "/v1/budgets", "/v1/doctor"]) {
      await visit("GET", path);
    }
    for (const path of ["/v1/projects", "/v1/status", "/v1/usage", SESSION, `${SESSION}/dead`]) {
      await visit("GET", path);
    }
    const made = await visit("POST", "/v1/keys", { scope: "capture", label: "a machine" });
    await visit("GET", "/v1/keys");
    await visit("DELETE", `/v1/keys/${(await made.json<{ id: string }>()).id}`);
    await visit("GET", "/v1/audit");
    await visit("PUT", "/v1/budgets", { session: { input: 1_000_000 } });
    await visit("GET", `/v1/projects/here?project=${PROJECT}&folder=/home/dev/app`);
    for (const list of ["observations", "summaries", "sessions", "dead", "context"]) {
      await visit("GET", `/v1/${list}?project=${PROJECT}${list === "context" ? "&explain=1" : ""}`);
    }
    const points = await visit("GET", `/v1/open-points?project=${PROJECT}`);
    const [point] = (await points.json<{ items: { id: string }[] }>()).items;
    await visit("POST", `/v1/open-points/${point?.id}/close`);
    await visit("POST", `/v1/open-points/${point?.id}/reopen`);
    await visit("POST", `/v1/dead/retry?project=${PROJECT}`);
    await visit("DELETE", `/v1/dead?project=${PROJECT}`);
    await visit("POST", `${SESSION}/dead/retry`);
    await visit("DELETE", `${SESSION}/dead`);
    await visit("POST", `${SESSION}/redo`);
    await settle("described");

    const saved = await visit("POST", "/v1/observations", {
      project: PROJECT,
      title: "The walrus is blue",
      narrative: "It was red before.",
    });
    const { id } = await saved.json<{ id: string }>();
    await visit("GET", "/v1/search?q=walrus");
    await visit("GET", `/v1/search?q=walruss&project=${PROJECT}`);
    await visit("GET", `/v1/timeline?around=${id}`);
    await visit("POST", "/v1/observations/batch", { ids: [id] });
    await visit("GET", `/v1/observations/${id}`);
    await visit("GET", `/v1/observations/${id}/sources`);
    await visit("DELETE", `/v1/observations/${id}`);
    const at = (name: string) => `/v1/projects/${encodeURIComponent(name)}`;
    await visit("PATCH", at(PROJECT), { name: `${PROJECT}-renamed` });
    await hook(payload("described-2", "UserPromptSubmit", { prompt: "Paint the seal" }), {
      "X-Cairn-Project": `${PROJECT}-other`,
    });
    await settle("described-2");
    await visit("POST", `${at(`${PROJECT}-other`)}/merge`, { into: `${PROJECT}-renamed` });
    await visit("DELETE", at(`${PROJECT}-renamed`));
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const tools = await call("POST", "/mcp", {
      headers: { Accept: "application/json, text/event-stream" },
      body: JSON.stringify(list),
    });
    expect(tools.status).toBe(200);
    visited.add("POST /mcp");
    await visit("DELETE", `${SESSION}?forget=1`);
    await visit("GET", SESSION);

    expect([...visited].sort()).toEqual(DESCRIBED_ROUTES.map(({ name }) => name).sort());
  });

  it("refuse with a code that is described", async () => {
    for (const [method, path, body] of [
      ["GET", "/v1/search"],
      ["GET", "/v1/observations"],
      ["GET", "/v1/observations/none"],
      ["GET", "/v1/observations/1-999999"],
      ["GET", "/v1/sessions/claude-code/nobody"],
      ["POST", "/v1/observations", "{"],
      ["PUT", "/v1/budgets", '{"sesion":{}}'],
      ["POST", "/hooks/nobody", "{}"],
      ["POST", "/hooks/claude-code", "[]"],
    ] as const) {
      const response = await call(method, path, body === undefined ? {} : { body });
      expect(`${response.status} ${method} ${path}`).toMatch(/^40[0-9] /);
    }
    const keyless = await call("GET", "/v1/status", { headers: { Authorization: "" } });
    expect(keyless.status).toBe(401);
  });

  it("would not pass with a member that nobody described", async () => {
    const more = Response.json({ ok: true, name: "cairn", colour: "blue" });
    await expect(expectDescribed("GET", "/health", more)).rejects.toThrow(/colour/);
    const less = Response.json({ ok: true });
    await expect(expectDescribed("GET", "/health", less)).rejects.toThrow(/name/);
  });
});
