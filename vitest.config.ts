import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { ENVIRONMENT_VARIABLES } from "./src/config.ts";

const TEST_KEY = `cairn_local_test0001_${"t".repeat(40)}`;
const SIGNING_SECRET = "5".repeat(64);
const OTHER_TEAM_KEY = `cairn_other_test0002_${"o".repeat(40)}`;

/** Where a mock model server answers, for the vitest project called `name`. */
const mockAt = (mockUrl: string, name: string) => `${mockUrl}/s/${name}`;

/** Runs in workerd, with the Worker of wrangler.toml. `bindings` are what differs. */
function inWorkerd(name: string, include: string[], bindings: Record<string, string>) {
  const isOfProvider = include.every((pattern) => pattern.startsWith("test/provider/"));
  return {
    plugins: [
      cloudflareTest(({ inject }) => ({
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          bindings: {
            // Nothing of the developer's own .dev.vars.
            ...Object.fromEntries(ENVIRONMENT_VARIABLES.map((variable) => [variable, ""])),
            // Two teams, so that tests can prove that they never see each other.
            CAIRN_KEY: `${TEST_KEY},${OTHER_TEAM_KEY}`,
            CAIRN_SECRET: SIGNING_SECRET,
            ANTHROPIC_BASE_URL: mockAt(inject("mockProviderUrl"), name),
            OPENAI_BASE_URL: `${mockAt(inject("mockProviderUrl"), name)}/v1`,
            ...bindings,
          },
        },
      })),
    ],
    test: {
      name,
      include,
      // Pure modules are tested plainly, and the two other projects have folders of their own.
      exclude: [
        "test/**/*.pure.test.ts",
        "test/local/**",
        "test/deploy/**",
        ...(isOfProvider ? [] : ["test/provider/**"]),
      ],
      // The mock of the model's API, which runs outside of workerd.
      globalSetup: ["./test/support/mock-provider/global-setup.ts"],
      testTimeout: 30_000,
      // Bundled once instead of module by module: a test file's first call is seconds faster.
      deps: { optimizer: { ssr: { enabled: true, include: BUNDLED } } },
    },
  };
}

const BUNDLED = ["@anthropic-ai/sdk", "@anthropic-ai/sdk/helpers/zod", "hono", "picomatch", "zod"];

export default defineConfig({
  test: {
    projects: [
      { test: { name: "pure", include: ["test/**/*.pure.test.ts"], environment: "node" } },
      inWorkerd("workerd", ["test/**/*.test.ts"], {}),
      // The same tests with each provider alone; its name is that of the mock's scope, too.
      inWorkerd("anthropic", ["test/provider/**/*.test.ts"], {
        CAIRN_PROVIDER: "anthropic",
        ANTHROPIC_API_KEY: "sk-test",
        CAIRN_MODEL: "small",
      }),
      inWorkerd("openai-compatible", ["test/provider/**/*.test.ts"], {
        CAIRN_PROVIDER: "openai-compatible",
        CAIRN_MODEL: "small",
      }),
      {
        test: {
          name: "local",
          include: ["test/local/**/*.test.ts"],
          environment: "node",
          fileParallelism: false,
        },
      },
      { test: { name: "deploy", include: ["test/deploy/**/*.test.ts"], environment: "node" } },
    ],
  },
});
