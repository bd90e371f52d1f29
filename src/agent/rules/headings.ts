/**
 * What a section of a closing message is about, by its heading, in any language that we know words
 * of. Where a heading is not known the form decides: what is not clearly done is not told as done.
 */
import { capitalised, isEnglish } from "./prose.ts";
import type { Section } from "./sections.ts";

/** `next`: still to do. `done`: was done. `unclear`: neither is said. */
export type About = "next" | "done" | "unclear";

const NEXT =
  /\b(?:next|remain(?:s|ing|der)?|left|to-?\s?do|todos?|follow-?\s?ups?|pending|open (?:items?|points?|questions?|issues?|tasks?|work)|outstanding|not (?:yet )?(?:done|finished|complete|implemented|started|covered|tested|addressed)|unfinished|incomplete|still (?:to|open|needs?|missing)|missing|deferred|postponed|later|future|recommend\w*|suggest\w*|optional|known (?:issues?|limitations?|gaps?)|limitations?|blockers?|blocked|caveats?|action (?:items?|required)|what(?:'s| is) left|nächste[rsn]?|offene?[rns]?|verbleib\w*|ausstehend\w*|übrig|noch zu|zu tun|fehlt|restant\w*|reste|à faire|prochain\w*|suivant\w*|en attente|non fait|siguientes?|próxim\w+|pendientes?|por hacer|faltan?|restantes?|seguintes?|pendências|a fazer|prossim\w+|da fare|riman\w+|mancan\w+|volgende|nog te|resterend\w*|openstaand\w*|następne|pozostał\w*|do zrobienia|nästa|återst\w+|kvar|sıradaki|kalan|yapılacak\w*|sonraki)\b|(?:^|[^\p{L}])(?:осталось|оста[её]тся|следующ\p{L}*|дальнейш\p{L}*|нужно сделать|не сделано|незаверш\p{L}*|планы?|залишилось|наступні)|下一步|下一个|待办|待辦|待处理|待完成|未完成|未处理|剩余|剩餘|剩下|后续|後續|接下来|接下來|还需|還需|次の|次に|残り|残っ|残件|残作業|未対応|未実装|今後|これから|다음|남은|남아|할 일|미완료|향후|التالية|المتبقي|بقي|הבא|נותר|अगल[ेाी]|शेष|tiếp theo|còn lại/iu;

const DONE =
  /\b(?:done|complete[ds]?|changes?|changed|implement\w*|fix(?:e[sd])?|added|updated?|removed|refactor\w*|created|built|deliver\w*|accomplish\w*|finished|achieved|summary|overview|results?|tests?|verif\w+|files?|what (?:i|was|changed|we)|highlights?|key|root cause|cause|why|how|problem|solution|findings?|decisions?|details|notes?|commits?|änderung\w*|erledigt|geändert|umgesetzt|zusammenfassung|ergebnis\w*|behoben|modifi\w+|fait|réalis\w+|résumé|terminé\w*|cambios?|hecho|realizad\w+|resumen|completad\w+|alteraç\w+|mudanças|feito|concluíd\w+|modifiche|fatto|riepilogo|gedaan|wijzigingen|zmiany|zrobione|ändringar|gjort|değişiklikler|yapılan\w*)\b|(?:^|[^\p{L}])(?:изменени\p{L}*|сделано|готово|выполнено|исправлен\p{L}*|итог\p{L}*|результат\p{L}*)|修改|更改|变更|變更|已完成|完成|修复|实现|总结|摘要|结果|改动|変更|修正|完了|実装|概要|まとめ|結果|변경|완료|수정|요약|결과/iu;

/** A heading that says of itself that its points are done. */
const TICKED = /^\s*(?:✅|✔|☑|\[x\])/iu;

function kindOf(heading: string): About | null {
  if (heading === "") return null;
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

/** True for a sentence that says that something is still to be done. */
export function saysOpen(sentence: string): boolean {
  return (
    (/\b(?:not yet|still (?:needs?|to|has to|have to|missing|open|fails?)|remains? (?:to|open|un)|remaining|to-?do\b|left to|haven't|hasn't|have not|has not|wasn't able|couldn't|could not|were not able|next steps?|needs? to be|should be (?:done|added|tested)|follow-?up|pending|unverified|untested|not (?:been )?(?:tested|verified|pushed|merged|committed|implemented|run)|you(?:'ll| will| may| might) (?:need|want)|noch nicht|muss noch|fehlt noch|todavía no|aún no|falta|pas encore|reste à|ainda não|ещё не|пока не|осталось|нужно ещё)\b/iu.test(
      sentence,
    ) ||
      /尚未|还没|還沒|还需要|仍需|まだ|未対応|아직/.test(sentence)) &&
    !/\b(?:no|nothing|none|without)\b.{0,30}\b(?:left|remain\w*|pending|todo|missing)\b/i.test(
      sentence,
    )
  );
}
