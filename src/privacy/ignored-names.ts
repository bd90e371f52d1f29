/// <reference path="./picomatch.d.ts" />
/**
 * Files whose contents are never recorded, by name: environments, keys and key stores, credentials
 * of tools, states and variables of infrastructure, histories of shells. `CAIRN_IGNORE` adds globs;
 * one without a slash matches the base name, one with a slash the end of the path.
 */
import picomatch from "picomatch";

/** Longest path that is looked at, in characters: of longer ones the end. */
const PATH_MAX_CHARS = 4_096;

/**
 * Base names. An `.env.example` is often a filled-in copy. `id_*` are keys of ssh where they look
 * like one (no extension, `.pub`, `.key`, `.pem`, `.bak`, `.old`), so that `id_map.ts` stays.
 */
const NAMES: readonly RegExp[] = [
  // Environments
  /^\.env|\.env$|^env\.(?:local|prod(?:uction)?|dev(?:elopment)?|staging|test)$|^\.(?:dev\.vars|flaskenv|envrc)/i,
  // Keys, key stores, certificates with their keys
  /\.(?:pem|key|p12|pfx|p8|ppk|jks|keystore|truststore|bks|kdbx?|keychain(?:-db)?|pkcs12|pvk|asc\.key|gpg\.key|ovpn|agekey)$/i,
  /^(?:deploy|private|ssh|signing|secret|server|client)[-_]key$|^id_[a-z0-9_-]{1,100}(?:\.(?:pub|key|pem|bak|old|ppk))?$|^ssh_host_[a-z0-9]{1,20}_key$/i,
  // Credentials
  /^\.?(?:git-)?credentials|^\.?secrets?$/i,
  /^(?:\.npmrc|\.yarnrc|[._]netrc|\.pgpass|pgpass\.conf|\.my\.cnf|\.mylogin\.cnf|\.pypirc|\.htpasswd|\.dockercfg|\.s3cfg|\.boto|\.terraformrc|terraform\.rc|rclone\.conf|\.vault[-_](?:token|pass(?:word)?)|vault[-_]pass(?:word)?(?:\.\w{1,8})?|\.my\.cnf|\.fetchmailrc|\.msmtprc|\.smbcredentials|\.wgetrc|\.dbeaver-data-sources.{0,20}|\.passwd-s3fs|wg[0-9]{1,2}\.conf|\.cdsapirc|\.kaggle|kaggle\.json|\.snowsql)$/i,
  /^(?:service[-_]?account|sa[-_]key|gcp[-_]?key|gcloud[-_]?key|google[-_]?credentials|firebase[-_]?adminsdk|application_default_credentials|client_secrets?)[\w.@-]{0,100}\.json$|[-_.](?:service[-_]?account|credentials?|sa[-_]key|adminsdk)[\w.-]{0,60}\.json$/i,
  /^(?:\.?kubeconfig(?:[._-].{0,60})?|.{1,60}\.kubeconfig|local\.settings\.json|settings-security\.xml|secrets?(?:[._-][\w-]{1,40}){0,3}\.(?:ya?ml|json|toml|ini|env|properties|enc|txt|conf|cfg|xml|tfvars)|.{1,60}[._-]secrets?\.(?:ya?ml|json|toml|ini|env|properties|txt|conf|cfg))$/i,
  /^(?:passwords?|passwd|shadow)(?:\.(?:txt|csv|kdbx?|json|ya?ml|bak))?-?$/i,
  // States and variables of infrastructure
  /\.tfstate(?:\.[\w.-]{1,40})?$|\.tfvars(?:\.json)?$|\.tfplan$/i,
  // What was typed
  /^\.?(?:bash|zsh|sh|ksh|fish|psql|mysql|mariadb|sqlite|python|node_repl|irb|pry|rediscli|mongo|mongosh|dbshell|lua|ghci|octave)_history(?:-\d{1,20}\.tmp)?$|^\.histfile$|^\.history$|^ConsoleHost_history\.txt$|^\.viminfo$/i,
];

/** Ends of paths whose base name alone says nothing. */
const PLACES =
  /(?:^|\/)(?:\.secrets?\/.{1,200}|secrets?\/[^/]{1,100}\.(?:ya?ml|json|env|txt|toml|ini|enc|conf|properties)|\.ssh\/(?:id_[^/]{1,200}|[^/]{1,100}_(?:rsa|dsa|ecdsa|ed25519))|\.docker\/config\.json|docker\/config\.json|\.kube\/(?:config|cache\/.{1,200})|kube\/config|rancher\/k3s\/k3s\.yaml|\.aws\/(?:config|sso\/cache\/[^/]{1,200}|cli\/cache\/[^/]{1,200})|\.azure\/[^/]{1,100}(?:\.json|\.bin|\.cache)|gcloud\/(?:access_tokens\.db|credentials\.db|legacy_credentials\/.{1,200}|application_default_credentials\.json)|\.config\/(?:gh|glab-cli|hub|doctl|netlify|heroku|flyctl|configstore|op|stripe|sentry|wrangler|rclone)\/[^/]{1,100}|gh\/hosts\.yml|\.m2\/settings\.xml|\.gradle\/gradle\.properties|(?:\.composer|composer)\/auth\.json|\.gnupg\/.{1,200}|\.password-store\/.{1,200}|\.terraform\.d\/credentials[^/]{0,60}|\.cargo\/credentials(?:\.toml)?|\.gem\/credentials|\.streamlit\/secrets\.toml|proc\/[^/]{1,20}\/environ|etc\/(?:shadow|gshadow)-?|run\/secrets\/.{1,200}|var\/run\/secrets\/.{1,200}|fish\/fish_history|\.local\/share\/(?:opencode|keyrings)\/.{1,100}|\.codex\/auth\.json|\.claude\/\.credentials\.json|\.netlify\/config\.json|\.fly\/config\.yml|\.vercel\/\.env.{0,60}|\.wrangler\/config\/[^/]{1,60})$/i;

/** True for a path whose file must not be recorded. Both kinds of slashes. */
export function isIgnoredPath(path: string, globs: readonly string[]): boolean {
  const whole = path.slice(-PATH_MAX_CHARS).replace(/[\\/]{1,64}/g, "/");
  const name = whole.slice(whole.lastIndexOf("/") + 1);
  if (name === "") return false;
  if (NAMES.some((pattern) => pattern.test(name)) || PLACES.test(whole)) return true;
  return globs.length > 0 && globMatcher(globs)(whole);
}

let lastGlobs: { globs: readonly string[]; matches: (path: string) => boolean } | null = null;

/** Compiled once per list of globs: they come from the configuration, the same each time. */
function globMatcher(globs: readonly string[]): (path: string) => boolean {
  if (lastGlobs?.globs === globs) return lastGlobs.matches;
  const options = { dot: true, nocase: true };
  const names = picomatch(
    globs.filter((glob) => !glob.includes("/")),
    options,
  );
  const paths = globs
    .filter((glob) => glob.includes("/"))
    .map((glob) => glob.replace(/^\.?\//, ""));
  const whole = picomatch([...paths, ...paths.map((glob) => `**/${glob}`)], options);
  const matches = (path: string) => {
    const relative = path.replace(/^\/+/, "");
    return names(relative.slice(relative.lastIndexOf("/") + 1)) || whole(relative);
  };
  lastGlobs = { globs, matches };
  return matches;
}

/** Files that a pattern is tried on: of each kind one whose ending other files don't have. */
const SAMPLES = (
  ".env .env.local .env.production prod.env server.pem server.key id_rsa id_ed25519 .npmrc .netrc " +
  ".pgpass .git-credentials credentials a.tfstate prod.tfvars a.p12 a.pfx a.jks a.kdbx .bash_history " +
  ".zsh_history .vault-token .htpasswd kubeconfig"
).split(" ");

const GLOB_MAX_CHARS = 300;

/**
 * True for a shell's pattern that stands for ignored files: `.e*`, `*.pem`, `.env?`. One that stands
 * for nearly everything is none: it has to say at least two characters of the name.
 */
export function isIgnoredGlob(pattern: string): boolean {
  const glob = pattern.slice(-GLOB_MAX_CHARS);
  const name = glob.slice(glob.lastIndexOf("/") + 1);
  const said = name.replace(/\[[^\]]{0,40}\]|[*?!+@()|]/g, "");
  if (said.length < 2 || !/[A-Za-z]/.test(said)) return false;
  try {
    const matches = picomatch([name], { nocase: true, dot: name.startsWith(".") });
    return SAMPLES.some((sample) => matches(sample));
  } catch {
    // No pattern of a shell's.
    return false;
  }
}
