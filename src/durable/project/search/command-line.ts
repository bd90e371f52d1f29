/** Whether a word with a leading minus is an option of a command that was pasted, or a number. */

/** Programs whose command lines people paste; without those that are everyday words. */
const PROGRAMS: ReadonlySet<string> = new Set(
  `adb ansible apt apt-get awk aws az bash biome brew bun bundle bunx cargo cd chmod chown clang
  clang++ cmake composer conda cp curl deno df dig diff docker docker-compose dotnet du elixir
  eslint ffmpeg find g++ gcc gcloud gem gh git go gradle gradlew grep gzip helm hg iex java javac
  jest journalctl jq killall kubectl ld less ln ls make mix mkdir mongo mongosh mount mv mvn mvnw
  mypy mysql netstat ninja nix node npm npx nvm objdump openssl perl pg_dump php ping pip pip3
  pkill pnpm podman poetry prettier ps psql py pytest python python3 rails rake redis-cli rg rm
  rsync ruby ruff rustc rustup scp sed sh sqlite3 ss ssh strace sudo svn systemctl tail tar
  terraform tmux tox tsc tsx uv uvicorn vim vite vitest wget wrangler xargs xcodebuild yarn zip
  unzip zsh`.split(/\s+/),
);

/** -32601, -1.5, -0x80070005 */
const NUMBER = /^-(?:\d[\d.,:_]*|0x[\da-f]+)[.,;:)\]]*$/i;
/** -f, -rf */
const SHORT = /^-[a-z\d]{1,2}$/i;
/** -std=c++17, -Dname=value */
const ASSIGNED = /^-[\w.-]+[=:]./;
/** Options of compilers and virtual machines: -Wall, -Wno-unused, -Xmx512m, -DskipTests, -O2, -fPIC. */
const COMPILER =
  /^-(?:W(?:all|extra|error|no-\w+|[lap],)|X[a-zX:]|D[a-z][a-zA-Z]*[A-Z]|O[\dsgz]$|f[A-Z]|std)/;
/** Remove-Item, Get-ChildItem: the commands of PowerShell. */
const CMDLET = /^[A-Z][a-z]+-[A-Z][A-Za-z]+$/;
/** `$ FOO=1 git`, `sudo git`: what may stand before the program. */
const BEFORE_PROGRAM = /^(?:[$#>%]|\w+=\S*|sudo|env|exec|time|run|running)$/i;

/** `word` begins with a minus; `words` are all plain words and words with a minus, in their order. */
export function isOption(word: string, words: readonly string[]): boolean {
  return isOptionByForm(word) || isCommandLine(words);
}

function isOptionByForm(word: string): boolean {
  return [NUMBER, SHORT, ASSIGNED, COMPILER].some((form) => form.test(word));
}

/** True where a program stands first, or another option does that can be nothing else. */
function isCommandLine(words: readonly string[]): boolean {
  const first = words.find((word) => !BEFORE_PROGRAM.test(word)) ?? "";
  const program = first.replace(/^.*\//, "").toLowerCase();
  if (PROGRAMS.has(program) || CMDLET.test(first)) return true;
  return words.some((word) => /^--[a-z]/i.test(word) || (SHORT.test(word) && !NUMBER.test(word)));
}
