// The project's object as it is, a way to fill it as the first release did, and counts of what is
// written.
import memory from "../../migrations/project/0001_memory.sql";
import { ProjectObject } from "../../src/durable/project/project-object.ts";
import { deliveryOf } from "../search/corpus.ts";

const READER = { person: "bench" };

const INSERT = `INSERT INTO items (n, kind, session, generation, batch, prompt_number, created_at,
  type, agent, actor, standing, provider, content, split_words, index_text)
  VALUES (?, ?, ?, 1, ?, ?, ?, ?, 'claude-code', 'bench', 0, 'extractive', ?, '', ?)`;

export class MeasuredProject extends ProjectObject {
  #cursors = [];

  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    const exec = sql.exec.bind(sql);
    const counted = (...args) => {
      const cursor = exec(...args);
      this.#cursors.push(cursor);
      return cursor;
    };
    Object.defineProperty(sql, "exec", { value: counted });
  }

  /** Rows written since the last call. */
  written() {
    return this.#cursors.splice(0).reduce((sum, cursor) => sum + cursor.rowsWritten, 0);
  }

  /** Items of these deliveries in the first release's tables, past all of our own code. */
  fill(first, last) {
    const { sql } = this.ctx.storage;
    if (first === 1) {
      sql.exec(memory);
      sql.exec("CREATE TABLE schema_version (version INTEGER NOT NULL)");
      sql.exec("INSERT INTO schema_version (version) VALUES (1)");
    }
    let n = sql.exec("SELECT coalesce(max(n), 0) AS n FROM items").one().n;
    for (let batch = first; batch <= last; batch++) {
      const { session, observations, summaries } = deliveryOf(batch);
      for (const item of [...observations, ...summaries]) {
        const { type = null, prompt_number, created_at, index_text = "", ...content } = item;
        const kind = type === null ? "summary" : "observation";
        const json = JSON.stringify(content);
        sql.exec(
          INSERT,
          ++n,
          kind,
          session,
          batch,
          prompt_number,
          created_at,
          type,
          json,
          index_text,
        );
      }
    }
    return n;
  }

  /** Both full-text indexes over what was filled in. */
  index() {
    const { sql } = this.ctx.storage;
    sql.exec("INSERT INTO search (search) VALUES ('rebuild')");
    sql.exec("INSERT INTO trigrams (trigrams) VALUES ('rebuild')");
    return true;
  }

  /** What its alarm does. */
  async slice() {
    await this.alarm();
    return true;
  }

  nothing() {
    return 0;
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const number = (name) => Number(url.searchParams.get(name));
    const object = env.PROJECTS.getByName("bench/1");
    const project = { name: "name/bench", number: 1 };
    switch (url.pathname.slice(1)) {
      case "fill":
        return Response.json(await object.fill(number("first"), number("last")));
      case "index":
        return Response.json(await object.index());
      case "slice":
        return Response.json(await object.slice());
      case "written":
        return Response.json(await object.written());
      case "inspect":
        return Response.json(await object.inspect(READER, {}));
      case "context":
        return Response.json(await object.context(READER, { project, now: number("now") }));
      default:
        return Response.json(await object.nothing());
    }
  },
};
