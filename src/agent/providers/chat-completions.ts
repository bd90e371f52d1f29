/** Answers in the form of OpenAI's chat completions, which many servers and Workers AI speak. */
import { z } from "zod";
import { kindOf, type Refusal, refusalMessage } from "./failure.ts";
import { failed, type ModelAnswer, type ModelCall, usageOr } from "./model.ts";

const count = z.number().nonnegative().optional().catch(undefined);
const word = z.string().nullish().catch(null);

const UsageSchema = z
  .object({ prompt_tokens: count, completion_tokens: count })
  .nullish()
  .catch(null);

/** The object inside of an error's body; servers differ in what they leave out. */
const ErrorSchema = z.object({
  message: z.string().default(""),
  type: word,
  code: z.union([z.string(), z.number()]).nullish().catch(null),
});

const ErrorBodySchema = z.union([
  z.object({ error: ErrorSchema }),
  z.object({ error: z.string() }).transform(({ error }) => ({ error: { message: error } })),
  // FastAPI, on which local servers stand.
  z
    .object({ detail: z.unknown() })
    .transform(({ detail }) => ({ error: { message: JSON.stringify(detail) } })),
  // As vLLM before 0.10 and Workers AI tell it.
  ErrorSchema.extend({ message: z.string() }).transform((error) => ({ error })),
]);

const PartsSchema = z.union([
  z.string(),
  z
    .array(z.looseObject({ text: z.string().optional() }))
    .transform((parts) => parts.map(({ text }) => text ?? "").join("")),
]);

const CompletionSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: word,
        message: z.object({ content: PartsSchema.nullish(), refusal: word }),
      }),
    )
    .min(1),
  usage: UsageSchema,
});

/** Reads what a server said of a call that failed. */
export function readRefusal(status: number, body: string): Refusal {
  let told: z.infer<typeof ErrorBodySchema> | undefined;
  try {
    told = ErrorBodySchema.safeParse(JSON.parse(body)).data;
  } catch {
    // A proxy's page, or nothing: the status says it all.
  }
  const error = told?.error as z.infer<typeof ErrorSchema> | undefined;
  const code = typeof error?.code === "string" ? error.code : null;
  return { status, type: code ?? error?.type ?? null, says: error?.message ?? body };
}

/**
 * Reads an answer with status 200. A router may tell there that the model behind it failed, with
 * that one's status as the error's `code`.
 */
export function readCompletion(body: unknown, call: ModelCall): ModelAnswer {
  const completion = CompletionSchema.safeParse(body).data;
  const [choice] = completion?.choices ?? [];
  if (choice === undefined) {
    const error = z.object({ error: ErrorSchema }).safeParse(body).data?.error;
    const status = Number(error?.code ?? Number.NaN);
    if (error !== undefined && status >= 400 && status < 600) {
      const refusal: Refusal = { status, type: error.type ?? null, says: error.message };
      return failed(kindOf(refusal), refusalMessage(refusal));
    }
    return failed("network", "the answer was none of the API's");
  }
  const text = choice.message.content ?? "";
  const { prompt_tokens: input, completion_tokens: output } = completion?.usage ?? {};
  const usage = usageOr({ input, output }, call, text);
  if (choice.message.refusal || choice.finish_reason === "content_filter") {
    return failed("refused_content", "the model refused the content", usage);
  }
  if (choice.finish_reason === "length") {
    return failed("invalid_output", "it was cut off: use fewer words", usage);
  }
  if (choice.finish_reason === "error") {
    return failed("overloaded", "the server behind the router failed", usage);
  }
  // Local servers leave the thinking of some models in the text.
  const said = text.replace(/^[\s\S]*<\/think>/, "").trim();
  if (said === "") return failed("invalid_output", "it held no text", usage);
  return { ok: true, text: said, usage };
}

/** For servers that check no schema: the schema in words, behind what the model is told anyway. */
export function withSchema({ system, schema }: ModelCall): string {
  if (schema === null) return system;
  return `${system}\n\nAnswer with one JSON object and nothing around it, of this JSON schema, all fields present:\n${JSON.stringify(schema)}`;
}
