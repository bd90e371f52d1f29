/**
 * A small lexicon of the trade: what people call the same thing on different days. What an observation
 * says is found by its neighbours here too, weakly, because they stand at the end of what is only
 * searched. General words of software alone: nothing of any project.
 */

/** A line each; a word stands for what all words of its line stand for. */
const GROUPS = `
bug error failure fault defect exception crash
fix repair solve mend correct
delete remove drop discard wipe
create add introduce
change modify edit update
config configuration settings options
environment env variable
test spec check assertion
auth authentication login
permission authorization access rights
secret credential token password key
database db storage
schema migration
repository repo
folder directory
dependency package library
docs documentation readme manual
performance slow speed latency
timeout deadline limit
expiry expire ttl lifetime
retry again backoff
cache memoize
page screen view
component widget
endpoint route url address
request call
response answer reply
server backend
client frontend browser
deploy release ship publish
build compile bundle
pipeline workflow ci
linter lint style format
types typecheck typing
log logging output print
job worker task background
queue backlog
session conversation chat
user person account
comment remark note annotation
close finish complete done
open start launch begin
stop end terminate kill
list array collection
missing absent undefined null nil
number count total amount
limit cap maximum quota
default fallback
flag option switch argument parameter
hook callback handler
event signal
revert rollback undo
warning complaint
lock mutex
concurrency parallel race
parse decode read
encode serialize
render draw display show
collapse fold hide
expand unfold
highlight mark
search find lookup
validate verify
trace tracing telemetry span
monitor observability metrics
shorten truncate cut
reject refuse deny block
allow permit
reason why rationale decision
stylesheet css style
script shell bash
terminal console
commit revision
upload send push
download fetch pull
rename move
duplicate copy
unused dead
random randomness
order sort
`
  .trim()
  .split("\n")
  .map((line) => line.split(" "));

const NEIGHBOURS = new Map<string, Set<string>>();
for (const group of GROUPS) {
  for (const word of group) {
    const known = NEIGHBOURS.get(word) ?? new Set();
    for (const other of group) if (other !== word) known.add(other);
    NEIGHBOURS.set(word, known);
  }
}

/** More would make every item be about everything. */
const WORDS_MAX = 24;

/** Words that stand for some of the text's and are not in it, separated by spaces. */
export function otherWordsFor(text: string): string {
  const words = new Set(text.toLowerCase().match(/[a-z]+/g) ?? []);
  const others = new Set<string>();
  for (const word of words) {
    for (const other of neighboursOf(word)) if (!words.has(other)) others.add(other);
  }
  return [...others].slice(0, WORDS_MAX).join(" ");
}

/** In its plain form too: `tests`, `removed`, `caching`. */
function neighboursOf(word: string): ReadonlySet<string> {
  const forms = [word, word.replace(/(?:e?s|ed|ing)$/, ""), word.replace(/(?:ed|ing)$/, "e")];
  for (const form of [...forms, word.replace(/s$/, ""), word.replace(/(.)\1(?:ed|ing)$/, "$1")]) {
    const found = NEIGHBOURS.get(form);
    if (found !== undefined) return found;
  }
  return NONE;
}

const NONE: ReadonlySet<string> = new Set();
