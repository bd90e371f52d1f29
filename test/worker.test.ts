import { expect, it } from "vitest";
import worker from "../src/index.ts";

it("exports nothing that answers but `fetch`: a runtime lets its peers call whatever else is there", () => {
  expect(Object.keys(worker)).toEqual(["fetch"]);
});
