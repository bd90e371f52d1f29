import { outlives } from "../support/release-outlived.ts";

outlives("v0.1.0", {
  doctorFinds: ["dead_letters", "leases", "providers"],
  deleted: "1-36",
});
