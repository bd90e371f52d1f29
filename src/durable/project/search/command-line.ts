/** Whether a word with a leading minus is an option of a command that was pasted, or a number. */

/** Programs whose command lines people paste; without those that are everyday words. */
const PROGRAMS: ReadonlySet<string> = new Set(
  `adb ansible ansible-playbook apk apt apt-get awk aws az bash bazel biome bunx cabal cargo certbot
  chmod chown chroot clang clang++ cmake composer conda cp crontab ctest curl dd deno df dnf docker
  docker-compose dotnet du eksctl elixir eslint ffmpeg ffprobe firebase flutter flyctl g++ gcc gcloud
  gdb gem gh git gpg gradle gradlew grep gzip helm heroku hg htop iex iptables java javac jest
  journalctl jq keytool killall kotlinc kubectl kustomize ld lldb ln ls lsof minikube mkdir mongo
  mongosh msbuild mvn mvnw mypy mysql mysqldump nc netlify netstat nginx ninja nix nmap npm npx nslookup
  nuget nvm objdump openssl packer pacman perl pg_dump pg_restore php ping pip pip3 pkill pnpm podman
  poetry powershell prettier ps psql pulumi pwsh py pytest python python3 rails rake rclone readelf
  redis-cli rg rm rsync ruby ruff rustc rustup sbt scp sed sftp sh skaffold socat sqlcmd sqlite3 ss ssh
  strace sudo supabase svn swiftc systemctl tar tcpdump telnet terraform tmux tox traceroute tsc tsx
  unzip uv uvicorn vagrant valgrind vercel vim vite vitest wget wrangler wsl xargs xcodebuild yarn yum
  zip zsh`.split(/\s+/),
);
/** Programs that are everyday words too: their options stand first thing behind them. */
const EVERYDAY_PROGRAMS: ReadonlySet<string> = new Set(
  "brew bun cat cd cut dart dig find go head kill less make mix mount node pod sort swift tail time top".split(
    " ",
  ),
);
/** Words of a command that may stand between the program and its options: `kubectl get pods -owide`. */
const SUBCOMMANDS_MAX = 2;

/** -32601, -1.5, -1e-4, -0x80070005, -10%, -$5, -05:00, -Infinity */
const NUMBER =
  /^-(?:\p{Sc}?\.?\d[\d.,:_]*(?:e[+-]?\d+)?[%°]?|0x[\da-f]+|\d+e[+-]?\d+|inf(?:inity)?)$/iu;
/** -f, -rf, -k2,2, -vvv */
const SHORT = /^-(?:[a-z\d]{1,2}|[a-z]\d+(?:,\d+)*|([a-z])\1+)$/i;
/** -std=c++17, -Dname=value */
const ASSIGNED = /^-[\w.-]+[=:]./;
/** Options of compilers and virtual machines: -Wall, -Wno-unused, -Xmx512m, -DskipTests, -O2, -fPIC. */
const COMPILER =
  /^-(?:W(?:all|extra|error|no-\w+|[lap],)|X[a-zX:]|D[a-z][a-zA-Z]*[A-Z]|O[\dsgz]$|f[A-Z]|std)/;
/** Long options with one minus that nobody leaves out of a search: of Java, Go, `find` and others. */
const KNOWN =
  /^-(?:acodec|classpath|exec|gcflags|help|iname|jar|ldflags|maxdepth|mindepth|nologo|pthread|quiet|race|recurse|rpath|trimpath|vcodec|verbose|version|xdev)$/i;
/** What a system answers or is told by: -ENOENT, -SIGTERM, -HUP. */
const SYSTEM = /^-(?:E[A-Z]{3,}\d*|SIG[A-Z\d]+|HUP|INT|KILL|QUIT|STOP|TERM|USR[12])$/;
/** Of style sheets: -webkit-box, -mt-4, -translate-x-1/2. */
const STYLE =
  /^-(?:(?:moz|ms|webkit)-[a-z-]+|(?:bottom|inset|left|m[belrstxy]?|order|right|rotate|skew|space|top|translate|z)-(?:[xy]-)?(?:\d[\d./]*|\[.*|full|px))$/;
/** Remove-Item, Get-ChildItem: the commands of PowerShell. */
const CMDLET = /^[A-Z][a-z]+-[A-Z][A-Za-z]+$/;
/** ./configure, deploy.sh */
const SCRIPT = /^\.{1,2}\/\w|\.(?:bat|cmd|exe|ps1|sh)$/;
/** `the -race flag`, `option -exec`: what says itself that it is one. */
const OPTION_NAME = /^(?:arg|argument|flag|option|param|parameter|switch)s?$/i;
/** `$ FOO=1 git`, `sudo git`: what may stand before the program. */
const BEFORE_PROGRAM = /^(?:[$#>%]|\w+=\S*|sudo|env|exec|time|run|running|PS|[A-Z]:\\\S*>)$/i;

/** `words[index]` begins with a minus; `words` are all plain words and words with a minus, in their order. */
export function isOption(words: readonly string[], index: number): boolean {
  const bare = words.map(withoutMarks);
  const word = bare[index] ?? "";
  return (
    isOptionByForm(word) ||
    isCommandLine(bare) ||
    stopsAtProgram(bare.slice(0, index)) ||
    [bare[index - 1], bare[index + 1]].some((other) => OPTION_NAME.test(other ?? ""))
  );
}

/** A word without what is written around it: `(git`, `-f)`. */
export function withoutMarks(word: string): string {
  return word.replace(/^["'`‘’([{<]+|["'`‘’)\]}>,;:.!?…]+$/gu, "");
}

function isOptionByForm(word: string): boolean {
  return [NUMBER, SHORT, ASSIGNED, COMPILER, KNOWN, SYSTEM, STYLE].some((form) => form.test(word));
}

/** True where a program stands first, or another option does that can be nothing else. */
function isCommandLine(words: readonly string[]): boolean {
  const first = words.find((word) => !BEFORE_PROGRAM.test(word)) ?? "";
  if (isProgram(first) || EVERYDAY_PROGRAMS.has(nameOf(first))) return true;
  return words.some((word) => /^--[a-z]/i.test(word) || (SHORT.test(word) && !NUMBER.test(word)));
}

/** True where the words end in a program with its subcommands, as in the middle of a sentence. */
function stopsAtProgram(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  return EVERYDAY_PROGRAMS.has(nameOf(last)) || words.slice(-1 - SUBCOMMANDS_MAX).some(isProgram);
}

function isProgram(word: string): boolean {
  return PROGRAMS.has(nameOf(word)) || CMDLET.test(word) || SCRIPT.test(word);
}

function nameOf(word: string): string {
  return word.replace(/^.*\//, "").toLowerCase();
}
