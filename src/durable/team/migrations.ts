/** What makes and changes the tables of a team, in order. */
import initial from "../../../migrations/team/0001_initial.sql";
import secret from "../../../migrations/team/0002_folder_secret.sql";
import names from "../../../migrations/team/0003_project_names.sql";
import deployment from "../../../migrations/team/0004_deployment.sql";
import scopes from "../../../migrations/team/0005_key_scopes.sql";
import audit from "../../../migrations/team/0006_audit.sql";

export const TEAM_MIGRATIONS = [
  { name: "0001_initial", sql: initial },
  { name: "0002_folder_secret", sql: secret },
  { name: "0003_project_names", sql: names },
  { name: "0004_deployment", sql: deployment },
  { name: "0005_key_scopes", sql: scopes },
  { name: "0006_audit", sql: audit },
];
