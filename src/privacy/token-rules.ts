/**
 * Secrets that their own form gives away. Each rule begins with a literal, a left boundary keeps a
 * run of look-alikes from being tried at each of its characters, and every quantifier is bounded.
 */

interface TokenRule {
  /** Stands in `[redacted:<kind>]`. */
  kind: string;
  /** The rule is tried only where one of these is in the text: a plain search is nearly free. */
  literals: readonly string[];
  pattern: RegExp;
}

function rule(kind: string, literals: string | readonly string[], pattern: RegExp): TokenRule {
  return { kind, literals: typeof literals === "string" ? [literals] : literals, pattern };
}

const BOUNDARY = "(?<![A-Za-z0-9_])";

function token(kind: string, literals: string | readonly string[], source: string): TokenRule {
  return rule(kind, literals, new RegExp(`${BOUNDARY}(?:${source})`, "g"));
}

const TOKEN_RULES: readonly TokenRule[] = [
  token("cairn-key", "cairn_", "cairn_[a-z0-9-]{1,40}_[a-z0-9]{4,16}_[A-Za-z0-9]{32,200}"),
  token("anthropic-key", "sk-ant-", "sk-ant-[A-Za-z0-9_-]{16,300}"),
  token(
    "openai-key",
    ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-", "sk-or-v1-", "sk-lf-"],
    "sk-(?:proj|svcacct|admin|None|or-v1|lf)-[A-Za-z0-9_-]{16,300}",
  ),
  token("api-key", "sk-", "sk-[A-Za-z0-9]{32,200}(?![A-Za-z0-9_-])"),
  token("github-token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "gh[opsur]_[A-Za-z0-9_]{20,300}"),
  token("github-token", "github_pat_", "github_pat_[A-Za-z0-9_]{20,300}"),
  token(
    "gitlab-token",
    [
      "glpat-",
      "gldt-",
      "glptt-",
      "glrt",
      "glcbt-",
      "glft-",
      "glimt-",
      "glagent-",
      "gloas-",
      "glsoat-",
      "glffct-",
      "glwt-",
    ],
    "gl(?:pat|dt|ptt|rt|rtr|cbt|ft|imt|agent|oas|soat|ffct|wt)-[A-Za-z0-9_.-]{16,300}",
  ),
  token("gitlab-token", "GR1348941", "GR1348941[A-Za-z0-9_-]{16,100}"),
  token("slack-token", "xox", "xox[a-z](?:\\.xox[a-z])?-[A-Za-z0-9-]{10,300}"),
  token("slack-token", "xapp-", "xapp-[0-9]-[A-Za-z0-9-]{10,300}"),
  rule(
    "slack-webhook",
    "hooks.slack.com",
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{10,200}/g,
  ),
  rule(
    "discord-webhook",
    "/api/webhooks/",
    /\/api\/webhooks\/[0-9]{15,22}\/[A-Za-z0-9_-]{30,100}/g,
  ),
  token("stripe-key", ["k_live_", "k_test_"], "[srp]k_(?:live|test)_[A-Za-z0-9]{10,250}"),
  token("webhook-secret", "whsec_", "whsec_[A-Za-z0-9+/]{16,200}={0,2}"),
  token("npm-token", "npm_", "npm_[A-Za-z0-9]{30,80}"),
  token("pypi-token", "pypi-", "pypi-[A-Za-z0-9_-]{40,300}"),
  token("google-key", "AIza", "AIza[A-Za-z0-9_-]{30,50}"),
  token("google-token", "ya29.", "ya29\\.[A-Za-z0-9_.-]{20,500}"),
  token("google-secret", "GOCSPX-", "GOCSPX-[A-Za-z0-9_-]{20,60}"),
  token(
    "aws-key-id",
    ["AKIA", "ASIA", "ABIA", "ACCA"],
    "A(?:KI|SI|BI|CC)A[A-Z0-9]{16}(?![A-Za-z0-9])",
  ),
  token("sendgrid-key", "SG.", "SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,100}"),
  token("twilio-key", "SK", "SK[0-9a-f]{32}(?![A-Za-z0-9])"),
  token("mailgun-key", "key-", "key-[0-9a-f]{32}(?![A-Za-z0-9])"),
  token("hugging-face-token", "hf_", "hf_[A-Za-z0-9]{30,80}"),
  token("groq-key", "gsk_", "gsk_[A-Za-z0-9]{40,80}"),
  token("digitalocean-token", "_v1_", "do[opr]_v1_[a-f0-9]{48,80}"),
  token(
    "shopify-token",
    ["shpat_", "shpca_", "shppa_", "shpss_"],
    "shp(?:at|ca|pa|ss)_[A-Za-z0-9]{24,64}",
  ),
  token("docker-token", "dckr_", "dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}"),
  token("vault-token", ["hvs.", "hvb.", "hvr."], "hv[sbr]\\.[A-Za-z0-9_-]{20,300}"),
  token("age-key", "AGE-SECRET-KEY-", "AGE-SECRET-KEY-1[A-Z0-9]{50,70}"),
  token("telegram-token", ":AA", "[0-9]{8,10}:AA[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])"),
  // The client secret of an Azure application: three characters, a digit, `Q~`.
  token("azure-secret", "Q~", "[A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{31,34}"),
  rule("azure-signature", "sig=", /(?<=[?&;]sig=)[A-Za-z0-9%+/=_-]{20,200}/g),
  rule(
    "jwt",
    "eyJ",
    /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{4,8000}(?:\.[A-Za-z0-9_-]{0,2000}){1,3}/g,
  ),
];

/** True where some rule's literal is in the text: one pass instead of one for each rule. */
const ANY_LITERAL = new RegExp(
  [...new Set(TOKEN_RULES.flatMap((rule) => rule.literals))]
    .map((literal) => literal.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
    .join("|"),
);

/** Replaces secrets whose own form gives them away. */
export function redactTokens(text: string): string {
  if (!ANY_LITERAL.test(text)) return text;
  let result = text;
  for (const { kind, literals, pattern } of TOKEN_RULES) {
    if (literals.some((literal) => result.includes(literal))) {
      result = result.replace(pattern, `[redacted:${kind}]`);
    }
  }
  return result;
}
