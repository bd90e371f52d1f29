/** Why a server does not answer as Cairn does, and what to do about it. Pure. */
import { isLoopback } from "../../platform/loopback.ts";

/** What is wrong, and its remedy. */
export interface Trouble {
  detail: string;
  remedy: string;
  /** True where it may pass by itself within a minute: an address that is new. */
  passes?: boolean;
}

/** A call that got no answer. `error` is what `fetch` threw. */
export function unreachable(url: URL, error: unknown, env: NodeJS.ProcessEnv): Trouble {
  const { code, message } = causeOf(error);
  const proxy = proxyFor(url, env);
  if (/CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|ERR_TLS|SSL/.test(code)) {
    return {
      detail: `its TLS certificate is not trusted here (${code})`,
      remedy:
        "If a proxy of your company opens TLS, name its certificate in NODE_EXTRA_CA_CERTS (for " +
        "this command) and in CURL_CA_BUNDLE (for the start hook); else look at the server's certificate.",
    };
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(code)) {
    return {
      detail: `${url.hostname} has no address (${code})`,
      remedy:
        "Check the address, and that this machine is online. A new deployment needs a minute.",
      passes: true,
    };
  }
  if (code === "ECONNREFUSED") {
    return {
      detail: `nothing listens on ${url.host}`,
      remedy: isLoopback(url.hostname)
        ? "Start the server."
        : "Check address and port, and that the server runs.",
    };
  }
  if (/TIMEOUT|ETIMEDOUT/i.test(code) || /timeout|aborted/i.test(message)) {
    return {
      detail: `${url.host} did not answer in time`,
      remedy:
        proxy === null
          ? "Check the network, and whether this machine reaches the internet by a proxy only."
          : `Check the proxy ${proxy}.`,
    };
  }
  return {
    detail: `no answer from ${url.host} (${code || message})`,
    remedy: "Check the address and the network, then try again.",
  };
}

function causeOf(error: unknown): { code: string; message: string } {
  const outer = error as { code?: unknown; message?: unknown; cause?: unknown; name?: unknown };
  const inner = (outer.cause ?? outer) as { code?: unknown; message?: unknown };
  const code =
    typeof inner.code === "string" ? inner.code : outer.name === "TimeoutError" ? "TIMEOUT" : "";
  return { code, message: String(inner.message ?? outer.message ?? error) };
}

/** Pages of Cloudflare by their number (https://developers.cloudflare.com/support/troubleshooting/). */
const PLATFORM_ERRORS: Record<string, { detail: string; remedy: string }> = {
  "1015": {
    detail: "the address is rate limited",
    remedy: "Wait, or change the rule of the zone.",
  },
  "1027": {
    detail: "the daily requests of the free plan are used up",
    remedy: "Wait until midnight UTC, or take the paid plan.",
  },
  "1101": {
    detail: "the Worker failed before it could answer",
    remedy: "Look at its log (wrangler tail), and deploy it again.",
  },
  "1102": {
    detail: "the Worker used more time than its plan allows",
    remedy: "Look at its log (wrangler tail); the paid plan allows more.",
  },
};

/** An answer that is none of Cairn's; null where it may be one. */
export function strangeAnswer(
  status: number,
  contentType: string,
  location: string | null,
  text: string,
): Trouble | null {
  if (status >= 300 && status < 400) {
    const isAccess = /cloudflareaccess\.com/.test(location ?? "");
    return {
      detail: `it redirects${location === null ? "" : ` to ${location.slice(0, 200)}`}`,
      remedy: isAccess
        ? "Cloudflare Access stands before it, which hooks cannot pass: take this address out of Access."
        : "Give the address that it redirects to, if that is the server.",
    };
  }
  if (contentType.includes("application/json")) return null;
  const number = /\berror(?: code)?:?\s*(1\d{3})\b/i.exec(text)?.[1] ?? "";
  const known = PLATFORM_ERRORS[number];
  if (known !== undefined) return { ...known, detail: `${known.detail} (error ${number})` };
  return {
    detail: `it answers ${status} with ${contentType || "no type"}, which is not Cairn's`,
    remedy: "Check the address: another program, or a page of a network, answers there.",
    passes: status === 404 || status >= 500,
  };
}

/** The proxy that curl takes for an address by the environment; null for none. Names only, no password. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string | null {
  if (isExempt(url.hostname, env.no_proxy || env.NO_PROXY || "")) return null;
  // curl takes HTTP_PROXY in lower case only.
  const named = url.protocol === "https:" ? env.https_proxy || env.HTTPS_PROXY : env.http_proxy;
  const proxy = named || env.all_proxy || env.ALL_PROXY;
  return proxy ? proxy.replace(/\/\/[^@/]*@/, "//") : null;
}

function isExempt(host: string, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((each) => each !== "")
    .some((each) => {
      const name = each.replace(/^\*?\./, "").replace(/:\d+$/, "");
      return each === "*" || host === name || host.endsWith(`.${name}`);
    });
}
