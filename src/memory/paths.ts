/** Paths as people read them: relative to the folder in which a session began. */

/**
 * `path` relative to `root` when it lies below it, else unchanged. Both may use `/` or `\`;
 * the answer uses `/`. Nothing is resolved: `..` and links stay as they are written.
 */
export function relativePath(root: string | null, path: string): string {
  const slashes = (value: string) => value.replaceAll("\\", "/");
  const target = slashes(path);
  if (root === null || root === "") return target;
  const base = slashes(root).replace(/\/{1,8}$/, "");
  if (target === base) return ".";
  return target.startsWith(`${base}/`) ? target.slice(base.length + 1) : target;
}

/** The last part of a path, which is what people call a file. */
export function fileName(path: string): string {
  const trimmed = path.replaceAll("\\", "/").replace(/\/{1,8}$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1) || path;
}
