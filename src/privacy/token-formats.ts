/**
 * The forms of providers' tokens: what they begin with, and what follows. Written after the
 * providers' own documentation; `token-rules.ts` finds them. Every quantifier is bounded.
 */
import { SERVICE_FORMATS } from "./token-formats-services.ts";

export interface TokenFormat {
  /** Stands in `[redacted:<kind>]`. */
  kind: string;
  /** What the token begins with, one of them: at least two characters. */
  prefixes: readonly string[];
  /** Source of a regular expression for what follows the prefix. */
  body: string;
}

/** A line of the tables below: kind, prefixes with spaces between, body. */
export type FormatRow = readonly [kind: string, prefixes: string, body: string];

/** No letter, digit, `_` or `-` behind a token whose length is fixed. */
const END = "(?![A-Za-z0-9_-])";
const UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
/** A digit, an upper and a lower case letter within the next 40 characters: random, no words. */
const MIXED = "(?=[A-Za-z_-]{0,40}[0-9])(?=[a-z0-9_-]{0,40}[A-Z])(?=[A-Z0-9_-]{0,40}[a-z])";
const DIGIT = "(?=[A-Za-z_-]{0,40}[0-9])";

/** Models, code hosts, registries and clouds. */
const PLATFORM_FORMATS: readonly FormatRow[] = [
  ["cairn-key", "cairn_", "[a-z0-9-]{1,40}_[a-z0-9]{4,16}_[A-Za-z0-9]{32,200}"],

  // Models
  ["anthropic-key", "sk-ant-", "[A-Za-z0-9_-]{16,300}"],
  [
    "openai-key",
    "sk-proj- sk-svcacct- sk-admin- sk-None- sk-or-v1- sk-lf- sk-helicone- sk-litellm-",
    "[A-Za-z0-9_-]{16,300}",
  ],
  ["api-key", "sk-", `[A-Za-z0-9]{32,200}${END}`],
  ["api-key", "sk-", `${MIXED}[A-Za-z0-9_-]{24,200}`],
  ["google-key", "AIza", "[A-Za-z0-9_-]{30,50}"],
  ["google-key", "AQ.", "A[A-Za-z0-9_-]{40,100}"],
  ["hugging-face-token", "hf_ api_org_", "[A-Za-z0-9]{30,80}"],
  ["groq-key", "gsk_", "[A-Za-z0-9]{40,80}"],
  ["xai-key", "xai-", "[A-Za-z0-9_-]{40,120}"],
  ["perplexity-key", "pplx-", "[A-Za-z0-9]{32,80}"],
  ["replicate-token", "r8_", "[A-Za-z0-9]{30,60}"],
  ["nvidia-key", "nvapi-", "[A-Za-z0-9_-]{40,120}"],
  ["tavily-key", "tvly-", "(?:dev-|prod-)?[A-Za-z0-9]{24,80}"],
  ["langsmith-key", "lsv2_ ls__", "[A-Za-z0-9_]{24,120}"],
  ["pinecone-key", "pcsk_", "[A-Za-z0-9_]{40,120}"],
  ["fireworks-key", "fw_", `${DIGIT}[A-Za-z0-9]{20,60}`],
  ["together-key", "tgp_v1_", "[A-Za-z0-9_-]{30,80}"],
  ["cerebras-key", "csk-", "[a-z0-9]{40,60}"],
  ["jina-key", "jina_", "[A-Za-z0-9_-]{40,100}"],
  ["firecrawl-key", "fc-", `[0-9a-f]{32}${END}`],
  ["eleven-labs-key", "sk_", `[0-9a-f]{48}${END}`],
  ["voyage-key", "pa-", `${MIXED}[A-Za-z0-9_-]{40,60}`],
  ["weights-and-biases-key", "wandb_v1_", "[A-Za-z0-9_-]{30,120}"],
  ["modal-token", "ak- as-", `${MIXED}[A-Za-z0-9]{20,26}${END}`],
  ["runpod-key", "rpa_", "[A-Z0-9]{36,60}"],
  ["e2b-key", "e2b_", "[0-9a-f]{36,60}"],
  ["daytona-key", "dtn_", "[0-9a-f]{40,80}"],
  ["browserbase-key", "bb_live_ bb_test_", "[A-Za-z0-9_-]{20,60}"],
  ["cursor-key", "key_ crsr_", `[0-9a-f]{60,70}${END}`],
  ["context-key", "ctx7sk-", `${UUID}`],
  ["mem0-key", "m0-", `${MIXED}[A-Za-z0-9]{36,48}${END}`],
  ["llama-key", "LLM|", "[0-9]{10,20}\\|[A-Za-z0-9_-]{20,60}"],
  ["anyscale-key", "esecret_ aph0_", "[A-Za-z0-9]{20,80}"],
  ["apify-token", "apify_api_ apify_proxy_", "[A-Za-z0-9]{30,60}"],
  ["sourcegraph-token", "sgp_ sgd_ slk_", "(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40,64}"],

  // Code hosts, builds and registries
  [
    "github-token",
    "ghp_ gho_ ghu_ ghs_ ghr_",
    "[A-Za-z0-9_]{20,300}(?:\\.[A-Za-z0-9_-]{1,2000}){0,2}",
  ],
  ["github-token", "github_pat_", "[A-Za-z0-9_]{20,300}"],
  [
    "gitlab-token",
    "glpat- gldt- glptt- glrt- glrtr- glcbt- glft- glimt- glagent- gloas- glsoat- glffct- glwt-",
    "[A-Za-z0-9_.-]{16,300}",
  ],
  ["gitlab-token", "GR1348941", "[A-Za-z0-9_-]{16,100}"],
  ["bitbucket-token", "ATBB", `(?=[A-Za-z]{0,40}[0-9])[A-Za-z0-9]{24,60}${END}`],
  ["atlassian-token", "ATATT3 ATCTT3 ATSTT3 ATOA3", "[A-Za-z0-9_=-]{40,400}"],
  ["circleci-token", "CCIPAT_ CCIPRJ_", "[A-Za-z0-9_]{30,120}"],
  ["buildkite-token", "bkua_ bkat_ bkct_ bkpt_ bkaj_ bkrt_ bkpi_", "[A-Za-z0-9_-]{30,80}"],
  ["sonar-token", "squ_ sqp_ sqa_", "[0-9a-f]{40}"],
  ["snyk-token", "snyk_uat. snyk_sat.", "[A-Za-z0-9._-]{20,200}"],
  ["npm-token", "npm_", "[A-Za-z0-9]{30,80}"],
  ["pypi-token", "pypi-", "[A-Za-z0-9_-]{40,300}"],
  ["rubygems-key", "rubygems_", "[0-9a-f]{40,64}"],
  ["nuget-key", "oy2", `[a-z0-9]{43}${END}`],
  ["crates-token", "cio", `${DIGIT}[A-Za-z0-9]{32}${END}`],
  ["crates-token", "crates_io_ cio_", "[A-Za-z0-9]{30,60}"],
  ["packagist-token", "packagist_", "(?:[a-z]{2,4}_)?[0-9a-f]{40,80}"],
  ["clojars-token", "CLOJARS_", "[0-9a-f]{60}"],
  ["docker-token", "dckr_pat_ dckr_oat_", "[A-Za-z0-9_-]{20,60}"],
  ["jfrog-key", "AKCp", "[A-Za-z0-9]{60,80}"],
  ["jfrog-token", "cmVmdGtuO", "[A-Za-z0-9]{40,70}"],
  ["octopus-key", "API-", `(?=[A-Z]{0,30}[0-9])[A-Z0-9]{25,32}${END}`],
  ["deno-token", "ddp_ ddw_ ddo_", "[A-Za-z0-9]{30,60}"],
  ["postman-key", "PMAK- PMAT-", "[0-9A-Za-z]{20,30}(?:-[0-9a-f]{30,40})?"],
  ["openshift-token", "sha256~", "[A-Za-z0-9_-]{40,50}"],
  ["swarm-token", "SWMTKN-1-", "[a-z0-9]{40,60}-[a-z0-9]{20,30}"],
  ["rancher-token", "token-", `[a-z0-9]{5}:[a-z0-9]{54}${END}`],
  ["portainer-key", "ptr_", "[A-Za-z0-9+/=_-]{40,60}"],
  ["chromatic-token", "chpt_", "[A-Za-z0-9]{12,40}"],

  // Secrets' own stores and infrastructure as code
  ["vault-token", "hvs. hvb. hvr.", "[A-Za-z0-9_-]{20,400}"],
  [
    "doppler-token",
    "dp.",
    "(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{1,40}\\.)?[A-Za-z0-9]{38,50}",
  ],
  ["1password-token", "ops_ey", "[A-Za-z0-9+/=_-]{100,2000}"],
  [
    "1password-key",
    "A3-",
    "[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
  ],
  ["age-key", "AGE-SECRET-KEY-", "[A-Z0-9-]{50,80}"],
  ["age-key", "AGE-PLUGIN-", "[A-Z0-9-]{40,200}"],
  ["pulumi-token", "pul-", "[0-9a-f]{40}"],
  ["tailscale-key", "tskey-", "[a-z]{2,20}-[A-Za-z0-9_-]{12,120}"],
  ["infracost-key", "ico-", `${DIGIT}[A-Za-z0-9]{32}${END}`],
  ["harness-key", "pat. sat.", "[A-Za-z0-9_-]{22}\\.[0-9a-f]{24}\\.[A-Za-z0-9]{20}"],

  // Clouds
  [
    "aws-key-id",
    "AKIA ASIA ABIA ACCA A3T",
    "(?![A-Z0-9]{4,9}EXAMPLE)[A-Z0-9]{16,17}(?![A-Za-z0-9])",
  ],
  ["aws-key", "ABSK", "[A-Za-z0-9+/]{100,300}={0,2}"],
  ["aws-key", "bedrock-api-key-", "[A-Za-z0-9+/=]{40,4000}"],
  ["aws-session-token", "IQoJb3JpZ2lu FwoGZXIvYXdz FQoGZXIvYXdz", "[A-Za-z0-9+/=]{60,4000}"],
  ["google-token", "ya29.", "[A-Za-z0-9_.-]{20,2000}"],
  ["google-secret", "GOCSPX-", "[A-Za-z0-9_-]{20,60}"],
  ["google-token", "1//0 4/0A", "[A-Za-z0-9_-]{30,300}"],
  ["google-key-id", "GOOG1E", "[A-Z0-9]{54,58}"],
  ["digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", "[a-f0-9]{48,80}"],
  ["alibaba-key-id", "LTAI", `(?=[A-Za-z]{0,30}[0-9])[A-Za-z0-9]{12,26}${END}`],
  ["tencent-key-id", "AKID", `${DIGIT}[A-Za-z0-9]{32}${END}`],
  ["yandex-key", "AQVN", "[A-Za-z0-9_-]{30,50}"],
  ["yandex-key", "YCA YCM YCN YCO YCP", "[A-Za-z0-9_-]{36,40}"],
  [
    "yandex-token",
    "y0_ t1.",
    `${DIGIT}[A-Za-z0-9_-]{40,200}(?:={0,2}\\.[A-Za-z0-9_-]{40,100}={0,2})?`,
  ],
  ["scaleway-key-id", "SCW", `(?=[A-Z]{0,30}[0-9])[A-Z0-9]{17}${END}`],
  [
    "fly-token",
    "fm1r_ fm2_ fo1_ fm1a_",
    "[A-Za-z0-9+/_=-]{30,4000}(?:,fm[12][ar]?_[A-Za-z0-9+/_=-]{30,4000}){0,8}",
  ],
  ["heroku-key", "HRKU-", "[A-Za-z0-9_-]{30,80}"],
  ["render-key", "rnd_", "[A-Za-z0-9]{28,40}"],
  ["netlify-token", "nfp_ nfc_ nfo_ nfb_ nfu_", "[A-Za-z0-9]{36,60}"],
  ["vercel-token", "vcp_ vci_ vca_ vcr_ vck_", "[A-Za-z0-9]{20,80}"],
  ["vercel-token", "vercel_blob_rw_", "[A-Za-z0-9_]{30,80}"],
  ["cloudflare-key", "v1.0-", "[0-9a-f]{24}-[0-9a-f]{140,160}"],
  ["cloudflare-token", "cfk_ cfut_ cfat_", "[A-Za-z0-9_-]{40,60}"],
  ["exoscale-key", "EXO", `(?=[0-9a-f]{0,30}[0-9])[0-9a-f]{24}${END}`],
];

function formatsOf(rows: readonly FormatRow[]): TokenFormat[] {
  return rows.map(([kind, prefixes, body]) => ({ kind, prefixes: prefixes.split(" "), body }));
}

export const TOKEN_FORMATS: readonly TokenFormat[] = formatsOf([
  ...PLATFORM_FORMATS,
  ...SERVICE_FORMATS,
]);
