/** The version of this Worker, as `/health` and every answer tell it. */
import cairn from "../../package.json" with { type: "json" };

export const VERSION: string = cairn.version;

/** Header of every answer, by which a client sees that it is of another version. */
export const VERSION_HEADER = "X-Cairn-Version";
