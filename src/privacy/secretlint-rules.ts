/**
 * The rules of secretlint's recommended preset, beside our own: others keep it up to date with new
 * kinds of tokens. Its rules are called directly, through the rule interface, instead of through
 * `@secretlint/core`: the core is asynchronous, honours `secretlint-disable` comments (anybody's
 * text could switch it off), leaves performance marks behind on each call, shifts ranges after a
 * byte order mark, and splits every text into lines first.
 */
import { rules as preset } from "@secretlint/secretlint-rule-preset-recommend";

/** Rules that are left out, and why. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  // Lets the text itself switch rules off.
  "@secretlint/secretlint-rule-filter-comments",
  // Reads files by path; its JSON keys are private key blocks, which our own rule takes.
  "@secretlint/secretlint-rule-gcp",
  // Takes everything to the end of the line with it; `token-rules.ts` has npm's tokens.
  "@secretlint/secretlint-rule-npm",
  // Take the host and the database with the credentials; `redactUrls` leaves those.
  "@secretlint/secretlint-rule-database-connection-string",
  "@secretlint/secretlint-rule-basicauth",
]);

/** The rules by the short name that stands in `[redacted:<kind>]`. */
export const PRESET_KINDS: readonly string[] = preset.map((rule) => kindOf(rule.meta.id));

const RULES = preset.filter((rule) => !LEFT_OUT.has(rule.meta.id));

/**
 * What the tokens of the preset's rules begin with: text without any of these cannot hit. Where our
 * own rules took a token there is none left, so that the preset runs for what they passed over.
 */
export const PRESET_PREFIXES =
  "A3T AKIA AGPA AIDA AROA AIPA ANPA ANVA ASIA xox xapp- hooks.slack sk- gsk_ hf_ lin_api_ ntn_ SG. " +
  "shp ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- glc_ glsa_ ops_ey hvs. hvb. hvr. vca_ vcc_ vci_ " +
  "vcp_ vcr_ vck_ dapi dckr_pat_ figd_ cfk_ cfat_ cfut_ cft_ tskey-";

function kindOf(ruleId: string): string {
  return ruleId.replace("@secretlint/secretlint-rule-", "");
}

interface Finding {
  start: number;
  end: number;
  kind: string;
}

/** Replaces what the preset's rules find. A rule that fails is passed over: our own came before. */
export function redactBySecretlint(text: string): string {
  const findings: Finding[] = [];
  for (const rule of RULES) {
    const kind = kindOf(rule.meta.id);
    const handler = rule.create(
      {
        sharedOptions: {},
        createTranslator: () => () => ({ message: "", messageId: "", data: {} }),
        report: ({ range }) => findings.push({ start: range[0], end: range[1], kind }),
        ignore: () => {},
      },
      {},
    );
    void handler.file?.({
      content: text,
      contentType: "text",
      ext: ".txt",
      filePath: undefined,
      hasBOM: false,
    } as never);
  }
  if (findings.length === 0) return text;
  findings.sort((a, b) => a.start - b.start);
  let result = "";
  let position = 0;
  for (const finding of findings) {
    if (finding.start < position) continue;
    result += `${text.slice(position, finding.start)}[redacted:${finding.kind}]`;
    position = finding.end;
  }
  return result + text.slice(position);
}
