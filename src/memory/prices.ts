/** What models cost, as the deployment's settings say: nobody else knows it for sure. Pure. */

/** US dollars per million tokens. */
export interface Price {
  input: number;
  output: number;
}

export interface Prices {
  /** Model -> its price; `*` -> that of all others. */
  byModel: Record<string, Price>;
  /** Entries that are no prices, as they stand in the settings. */
  unread: string[];
}

/** Any model. */
const OTHERS = "*";
const PRICE = /^(?:(?<model>.+)=)?(?<input>\d+(?:\.\d+)?)\/(?<output>\d+(?:\.\d+)?)$/;

/** `<model>=<input>/<output>` for one model, `<input>/<output>` for all others. */
export function parsePrices(entries: readonly string[]): Prices {
  const prices: Prices = { byModel: {}, unread: [] };
  for (const entry of entries) {
    const found = PRICE.exec(entry.replaceAll(" ", ""))?.groups;
    if (found === undefined) {
      prices.unread.push(entry);
      continue;
    }
    const price = { input: Number(found.input), output: Number(found.output) };
    prices.byModel[found.model ?? OTHERS] = price;
  }
  return prices;
}

/** Null where no price is set for it. */
export function priceOf(byModel: Prices["byModel"], model: string): Price | null {
  const named = Object.hasOwn(byModel, model) ? byModel[model] : undefined;
  return named ?? byModel[OTHERS] ?? null;
}
