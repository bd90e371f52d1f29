/** What makes and changes the tables of a project, in order. */
import memory from "../../../migrations/project/0001_memory.sql";
import backfills from "../../../migrations/project/0002_backfills.sql";
import scripts from "../../../migrations/project/0003_scripts.sql";
import forgotten from "../../../migrations/project/0004_forgotten.sql";
import openPoints from "../../../migrations/project/0005_open_points.sql";
import departures from "../../../migrations/project/0006_departure.sql";
import postings from "../../../migrations/project/0007_postings.sql";
import removals from "../../../migrations/project/0008_removals.sql";
import blocks from "../../../migrations/project/0009_blocks.sql";

export const PROJECT_MIGRATIONS = [
  { name: "0001_memory", sql: memory },
  { name: "0002_backfills", sql: backfills },
  { name: "0003_scripts", sql: scripts },
  { name: "0004_forgotten", sql: forgotten },
  { name: "0005_open_points", sql: openPoints },
  { name: "0006_departure", sql: departures },
  { name: "0007_postings", sql: postings },
  { name: "0008_removals", sql: removals },
  { name: "0009_blocks", sql: blocks },
];
