// The platform's own limit: a Worker that puts one row into an object, and nothing else.
import { DurableObject } from "cloudflare:workers";

export class Rows extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)");
  }

  insert(body) {
    this.ctx.storage.sql.exec("INSERT INTO row (body) VALUES (?)", body);
  }
}

export default {
  async fetch(request, env) {
    if (request.method === "GET") return new Response("ok");
    const name = new URL(request.url).pathname;
    await env.ROWS.getByName(name).insert(await request.text());
    return new Response("{}", { headers: { "content-type": "application/json" } });
  },
};
