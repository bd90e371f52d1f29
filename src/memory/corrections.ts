/** Which observations a correction speaks of. Pure. */
import type { Correction } from "./observation.ts";

/** What an observation is known by: its most telling source, and its title. */
interface FirstSource {
  source: string;
  title: string;
}

/** Which of `found` a correction speaks of. One event may have taught several things: the words tell which. */
export function correctedBy<Found extends FirstSource>(
  { source, text }: Correction,
  found: readonly Found[],
): Found[] {
  const ofSource = found.filter((item) => item.source === source);
  if (text === undefined || ofSource.length < 2) return ofSource;
  const named = ofSource.filter(({ title }) => text.startsWith(title.replace(/ \(\d+\)$/, "")));
  return named.length > 0 ? named : ofSource;
}
