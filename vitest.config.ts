import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const TEST_KEY = `cairn_local_test0001_${"t".repeat(40)}`;
const OTHER_TEAM_KEY = `cairn_other_test0002_${"o".repeat(40)}`;

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            // Two teams, so that tests can prove that they never see each other.
            miniflare: { bindings: { CAIRN_KEY: `${TEST_KEY},${OTHER_TEAM_KEY}` } },
          }),
        ],
        test: {
          name: "workerd",
          include: ["test/**/*.test.ts"],
          exclude: ["test/local/**"],
          // The mock of the model's API, which runs outside of workerd.
          globalSetup: ["./test/mock-provider/global-setup.ts"],
          testTimeout: 30_000,
          // Bundled once instead of module by module: the first call of a test file is seconds faster.
          deps: {
            optimizer: {
              ssr: {
                enabled: true,
                include: [
                  "@anthropic-ai/sdk",
                  "@anthropic-ai/sdk/helpers/zod",
                  "hono",
                  "picomatch",
                  "zod",
                ],
              },
            },
          },
        },
      },
      {
        test: {
          name: "local",
          include: ["test/local/**/*.test.ts"],
          environment: "node",
          fileParallelism: false,
        },
      },
    ],
  },
});
