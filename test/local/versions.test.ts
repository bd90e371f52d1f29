import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import cairn from "../../package.json" with { type: "json" };
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";

afterAll(removeTemporaryFolders);

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 60_000;

it("tells once that server and command are of different versions, and which one is to be updated", {
  timeout: PROCESSES_MS,
}, async () => {
  let version = "99.0.0";
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "x-cairn-version": version });
    response.end('{"items":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const home = temporaryFolder("versions");
  const key = `cairn_local_test0001_${"t".repeat(40)}`;
  const projects = () =>
    run(CAIRN, ["projects", "--json", "--url", url, "--key", key], {
      cwd: home,
      env: environment(home),
    });
  try {
    const first = await projects();
    expect(first).toMatchObject({ code: 0, stdout: "[]\n" });
    expect(first.stderr).toBe(
      `note: ${url} is Cairn 99.0.0, and this command is ${cairn.version}: update this command.\n`,
    );
    expect(await projects()).toMatchObject({ code: 0, stderr: "" });
    version = "0.0.9";
    expect((await projects()).stderr).toMatch(/is Cairn 0\.0\.9.*: update the server/);
    version = "0.0.9 \tor so";
    expect(await projects()).toMatchObject({ code: 0, stderr: "" });
    version = cairn.version;
    expect(await projects()).toMatchObject({ code: 0, stderr: "" });
  } finally {
    server.close();
  }
});
