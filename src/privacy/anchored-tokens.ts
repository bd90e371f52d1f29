/** Tokens and addresses whose telling part stands in their middle or in front of them. */

/**
 * What their words begin with, beside those that have `~` behind a word or `|` in front of a long
 * one; without any of these there is none.
 */
export const ANCHOR_PREFIXES =
  "AA atlasv1. sig= Signature= signature= code= jsessionid= JSESSIONID= PHPSESSID= hooks. hooks/ hook/ webhook chat.googleapis";

const RULES: readonly [kind: string, literal: string, pattern: RegExp][] = [
  [
    "telegram-token",
    ":AA",
    /(?<![A-Za-z0-9_])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])/g,
  ],
  // The client secret of an Azure application: three characters, a digit, `Q~`.
  [
    "azure-secret",
    "Q~",
    /(?<![A-Za-z0-9_.~-])[A-Za-z0-9_.~-]{3}[A-Za-z0-9]Q~[A-Za-z0-9_.~-]{31,34}/g,
  ],
  ["terraform-token", ".atlasv1.", /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}/g],
  [
    "api-token",
    "|",
    /(?<![\w|])[0-9]{1,7}\|(?=[A-Za-z]{0,40}[0-9])(?=[a-z0-9]{0,40}[A-Z])[A-Za-z0-9]{40,60}(?!\w)/g,
  ],
  ["azure-signature", "sig=", /(?<=[?&;]sig=)[A-Za-z0-9%+/=_-]{20,200}/g],
  [
    "url-signature",
    "ignature=",
    /(?<=(?:[?&](?:amp;)?(?:X-(?:Amz|Goog)-)?|[ ,])Signature=)[A-Za-z0-9%+/=_~-]{20,800}/g,
  ],
  // Keys of Azure's functions, and codes of OAuth.
  [
    "url-code",
    "code=",
    /(?<=[?&](?:amp;)?code=)(?=[A-Za-z_%/.-]{0,40}[0-9])(?=[^A-Z\s]{0,40}[A-Z])[A-Za-z0-9%+/=_.-]{24,600}/g,
  ],
  [
    "session",
    "SESSI",
    /(?<=\b(?:JSESSIONID|PHPSESSID)=)(?=[A-Za-z.!_-]{0,40}[0-9])[A-Za-z0-9.!_-]{12,200}/g,
  ],
  ["session", "jsessi", /(?<=;jsessionid=)(?=[A-Za-z.!_-]{0,40}[0-9])[A-Za-z0-9.!_-]{12,200}/g],
  [
    "slack-webhook",
    "hooks.slack.com",
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{10,200}/g,
  ],
  ["discord-webhook", "/api/webhooks/", /\/api\/webhooks\/[0-9]{15,22}\/[A-Za-z0-9_-]{30,100}/g],
  [
    "teams-webhook",
    "webhook.office.com",
    /webhook\.office\.com\/webhookb2\/[A-Za-z0-9@/-]{40,300}/g,
  ],
  [
    "chat-webhook",
    "chat.googleapis.com",
    /(?<=chat\.googleapis\.com\/v1\/spaces\/[A-Za-z0-9_-]{1,40}\/messages\?)[^\s"'`<>]{20,300}/g,
  ],
  [
    "zapier-webhook",
    "hooks.zapier.com",
    /(?<=hooks\.zapier\.com\/hooks\/catch\/)[0-9A-Za-z/]{10,80}/g,
  ],
];

/** Replaces them; each rule runs only where its literal is in the text. */
export function redactAnchored(text: string): string {
  let result = text;
  for (const [kind, literal, pattern] of RULES) {
    if (result.includes(literal)) result = result.replace(pattern, `[redacted:${kind}]`);
  }
  return result;
}
