import { describe, expect, it } from "vitest";
import { follow } from "../../../src/agent/rules/follow.ts";
import { readClosing } from "../../../src/agent/rules/summary.ts";
import { ROOT, textEvent } from "../../support/sample-batch.ts";

const next = (text: string) => readClosing(text, () => false).next;

describe("a sentence of a closing message that begins with a label", () => {
  it.each([
    ["The parser reads both forms now. Next: translate the banner.", "Translate the banner."],
    ["Fixed it. Remaining: the docs name the old flag.", "The docs name the old flag."],
    ["Alles grün. Nächster Schritt: Banner übersetzen.", "Banner übersetzen."],
    ["Listo. Pendiente: traducir el banner.", "Traducir el banner."],
    ["C'est fait. Prochaine étape : traduire la bannière.", "Traduire la bannière."],
    ["Pronto. Próximos passos: traduzir o banner.", "Traduzir o banner."],
    ["Готово. Следующий шаг: перевести баннер.", "Перевести баннер."],
    ["已完成修改。下一步：翻译横幅。", "翻译横幅。"],
    ["完了しました。次のステップ：バナーを翻訳する。", "バナーを翻訳する。"],
    ["완료했습니다. 다음 단계: 배너 번역.", "배너 번역."],
    [
      "It is found. Somebody with admin rights has to delete the secret.",
      "Somebody with admin rights has to delete the secret.",
    ],
    [
      "The checkout took the change back; it has to be made again.",
      "The checkout took the change back; it has to be made again.",
    ],
    [
      "Ursache gefunden. Ein Admin muss das Zertifikat erneuern.",
      "Ein Admin muss das Zertifikat erneuern.",
    ],
    [
      "Está claro. Alguien con permisos tiene que borrar el secreto.",
      "Alguien con permisos tiene que borrar el secreto.",
    ],
    ["找到原因了。重复的优惠券需要运营核对。", "重复的优惠券需要运营核对。"],
    ["अगला कदम: बैनर का अनुवाद करें।", "बैनर का अनुवाद करें।"],
    ["الخطوة التالية: ترجمة اللافتة.", "ترجمة اللافتة."],
  ])("leaves open what it says to be next: %s", (text, point) => {
    expect(next(text)).toEqual([point]);
  });

  it.each([
    "All tests pass. Next steps: none.",
    "Follow-up: none needed.",
    "Alles grün. Offen: nichts.",
    "I changed the parser. Limitations: it reads UTF-8 only.",
    "Note: the cache was cleared first.",
    "The keys have to be sorted before they are hashed, so I sort them.",
  ])("leaves nothing open where nothing is left: %s", (text) => {
    expect(next(text)).toEqual([]);
  });
});

describe("what an agent says at the end to have chosen", () => {
  const decisionsOf = (text: string) =>
    follow({
      root: ROOT,
      turn: { promptNumber: 1, request: "Show the greeting", ends: true },
      recentTitles: [],
      events: [
        textEvent("prompt:1", "prompt", "Show the greeting"),
        textEvent("stop:1", "turn_end", text),
      ],
    }).observations.filter(({ type }) => type === "decision");

  it.each([
    "Decidí no usar jspdf porque no lleva acentos sin incrustar fuentes.",
    "I decided to keep the old banner, because the release notes mention it.",
    "Ich habe mich für SQLite entschieden, weil kein Server nötig ist.",
    "Decidimos usar colas en lugar de hilos.",
    "Я решил оставить старый формат, потому что его читают клиенты.",
    "デプロイを簡単にするため、SQLiteを使うことに決定しました。単純な構成です。",
  ])("is a decision, with its reason: %s", (text) => {
    const [decision] = decisionsOf(`Done so far. ${text}`);
    expect(decision).toMatchObject({ type: "decision", sources: ["stop:1"] });
    expect(text).toContain(decision?.narrative.slice(0, 30));
  });

  it("is none without a reason, and none where it was only done", () => {
    expect(decisionsOf("I decided to go on. The banner is kept. All tests pass now.")).toEqual([]);
  });
});
