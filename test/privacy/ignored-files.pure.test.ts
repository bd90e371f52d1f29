// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's variables are meant
import { describe, expect, it } from "vitest";
import { ignoredFile } from "../../src/privacy/ignored-files.ts";
import { isIgnoredPath } from "../../src/privacy/ignored-names.ts";
import { dropIgnoredLines } from "../../src/privacy/ignored-sections.ts";
import { type RawToolEvent, sanitise } from "../../src/privacy/sanitise.ts";

const IGNORED_PATHS = [
  ..."/app/.env .env.production deploy/prod.env .envrc .dev.vars C:\\app\\.env.local".split(" "),
  ..."server.pem tls/private.key cert.p12 store.pfx app.jks AuthKey_ABC.p8 vault.kdbx putty.ppk".split(
    " ",
  ),
  ..."/home/dev/.ssh/id_rsa /home/dev/.ssh/deploy_ed25519 /etc/ssh/ssh_host_rsa_key".split(" "),
  ..."/home/dev/.npmrc ~/.netrc _netrc .pgpass .my.cnf .pypirc .git-credentials .htpasswd".split(
    " ",
  ),
  ..."/root/.docker/config.json ~/.kube/config kubeconfig prod.kubeconfig /etc/rancher/k3s/k3s.yaml".split(
    " ",
  ),
  ..."terraform.tfstate terraform.tfstate.backup prod.tfvars prod.auto.tfvars.json".split(" "),
  ..."service-account.json my-app-service-account-prod.json gcp-key.json client_secret_12.json".split(
    " ",
  ),
  ..."~/.bash_history ~/.zsh_history .psql_history ConsoleHost_history.txt".split(" "),
  ..."~/.aws/credentials ~/.aws/config ~/.config/gh/hosts.yml ~/.m2/settings.xml /etc/shadow".split(
    " ",
  ),
  ..."config/secrets.yml secrets.json app.secrets.json .streamlit/secrets.toml /run/secrets/db".split(
    " ",
  ),
  ..."secrets/prod.yaml .secrets .secrets/db deploy_key private-key".split(" "),
  ..."/proc/1/environ .vault-token vault_pass.txt config/master.key local.settings.json".split(" "),
];

const OTHER_PATHS = (
  "src/environment.ts env.ts src/env.d.ts src/id_map.ts pem.ts keys.ts src/key.test.ts keyboard.json " +
  "secrets.ts src/secret-names.ts credential-form.tsx-page.ts docker-compose.yml Dockerfile kube.md " +
  "main.tf variables.tf history.ts HISTORY.md tokens.css account.json service.json .gitignore .editorconfig " +
  "package.json settings.json src/secrets/index.ts .vscode/settings.json config.json src/config/index.ts hosts.ts passwd.go"
).split(" ");

const IGNORED_INPUTS: unknown[] = [
  // In any argument
  { uri: "file:///app/.env" },
  { uri: "file:///app/%2Eenv#L3" },
  { source: "/app/.env", target: "/tmp/x" },
  { absolutePath: "/app/prod.env" },
  { files: [{ path: "src/a.ts" }, { path: ".env" }] },
  { args: { options: { location: { file: "/home/dev/.pgpass" } } } },
  { resources: ["file:///home/dev/.netrc"] },
  { path: "/Users/me/My Project/.env" },
  { pattern: "KEY", include: "*.{env,pem}" },
  { glob: "**/.e*" },
  // Shell words after quoting
  { command: 'cat .e""nv' },
  { command: "cat .e'n'v" },
  { command: "cat .en\\v" },
  { command: 'cat "$HOME"/.netrc' },
  { command: "cat ${HOME}/.aws/credentials" },
  { command: "cat .{env,npmrc}" },
  { command: "cat config/{app.yml,.env{,.local}}" },
  { command: "cat .e*" },
  { command: "cat .en?" },
  { command: "cat .[e]nv" },
  { command: "head -n 3 *.pem" },
  { command: 'bash -c "cat .env"' },
  { command: "docker exec app sh -c 'cat /app/.env'" },
  { command: "python -c \"print(open('.env').read())\"" },
  { command: "git show HEAD:.env" },
  { command: "git diff -- .env" },
  { command: "F=.env; cat $F" },
  { command: "echo $(cat .env | base64)" },
  { command: "echo `cat .env`" },
  { command: "while read l; do echo $l; done < .env" },
  { command: "cat ~/.kube/config" },
  { command: "terraform show terraform.tfstate" },
  { command: "tail -20 ~/.bash_history" },
  { command: "scp host:/srv/app/prod.env ." },
  { command: "type C:\\\\app\\\\.env" },
  { command: ["bash", "-lc", "cat .env"] },
  { command: "git commit -m 'Read it' -- .env" },
  { command: "apply_patch <<'E'\n*** Begin Patch\n*** Update File: .env\n+A=b\n*** End Patch\nE" },
];

const OTHER_INPUTS: unknown[] = [
  { file_path: ".gitignore", old_string: "dist", new_string: "dist\n.env" },
  { file_path: "README.md", content: "copy .env.example to .env" },
  { pattern: "\\.env", path: "src" },
  { prompt: "look at .env" },
  { query: "where is .env read" },
  { command: "echo $NODE_ENV; node -e 'process.env.X'" },
  { command: "grep -rn credentials src" },
  { command: "ls *" },
  { command: "rm -rf build/*" },
  { command: "npx eslint 'src/**/*.ts'" },
  { command: "git add -A && git commit -m 'read the key from the environment'" },
  { command: "git commit -m 'Add .env.example to the documentation'" },
  {
    command: "git commit -m \"$(cat <<'EOF'\nAdd .env.example\n\nIt is read by cat .env\nEOF\n)\"",
  },
  { command: "gh pr create --title='Drop .env' --body 'No .env any more'" },
  { command: "node dist/{a,b}.js" },
  { command: "npm test -- secret-names.test.ts" },
];

const tool = (fields: Partial<RawToolEvent>) =>
  JSON.stringify(
    sanitise({
      kind: "tool_use",
      tool: "Bash",
      input: {},
      output: "",
      filesRead: [],
      filesModified: [],
      agentType: null,
      ignoreGlobs: [],
      ...fields,
    }),
  );

describe("files whose contents are never recorded", () => {
  it("are known by their names and places, and others are not taken for them", () => {
    for (const path of IGNORED_PATHS) expect([path, isIgnoredPath(path, [])]).toEqual([path, true]);
    for (const path of OTHER_PATHS) expect([path, isIgnoredPath(path, [])]).toEqual([path, false]);
  });

  it("are found in any argument, and in shell words after quoting, globs and braces", () => {
    for (const input of IGNORED_INPUTS) {
      expect([input, ignoredFile(input, [])]).toEqual([input, true]);
    }
    for (const input of OTHER_INPUTS) {
      expect([input, ignoredFile(input, [])]).toEqual([input, false]);
    }
  });

  it("are bounded: hostile braces and nesting end", () => {
    let deep: unknown = ".env";
    for (let i = 0; i < 5_000; i++) deep = { deep };
    expect(ignoredFile(deep, [])).toBe(false);
    expect(ignoredFile({ command: `cat ${"{a,b}".repeat(5_000)}` }, [])).toBe(false);
    expect(ignoredFile({ command: '"'.repeat(60_000) }, [])).toBe(false);
    expect(ignoredFile({ path: "*".repeat(60_000) }, [])).toBe(false);
  });

  it("go from outputs by what these say of themselves", () => {
    const outputs: [output: string, kept: string][] = [
      [
        "diff --git a/.env b/.env\nindex 1..2 100644\n--- a/.env\n+++ b/.env\n@@ -1 +1 @@\n-A=MARK\n+A=MARK2\ndiff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n+seen",
        "seen",
      ],
      ["--- /dev/null\n+++ b/prod.env\n@@ -0,0 +1 @@\n+A=MARK", "prod.env"],
      ["==> .env <==\nA=MARK\nB=MARK\n\n==> a.txt <==\nseen", "seen"],
      [".env\n1:A=MARK\n2-B=MARK\n\nsrc/a.ts\n3:seen", "seen"],
      ["src/a.ts:3:seen\n./.env:1:A=MARK\n.env.local-2-B=MARK", "seen"],
      ["HEAD~1:.env:1:A=MARK\nHEAD~1:a.ts:1:seen", "seen"],
      ["### `.env`\n```\nA=MARK\n```\n### `a.ts`\n```\nseen\n```", "seen"],
      ["File: .netrc\nmachine x\nMARK\nFile: a.ts\nseen", "seen"],
      ['<file path=".env">\nA=MARK\n</file>\n<file path="a.ts">\nseen\n</file>', "seen"],
      ["$ cat .env\nA=MARK\n# B\nC=MARK\n$ ls\nseen", "seen"],
      ["/app/.env:\nA=MARK\n\n/app/a.ts:\nconst a = 1; // seen", "seen"],
    ];
    for (const [output, kept] of outputs) {
      expect([output, dropIgnoredLines(output, []).includes("MARK")]).toEqual([output, false]);
      expect(dropIgnoredLines(output, [])).toContain(kept);
    }
    const listing = ".\n..\n.env\n.gitignore\npackage.json\nsrc\n";
    expect(dropIgnoredLines(listing, [])).toBe(listing);
    const content = {
      files: [
        { path: "/app/.env", content: "A=MARK" },
        { path: "a", text: "seen" },
      ],
    };
    expect(tool({ output: content })).not.toContain("MARK");
    expect(tool({ output: content })).toContain("seen");
  });
});

describe("environments as programs print them", () => {
  const SECRET = "Qx7vT2mK9pLw";

  it("are redacted line by line, by name", () => {
    const dumps: [command: string, output: string][] = [
      ["printenv", `HOME=/root\nMY_SESSION=${SECRET}\nLANG=C`],
      ["env | sort", `STRIPE_SIGNING=${SECRET}`],
      ["heroku config -a app", `=== app Config Vars\nCOOKIE_SALT:    ${SECRET}\nLANG:   en`],
      ["docker compose config", `services:\n  app:\n    environment:\n      MAIL_LOGIN: ${SECRET}`],
      ["docker inspect app", `"Env": [\n  "APP_LICENSE=${SECRET}",\n  "PATH=/bin"\n]`],
      ["kubectl config view --raw", `users:\n- user:\n    auth-pin: ${SECRET}`],
      ["ansible-vault view group_vars/all.yml", `db_login: ${SECRET}`],
      ["aws configure export-credentials", `"SessionSignature": "${SECRET}"`],
      ["docker exec app env", `APP_PIN=${SECRET}`],
      ["cat x", `A=1\nHOME=/root\nAPP_SEED=${SECRET}\nLANG=C\nTERM=xterm`],
    ];
    for (const [command, output] of dumps) {
      expect([command, tool({ input: { command }, output }).includes(SECRET)]).toEqual([
        command,
        false,
      ]);
    }
  });

  it("keep what says nothing secret", () => {
    const output =
      "PWD=/app\nSSH_AUTH_SOCK=/tmp/agent.1\nKEY_PATH=/etc/x\nTOKEN_TTL=3600\nNODE_ENV=production";
    expect(JSON.parse(tool({ input: { command: "env" }, output })).body.output).toBe(output);
  });
});
