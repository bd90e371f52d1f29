import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { z } from "zod";
import { call } from "../../src/cli/api.ts";

/** An answer to any request, from a server that cleans nothing. */
async function answering<T>(status: number, body: unknown, ask: (url: string) => Promise<T>) {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

const HOSTILE = "red \u001b[31m\u0000\u0007\u009b2J\u202eback\rover\u2028 é 漢 👩‍💻\n\tindented";
const CONTROLS = /[^\t\n\x20-\x7e\u00a0-\u{10ffff}]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

it("lets no code that commands a terminal through, whatever a server answers", async () => {
  const shape = z.object({ items: z.array(z.object({ title: z.string() })) });
  const answer = await answering(200, { items: [{ title: HOSTILE }] }, (url) =>
    call({ url, key: "k" }, "search", shape),
  );
  const title = answer.items[0]?.title ?? "";
  expect(title).not.toMatch(CONTROLS);
  expect(title).toBe("red [31m2Jbackover é 漢 👩‍💻\n\tindented");
  const refused = answering(400, { error: { code: "bad", message: HOSTILE } }, (url) =>
    call({ url, key: "k" }, "search", shape),
  );
  await expect(refused).rejects.toSatisfy((error: Error) => !CONTROLS.test(error.message));
});
