/**
 * Git remotes: one name for one repository, in whatever form its address is written. What a host
 * does of its own (a second host for SSH, a prefix that only its web addresses have) stands in one
 * table.
 */

/** Where a repository is: `host` with its http port where that is not the usual one. */
export interface RemoteAddress {
  host: string;
  /** Without empty parts, without `.git`. */
  path: string;
}

/** How an address was written: an http port tells servers apart, an SSH port does not. */
export type Transport = "http" | "ssh" | "unknown";

interface HostRule {
  /** Hosts that the rule is about, in lower case. */
  host: RegExp;
  /** The host and the path as everybody would write them; null where the rule does not fit. */
  rewrite(host: string, path: string[]): { host: string; path: string[] } | null;
}

/** Hosts that give everybody `<owner>/<repository>` and nothing below. */
const TWO_PARTS = /^(?:github\.com|bitbucket\.org|codeberg\.org)$/;

/** What follows a host in an alias of `~/.ssh/config`, such as `github.com-work`. */
const ALIAS =
  /^(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|ssh\.dev\.azure\.com)-[a-z0-9_-]{1,60}$/;

const RULES: readonly HostRule[] = [
  // SSH over the HTTPS port has hosts of its own.
  {
    host: /^(?:ssh\.github\.com|altssh\.gitlab\.com|altssh\.bitbucket\.org)$/,
    rewrite: (host, path) => ({ host: host.replace(/^[a-z]+\./, ""), path }),
  },
  // Azure DevOps: <org>/<project>/_git/<repository>, and v3/<org>/<project>/<repository> over SSH.
  {
    host: /^(?:(?:ssh\.)?dev\.azure\.com|(?:[a-z0-9-]{1,60}\.)?visualstudio\.com)$/,
    rewrite: azure,
  },
  // AWS CodeCommit: v1/repos/<repository>.
  {
    host: /^git-codecommit(?:-fips)?\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?$/,
    rewrite: (host, path) => ({
      host: host.replace("-fips.", "."),
      path: path[0] === "v1" && path[1] === "repos" ? path.slice(2) : path,
    }),
  },
  // Gerrit: `/a/` is the prefix of requests that sign in, `-review` the host of its pages.
  {
    host: /(?:^|[.-])(?:gerrit|review)[.-]|\.googlesource\.com$/,
    rewrite: (host, path) => ({
      host: host.replace(/-review\.googlesource\.com$/, ".googlesource.com"),
      path: path[0] === "a" && path.length > 1 ? path.slice(1) : path,
    }),
  },
  // Bitbucket Server: `/scm/` stands in web addresses only, behind the path that it is served under.
  {
    host: /./,
    rewrite: (host, path) => {
      const scm = path.indexOf("scm");
      return scm >= 0 && scm <= 1 && path.length === scm + 3
        ? { host, path: path.slice(scm + 1) }
        : null;
    },
  },
];

function azure(host: string, path: string[]): { host: string; path: string[] } | null {
  const parts = path.map(decoded).filter((part) => part.toLowerCase() !== "defaultcollection");
  const old = /^([a-z0-9-]{1,60})\.visualstudio\.com$/.exec(host)?.[1];
  if (parts[0] === "v3") return { host: AZURE, path: parts.slice(1) };
  const whole = old === undefined || old === "vs-ssh" ? parts : [old, ...parts];
  const git = whole.findIndex((part) => part === "_git" || part === "_ssh");
  if (git < 0) return { host: AZURE, path: whole };
  const repository = whole.slice(git + 1);
  // A project's first repository has its name, and may be written without it.
  const project = whole.slice(0, git);
  return {
    host: AZURE,
    path:
      project.length === 1
        ? [...project, ...repository, ...repository]
        : [...project, ...repository],
  };
}

const AZURE = "dev.azure.com";

/** Spaces in names of projects are common there. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const USUAL_HTTP_PORTS: ReadonlySet<string> = new Set(["", "80", "443"]);

/** The one way to write an address. `host` and `path` in lower case, the path in its parts. */
export function canonicalRemote(
  host: string,
  port: string,
  path: string[],
  transport: Transport,
): RemoteAddress {
  let at = { host: host.replace(/^www\./, ""), path };
  at.host = ALIAS.exec(at.host)?.[1] ?? at.host;
  for (const rule of RULES) {
    if (!rule.host.test(at.host)) continue;
    at = rule.rewrite(at.host, at.path) ?? at;
    break;
  }
  if (TWO_PARTS.test(at.host) && at.path.length > 2) at.path = at.path.slice(0, 2);
  const shown = transport === "ssh" || USUAL_HTTP_PORTS.has(port) ? "" : `:${port}`;
  return { host: `${at.host}${shown}`, path: at.path.join("/") };
}

/** `codecommit::<region>://[profile@]<repository>`: git-remote-codecommit's own form. */
const CODECOMMIT = /^codecommit::([a-z0-9-]{1,40}):\/\/(?:[^@/]{1,200}@)?([^/]{1,200})$/;

/** The https address that git-remote-codecommit's form stands for; null for any other text. */
export function codecommitAddress(text: string): string | null {
  const match = CODECOMMIT.exec(text);
  if (match === null) return null;
  return `https://git-codecommit.${match[1]}.amazonaws.com/v1/repos/${match[2]}`;
}
