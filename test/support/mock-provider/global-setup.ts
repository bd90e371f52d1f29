/** Starts the mock provider beside the tests that run in workerd, and tells them where it is. */
import type { TestProject } from "vitest/node";
import { startMockProvider } from "./server.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mock = await startMockProvider();
  project.provide("mockProviderUrl", mock.url);
  return () => mock.close();
}
