import { describe, expect, it } from "vitest";
import { pathWithoutSecrets, projectNamed } from "../../src/service/plain-names.ts";
import { ALNUM, random } from "../attack/made-secrets.ts";

const TOKEN = `ghp_${random("plain names", ALNUM, 36)}`;

describe("names of places", () => {
  it("hold no secrets, and stay what they are when they come back", () => {
    const names = [
      `https://github.com/acme/${TOKEN}.git`,
      `name/DB_PASSWORD=${TOKEN}`,
      `git@example.com:acme/${TOKEN}`,
      TOKEN,
    ];
    for (const name of names) {
      const plain = projectNamed(name);
      expect(plain).toContain("redacted-");
      expect(plain).not.toContain(TOKEN.toLowerCase());
      expect(projectNamed(plain)).toBe(plain);
    }
    expect(pathWithoutSecrets(`/home/dev/${TOKEN}/app`)).toBe(
      "/home/dev/redacted-github-token/app",
    );
    expect(pathWithoutSecrets(null)).toBeNull();
  });

  it("without secrets are as before", () => {
    expect(projectNamed("git@github.com:acme/token-service.git")).toBe(
      "github.com/acme/token-service",
    );
    expect(projectNamed("")).toBeNull();
    expect(pathWithoutSecrets("/home/dev/password-manager")).toBe("/home/dev/password-manager");
  });
});
