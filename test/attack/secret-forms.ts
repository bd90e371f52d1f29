/** The list of forms: tokens by their own form, and secrets that only their name gives away. */

import {
  ALNUM,
  BASE64,
  base64Lines,
  DIGITS,
  HEX,
  LOWER,
  password,
  random,
  type SecretForm,
  UPPER,
  URL_SAFE,
} from "./made-secrets.ts";
import { NAMED_FORMS } from "./named-forms.ts";

/** Name, what it begins with, what follows: alphabet and length, alternating with literals. */
type TokenRow = readonly [name: string, ...parts: (string | readonly [string, number])[]];

const LOWER_ALNUM = LOWER + DIGITS;
const UPPER_ALNUM = UPPER + DIGITS;

const TOKENS: readonly TokenRow[] = [
  ["github classic", "ghp_", [ALNUM, 36]],
  ["github server", "ghs_", [ALNUM, 36]],
  ["github user", "ghu_", [ALNUM, 36]],
  ["gitlab pat", "glpat-", [URL_SAFE, 20]],
  ["gitlab deploy", "gldt-", [URL_SAFE, 20]],
  ["gitlab runner", "glrt-", [URL_SAFE, 20]],
  ["npm", "npm_", [ALNUM, 36]],
  ["google code", "4/0A", [URL_SAFE, 70]],
  ["new relic licence", [HEX, 36], "NRAL"],
  ["dropbox short", "sl.u.", [URL_SAFE, 130]],
  ["mapbox temporary", "tk.eyJ1Ijoi", [ALNUM, 60], ".", [URL_SAFE, 22]],
  ["paseto", "v4.local.", [URL_SAFE, 120]],
  ["pypi", "pypi-AgEIcHlwaS5vcmc", [URL_SAFE, 120]],
  ["rubygems", "rubygems_", [HEX, 48]],
  ["crates", "cio", [ALNUM, 32]],
  ["nuget", "oy2", [LOWER_ALNUM, 43]],
  ["docker", "dckr_pat_", [URL_SAFE, 27]],
  ["artifactory", "AKCp", [ALNUM, 69]],
  ["clojars", "CLOJARS_", [HEX, 60]],
  ["openai project", "sk-proj-", [URL_SAFE, 48]],
  ["openai service", "sk-svcacct-", [URL_SAFE, 48]],
  ["deepseek", "sk-", [HEX, 32]],
  ["anthropic", "sk-ant-api03-", [URL_SAFE, 93], "AA"],
  ["openrouter", "sk-or-v1-", [HEX, 64]],
  ["groq", "gsk_", [ALNUM, 52]],
  ["xai", "xai-", [ALNUM, 80]],
  ["perplexity", "pplx-", [ALNUM, 48]],
  ["hugging face", "hf_", [LOWER + UPPER, 34]],
  ["replicate", "r8_", [ALNUM, 37]],
  ["nvidia", "nvapi-", [URL_SAFE, 64]],
  ["pinecone", "pcsk_", [ALNUM, 60]],
  ["langfuse", "sk-lf-", [HEX, 8], "-", [HEX, 4], "-", [HEX, 4], "-", [HEX, 4], "-", [HEX, 12]],
  ["langsmith", "lsv2_sk_", [HEX, 32], "_", [HEX, 10]],
  ["tavily", "tvly-", [ALNUM, 32]],
  ["jina", "jina_", [ALNUM, 60]],
  ["firecrawl", "fc-", [HEX, 32]],
  ["apify", "apify_api_", [ALNUM, 36]],
  ["google api", "AIza", [URL_SAFE, 35]],
  ["google oauth", "GOCSPX-", [URL_SAFE, 28]],
  ["google access", "ya29.", [URL_SAFE, 120]],
  ["google refresh", "1//0", [URL_SAFE, 96]],
  ["aws key id", "AKIA", [UPPER_ALNUM, 16]],
  ["aws temporary key id", "ASIA", [UPPER_ALNUM, 16]],
  ["aws bedrock", "ABSK", [BASE64, 120]],
  ["azure application", [ALNUM, 3], "8Q~", [ALNUM, 34]],
  ["azure 64 bytes", [BASE64, 86], "=="],
  ["digitalocean", "dop_v1_", [HEX, 64]],
  ["alibaba", "LTAI", [ALNUM, 20]],
  ["heroku", "HRKU-", [URL_SAFE, 60]],
  ["render", "rnd_", [ALNUM, 32]],
  ["netlify", "nfp_", [ALNUM, 36]],
  ["vercel", "vcp_", [ALNUM, 56]],
  ["cloudflare user", "cfut_", [ALNUM, 48]],
  ["cloudflare origin", "v1.0-", [HEX, 24], "-", [HEX, 146]],
  ["fly", "fm2_", [BASE64, 160]],
  ["supabase", "sbp_", [HEX, 40]],
  ["supabase secret", "sb_secret_", [URL_SAFE, 31]],
  ["neon", "napi_", [LOWER_ALNUM, 64]],
  ["planetscale", "pscale_pw_", [ALNUM, 43]],
  ["databricks", "dapi", [HEX, 32]],
  ["airtable", "pat", [ALNUM, 14], ".", [HEX, 64]],
  ["notion", "ntn_", [DIGITS, 11], [ALNUM, 35]],
  ["notion old", "secret_", [ALNUM, 43]],
  ["linear", "lin_api_", [ALNUM, 40]],
  ["figma", "figd_", [URL_SAFE, 40]],
  ["asana", "1/", [DIGITS, 16], ":", [HEX, 32]],
  ["trello", "ATTA", [HEX, 64], [ALNUM, 8]],
  ["atlassian", "ATATT3xFfGF0", [URL_SAFE, 170], "=", [UPPER_ALNUM, 8]],
  ["bitbucket", "ATBB", [ALNUM, 32]],
  ["circleci", "CCIPAT_", [ALNUM, 22], "_", [HEX, 40]],
  ["buildkite", "bkua_", [HEX, 40]],
  ["sonar", "squ_", [HEX, 40]],
  ["sourcegraph", "sgp_", [HEX, 40]],
  ["postman", "PMAK-", [HEX, 24], "-", [HEX, 34]],
  ["pulumi", "pul-", [HEX, 40]],
  ["terraform cloud", [ALNUM, 14], ".atlasv1.", [URL_SAFE, 67]],
  ["vault", "hvs.", [URL_SAFE, 95]],
  ["doppler", "dp.pt.", [ALNUM, 43]],
  ["doppler service", "dp.st.prd.", [ALNUM, 43]],
  ["tailscale", "tskey-auth-", [ALNUM, 16], "-", [ALNUM, 32]],
  ["1password", "ops_eyJ", [ALNUM, 300]],
  ["age", "AGE-SECRET-KEY-1", [UPPER_ALNUM, 58]],
  ["sentry organisation", "sntrys_", [BASE64, 120]],
  ["grafana", "glsa_", [ALNUM, 32], "_", [HEX, 8]],
  ["new relic", "NRAK-", [UPPER_ALNUM, 27]],
  ["honeycomb", "hcaik_", [LOWER_ALNUM, 58]],
  ["dynatrace", "dt0c01.", [UPPER_ALNUM, 24], ".", [UPPER_ALNUM, 64]],
  ["posthog", "phx_", [ALNUM, 43]],
  ["slack bot", "xoxb-", [DIGITS, 12], "-", [DIGITS, 12], "-", [ALNUM, 24]],
  ["slack refresh", "xoxe-1-", [ALNUM, 120]],
  [
    "slack webhook",
    "https://hooks.slack.com/services/T0",
    [UPPER_ALNUM, 8],
    "/B0",
    [UPPER_ALNUM, 8],
    "/",
    [ALNUM, 24],
  ],
  ["discord bot", "MT", [ALNUM, 22], ".", [ALNUM, 6], ".", [URL_SAFE, 38]],
  ["discord webhook", "https://discord.com/api/webhooks/", [DIGITS, 19], "/", [URL_SAFE, 68]],
  ["telegram", [DIGITS, 10], ":AA", [URL_SAFE, 33]],
  ["sendgrid", "SG.", [URL_SAFE, 22], ".", [URL_SAFE, 43]],
  ["mailgun", "key-", [HEX, 32]],
  ["mailgun new", [HEX, 32], "-", [HEX, 8], "-", [HEX, 8]],
  ["mailchimp", [HEX, 32], "-us21"],
  ["resend", "re_", [ALNUM, 8], "_", [ALNUM, 24]],
  ["brevo", "xkeysib-", [HEX, 64], "-", [ALNUM, 16]],
  ["twilio", "SK", [HEX, 32]],
  ["stripe live", "sk_live_", [ALNUM, 99]],
  ["stripe restricted", "rk_live_", [ALNUM, 24]],
  ["stripe webhook", "whsec_", [ALNUM, 32]],
  ["square", "sq0csp-", [URL_SAFE, 43]],
  ["shopify", "shpat_", [HEX, 32]],
  ["paddle", "pdl_live_apikey_", [LOWER_ALNUM, 26], "_", [ALNUM, 22], "_", [ALNUM, 3]],
  ["facebook", "EAA", [ALNUM, 180]],
  ["hubspot", "pat-na1-", [HEX, 8], "-", [HEX, 4], "-", [HEX, 4], "-", [HEX, 4], "-", [HEX, 12]],
  ["mapbox", "sk.eyJ", [URL_SAFE, 70], ".", [URL_SAFE, 22]],
  ["dropbox", "sl.", [URL_SAFE, 130]],
  ["wallet", "xprv", [ALNUM.replace(/[0OIl]/g, ""), 107]],
];

const tokens: SecretForm[] = TOKENS.map(([name, ...parts]) => {
  const secret = parts
    .map((part, i) => (typeof part === "string" ? part : random(`${name} ${i}`, part[0], part[1])))
    .join("");
  return { name, text: `got ${secret} back`, secret };
});

/** Texts with `§` where the secret stands, and how it is made where it is no password. */
const named: SecretForm[] = NAMED_FORMS.map(([name, text, make]) => {
  const secret = (make ?? password)(name);
  return { name, text: text.replace("§", () => secret), secret };
});

function pem(name: string, kind: string): SecretForm {
  const secret = base64Lines(name, 6);
  return { name, text: `-----BEGIN ${kind}-----\n${secret}\n-----END ${kind}-----`, secret };
}

const KEYS: readonly SecretForm[] = [
  pem("pem", "PRIVATE KEY"),
  pem("pem rsa", "RSA PRIVATE KEY"),
  pem("pem openssh", "OPENSSH PRIVATE KEY"),
  pem("pem pgp", "PGP PRIVATE KEY BLOCK"),
];

export const SECRET_FORMS: readonly SecretForm[] = [...tokens, ...named, ...KEYS];
