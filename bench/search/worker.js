// The project's object as it is, and beside it what a plain full-text search of the same rows costs.

import { ProjectObject } from "../../src/durable/project/project-object.ts";
import { mergeAnswers } from "../../src/durable/project/search/merge-answers.ts";
import { deliveryOf, OBSERVATIONS_PER_DELIVERY } from "./corpus.ts";

/** Through whose eyes the bench reads. */
const READER = { person: "bench" };

const PLAIN = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT 10";
const MATCHES = "SELECT count(*) AS matches FROM search WHERE search MATCH ?";

const anyOf = (words) => words.map((word) => `"${word}"`).join(" OR ");

export class MeasuredProject extends ProjectObject {
  /** Delivers batches until there are `observations`; at most `most` of them in this call. */
  fill(project, observations, most) {
    const wanted = Math.ceil(observations / OBSERVATIONS_PER_DELIVERY);
    const { observations: there } = this.stats(READER, {});
    const first = Math.floor(there / OBSERVATIONS_PER_DELIVERY);
    const last = Math.min(wanted, first + most);
    for (let batch = first + 1; batch <= last; batch++)
      this.deliver({ project, delivery: deliveryOf(batch) });
    return last * OBSERVATIONS_PER_DELIVERY;
  }

  plain(words) {
    return this.ctx.storage.sql.exec(PLAIN, anyOf(words)).toArray().length;
  }

  /** Rows that a search reads as the platform counts them, and what a plain one scores of matches. */
  cost(query) {
    const { sql } = this.ctx.storage;
    const exec = sql.exec.bind(sql);
    const cursors = [];
    const counted = (...statement) => {
      const cursor = exec(...statement);
      cursors.push(cursor);
      return cursor;
    };
    Object.defineProperty(sql, "exec", { value: counted, configurable: true });
    this.search(READER, query);
    Reflect.deleteProperty(sql, "exec");
    const rowsRead = cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
    const [{ matches }] = exec(MATCHES, anyOf(query.q.split(" "))).toArray();
    return { rowsRead, matches, statements: cursors.length };
  }

  nothing() {
    return 0;
  }
}

const refOf = (number) => ({ name: `name/bench-${number}`, number });

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, call, name] = url.pathname.split("/");
    const [q = "", ...also] = url.searchParams.getAll("q");
    const now = Number(url.searchParams.get("now"));
    const count = Number(url.searchParams.get("count"));
    const project = refOf(Number(name));
    const object = env.PROJECTS.getByName(`bench/${name}`);
    const query = (one) => ({ project: one, q, also, filters: {}, limit: 10, now });
    const search = (one) =>
      env.PROJECTS.getByName(`bench/${one.number}`).search(READER, query(one));
    switch (call) {
      case "fill":
        return Response.json(await object.fill(project, count, 25));
      case "nothing":
        return Response.json(await object.nothing());
      case "plain":
        return Response.json(await object.plain(q.split(" ")));
      case "search":
        return Response.json(await search(project));
      case "cost":
        return Response.json(await object.cost(query(project)));
      case "prompt":
        return Response.json(await object.promptContext(READER, { project, query: q, now }));
      case "context":
        return Response.json(await object.context(READER, { project, now }));
      case "timeline":
        return Response.json(
          await object.timeline(READER, { project, around: count, before: 5, after: 5, now }),
        );
      case "everywhere": {
        const projects = Array.from({ length: count }, (_, i) => refOf(Number(name) + i));
        return Response.json(mergeAnswers(await Promise.all(projects.map(search)), 10));
      }
      default:
        return new Response("ok");
    }
  },
};
