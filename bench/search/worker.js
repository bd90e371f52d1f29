// The project's object as it is, and beside it what a plain full-text search of the same rows costs.

import { ProjectObject } from "../../src/durable/project/project-object.ts";
import { mergeAnswers } from "../../src/durable/project/search/merge-answers.ts";
import { deliveryOf, OBSERVATIONS_PER_DELIVERY } from "./corpus.ts";

/** Through whose eyes the bench reads. */
const READER = { person: "bench" };

const PLAIN = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT 10";

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
    const match = words.map((word) => `"${word}"`).join(" OR ");
    return this.ctx.storage.sql.exec(PLAIN, match).toArray().length;
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
    const q = url.searchParams.get("q") ?? "";
    const now = Number(url.searchParams.get("now"));
    const count = Number(url.searchParams.get("count"));
    const project = refOf(Number(name));
    const object = env.PROJECTS.getByName(`bench/${name}`);
    const search = (one) =>
      env.PROJECTS.getByName(`bench/${one.number}`).search(READER, {
        project: one,
        q,
        filters: {},
        limit: 10,
        now,
      });
    switch (call) {
      case "fill":
        return Response.json(await object.fill(project, count, 25));
      case "nothing":
        return Response.json(await object.nothing());
      case "plain":
        return Response.json(await object.plain(q.split(" ")));
      case "search":
        return Response.json(await search(project));
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
