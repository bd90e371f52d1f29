/** The figures as tables: all questions, then by category. */
import { paired, tellPaired } from "../recall/paired.ts";
import { type Run, SYSTEMS, WAYS } from "./run.ts";
import { type Score, score, worths } from "./score.ts";

const RANKS = [5, 10];
const WORTHS = ["strict", "fractional", "anyHit"] as const;

/** LoCoMo's numbers of its kinds of question, as its authors' evaluation reads them. */
const CATEGORIES: Record<number, string> = {
  1: "multi-hop",
  2: "temporal",
  3: "open-domain",
  4: "single-hop",
  5: "adversarial",
};

export function reportOf({ answers, milliseconds, documents, saveMilliseconds }: Run): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  const lines = [
    `${answers.Cairn.turns.length} questions; ${documents} documents saved, ` +
      `${(saveMilliseconds / Math.max(1, documents)).toFixed(1)} ms each; ` +
      `search p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    "",
    row(["what is ranked", "by", "k", "strict", "fractional", "any", "MRR", "NDCG"]),
    row(Array.from({ length: 8 }, () => "---")),
  ];
  for (const { name } of WAYS) {
    for (const k of RANKS) {
      for (const system of SYSTEMS) {
        lines.push(row([name, system, String(k), ...figures(score(answers[system][name], k))]));
      }
    }
  }
  lines.push("", row(["Cairn over FTS5, in questions (better:worse)", "k", ...WORTHS]));
  lines.push(row(Array.from({ length: 2 + WORTHS.length }, () => "---")));
  for (const { name } of WAYS) {
    for (const k of RANKS) {
      const [ours, theirs] = SYSTEMS.map((system) => worths(answers[system][name], k));
      if (ours === undefined || theirs === undefined) continue;
      const cells = WORTHS.map((way) => tellPaired(paired(ours[way], theirs[way])));
      lines.push(row([name, String(k), ...cells]));
    }
  }
  lines.push("", row(["turns, fractional at 10", "questions", ...SYSTEMS]));
  lines.push(row(Array.from({ length: 2 + SYSTEMS.length }, () => "---")));
  const categories = [...new Set(answers.Cairn.turns.map(({ category }) => category))].sort();
  for (const category of categories) {
    const scores = SYSTEMS.map((system) =>
      score(
        answers[system].turns.filter((answer) => answer.category === category),
        10,
      ),
    );
    const name = `${category} ${CATEGORIES[category] ?? ""}`.trim();
    const shares = scores.map(({ fractional }) => percent(fractional));
    lines.push(row([name, String(scores[0]?.questions ?? 0), ...shares]));
  }
  return lines.join("\n");
}

function figures({ strict, fractional, anyHit, mrr, ndcg }: Score): string[] {
  return [strict, fractional, anyHit, mrr, ndcg].map(percent);
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

function row(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
