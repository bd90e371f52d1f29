/** Through whose eyes tests read. */
import type { Reader } from "../../src/access/caller.ts";

export const READER: Reader = { person: "test0001" };
