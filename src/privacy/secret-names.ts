/**
 * What a name says about the value beside it, in English and in the names that people of other
 * languages write in front of a password. A name is taken apart into its words, so that
 * `LDAP_BIND_PW`, `rootpw`, `clientSecret` and `Ocp-Apim-Subscription-Key` are known without being
 * listed, and `password_hash`, `max_tokens` and `primaryKey` are not.
 */

import { endsInForeignName } from "./foreign-names.ts";

/**
 * `strong`: nearly any value is a secret; `medium`: one of letters and digits is; `weak`: only a
 * long random one.
 */
export type NameStrength = "strong" | "medium" | "weak";

export interface SecretName {
  strength: NameStrength;
  /** Stands in `[redacted:<kind>]`. */
  kind: "password" | "token" | "key" | "secret";
  /** The value may be several words: a passphrase, a wallet's words. */
  phrase: boolean;
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

/** Last words of names that talk about a secret without being one: `password_hash`, `tokenUrl`. */
const ABOUT_A_SECRET = words(
  "hash hashed digest count counter length len size limit max min budget usage used total policy " +
    "rule field column input label hint name title url uri endpoint file filename path dir folder " +
    "type kind expiry expire expiration ttl timeout age reset regex pattern format required enabled " +
    "changed strength score provider manager store service error err ref at id arn header version " +
    "option grant scheme prefix suffix schema validator validation handler helper factory client " +
    "controller module middleware guard strategy generator resolver callback listener hook context " +
    "reducer action selector screen page form dialog modal button icon view component props style " +
    "class color colour theme table index stream reader writer parser lexer span position offset " +
    "line start end range test spec mock fixture doc text message msg description comment note " +
    "warning prompt question help template status state mode level rotation interval duration day " +
    "hour minute second date time created updated expires valid invalid missing present exists " +
    "encoding algorithm alg engine backend source target cache bucket mount volume selector binding " +
    "role user username account email request response result placeholder example metadata " +
    "requirement requirements less flow lifetime issuer audience usages price cost rate window sock socket arg args argument stmt expression environment unit validity encryption setting config configuration",
);

/** Words in front that make it an action or a remark: `forgot_password`, `has_token`, `publicKey`. */
const TALKS_ABOUT = words(
  "forgot forgotten reset change is has had no show hide toggle verify validate check missing " +
    "invalid wrong get fetch create generate require requires enter public max min num total input output " +
    "prompt completion cached used remaining per tokens count weak strong without skip expired next " +
    "current parse scan peek primary foreign sort partition",
);

/** What stands in front of `key` where it opens something. */
const STRONG_KEY = words(
  "api access secret private account shared signing encryption encrypt decryption auth authentication " +
    "subscription preshared pre psk hmac consumer admin application app deploy functions function " +
    "sharedaccess storage client host master unseal recovery certificate",
);
const MEDIUM_KEY = words(
  "license licence service role server write integration ingest ingestion publish crypto cipher jwt " +
    "session ssh gpg pgp ssl tls rsa wallet project team user site instrumentation security tenant data " +
    "anon live test prod production dev staging maps search ai",
);
const KEY_SUFFIX =
  /(?:api|access|secret|private|auth|master|account|shared|signing|encryption|app|client|license|service|subscription|consumer|deploy)keys?$/;

const STRONG_SECRET = words(
  "client app application api webhook signing shared consumer auth jwt session cookie nextauth oauth " +
    "access refresh bot id bearer key token hook django flask rails base google github slack csrf",
);
const STRONG_TOKEN = words(
  "api access auth refresh session bot id bearer secret personal deploy pat registry install push " +
    "service admin root runner user oauth app page",
);

/** A password's name glued to another word: `dbpassword`, `rootpw`, `PGPASSWORD`. */
const PASSWORD_WORD =
  /(?:passw(?:or)?d|passphrase|passcode|pass[_-]?phrase|pwd|passwd|pgpass|storepass|keypass|requirepass|dbpass|rootpass|userpass|smtppass|mailpass|ftppass|sshpass|sudopass|adminpass|authpass|bindpass)s?$/;
const SHORT_PASSWORD_WORD = /^(?:[a-z]{0,8}pw|pass|passwrd|pswd|psw)$/;

/** Words of one word in Latin letters, of other languages than English. */
const FOREIGN_PASSWORDS = words(
  "passwort kennwort zugangscode losungswort passwörter contraseña contrasena contrasenia contraseñas clave " +
    "senha senhas palavrapasse mdp motdepasse parola sifre şifre wachtwoord lösenord losenord passord " +
    "adgangskode kodeord salasana heslo hasło haslo jelszó jelszo sandi katasandi nenosiri lozinka geslo " +
    "parolă slaptažodis parole lykilorð matkhau parool pasahitza contrasenya contrasinal pasvorto " +
    "wagwoord fjalekalimi",
);
const FOREIGN_SECRETS = words(
  "geheimnis schlüssel schluessel secreto segredo segreto sekret jeton chave clé chiave klucz anahtar " +
    "sleutel hemmelighet hemlighet salaisuus rahasia",
);

/** `PasswordField.tsx`: what stands behind it is a place in that file. */
const FILE_NAME =
  /\w\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kts?|swift|php|cs|c|cc|cpp|hpp|h|m|mm|scala|ex|exs|erl|lua|md|mdx|json|ya?ml|toml|xml|html?|css|scss|less|vue|svelte|astro|sql|sh|ps1|txt|lock|snap|log|csv|proto|graphql|tf|d\.ts)$/;

const PHRASE_NAME =
  /(?:mnemonic|(?:seed|recovery|secret|backup|wallet)[ _-]?(?:phrase|words|seed))$/i;

/** Without any of these no name says anything; most names end here. */
const NAME_SCREEN =
  /pass|pwd|pw|psw|salt|secret|token|key|auth|cred|phrase|mnemonic|seed|words|psk|pat\b|otp|[\u0080-\uffff]|mdp|clave|senha|contrase|sandi|kennwort|wachtwoord|parola|sifre|salasana|jelszo|l[oö]senord|adgangskode|kodeord|heslo|haslo|nenosiri|lozinka|geslo|matkhau|secreto|segre|sekret|jeton|chave|klucz|anahtar|sleutel|zugangs|losungs|palavra|kata|kunci|geheim|hemmel|hemlig|salais|rahasia|llave|chiave|frase|parool|pasahitza|pasvorto|wagwoord|fjale|neno|schluess/i;

const SPLIT = /[^\p{L}\p{N}\p{M}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/** Names come back all the time, and taking one apart costs more than all the rest. */
const known = new Map<string, SecretName | null>();
const KNOWN_MAX = 2_000;
const NAME_MAX_CHARS = 64;

/** What the name says, or null where it says nothing of a secret. */
export function secretName(name: string): SecretName | null {
  if (!NAME_SCREEN.test(name)) return null;
  const kept = name.slice(-NAME_MAX_CHARS);
  const before = known.get(kept);
  if (before !== undefined) return before;
  if (known.size >= KNOWN_MAX) known.clear();
  const found = readName(kept);
  known.set(kept, found);
  return found;
}

function readName(name: string): SecretName | null {
  if (PHRASE_NAME.test(name)) return { strength: "strong", kind: "secret", phrase: true };
  if (FILE_NAME.test(name)) return null;
  const parts = name.split(SPLIT).filter(Boolean);
  const lower = parts.map((part) => part.toLowerCase());
  for (let at = lower.length - 1; at >= 0; at--) {
    const found = wordStrength(lower, at);
    if (found === null) continue;
    const last = lower.at(-1) ?? "";
    if (at < lower.length - 1 && ABOUT_A_SECRET.has(last.replace(/s$/, ""))) return null;
    if (TALKS_ABOUT.has(lower[at - 1] ?? "") && found.kind !== "password") return null;
    if (
      /^(?:forgot|forgotten|reset|change|is|has|no|show|hide|toggle|require|requires|invalid|missing|wrong|check|validate|verify|get)$/.test(
        lower[0] ?? "",
      ) &&
      at > 0
    ) {
      return null;
    }
    return found;
  }
  return foreignName(name);
}

/** Latin names of several words, where what stands before them is the sentence. */
const SEVERAL_WORDS =
  /(?:palabra (?:de paso|clave)|(?:clave|llave|chave|chiave) (?:d[ei] (?:la )?|da )?(?:acc?ess?o|secreta|privada|privata|segreta|api|mae?stra)|mots? de passe|phrase de passe|code secret|frase (?:secreta|semilla|de recuperación|sandi|segreta)|kata (?:sandi|kunci|laluan)|(?:kunci|kode) (?:api|rahasia|akses|privat)|geheime[rn]? (?:schluessel|sleutel)|parola d['’]ordine|(?:gizli|api) anahtar[ıi]?|neno la siri)$/i;

function foreignName(name: string): SecretName | null {
  return endsInForeignName(name) || (name.includes(" ") && SEVERAL_WORDS.test(name))
    ? FOREIGN_NAME
    : null;
}

/** What a name of another language says. */
export const FOREIGN_NAME: SecretName = { strength: "medium", kind: "password", phrase: false };

function named(strength: NameStrength, kind: SecretName["kind"]): SecretName {
  return { strength, kind, phrase: kind === "password" && strength === "strong" };
}

/** What the word at `at` says by itself and by the word in front of it. */
function wordStrength(lower: readonly string[], at: number): SecretName | null {
  const word = (lower[at] ?? "").replace(/[0-9]{1,4}$/, "");
  const before = lower[at - 1] ?? "";
  // A word behind them may be prose: which words of other languages are, is not known.
  if (FOREIGN_PASSWORDS.has(word)) return FOREIGN_NAME;
  if (PASSWORD_WORD.test(word)) return named("strong", "password");
  if (SHORT_PASSWORD_WORD.test(word)) {
    return named(lower.length > 1 || word.endsWith("pw") ? "strong" : "medium", "password");
  }
  if (word === "key" || word === "keys") {
    if (STRONG_KEY.has(before)) return named("strong", "key");
    return MEDIUM_KEY.has(before) ? named("medium", "key") : null;
  }
  if (KEY_SUFFIX.test(word)) return named("strong", "key");
  if (word === "psk") return at === lower.length - 1 ? named("strong", "key") : null;
  if (word === "secret" || word === "secrets") {
    return named(STRONG_SECRET.has(before) ? "strong" : "medium", "secret");
  }
  if (word === "token") return named(STRONG_TOKEN.has(before) ? "strong" : "medium", "token");
  if (/[a-z](?:token|secret)$/.test(word)) {
    return named("medium", word.endsWith("token") ? "token" : "secret");
  }
  if (word === "salt") return before === "" ? null : named("weak", "secret");
  if (FOREIGN_SECRETS.has(word)) return named("medium", "secret");
  if (/^(?:credentials?|creds?|auth|pat|otp|totp)$/.test(word)) return named("weak", "secret");
  return null;
}
