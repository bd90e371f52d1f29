import { outlives } from "../support/release-outlived.ts";

outlives("v0.2.0", {
  doctorFinds: ["dead_letters", "leases", "provider_answers", "providers"],
  deleted: "1-43",
});
