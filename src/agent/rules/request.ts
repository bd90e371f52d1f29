/** What a person asked, without what their client and clipboard put around it. */
import { plain, sentences, shorten } from "./prose.ts";
import { codeNames } from "./words.ts";

const REQUEST_MAX = 300;

/** Blocks that clients put into a prompt: opened files, selections, reminders, outputs of commands. */
const BLOCK =
  /<(ide_[\w-]{1,40}|system-reminder|task-notification|local-command-[\w-]{1,30}|bash-(?:stdout|stderr|input)|command-message|command-name|command-contents|user-prompt-submit-hook|environment_context|user_instructions|attached_files?|context|file|selection)\b[^>]{0,400}>[\s\S]*?<\/\1>/gi;
/** Any other block of a client: its tag has a name no page's has, and it has its lines to itself. */
const CLIENT_BLOCK =
  /^[ \t]{0,8}<([a-z]{2,30}(?:[_-][a-z]{1,30}){1,4})\b[^>\n]{0,400}>[\s\S]*?<\/\1>[ \t]{0,8}$/gm;
const ARGUMENTS = /<command-args>([\s\S]*?)<\/command-args>/gi;
const COMMAND = /<command-name>\s*\/?([\w:.-]{1,60})\s*<\/command-name>/i;

/** What compilers, test runners and runtimes print, whatever the language. */
const LOG_LINE =
  /^(?:(?:error|warning|note|help|fatal|panic)(?:\[\w{1,8}\]|:? TS\d{3,5})?: |\S{1,160}[:(]\d{1,6}[:,)\d]{0,10}\s{0,3}(?:fatal |syntax )?(?:error|warning)\b|\[[\w@./-]{1,30}\] (?:error|warning|warn)\b|--> \S+:\d|= (?:note|help): |\d{1,5} \||goroutine \d|exit (?:status|code) \d|--- FAIL|FAIL(?:ED)?\b[: \t]|make(?:\[\d\])?: \*{3}|(?:Exception in thread|Caused by:|thread '[^']{1,60}' panicked)|[\w.$]{1,80}(?:Error|Exception): |\[(?:\w{1,8}[ -])?(?:error|warn|info|debug)\w*\]|[\w./*()]{1,80}\([^()]{0,80}\)$|\/\S{1,200}:\d{1,6}(?: \+0x[\da-f]+)?$)/i;

/** A line of a log, a stack trace, a diff or a listing: pasted, not said. */
function isPasted(line: string): boolean {
  const text = line.trim();
  return (
    /^(?:\[?\d{4}-\d\d-\d\d[T ]|\[?\d{1,2}:\d{2}(?::\d{2})?[.,\] ]|at \S+ ?\(|at (?:async )?[\w$.]+\(|File "|Traceback|\s*\^+\s*$|[+-]{3} |@@ |diff --git|\$ |> |\||npm (?:ERR|WARN)|(?:E|W|I|D)\/|\[?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL|TRACE)\b|\*\* \(|\(\w+ [\d.]+\) )/.test(
      text,
    ) ||
    /^\s*(?:at|in) .{3,120}:\d+(?::\d+)?\)?$/.test(line) ||
    LOG_LINE.test(text) ||
    /[{};]\s*$/.test(text) ||
    (text.length > 60 && (text.match(/[^\p{L}\p{N}\s]/gu)?.length ?? 0) / text.length > 0.22)
  );
}

/** The sentences of a person in a prompt, in their lines; empty where there are none. */
export function personsWords(prompt: string): string {
  const command = COMMAND.exec(prompt)?.[1];
  const args = [...prompt.matchAll(ARGUMENTS)].map(([, text = ""]) => text.trim()).join(" ");
  const rest = prompt
    .replace(ARGUMENTS, "\n")
    .replace(BLOCK, "\n")
    .replace(CLIENT_BLOCK, "\n")
    // A block that was cut off has no end.
    .replace(/<(?:ide_[\w-]{1,40}|system-reminder)\b[^>]{0,400}>[\s\S]*$/i, "\n")
    .replace(/(?:```|~~~)[\s\S]*?(?:```|~~~|$)/g, "\n")
    .replace(/^Read the output file[^\n]{0,2000}$/gm, "")
    .replace(/^\s*\[(?:Image|Pasted text)[^\]]{0,60}\]/gim, "");
  const lines = rest.split("\n").filter((line) => line.trim() !== "");
  const said = lines.filter((line) => !isPasted(line));
  const words = (said.length > 0 ? said : lines.slice(0, 2)).map((line) => line.trim()).join("\n");
  const whole = [args, words]
    .filter((part) => part !== "")
    .join("\n")
    .trim();
  if (whole !== "") return whole;
  return command === undefined ? "" : `/${command}`;
}

/** Words that only say: go on. */
const GO_ON =
  /^(?:(?:please|ok(?:ay)?|yes|yep|sure|and|now|great|thanks?|good|perfect|nice|cool|bitte|ja|oui|sí|si|да|好的?|はい)[\s,.!，。！]*)*(?:continue|go (?:on|ahead)|proceed|carry on|keep going|resume|next|do it|yes|ok(?:ay)?|sure|weiter|mach weiter|fortfahren|continúa|continua|sigue|adelante|continue[rz]|poursui\w+|vas-y|prossiga|avanti|продолжай(?:те)?|дальше|继续(?:吧)?|繼續|続けて(?:ください)?|続行|계속(?:해)?|devam(?: et)?)(?:\s+(?:please|implementation|working|with (?:it|this|that)|from where you left off|the (?:work|task|implementation)|bitte|it))*[\s.!。！]*$/iu;

/** True where a prompt asks for nothing of its own: it goes on with what was asked before. */
export function goesOn(words: string): boolean {
  const text = words.trim();
  if (text === "" || GO_ON.test(text)) return true;
  // `did you push?`: a short question about the work at hand.
  const short = text.split(/\s+/).length <= 5 && text.length <= 40;
  return short && /[?？]$/.test(text) && codeNames(text).length === 0;
}

/** A request in at most `REQUEST_MAX` characters: whole sentences, the first ones. */
export function requestOf(words: string): string {
  const text = plain(words);
  if (text.length <= REQUEST_MAX) return text;
  let short = "";
  for (const sentence of sentences(text, 6)) {
    if (short !== "" && short.length + sentence.length + 1 > REQUEST_MAX) break;
    short += `${short === "" ? "" : " "}${sentence}`;
  }
  return shorten(short, REQUEST_MAX);
}
