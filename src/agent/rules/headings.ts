/**
 * What a section of a closing message is about, by its heading, in any language that we know words
 * of. Where a heading is not known the form decides: what is not clearly done is not told as done.
 */
import { capitalised, isEnglish } from "./prose.ts";
import type { Section } from "./sections.ts";

/** `next`: still to do. `done`: was done. `unclear`: neither is said. */
export type About = "next" | "done" | "unclear";

const NEXT =
  /(?<![\p{L}\p{N}_])(?:next|remain(?:s|ing|der)?|left|to-?\s?do|todos?|follow-?\s?ups?|pending|open (?:items?|points?|questions?|issues?|tasks?|work)|outstanding|not (?:yet )?(?:done|finished|complete|implemented|started|covered|tested|addressed)|unfinished|incomplete|still (?:to|open|needs?|missing)|missing|deferred|postponed|later|future|recommend\p{L}*|suggest\p{L}*|optional|known (?:issues?|limitations?|gaps?)|limitations?|blockers?|blocked|caveats?|action (?:items?|required)|what(?:'s| is) left|nächste[rsn]?|offene?[rns]?|verbleib\p{L}*|ausstehend\p{L}*|übrig|noch zu|zu tun|fehlt|restant\p{L}*|reste|à faire|prochain\p{L}*|suivant\p{L}*|en attente|non fait|siguientes?|próxim\p{L}+|pendientes?|por hacer|faltan?|restantes?|seguintes?|pendências|a fazer|prossim\p{L}+|da fare|riman\p{L}+|mancan\p{L}+|volgende|nog te|resterend\p{L}*|openstaand\p{L}*|następne|pozostał\p{L}*|do zrobienia|nästa|återst\p{L}+|kvar|sıradaki|kalan|yapılacak\p{L}*|sonraki)(?![\p{L}\p{N}_])|(?:^|[^\p{L}])(?:осталось|оста[её]тся|следующ\p{L}*|дальнейш\p{L}*|нужно сделать|не сделано|незаверш\p{L}*|планы?|залишилось|наступні)|下一步|下一个|待办|待辦|待处理|待完成|未完成|未处理|剩余|剩餘|剩下|后续|後續|接下来|接下來|还需|還需|次の|次に|残り|残っ|残件|残作業|未対応|未実装|今後|これから|다음|남은|남아|할 일|미완료|향후|التالية|المتبقي|بقي|הבא|נותר|अगल[ेाी]|शेष|tiếp theo|còn lại/iu;

const DONE =
  /(?<![\p{L}\p{N}_])(?:done|complete[ds]?|changes?|changed|implement\p{L}*|fix(?:e[sd])?|added|updated?|removed|refactor\p{L}*|created|built|deliver\p{L}*|accomplish\p{L}*|finished|achieved|summary|overview|results?|tests?|verif\p{L}+|files?|what (?:i|was|changed|we)|highlights?|key|root cause|cause|why|how|problem|solution|findings?|decisions?|details|notes?|commits?|änderung\p{L}*|erledigt|geändert|umgesetzt|zusammenfassung|ergebnis\p{L}*|behoben|modifi\p{L}+|fait|réalis\p{L}+|résumé|terminé\p{L}*|cambios?|hecho|realizad\p{L}+|resumen|completad\p{L}+|alteraç\p{L}+|mudanças|feito|concluíd\p{L}+|modifiche|fatto|riepilogo|gedaan|wijzigingen|zmiany|zrobione|ändringar|gjort|değişiklikler|yapılan\p{L}*)(?![\p{L}\p{N}_])|(?:^|[^\p{L}])(?:изменени\p{L}*|сделано|готово|выполнено|исправлен\p{L}*|итог\p{L}*|результат\p{L}*)|修改|更改|变更|變更|已完成|完成|修复|实现|总结|摘要|结果|改动|変更|修正|完了|実装|概要|まとめ|結果|변경|완료|수정|요약|결과/iu;

/** A heading that says of itself that its points are done. */
const TICKED = /^\s*(?:✅|✔|☑|\[x\])/iu;

/** Headings that say it only where they stand alone. */
const NEXT_ALONE =
  /^(?:open|wip|tbd|offen(?:es)?|abierto|aberto|ouvert|en suspens|aperto|открыто|待定|保留|보류)$/iu;

function kindOf(heading: string): About | null {
  if (heading === "") return null;
  if (NEXT_ALONE.test(heading)) return "next";
  if (TICKED.test(heading)) return "done";
  // `未完成` holds `完成`, `not done` holds `done`: what is left goes first.
  if (
    NEXT.test(heading) &&
    !/\b(?:no|nothing)\b.{0,20}\b(?:left|remaining|pending|to do|missing)\b/i.test(heading)
  )
    return "next";
  return DONE.test(heading) ? "done" : null;
}

/** What each of `sections`, which are one message, is about. */
export function aboutSections(sections: readonly Section[], text: string): About[] {
  const english = isEnglish(text);
  const headed = sections.filter(({ heading }) => heading !== "").length;
  return sections.map((section, at) => {
    const known = kindOf(section.heading) ?? kindOf(section.above);
    if (known !== null) return known;
    if (section.heading === "" || english) return "done";
    // In words that we do not know: a list that closes a message is as a rule what is left.
    const closes = at === sections.length - 1 && section.items.length > 0;
    if (closes && headed > 1) return "next";
    return closes ? "unclear" : "done";
  });
}

/** A label in front of what it is about, in one line of prose: `Next: publish it.` */
const INLINE_LABEL = /^([\p{L}][^.!?。！？:：\n]{1,40})[:：]\s{0,3}(?=\S)(.{3,})$/su;
const LABEL_WORDS_MAX = 4;

/** What is so by nature is not left to do. */
const LIMIT_LABEL = /limit|known|caveat|recommend|suggest|optional|block|later|future/i;

/**
 * What a sentence that begins with a label for what is left says to be left: empty where it says
 * that nothing is; null for any other sentence.
 */
export function labelledNext(sentence: string): string | null {
  const [, label = "", point = ""] = INLINE_LABEL.exec(sentence) ?? [];
  if (label === "" || label.split(/\s+/).length > LABEL_WORDS_MAX) return null;
  if (LIMIT_LABEL.test(label) || kindOf(label) !== "next") return null;
  return saysNothing(point) ? "" : capitalised(point);
}

/** `Next steps: none.` */
function saysNothing(point: string): boolean {
  return /^(?:none|nothing|n\/?a|no|-|–|—|keine?|nichts|ninguno|nada|aucune?|rien|nessuno|niente|нет|ничего|无|無|没有|なし|없음)(?:[\s.!。]*$|\s+(?:left|needed|remaining|more|to do)(?!\p{L}))/iu.test(
    point,
  );
}

/** What somebody else has to do, must be done once more or by hand, or the speaker may not do. */
const FOR_OTHERS = new RegExp(
  [
    "(?<![\\p{L}\\p{N}_])(?:",
    "(?:somebody|someone|ops|the (?:team|admins?|owners?|maintainers?)|an? (?:admin|administrator|maintainer|owner|operator|reviewer))(?: (?:with|from|of) [^.!?]{1,40})? (?:has to|have to|needs? to|must|should|will have to)",
    "|(?:has|have|needs?) to be \\p{L}+ (?:again|later|by hand|manually|separately)",
    "|i (?:can't|cannot|could not|may not|am not allowed to|(?:do not|don't) have (?:the )?(?:access|permissions?|rights?))",
    "|(?:jemand|ein admin\\p{L}*|das team|der betrieb)(?: mit [^.!?]{1,40})? (?:muss|müsste|sollte)|(?:kann|darf) ich nicht|ich (?:kann|darf) (?:das|es|sie|ihn) nicht",
    "|(?:alguien|el equipo|un administrador|operaciones)(?: con [^.!?]{1,40})? (?:tiene que|debe|debería)|no puedo|no tengo permisos?",
    "|(?:quelqu'un|l'équipe|un administrateur)(?: avec [^.!?]{1,40})? (?:doit|devra|devrait)|je ne (?:peux|dois) pas|je n'ai pas (?:le droit|accès)",
    "|(?:alguém|a equipe|um administrador)(?: com [^.!?]{1,40})? (?:tem que|precisa|deve)|não (?:posso|tenho permissão)",
    "|(?:qualcuno|un amministratore)(?: con [^.!?]{1,40})? (?:deve|dovrà)|non posso",
    "|кто-то (?:с [^.!?]{1,40} )?долж\\p{L}+|администратор долж\\p{L}+|не могу|у меня нет прав",
    ")(?![\\p{L}\\p{N}_])",
    "|需要(?:你|您|运营|運營|管理员|管理員|手动|手動|人工)|没有权限|沒有權限|请(?:你|您|联系|聯繫)|してください|お願いします|権限がありません|필요합니다|해 ?주세요|권한이 없",
  ].join(""),
  "iu",
);

/** Left out for the moment, or never begun, in English. */
const PUT_OFF =
  /\b(?:(?:did(?:n't| not)|haven't|have not|never) (?:get|got|gotten) (?:to|around)\b|(?:skip(?:ped|s)?|left out|disabled|stubbed|hard-?coded|commented out)\b.{0,40}\bfor now|for now\b.{0,40}\b(?:skip|stub|hard-?cod|disabl)|not (?:yet )?(?:started|begun|finished)|left for (?:later|another|a follow)|yet to be \w+|you still (?:have|need) to)/i;

/** The same in other languages: something is not there yet, or is left. */
const STILL_OPEN =
  /(?<![\p{L}\p{M}])(?:il reste|restent? à|n['’]est pas encore|manquent? encore|queda(?:n)? (?:por|pendiente)|faltan?|aún no|ainda (?:não|falta|é preciso)|faltam?|non (?:è |sono )?ancora|manca(?:no)? (?:ancora|solo)?|ancora da|resta(?:no)? da|nog niet|moet(?:en)? nog|jeszcze nie|pozostaje|pozostało|trzeba jeszcze|ännu inte|återstår|henüz|kaldı|chưa|vẫn (?:cần|phải)|còn phải|belum|masih (?:perlu|harus)|ещё не|еще не|пока не|осталось|остаётся|остается|ще не|залишилось|अभी (?:तक )?(?:बाकी|नहीं)|बाकी (?:है|हैं)|অপেক্ষমাণ|এখনও|এখনো|বাকি|ابھی تک|باقی ہے|باقی ہیں|لم يتم بعد|لم (?:\p{L}+ ){1,4}بعد|لا يزال|ما زال|المتبقي|هنوز|باقی مانده|עדיין לא|נותר)(?![\p{L}\p{M}])|还没|還沒|尚未|有待|未完成|아직|남아 ?있|まだ|残って/iu;

/** `Es fehlt nichts mehr`, `不再有`: nothing is. */
const NOTHING_LEFT =
  /(?<!\p{L})(?:nichts|nada|rien|niente|ничего|कुछ नहीं|কিছুই|tidak ada|không còn gì|hiçbir|لا شيء|no (?:faltan?|quedan?)|não (?:faltam?|restam?)|ne manquent? (?:plus|pas)|non (?:mancano|manca|resta))(?!\p{L})|没有.{0,4}(?:剩|遗)|残り(?:は|も)?(?:ありません|なし|ない)|남은 .{0,10}없/iu;

/** True for a sentence that says that something is still to be done. */
export function saysOpen(sentence: string): boolean {
  if (NOTHING_LEFT.test(sentence)) return false;
  return (
    PUT_OFF.test(sentence) ||
    STILL_OPEN.test(sentence) ||
    ((/(?<![\p{L}\p{N}_])(?:not yet|still (?:needs?|to|has to|have to|missing|open|fails?)|remains? (?:to|open|un)|remaining|to-?do\b|left to|haven't|hasn't|have not|has not|wasn't able|couldn't|could not|were not able|next steps?|needs? to be|should be (?:done|added|tested)|follow-?up|pending|unverified|untested|not (?:been )?(?:tested|verified|pushed|merged|committed|implemented|run)|you(?:'ll| will| may| might) (?:need|want)|noch nicht|muss noch|fehlt noch|todavía no|aún no|falta|pas encore|reste à|ainda não|ещё не|пока не|осталось|нужно ещё)(?![\p{L}\p{N}_])/iu.test(
      sentence,
    ) ||
      /尚未|还没|還沒|还需要|仍需|まだ|未対応|아직/.test(sentence) ||
      FOR_OTHERS.test(sentence)) &&
      !/\b(?:no|nothing|none|without)\b.{0,30}\b(?:left|remain\w*|pending|todo|missing)\b/i.test(
        sentence,
      ))
  );
}
