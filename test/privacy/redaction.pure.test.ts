// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of other languages are meant
import { describe, expect, it } from "vitest";
import { RULE_SETS, redact } from "../../src/privacy/redaction.ts";
import { sanitise } from "../../src/privacy/sanitise.ts";
import { PRESET_KINDS } from "../../src/privacy/secretlint-rules.ts";

const B32 = "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z";
const HEX = "0123456789abcdef0123456789abcdef";
const PEM_LINE = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
// Put together here, so that no scanner takes this file for a leak.
const pem = (what: string, body: string) =>
  `-----BEGIN ${what}PRIVATE KEY-----\n${body}\n-----END ${what}PRIVATE KEY-----`;

/** A text, and the part of it that has to go. */
const SECRETS: [string, string][] = [
  // Providers' tokens
  [`key AKIA${"IOSFODNN7QX4MPL2"} used`, "IOSFODNN7"],
  [`aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEx4mPl3KEY`, "wJalrXUtn"],
  [`"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEx4mPl3KEY"`, "wJalrXUtn"],
  [`ghp_${B32}abcd`, B32],
  [`gho_${B32}abcd ghs_${B32}abcd ghu_${B32}abcd ghr_${B32}abcd`, B32],
  [`github_pat_11ABCDEFG0_${B32}${B32}`, B32],
  [`glpat-${B32}`, B32],
  [`xoxb-123456789012-123456789012-${B32.slice(0, 24)}`, B32.slice(0, 24)],
  [`https://hooks.slack.com/services/T0000/B0000/${B32.slice(0, 24)}`, B32.slice(0, 24)],
  [`sk_live_${B32}`, B32],
  [`rk_test_${B32}`, B32],
  [`whsec_${B32}`, B32],
  [`npm_${B32}abcd`, B32],
  [`//registry.npmjs.org/:_authToken=${B32}`, B32],
  [`pypi-AgEIcHlwaS5vcmc${B32}${B32}`, B32],
  [`AIza${B32}abc`, B32],
  [`ya29.${B32}`, B32],
  [`sk-ant-api03-${B32}${B32}-${B32}AA`, B32],
  [`sk-proj-${B32}`, B32],
  [`sk-${B32}${B32.slice(0, 16)}`, B32],
  [`SG.${B32.slice(0, 22)}.${B32}abcdefghijk`, B32],
  [`SK${HEX}`, HEX],
  [`TWILIO_AUTH_TOKEN=${HEX}`, HEX],
  [`DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${B32}${B32}==;`, B32],
  [`https://x.blob.core.windows.net/c?sv=2024&sig=${B32}%3D&se=2026`, B32],
  [`abc8Q~${B32}a`, B32],
  [`hf_${B32}ab`, B32],
  [`dop_v1_${HEX}${HEX}`, HEX],
  [`shpat_${HEX}`, HEX],
  [`cairn_my-team_ab12cd34_${B32}${B32.slice(0, 8)}`, B32],
  [`1234567890:AA${B32}a`, B32],
  [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${B32}`, B32],
  // Kinds that only secretlint's preset knows
  [`lin_api_${B32}${B32.slice(0, 8)}`, B32],
  [`figd_${B32}${B32.slice(0, 8)}`, B32],
  [`dapi${HEX}`, HEX],
  // Forms that other tools have no rule for, some without a prefix
  [`x r8_${B32}`, B32],
  [`x lsv2_pt_${HEX}_0123456789`, HEX],
  [`x dp.pt.${B32}abcdefghijk`, B32],
  [`x ${HEX}-us14`, HEX],
  [`x MTn6q4MlgEzo0w5wFceqT9vztB.G8weQh.${B32}`, B32],
  [`x pat${B32.slice(0, 14)}.${HEX}${HEX}`, HEX],
  [`x access-production-5b1f0c7e-2f5a-4a53-9d0e-6f1d3f6b7a01`, "5b1f0c7e-2f5a"],
  [`x 1//0g${B32}${B32}`, B32],
  // A literal escape in front of a token is not part of its word
  [`line\nghp_${B32}abcd`, B32],
  [`a\tr8_${B32}`, B32],
  [`token%3Dghp_${B32}abcd`, B32],
  [`\u001b[31mghp_${B32}abcd`, B32],
  [`https://api.telegram.org/bot1234567890:AA${B32}a/getMe`, B32],
  // Headers: curl, raw HTTP, JSON, environment
  [`curl -H "Authorization: Bearer ${B32}" https://example.com`, B32],
  [`Proxy-Authorization: Basic dXNlcjpodW50ZXIy`, "dXNlcjpodW50ZXIy"],
  [`{"headers":{"authorization":"Token ${B32}"}}`, B32],
  [`HTTP_AUTHORIZATION="Bearer ${B32}"`, B32],
  [`{\\"Authorization\\": \\"Bearer ${B32}\\"}`, B32],
  [`Cookie: sid=${B32}; theme=dark`, B32],
  [`Set-Cookie: session=s3cr3t-value; HttpOnly; Path=/`, "s3cr3t-value"],
  [`X-Api-Key: ${B32}`, B32],
  [`X-API-KEY=${B32}`, B32],
  // Connection strings
  [`postgres://app:hunter2@db.example.com:5432/x`, "hunter2"],
  [`mysql://app:p@ss-w0rd@db/x`, "p@ss-w0rd"],
  [`mongodb+srv://app:hunter2@cluster.example.com`, "hunter2"],
  [`redis://:hunter2@cache:6379/0`, "hunter2"],
  [`amqp://guest:hunter2@mq//`, "hunter2"],
  [`https://user:hunter2@example.com/path`, "hunter2"],
  [`https://${B32}@example.com/repo.git`, B32],
  [`Server=db;User Id=sa;Password=hunter2;`, "hunter2"],
  [`host=db user=app password=swordfish`, "swordfish"],
  // Assignments
  [`DB_PASSWORD=correcthorse`, "correcthorse"],
  [`export PASSWORD='correct-horse'`, "correct-horse"],
  [`password: hunter2`, "hunter2"],
  [`"password": "hunter2"`, "hunter2"],
  [`\\"password\\":\\"hunter2\\"`, "hunter2"],
  [`passwd = "hunter2"`, "hunter2"],
  [`const apiKey = "${HEX}";`, HEX],
  [`client_secret: ${B32}`, B32],
  [`?access_token=${B32}&x=1`, B32],
  [`secret => '${B32}'`, B32],
  [`mysqldump --password hunter2 db`, "hunter2"],
  [`vault login --token ${B32}`, B32],
  [`curl -u admin:hunter2 https://example.com`, "hunter2"],
  ["DB_PASSWORD_UAT=swordfish", "swordfish"],
  ["POSTGRES_PASSWORD=mysecretpassword", "mysecretpassword"],
  [`headers.set("X-Api-Key", "${B32}")`, B32],
  // Private keys, whole and cut
  [pem("RSA ", `${PEM_LINE}\n${PEM_LINE}\nabc=`), PEM_LINE],
  [pem("", `${PEM_LINE}\n${PEM_LINE}`).replaceAll("\n", "\\n"), PEM_LINE],
  [pem("OPENSSH ", `${PEM_LINE}\n${PEM_LINE}`).slice(0, 150), PEM_LINE],
  [pem("EC ", `${PEM_LINE}\n${PEM_LINE}`).slice(40), "BAQEFAASCBKcw"],
];

const LOOKALIKES: string[] = [
  "commit 4be17d9c0a4e9d277b14f0f8a4c91be2d3c5502a",
  "5b1f0c7e-2f5a-4a53-9d0e-6f1d3f6b7a01",
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
  `"integrity": "sha512-${B32}${B32}/abc+def=="`,
  'resolved "https://registry.npmjs.org/token/-/token-1.2.3.tgz#a1b2c3d4"',
  "https://example.com:8080/path@2?x=1",
  "git@github.com:acme/app.git",
  "npm i @acme/app@1.2.3 https://example.com/@scope/x",
  "token_count: 480, max_tokens: 4096, input_tokens=1234",
  "password_hash TEXT NOT NULL, password_reset_at timestamp",
  'password = os.environ["DB_PASSWORD"]',
  "password: string;",
  "interface A { password: string; token?: string | null }",
  "const password = req.body.password;",
  "password = getPassword(user)",
  "def login(user, password=password):",
  "if (password === other) return token == expected;",
  "DB_PASSWORD=$PASS API_KEY=${API_KEY}",
  "api_key: ${{ secrets.API_KEY }}",
  '<input type="password" name="password" placeholder="Password" />',
  'errors: { password: "must have at least 8 characters" }',
  "Authorization: Bearer ${token}",
  "headers: { authorization: `Bearer ${key}` }",
  "Cookie: the session cookie is read here",
  "secretName: my-secret-2",
  'tokenizer = "bert-base-uncased-2024"',
  "this.token = this.next(tokens.length)",
  'class="sk-loading-spinner-container-large-2"',
  "-----BEGIN CERTIFICATE-----",
  "-----BEGIN PUBLIC KEY-----",
  "The token is checked against the secret in the environment.",
  "postgres://localhost:5432/app",
  "postgres://app:${DB_PASSWORD}@db/app",
  "git log --author dev -u --token",
  "sort -u names:2",
  'passwordHash: "a1b2c3d4e5f6a7b8", tokenUrls = "x1y2z3a4b5c6d7e8", TOKENIZER="bert-base-2024"',
  "client_secret: clientSecret",
  'REFRESH_TOKEN = "refresh_token"',
  "excludeHeaders: ['authorization', 'x-api-key', 'cookie']",
  'OAUTH_BETA_HEADER = "oauth-2025-04-20"',
  "USERNAME_PASSWORD: 0x02,",
  "Authorization: Bearer cairn_<team>_<id>_<secret>",
];

const HOSTILE = [
  "a-",
  "=",
  '"password":"',
  "://",
  "A",
  "AKIA",
  "ghp_",
  "sk-",
  "xoxb-",
  "a:b@",
  "https://a:b",
  "-----BEGIN RSA PRIVATE KEY-----",
  "-----END RSA PRIVATE KEY-----",
  "eyJhbGci.",
  "eyJ",
  " ",
  "password ",
  "token:",
  "Authorization: ",
  "cookie: a=",
  "x-key-",
  "--token ",
  '\\"',
  "é",
  "<private>",
];

describe("redaction", () => {
  it("replaces every kind of secret, and says what stood there", () => {
    for (const [text, secret] of SECRETS) {
      const redacted = redact(text);
      expect([text, redacted.includes(secret)]).toEqual([text, false]);
      expect(redacted).toMatch(/\[redacted:[a-z0-9-]+\]/);
    }
  });

  it("finds them inside a longer text just as well, and twice does no harm", () => {
    for (const [text, secret] of SECRETS) {
      const redacted = redact(`The output was:\n${text}\nand then it went on.`);
      expect([text, redacted.includes(secret)]).toEqual([text, false]);
      expect(redacted).toContain("it went on.");
      expect(redact(redacted)).toBe(redacted);
    }
  });

  it("leaves what only looks like a secret", () => {
    for (const text of LOOKALIKES) expect(redact(text)).toBe(text);
  });

  it("keeps what tells where a secret was: user, host, header and name", () => {
    expect(redact("postgres://app:hunter2@db:5432/x?ssl=1")).toBe(
      "postgres://app:[redacted:connection-string]@db:5432/x?ssl=1",
    );
    expect(redact(`-H 'Authorization: Bearer ${B32}' -d x`)).toBe(
      "-H 'Authorization: Bearer [redacted:authorization]' -d x",
    );
    expect(redact("DB_PASSWORD=correcthorse npm test")).toBe(
      "DB_PASSWORD=[redacted:password] npm test",
    );
  });

  it("goes by the names of entries in structured input", () => {
    const content = sanitise({
      kind: "tool_use",
      tool: "mcp__http__request",
      input: { headers: { Cookie: "sid=abcdef" }, body: { password: "hunter2", user: "app" } },
      output: { token: B32, count: 3 },
      filesRead: [],
      filesModified: [],
      agentType: null,
      ignoreGlobs: [],
    });
    expect(content.body).toMatchObject({
      input: {
        headers: { Cookie: "[redacted:cookie]" },
        body: { password: "[redacted:secret]", user: "app" },
      },
      output: '{"token":"[redacted:secret]","count":3}',
    });
  });

  it("ignores a text that tries to switch the rules off", () => {
    expect(redact(`// secretlint-disable\nfigd_${B32}${B32}`)).not.toContain(B32);
  });

  it("gets through 64 KiB of each hostile pattern", () => {
    for (const pattern of HOSTILE) {
      const text = pattern.repeat(65_536 / pattern.length);
      for (const set of RULE_SETS) expect(typeof set.redact(text)).toBe("string");
    }
  });

  it("knows all rules of secretlint's preset; a new one needs its prefix in the screen", () => {
    expect([...PRESET_KINDS].sort()).toEqual(
      "1password anthropic aws basicauth cloudflare database-connection-string databricks docker figma filter-comments gcp github gitlab grafana groq hashicorp-vault huggingface linear notion npm openai privatekey sendgrid shopify slack stripe tailscale vercel"
        .split(" ")
        .sort(),
    );
  });
});
