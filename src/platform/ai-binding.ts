/** What is used of the platform's binding for models. */
export interface AiBinding {
  run(
    model: string,
    inputs: Record<string, unknown>,
    options: { returnRawResponse: true; signal: AbortSignal },
  ): Promise<Response>;
}
