/** The user's answers to an agent's questions: lines of `question -> answer`, or the tool's JSON. */
export function answersOf(output: string): { question: string; answer: string }[] {
  try {
    const parsed: unknown = JSON.parse(output);
    if (typeof parsed !== "object" || parsed === null) return [];
    const answers = (parsed as Record<string, unknown>).answers;
    if (typeof answers !== "object" || answers === null) return [];
    return Object.entries(answers).map(([question, answer]) => ({
      question,
      answer: typeof answer === "string" ? answer : JSON.stringify(answer),
    }));
  } catch {
    return output.split("\n", 20).flatMap((line) => {
      const [question = "", answer = ""] = line.split(" -> ");
      return question.length > 3 && answer !== "" ? [{ question, answer }] : [];
    });
  }
}
