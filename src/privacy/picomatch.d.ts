/** The one function of picomatch that we use; the package brings no types. */
declare module "picomatch" {
  interface PicomatchOptions {
    dot?: boolean;
    nocase?: boolean;
    /** A pattern without a slash matches the base name. */
    basename?: boolean;
    windows?: boolean;
  }
  export default function picomatch(
    globs: readonly string[],
    options?: PicomatchOptions,
  ): (path: string) => boolean;
}
