/**
 * Environments as programs print them: line by line, and stricter than other text, for in them any
 * value may be a secret whose name hints at one.
 */
import { isPlaceholder } from "./secret-values.ts";
import { someShellWord } from "./shell-words.ts";

/** Commands that print an environment, or the settings that become one. */
const DUMPING = new RegExp(
  `(?:^|[;&|(\\n\`]\\s{0,8}|\\b(?:sudo|exec|run|sh|bash|time|command|-c|--|-it|-T)\\s[^;|&\\n]{0,200}?)["']?(?:${[
    "printenv|env|export -p|export|declare -[xp]{1,2}|typeset -x|set|compgen -v",
    "(?:Get-ChildItem|gci|dir|ls) env:|heroku config(?::get)?|dokku config(?::show)?|cf env",
    "docker[ -]compose(?: -\\S{1,60}(?: \\S{1,60})?){0,4} config|docker-compose config|podman-compose config|docker (?:container )?inspect|podman inspect",
    "kubectl (?:-\\S{1,40} ){0,3}config view|aws configure|ansible-vault (?:view|decrypt)|sops|kubectl (?:-\\S{1,40} ){0,3}(?:get|describe) (?:-\\S{1,40} ){0,3}(?:secrets?|configmaps?|cm|pods?|deploy\\w{0,10})|helm get (?:values|all)|oc set env",
    "vercel env|fly(?:ctl)? (?:secrets|config)|railway variables|netlify env:list|doppler (?:secrets|run)|infisical|eas env:list|supabase secrets|render env|convex env list",
    "vault (?:kv get|read)|systemctl (?:--user )?show|pm2 (?:env|show)|aws (?:lambda get-function|ecs describe-task|ssm get-param|secretsmanager get)|az (?:webapp|functionapp) config|gcloud run services describe|terraform (?:output|show)|pulumi (?:config|stack output)|npm config|git config|op (?:item get|read)|pass show|bw get|gopass",
  ].join("|")})(?=["']?(?:\\s|$|[|;&)]))`,
);

const COMMAND_MAX_CHARS = 16 * 1024;

/** True for a command whose output is to be read as an environment. */
export function printsEnvironment(command: string): boolean {
  const text = command.slice(0, COMMAND_MAX_CHARS);
  return (
    DUMPING.test(text) || someShellWord(text, (word) => /^\/proc\/[^/]{1,20}\/environ$/.test(word))
  );
}

/** `NAME=value` as printed, `NAME: value` in columns and YAML, `"NAME=value",` in JSON. */
const ENTRY =
  /^([\s|>]{0,40}(?:[0-9]{1,6}[:→\t|]\s{0,4})?[+-]?\s{0,24}(?:export |declare -\w{1,3} |set |- )?["']?)([A-Za-z_][\w.-]{0,100})(["']?(?:=|:\s{1,80}|\s{2,80}|\t)["']?)(\S.{0,8000})$/;
/** A name in upper case with `=` behind it. */
const PLAIN_ENTRY = /^(?:export |declare -x )?[A-Z_][A-Z0-9_]{1,100}=/;
/** That many such lines one after the other are an environment, whatever printed them. */
const RUN_LINES = 4;

const HINT =
  /(?:^|_|-|\.)(?:key|keys|apikey|token|tokens|secret|secrets|pass\w{0,12}|pwd|pw|auth|authorization|cred\w{0,10}|pat|private|salt|pepper|signing|signature|dsn|webhook|cookie|session|licen[cs]e|encryption|hmac|jwt|sas|psk|otp|pin|seed|mnemonic|connection|conn|connstr|cert|certificate|access|login)(?:$|_|-|\.|[0-9])|(?:password|passwd|secret|token|apikey|_key|credentials?)$/i;
/** Names that hint at secrets, and hold none. */
const HARMLESS_NAME =
  /^(?:PWD|OLDPWD|INIT_CWD|KEYTIMEOUT|SSH_AUTH_SOCK|SSH_AGENT_PID|DESKTOP_SESSION|XDG_SESSION_\w+|SESSION_MANAGER|GNOME_\w+|KDE_SESSION_\w+|TERM_SESSION_ID|GPG_TTY|GPG_AGENT_INFO|COLORTERM)$|_(?:PATH|FILE|DIR|HOME|NAME|TYPE|EXPIR\w{0,8}|TTL|TIMEOUT|ENABLED|ALGORITHM|ROUNDS|COUNT|LIMIT|REGION|HOST|PORT|ISSUER|AUDIENCE|MODE|DRIVER|SOCK|REQUIRED|LIFETIME|LENGTH|VERSION)$/i;
const HARMLESS_VALUE =
  /^["']?(?:true|false|yes|no|on|off|null|none|nil|undefined|[0-9]{1,5}|[a-z]{1,3}|\/[\w./@+-]{0,300}|https?:\/\/[^\s@]{1,300}|\[redacted.{0,300})["',]{0,2}$/i;

/** Replaces the values of names that hint at a secret. */
export function redactEnvironment(text: string): string {
  return text
    .split("\n")
    .map((line) => redactLine(line))
    .join("\n");
}

function redactLine(line: string): string {
  const match = ENTRY.exec(line);
  if (match === null) return line;
  const [, before = "", name = "", sign = "", value = ""] = match;
  const words = name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_");
  if (!HINT.test(words) || HARMLESS_NAME.test(name) || HARMLESS_VALUE.test(value)) return line;
  const bare = value.replace(/["',]{1,3}$/, "");
  if (bare.length < 3 || isPlaceholder(bare)) return line;
  // A sentence, or the beginning of a value in lines of its own.
  if (/^[A-Za-z]{1,20}(?: [A-Za-z]{1,20}){2,}/.test(bare) || /^[{[|>]/.test(bare)) return line;
  return `${before}${name}${sign}[redacted:environment]${value.slice(bare.length)}`;
}

/** The same for what looks like an environment: lines of `NAME=value` one after the other. */
export function redactEnvironmentRuns(text: string): string {
  if (!/\n(?:export |declare -x )?[A-Z_][A-Z0-9_]{1,100}=/.test(text)) return text;
  const lines = text.split("\n");
  let from = 0;
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && PLAIN_ENTRY.test(lines[i] ?? "")) continue;
    if (i - from >= RUN_LINES) {
      for (let at = from; at < i; at++) lines[at] = redactLine(lines[at] ?? "");
    }
    from = i + 1;
  }
  return lines.join("\n");
}
