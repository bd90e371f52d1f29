/** The Worker: authentication, validation, routes. It keeps nothing. */
import { Hono } from "hono";
import type { AppEnv } from "./http/app-env.ts";
import { authenticate, fullKeysOnly } from "./http/auth.ts";
import { inItsJurisdiction } from "./http/jurisdiction.ts";
import { knownPagesOnly } from "./http/origin.ts";
import { notFound, onError, requestContext } from "./http/request-context.ts";
import { auditRoutes } from "./routes/audit.ts";
import { budgetRoutes } from "./routes/budgets.ts";
import { contextRoutes } from "./routes/context.ts";
import { deadRoutes } from "./routes/dead.ts";
import { doctorRoutes } from "./routes/doctor.ts";
import { homeRoutes } from "./routes/home.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { keyRoutes } from "./routes/keys.ts";
import { mcpRoutes } from "./routes/mcp.ts";
import { observationRoutes } from "./routes/observations.ts";
import { openPointRoutes } from "./routes/open-points.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { projectRoutes } from "./routes/projects.ts";
import { searchRoutes } from "./routes/search.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { statusRoutes } from "./routes/status.ts";
import { summaryRoutes } from "./routes/summaries.ts";
import { timelineRoutes } from "./routes/timeline.ts";
import { usageRoutes } from "./routes/usage.ts";

const AUTHENTICATED = authenticate();

export const app = new Hono<AppEnv>();

app.use(requestContext(), knownPagesOnly());
app.onError(onError);
app.notFound(notFound);

app.route("/", homeRoutes);

for (const path of ["/hooks/*", "/v1/*", "/mcp"]) app.use(path, inItsJurisdiction(), AUTHENTICATED);
for (const path of ["/v1/*", "/mcp"]) app.use(path, fullKeysOnly());

app.route("/hooks", hookRoutes);
app.route("/mcp", mcpRoutes);
app.route("/v1/audit", auditRoutes);
app.route("/v1/budgets", budgetRoutes);
app.route("/v1/context", contextRoutes);
app.route("/v1/dead", deadRoutes);
app.route("/v1/doctor", doctorRoutes);
app.route("/v1/keys", keyRoutes);
app.route("/v1/observations", observationRoutes);
app.route("/v1/openapi.json", openApiRoutes(app));
app.route("/v1/open-points", openPointRoutes);
app.route("/v1/projects", projectRoutes);
app.route("/v1/search", searchRoutes);
app.route("/v1/sessions", sessionRoutes);
app.route("/v1/status", statusRoutes);
app.route("/v1/summaries", summaryRoutes);
app.route("/v1/timeline", timelineRoutes);
app.route("/v1/usage", usageRoutes);
