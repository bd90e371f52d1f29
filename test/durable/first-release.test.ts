import { outlives } from "../support/release-outlived.ts";

outlives("v0.1.0", ["dead_letters", "leases", "providers"]);
