/**
 * What an agent says, told apart: what it is about to do, what it found, what did not help, and what
 * is only true for the moment. Where no word is known the form decides, and never for a claim: what
 * is not clearly a finding is left with the work that it was said of.
 */
import { isEnglish, plain, sentences } from "./prose.ts";

/** First words of a sentence that opens or comments and says nothing itself. */
const OPENING =
  /^(?:(?:ok(?:ay)?|hmm|ah|oh|so|i see|found it|got it|now i understand|i understand|aha)(?<![\p{L}\p{N}_])(?: the (?:issue|problem|error|bug)s?\b)?(?:\s?[,.!:;–—]+\s{0,3}|\s-\s|\s+)|(?:good|great|perfect|excellent|nice|right|alright|well|interesting)(?:\s?[,.!:;–—]+\s{0,3}|\s-\s))+/iu;

/** A sentence about what the speaker is going to do. English first, then words of the same kind. */
const PLAN =
  /^(?:now\b|next\b|first\b|then\b|finally\b|also\b|let\b|let's\b|time to\b|need to\b|going to\b|i(?:'ll| will| need| can| should| have to| want|'m going| am going|'d)(?![\p{L}\p{N}_])|we (?:need|should|can|will)(?![\p{L}\p{N}_])|jetzt|nun\b|ich (?:werde|muss|will|schaue|prüfe|passe)|lass|zuerst|als nächstes|ahora|voy a|vamos|primero|maintenant|je vais|d'abord|ensuite|agora|vou\b|adesso|ora\b|теперь|сейчас|давай|сначала|现在|让我|我来|接下来|首先|次に|では|まず|それでは|이제|먼저|다음)/iu;
const PLAN_WITHIN =
  /\b(?:let me|let's|i(?:'ll| will| need to| should| have to| want to|'m going to)|we (?:need|should) )\b/i;

/** Said without being sure. */
const GUESS =
  /(?<![\p{L}\p{N}_])(?:might|maybe|perhaps|probably|possibly|presumably|likely|seems?|looks? like|appears?|could be|may be|i think|i (?:suspect|assume|guess)|not sure|vielleicht|wahrscheinlich|vermutlich|quizás|tal vez|peut-être|probablement|talvez|возможно|наверное|может быть)(?![\p{L}\p{N}_])|可能|也许|大概|かもしれ|でしょう|아마/iu;

/** What was tried and did not help. */
const REFUTED =
  /(?<![\p{L}\p{N}_])(?:did(?:n't| not) (?:help|work|fix|change|solve)|does(?:n't| not) (?:help|work)|isn't being|still (?:fail\p{L}*|complain\p{L}*|broken|the same|there|enforced|being)|same (?:error|failure|problem)|no effect|in vain|hat nicht geholfen|immer noch|sigue fallando|ne marche pas|toujours la même)(?![\p{L}\p{N}_])|没有(?:效果|帮助)|仍然|まだ/iu;

/** True only for the moment: it belongs to open points, or to nothing. */
const STATE =
  /\b(?:(?:not|never|isn't|aren't) (?:yet )?(?:been )?(?:committed|pushed|staged|merged|implemented)|uncommitted|unstaged|untracked|pending|in progress|currently|ready now|(?:does(?:n't| not)|do(?:n't| not)) exist yet|for now|at the moment|working tree|ready to (?:commit|proceed|push|start)|unblocked|blocked by|need(?:s|ed)? to (?:be (?!\w*(?:un|in)able)\w+(?:ed|en|t|ne)|(?:restructur|fix|chang|updat|add|refactor|resolv)\w*)|issues? to fix|no blockers|blocker|is (?:now )?(?:committed|closed|complete|done|claimed)|are (?:now )?(?:committed|closed|complete|done)|noch nicht|derzeit|sin confirmar|en cours|pas encore)\b/iu;

/** A cause, a contrast, a limit or a way that something behaves. */
const FINDING =
  /(?<![\p{L}\p{N}_])(?:because|since|the (?:issue|problem|reason|cause|culprit|root cause|bug|fix|trick|key)(?![\p{L}\p{N}_])|that's (?:the|why)|turns? out|actually|instead of|rather than|not (?:a|an|the|wrapped|in)(?![\p{L}\p{N}_])|does(?:n't| not)|do(?:n't| not)|is(?:n't| not)|are(?:n't| not)|was(?:n't| not)|can(?:'t|not)|never|always|only|already|must|requires?|expects?|returns?|means|missing|wrong|incorrect|undefined|unused|duplicate\p{L}*|conflicts?|mismatch\p{L}*|fails?|failed|breaks?|broke|causes?|caused|overrid\p{L}+|defaults?|default to|supports?|unsupported|deprecated|ignored?|exists?|so that|weil|deshalb|wegen|statt|porque|en lugar|parce que|au lieu|porque|потому|вместо)(?![\p{L}\p{N}_])|因为|所以|不是|没有|必须|なので|ため|ではなく|왜냐하면|때문/iu;

/** What somebody chose, and what they chose it over. */
const CHOICE =
  /(?<![\p{L}\p{N}_])(?:instead of|rather than|in favou?r of|chose|chosen|decided|decision|opted|prefer(?:red)?|over (?:a|an|the)(?![\p{L}\p{N}_]).{3,60}\bbecause|out of scope|statt|anstatt|anstelle|entschieden|en lugar de|en vez de|decidi\p{L}+|au lieu de|plutôt que|вместо|решил\p{L}*)(?![\p{L}\p{N}_])|而不是|决定|代わりに|ではなく|대신/iu;

/** Says in so many words why something is as it is, in a language of which we know little else. */
const CAUSE =
  /(?<!\p{L})(?:ursache (?:ist|war|dafür)|la causa (?:es|era|fue|è)|la cause (?:est|était|vient)|a causa (?:é|era|foi)|причина (?:в|—|-)|причиной)(?!\p{L})|原因(?:是|在于|在於|は|：|:)|원인은|السبب|कारण/iu;

export function isCause(text: string): boolean {
  return CAUSE.test(text);
}

export function isChoice(text: string): boolean {
  return CHOICE.test(text);
}

/** Plans to look, run or commit: no change is made for such a purpose. */
const LOOKING =
  /^(?:read|check|look|see|search|find|verify|examine|explore|understand|investigate|review|inspect|run|test|commit|try|trace|confirm|view|debug|think|continue|proceed|move on|schauen|prüfen|nachsehen|voir|vérifier|ver|mirar|comprobar)(?![\p{L}\p{N}_])|看|检查|查看|確認/iu;

export function isLooking(plan: string): boolean {
  return LOOKING.test(plan);
}

/** Plans that say how the speaker goes about it, not what changes. */
const PROCESS =
  /^(?:start|begin|continue|proceed|go (?:on|ahead)|move on|apply (?:all|the|both)|use (?:that|this|it)|do (?:it|this|that|both|all)|work on|implement (?:both|all|the (?:rest|remaining|next))|create (?:all|both|the files)|write the complete|rewrite (?:it|the whole)|try|redo|finish|wrap up|fix (?:it|this|that|these|both|all)\b|also\b|beginn|anfang|weiter|empez|comen[cz]|commenc|continu)/iu;

/** True for a plan that any work could begin with. */
export function isProcess(plan: string): boolean {
  return PROCESS.test(plan);
}

/** Calls a failure nobody's fault. */
const EXCUSE =
  /(?<![\p{L}\p{N}_])(?:false (?:positive|alarm)|known (?:issue|problem)|unrelated|pre-?existing|(?:is|are|was|were)? ?expected (?:during|while|until|for now|at this (?:point|stage))|flaky|spurious|tooling|functionally (?:correct|complete)|code is (?:correct|fine)|looks correct|fehlalarm|falso positivo|faux positif)(?![\p{L}\p{N}_])|误报|誤検知/iu;

/** `text` without the words that open or comment and say nothing: `Good - the helper is unused`. */
export function withoutOpening(text: string): string {
  return text.replace(OPENING, "");
}

export function isExcuse(text: string): boolean {
  return EXCUSE.test(text);
}

/** What the speaker does next, as the last sentence of a message that was broken off. */
const NEXT_STEP =
  /^(?:(?:now|next|so|then),?\s+)?(?:let me (?!know\b)|let's (?!me\b)|i(?:'ll| will| am going to|'m going to) (?:now|check|look|fix|run|try|start|continue|wait|add|update|remove|read)(?![\p{L}\p{N}_])|ich (?:werde|schaue|prüfe|muss) (?:jetzt|nun|mir)(?![\p{L}\p{N}_])|lass mich|voy a |vamos a |déjame |je vais |laisse-moi |vou |deixe-me |теперь я |сейчас |давайте? (?:я )?(?:посмотр|провер|исправ)|让我(?!们?知道)|我来|我现在|次に.*(?:します|する)。?$|まず.*(?:します|する)。?$)/iu;

export function isNextStep(sentence: string): boolean {
  return NEXT_STEP.test(sentence);
}

/** The order in which steps are given. */
const ORDER =
  /^(?:add|configure|update|create|fix|implement|use|pass|wrap|remove|make|set|write|build|move|rename|replace|extract|refactor|instrument|register|enable|disable|install|start|stop|commit|close|mark|document|extend|change|delete|drop|handle|ensure|call|define|introduce|convert|simplify|split|merge|keep)\b/i;

export function isGuess(text: string): boolean {
  return GUESS.test(text);
}

export function isRefutation(text: string): boolean {
  return REFUTED.test(text);
}

/** A label in front of something that is not over: `CURRENT: …`, `WIP - …`. */
const STATE_LABEL =
  /^[\W_]*(?:current(?:ly)?|in progress|wip|to-?do|open|pending|unresolved|ongoing|blocked|not done|next)(?![\p{L}\p{N}_])\s*[:：–—-]/iu;

export function isState(text: string): boolean {
  return STATE.test(text) || STATE_LABEL.test(text);
}

/** What runs at this moment: over when anybody reads of it. */
const GOING_ON =
  /^(?:it(?:'s| is) |they(?:'re| are) )?(?:still \w+ing|waiting (?:for|on)|currently \w+ing|running (?:in|the|now)|(?:läuft|warte\w*) noch|sigue \w+ndo|toujours en cours|仍在|正在|まだ)/iu;

export function isGoingOn(text: string): boolean {
  return GOING_ON.test(text);
}

export function isPlan(text: string): boolean {
  return PLAN.test(text) || PLAN_WITHIN.test(text);
}

/** Names that stand in code: `quoted` ones, and words with a form that prose does not have. */
const QUOTED_NAME = /`([^`\n]{2,80})`/g;
const CODE_NAME =
  /(?<![\p{L}\p{N}_./@-])(?:--?[a-z][\w-]{2,30}|[@:]?[\p{L}_$][\p{L}\p{N}_$]{0,60}(?:(?:[._/:-]{1,2}|->|#)[\p{L}\p{N}_$]{1,60}){1,10}[!?]?(?:\/\d)?|\p{Ll}{1,40}\p{Lu}[\p{L}\p{N}]{1,60}|\p{Lu}{2,40}(?:_[\p{L}\p{N}]{1,40}){1,8}|\p{Lu}\p{Ll}{1,40}(?:\p{Lu}\p{Ll}{1,40}){1,6}|#\d{1,7})(?:\(\))?/gu;

/** True for two plain words with a hyphen, a slash or an abbreviation between: prose, no name. */
function isProseWord(name: string): boolean {
  return (
    /^\p{L}{2,20}[-/]\p{Ll}{2,20}(?:-\p{Ll}{2,20})?$/u.test(name) || /^[a-z]\.[a-z]\.?$/i.test(name)
  );
}

/** Code names in `text`, each once, as they are written there. */
export function codeNames(text: string): string[] {
  const names = new Set<string>();
  for (const [, name = ""] of text.matchAll(QUOTED_NAME)) names.add(name.trim());
  for (const [name] of text.replace(QUOTED_NAME, " ").matchAll(CODE_NAME)) {
    if (!isProseWord(name)) names.add(name.replace(/[.:]$/, ""));
  }
  return [...names].filter((name) => name.length > 1);
}

/** Parts of the names by which two texts may speak of the same thing: long enough to tell. */
export function nameParts(text: string): Set<string> {
  const parts = new Set<string>();
  for (const name of codeNames(text)) {
    for (const part of name.toLowerCase().split(/[^\p{L}\p{N}_]+/u))
      if (part.length > 3) parts.add(part);
  }
  return parts;
}

/** True where both texts name something in code that is the same. */
export function sharesName(a: string, b: string): boolean {
  const known = nameParts(a);
  for (const part of nameParts(b)) if (known.has(part)) return true;
  return false;
}

/** A saying, taken apart. Each list in the order of the words. */
export interface Saying {
  /** What was found, without the words that lead up to it. */
  claims: string[];
  /** What the speaker set out to do: `configure the propagators in the config files`. */
  plans: string[];
  /** It says that what was tried before did not help. */
  refutes: boolean;
}

/** A plan as an order: `Now let me add the helper:` is `add the helper`. */
function asOrder(sentence: string): string {
  return (
    sentence
      .replace(OPENING, "")
      .replace(
        /^(?:(?:now|next|first|then|finally|also|so|and|but|,|\s)+)?(?:that .{3,60}?, )?(?:let me(?: also| now| first| just)?|let's(?: also| now)?|i(?:'ll| will| need to| should| have to| want to| can|'m going to)(?: also| now| first)?|we (?:need to|should|can)|need to|time to|going to)\s+/i,
        "",
      )
      .replace(/^(?:now|next|first|then|finally|also)[\s,]+/i, "")
      // What comes after that is another plan, and who knows of which work.
      .replace(/(?:,| and)? then\b.*$/i, "")
      .replace(/[\s.:;,]+$/, "")
  );
}

/** Words that announce a cause. */
const CAUSE_OPENING =
  /^(?:(?:the|my|this) )?(?:(?:real|actual|main|root|core|underlying) )?(?:issue|problem|bug|cause|reason|error|culprit|mistake)(?: here)? (?:is|was) (?:that |with |in )?|^(?:that's|this is|it's) (?:the|why|because)(?: (?:bug|issue|problem|reason|cause))?(?: is)?[\s:,–—-]+(?=\S+ \S+ \S+ \S+)/i;

/** Where somebody looked: what they saw there comes behind it. */
const LOOKED_AT = /^(?:looking (?:at|through|into)|reading|checking) [^,]{2,80}, /i;
/** A reason whose main clause was a plan and is told elsewhere: without a comma it stands alone. */
const REASON_ALONE = /^(?:since|because|as)\s+(?=[^,]+$)/i;

/** A claim without what leads up to it. */
function asClaim(sentence: string): string {
  return sentence
    .replace(OPENING, "")
    .replace(/^(?:so|and|but|thus|therefore|however|also),?\s+/i, "")
    .replace(
      /^(?:that|this|it) (?:was|is)(?:n't| not) (?:it|the (?:cause|problem|issue))\s{0,2}[:;,.–—-]\s{1,2}/i,
      "",
    )
    .replace(/^(?:confirmed|verified)\s{0,2}[:,–—-]\s{1,2}/i, "")
    .replace(CAUSE_OPENING, "")
    .replace(LOOKED_AT, "")
    .replace(REASON_ALONE, "")
    .replace(/[:;,\s]+$/, "");
}

const WORDS_MIN = 5;

/** True where a sentence says enough: five words, or as much in a script without spaces. */
function saysEnough(sentence: string): boolean {
  return sentence.split(/\s+/).length >= WORDS_MIN || /[\p{Lo}]{8}/u.test(sentence);
}

/** A sentence in English that says how something in code is. */
const STATEMENT =
  /\b(?:is|are|was|were|has|have|uses?|takes?|needs?|gets?|holds?|contains?|lives?|comes?|goes|calls?|creates?|stores?|accepts?|handles?|sets|reads|writes|runs|sends|matches|checks|depends?|belongs?)\b/i;
const STATEMENT_WORDS_MIN = 8;

function isStatement(claim: string): boolean {
  return (
    STATEMENT.test(claim) &&
    codeNames(claim).length > 0 &&
    claim.split(/\s+/).length >= STATEMENT_WORDS_MIN
  );
}

/** Sentences of a saying: of its lines of prose, without code, tables and the steps of a plan. */
function proseOf(text: string): string[] {
  const lines = text
    .replace(/(?:```|~~~)[\s\S]*?(?:```|~~~|$)/g, "\n")
    .split("\n", 60)
    .filter((line) => line.trim() !== "" && !line.includes("|"));
  let plan = false;
  return lines.flatMap((line) => {
    const step = /^\s*(?:[-*+•]|\d{1,3}[.)]|\*{2}\d)\s*/.test(line);
    if (step && plan) return [];
    plan = /[:：]\s*$/.test(line) && (PLAN.test(line) || PLAN_WITHIN.test(line));
    return sentences(
      line.replace(/^\s*(?:[-*+•]|\d{1,3}[.)]|#{1,6})\s+/, "").replace(/\*{2}/g, ""),
      8,
    );
  });
}

/** Takes `text` apart: what of it is a plan, what a finding. A guess is neither. */
export function takeApart(text: string): Saying {
  const claims: string[] = [];
  const plans: string[] = [];
  let refutes = false;
  const english = isEnglish(text);
  for (const whole of proseOf(text)) {
    if (isRefutation(whole)) refutes = true;
    // `The reason is X, so let me do Y`, `I see - the form is wrong. Let me …`
    const [said = "", ...after] = whole.split(
      /[,;]?\s+(?:so |but |and )?(?=(?:let me|let's|i'll|i need to|i should)\b)/i,
    );
    const opened = said.replace(OPENING, "");
    if (isPlan(opened) || ORDER.test(opened) || /[:：]$/.test(said.trim())) {
      plans.push(asOrder(whole));
      continue;
    }
    if (after.length > 0) plans.push(asOrder(after.join(" ")));
    const claim = asClaim(opened);
    if (!saysEnough(claim) || isGuess(claim) || isState(claim) || isRefutation(claim)) continue;
    if (
      FINDING.test(claim) ||
      isCause(claim) ||
      isStatement(claim) ||
      (!english && codeNames(claim).length >= 2)
    )
      claims.push(claim);
  }
  return { claims, plans: plans.filter((plan) => saysEnough(`${plan} x`)), refutes };
}

/** `text` in lower case without markdown, blanks and punctuation at its ends: for comparing. */
export function bare(text: string): string {
  return plain(text)
    .toLowerCase()
    .replace(/[\p{P}\s]+/gu, " ")
    .trim();
}

/** True for a plan that says what was done: it names something in code, or says enough of it. */
export function isTelling(plan: string): boolean {
  return !isLooking(plan) && (codeNames(plan).length > 0 || plan.split(/\s+/).length >= 6);
}
