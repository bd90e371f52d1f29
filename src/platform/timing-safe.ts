/** Comparison of secrets. */

const encoder = new TextEncoder();

/** True if both texts are the same; the time taken tells nothing about where they differ. */
export function timingSafeEqual(one: string, other: string): boolean {
  const left = encoder.encode(one);
  const right = encoder.encode(other);
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right);
}
