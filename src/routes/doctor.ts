/** `GET /v1/doctor`: what is wrong, what was repaired by looking, and what to do about the rest. */
import { Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { callContext } from "../http/call-context.ts";
import { examine } from "../service/doctor.ts";

export const doctorRoutes = new Hono<AppEnv>();

doctorRoutes.get("/", async (c) => c.json(await examine(callContext(c))));
