/**
 * Writes `docs/api.md` from the descriptions of the routes:
 *
 *   npm run api          writes it
 *   npm run api:check    fails where it is stale, or where a route has no description
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../src/app.ts";
import { undescribedRoutes } from "../../src/http/described-route.ts";
import { openApiDocument } from "../../src/routes/openapi.ts";
import { type ApiDocument, renderReference } from "./render.ts";

const FILE = join(import.meta.dirname, "..", "..", "docs", "api.md");

const undescribed = undescribedRoutes(app.routes);
if (undescribed.length > 0) {
  console.error(
    `These routes have no description: ${undescribed.join(", ")}. See docs/howto/add-a-route.md.`,
  );
  process.exit(1);
}

const document = (await openApiDocument(app)) as unknown as ApiDocument;
const reference = renderReference(document);
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, reference);
} else if (readFileSync(FILE, "utf8") !== reference) {
  console.error("docs/api.md is stale: run `npm run api` and commit it.");
  process.exit(1);
}
