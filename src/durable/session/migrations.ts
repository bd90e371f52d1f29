/** What makes and changes the tables of a session, in order. */
import initial from "../../../migrations/session/0001_initial.sql";
import narration from "../../../migrations/session/0002_narration.sql";
import prompts from "../../../migrations/session/0003_prompts.sql";
import openPoints from "../../../migrations/session/0004_open_points.sql";
import started from "../../../migrations/session/0005_started.sql";
import sender from "../../../migrations/session/0006_sender.sql";
import excluded from "../../../migrations/session/0007_excluded.sql";

export const SESSION_MIGRATIONS = [
  { name: "0001_initial", sql: initial },
  { name: "0002_narration", sql: narration },
  { name: "0003_prompts", sql: prompts },
  { name: "0004_open_points", sql: openPoints },
  { name: "0005_started", sql: started },
  { name: "0006_sender", sql: sender },
  { name: "0007_excluded", sql: excluded },
];
