/** Secrets on command lines that no name gives away: what programs take in their own way. */
import { isPlaceholder, looksRandom } from "./secret-values.ts";

/** A value of a shell: quoted, or a word. Groups: its quote and itself. */
const WORD = `(\\\\{0,3}["'])?((?<=["'])(?:[^"'\\\\\\n]|\\\\(?!["'])){3,300}|(?:[^\\s"'\`;|&<>\\\\]|\\\\(?!["'nrtu])){3,300})`;
/** Other options and words of the same command in between. */
const REST = "(?:[^\\n;|&]{0,200}?[ \\t])?";

const OPTIONS = "(?:-\\w{1,4}[ \\t]{1,4}){0,4}";
const ARGUMENT = "[^\\s\"'`;|&-][^\\s\"'`;|&]{0,200}[ \\t]{1,4}";

interface Command {
  /** A plain search for it comes before the pattern. */
  program: string;
  pattern: RegExp;
}

function command(program: string, options: string, gap = "[ \\t=]{1,4}"): Command {
  return {
    program,
    pattern: new RegExp(`(\\b${program}[ \\t]{1,4}${REST}(?:${options})${gap})${WORD}`, "g"),
  };
}

/** Options of one letter, and places on a line, that are a password with these programs alone. */
const COMMANDS: readonly Command[] = [
  command("mysql(?:dump|admin|import|sh|check|slap|pump)?", "-p", ""),
  command("mariadb(?:-dump|-admin)?", "-p", ""),
  command("mysqladmin", "password", "[ \\t]{1,4}"),
  command("sshpass", "-p", "[ \\t]{0,4}"),
  command(
    "(?:docker|podman|nerdctl|buildah|skopeo|helm registry|crane|oras|az|az acr|cf|oc|argocd|ibmcloud|acr)[ \\t]{1,4}(?:registry |acr |auth )?login",
    "-p",
    "[ \\t]{1,4}",
  ),
  command("redis-cli", "-a|--pass", "[ \\t=]{1,4}"),
  command("valkey-cli", "-a|--pass"),
  command(
    "(?:openssl|keytool)",
    "-pass(?:in|out)?[ \\t]{1,4}pass:|-passin[ \\t]{1,4}pass:|-passout[ \\t]{1,4}pass:|-(?:k|K)[ \\t]{1,4}|-(?:store|key|deststore|srcstore|destkey|srckey)pass[ \\t]{1,4}",
    "",
  ),
  command("jarsigner", "-(?:store|key)pass", "[ \\t]{1,4}"),
  command("htpasswd", `-[A-Za-z]{0,6}(?:nb|bn)[A-Za-z]{0,6}[ \\t]{1,4}${OPTIONS}${ARGUMENT}`, ""),
  command(
    "htpasswd",
    `-[A-Za-mo-z]{0,6}b[A-Za-mo-z]{0,6}[ \\t]{1,4}${OPTIONS}${ARGUMENT}${ARGUMENT}`,
    "",
  ),
  command("mongo(?:sh|dump|restore|import|export)?", "-p", "[ \\t]{1,4}"),
  command("(?:sqlcmd|bcp|isql|osql|tsql)", "-P", "[ \\t]{0,4}"),
  command(
    "(?:cqlsh|clickhouse-client|influx|neo4j|cypher-shell|arangosh|nats|kcat|twine upload|twine)",
    "-p|-password|--password",
    "[ \\t=]{1,4}",
  ),
  command(
    "(?:mosquitto_(?:pub|sub)|mqtt|ipmitool|smartctl|zip|unzip|rdesktop|xfreerdp|amqp-publish)",
    "-P|-p|/p:",
    "[ \\t]{0,4}",
  ),
  command("7za?", "-p", ""),
  command("rar", "-h?p", ""),
  command("(?:plink|pscp|psftp|putty)", "-pw"),
  command("(?:psexec|beeline|hive|snowsql|impala-shell|sqoop|trino|presto)", "-p"),
  command("curl", "(?:-b|--cookie)[ \\t=]{1,4}[\"']?[\\w.-]{1,60}=", ""),
  command("ldap(?:search|add|modify|delete|passwd|whoami|compare)", "-w|-s", "[ \\t]{1,4}"),
  command("(?:http|https|xh)", "-a|--auth", "[ \\t=]{1,4}"),
  command("gpg2?", "--passphrase"),
  command("smbclient", "-U[ \\t]{0,4}[^\\s%]{1,100}%", ""),
  command("lftp", "-u[ \\t]{1,4}[^\\s,]{1,100},", ""),
  command("snmp(?:walk|get|set|bulkwalk)", "-[AXc]", "[ \\t]{1,4}"),
  command(
    "rabbitmqctl",
    "(?:add_user|change_password|authenticate_user)[ \\t]{1,4}\\S{1,100}",
    "[ \\t]{1,4}",
  ),
  command("wpa_passphrase", "\\S{1,100}", "[ \\t]{1,4}"),
  command("net use", "/user:\\S{1,100}", "[ \\t]{1,4}"),
  command("ssh-keygen", "-[NP]", "[ \\t]{1,4}"),
  command("cmdkey", "/pass:", ""),
  command("security add-(?:generic|internet)-password", "-w", "[ \\t]{1,4}"),
  command(
    "(?:glab|doctl|glab auth login|vercel|netlify|surge|wrangler|gh)",
    "-t|--token|--auth|--access-token",
    "[ \\t=]{1,4}",
  ),
  command(
    "(?:ngrok|cargo|vault|bw|op|sentry-cli|dotnet|nuget|gem)",
    "(?:config add-authtoken|authtoken|login|unlock|-k|--api-key|-ApiKey|setapikey|push)",
    "[ \\t=]{1,4}",
  ),
  command("(?:useradd|usermod|adduser)", "-p", "[ \\t]{1,4}"),
  command("curl", "(?:-u|--user|--proxy-user|-U)[ \\t=]{0,4}[\"']?[^\\s\"':]{0,100}:", ""),
  command("(?:wget|curl|aria2c)", "--(?:http-|ftp-|proxy-)?passw(?:or)?d", "[ \\t=]{1,4}"),
  command(
    "(?:aws secretsmanager|aws ssm|az keyvault|gcloud secrets|gh secret|gh variable|op item|keyctl)",
    "--secret-string|--value|--secret-binary|--body|-b",
    "[ \\t=]{1,4}",
  ),
  command(
    "(?:aws|doppler|git|npm|pip|yarn|pnpm|poetry|composer|bundle|dvc|heroku|fly|flyctl|firebase|supabase|railway|convex|eas|vercel|pulumi)[ \\t]{1,4}(?:configure|config|auth|env|functions:config|secrets?)[ \\t:]{1,4}(?:set|add)?",
    "\\S{0,80}(?:password|secret|token|key|pwd|pypi-token\\.\\w{1,40}|http-basic\\.\\w{1,40}[ \\t]{1,4}\\S{1,60})\\S{0,40}",
    "[ \\t=]{1,4}",
  ),
  {
    program: "net use",
    pattern: new RegExp(
      `(\\bnet use[ \\t]{1,4}(?:[A-Z*]:?[ \\t]{1,4})?\\\\\\\\\\S{1,200}[ \\t]{1,4}(?![/*]))${WORD}`,
      "gi",
    ),
  },
  {
    program: "net user",
    pattern: new RegExp(`(\\bnet user[ \\t]{1,4}[^\\s/]{1,64}[ \\t]{1,4}(?![/*]))${WORD}`, "gi"),
  },
  {
    program: "ConvertTo-SecureString",
    pattern: new RegExp(
      `(\\bConvertTo-SecureString[ \\t]{1,4}(?:-String[ \\t]{1,4})?)${WORD}`,
      "g",
    ),
  },
  command(
    "setx?",
    "[A-Z0-9_]{0,40}(?:PASSWORD|PASS|PW|SECRET|TOKEN|KEY|PAT)[A-Z0-9_]{0,20}",
    "[ \\t]{1,4}",
  ),
  command(
    "(?:ENV|ARG)",
    "[A-Z0-9_]{0,40}(?:PASSWORD|PASS|PW|SECRET|TOKEN|KEY|PAT)[A-Z0-9_]{0,20}",
    "[ \\t]{1,4}",
  ),
  command("(?:create secret|create secret generic)", "--from-literal[= ][\\w.-]{1,80}", "="),
  command(
    "(?:vault kv put|vault write|vault kv patch)",
    "\\S{1,200}(?:[ \\t]{1,4}[\\w.-]{1,80}=\\S{1,200}){0,8}[ \\t]{1,4}[\\w.-]{1,80}",
    "=",
  ),
];

const PROGRAMS = COMMANDS.map(({ program, pattern }) => ({
  screen: new RegExp(`\\b${program}\\b`),
  pattern,
}));
/** One look for all programs, before the options of a text. */
const ANY_PROGRAM = new RegExp(`\\b(?:${COMMANDS.map(({ program }) => program).join("|")})[ \\t]`);

/** Parts of programs that take a password without a dash; most begin with a rare letter. */
const OPTIONLESS = ["qctl ", "wpa_passphrase", "SecureString", "vault ", "xfreerdp", "net us"];
/** How far in front of its option a program may stand. */
const COMMAND_CHARS = 400;

/** Longest name of a program: as much is looked at once more behind what was. */
const PROGRAM_CHARS = 40;

/** True where one of the programs stands before an option on its line; most texts end here. */
function namesProgram(text: string): boolean {
  let seen = 0;
  for (let at = nextOption(text, 0); at !== -1; at = nextOption(text, at + 1)) {
    if (isBehindProgram(text, at, seen)) return true;
    seen = at;
  }
  return OPTIONLESS.some((name) => text.includes(name));
}

/** `seen`: up to there it was looked at before. */
function isBehindProgram(text: string, at: number, seen: number): boolean {
  const before = text.slice(Math.max(0, at - COMMAND_CHARS, seen - PROGRAM_CHARS), at);
  return ANY_PROGRAM.test(before.slice(before.lastIndexOf("\n") + 1));
}

/** Where the next `-` or `--` is that begins an option, or -1. */
function nextOption(text: string, from: number): number {
  for (let dash = text.indexOf("-", from); dash !== -1; dash = text.indexOf("-", dash + 1)) {
    const before = text.charCodeAt(dash - 1);
    if (before !== 32 && before !== 9) continue;
    if (/[A-Za-z]/.test(text.charAt(text.charAt(dash + 1) === "-" ? dash + 2 : dash + 1))) {
      return dash;
    }
  }
  return -1;
}

function redactPrograms(text: string): string {
  if (!namesProgram(text)) return text;
  let result = text;
  for (const { screen, pattern } of PROGRAMS) {
    if (!screen.test(result)) continue;
    result = result.replace(pattern, (whole: string, before: string, quote = "", value: string) => {
      if (isPlaceholder(value) || value.startsWith("-") || /^\[redacted/.test(value)) return whole;
      if (!isProgramSecret(value, before)) return whole;
      return `${before}${quote}[redacted:password]`;
    });
  }
  return result;
}

/** What stands where a password may stand; `-p 8080` and `-p src` are no passwords. */
function isProgramSecret(value: string, before: string): boolean {
  if (/^[0-9]{1,5}(?:[:/][0-9]{1,5})?$/.test(value)) return false;
  if (/[0-9]/.test(value) || /[^A-Za-z0-9._/-]/.test(value)) return true;
  return (
    /pass|-p$|-p[ \t]+$|-w[ \t]+$|-a[ \t]+$|%$|,$|:$|-P[ \t]*$/.test(before) &&
    /^[^/.]{4,}$/.test(value)
  );
}

/** `echo x | wrangler secret put NAME`, `<<< x`, `echo user:x | chpasswd`. */
const PIPED =
  /(\b(?:echo|printf)[ \t]{1,4}(?:-[neE]{1,3}[ \t]{1,4}|["']%s(?:\\n)?["'][ \t]{1,4})?)((?:\\{0,3}["'])?)([^"'\n|\\]{4,300}?)(\2[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4}(?:-\S{1,8}[ \t]{1,4})?)?(?:[^\n|]{0,80}\bsecrets?\b|[^\n|]{0,120}(?:--password-stdin|--with-token|--stdin|passwd|chpasswd|pass(?:word)?[ _-]?stdin|-passin stdin|--passphrase-fd|auth login|login)|sudo -S))/g;
const HERE_STRING = /(<<<[ \t]{0,4})(["']?)([^"'\s]{6,300})/g;

/** True where a line hands what it prints to another program. */
function pipesOutput(text: string): boolean {
  for (let pipe = text.indexOf("|"); pipe !== -1; pipe = text.indexOf("|", pipe + 1)) {
    const before = text.slice(Math.max(0, pipe - COMMAND_CHARS), pipe);
    if (before.includes("echo ") || before.includes("printf ")) return true;
  }
  return false;
}

function redactPiped(text: string): string {
  let result = text;
  if (pipesOutput(text)) {
    result = result.replace(
      PIPED,
      (whole: string, before: string, quote: string, value: string, after: string) => {
        if (isPlaceholder(value) || /^\[redacted/.test(value)) return whole;
        const user = /chpasswd/.test(after) ? (/^[^:\s]{1,64}:/.exec(value)?.[0] ?? "") : "";
        return `${before}${quote}${user}[redacted:secret]${after}`;
      },
    );
  }
  if (result.includes("<<<") && /secret|passw|login|token/i.test(result)) {
    result = result.replace(
      HERE_STRING,
      (whole: string, before: string, quote: string, value: string) =>
        !isPlaceholder(value) && looksRandom(value, 8)
          ? `${before}${quote}[redacted:secret]`
          : whole,
    );
  }
  return result;
}

/** Secrets that arguments and pipes of command lines hold. */
export function redactCommands(text: string): string {
  return redactPiped(redactPrograms(text));
}
