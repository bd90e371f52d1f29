/** `GET /v1/doctor`: what is wrong, what was repaired by looking, and what to do about the rest. */
import { Hono } from "hono";
import { DiagnosisSchema } from "../contract/team.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { examine } from "../service/doctor.ts";

export const doctorRoutes = new Hono<AppEnv>();

doctorRoutes.get(
  "/",
  route(
    {
      summary: "What is wrong, and what to do about it",
      detail: "Looking repairs what can be repaired; the check says so.",
      answer: DiagnosisSchema,
      example: {
        request: "/v1/doctor",
        answer: {
          ok: true,
          checks: [{ name: "leases", ok: true, detail: "no lease is expired" }],
        },
      },
    },
    examine,
  ),
);
