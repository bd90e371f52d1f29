import { describe, expect, it } from "vitest";
import { activityOf, isToolEvent } from "../../../src/agent/rules/activity.ts";
import { personsWords } from "../../../src/agent/rules/request.ts";
import { readClosing } from "../../../src/agent/rules/summary.ts";
import { withoutRoot } from "../../../src/memory/paths.ts";
import { ROOT, toolEvent } from "../../support/sample-batch.ts";

const closing = (text: string) => readClosing(text, () => false);

describe("a sentence that says that something is still open", () => {
  it.each([
    "The client is new. I did not get to the Safari test.",
    "The client is new, but the Safari test is skipped for now.",
    "Der Client ist neu. Der Test für Safari fehlt noch.",
    "La redirection est réparée. Il reste à écrire le test pour Safari.",
    "El cliente es nuevo. Queda por escribir la prueba de Safari.",
    "O cliente é novo. Ainda falta o teste para o Safari.",
    "Il client è nuovo. Manca ancora il test per Safari.",
    "Клиент заменён. Тест для Safari ещё не написан.",
    "客户端已替换。还没有为 Safari 添加测试。",
    "クライアントを置き換えました。Safari のテストはまだありません。",
    "클라이언트를 교체했습니다. Safari 테스트는 아직 없습니다.",
    "क्लाइंट बदल गया है। Safari का परीक्षण अभी बाकी है।",
    "ক্লায়েন্ট বদলানো হয়েছে। Safari এর পরীক্ষা এখনও বাকি।",
    "تم استبدال العميل. لم يتم بعد كتابة اختبار Safari.",
    "کلائنٹ بدل دیا گیا۔ Safari کا ٹیسٹ باقی ہے۔",
    "Klien sudah diganti. Tes untuk Safari belum ditulis.",
    "Đã thay máy khách. Kiểm thử cho Safari vẫn cần viết.",
  ])("is left to do, and is not done: %s", (text) => {
    const { done, learnt, next } = closing(text);
    expect(next.join(" ")).toContain("Safari");
    expect([...done, ...learnt].join(" ")).not.toContain("Safari");
    expect(next).toHaveLength(1);
  });

  it.each([
    "The client is new. Nothing is left to do.",
    "Der Client ist neu. Es fehlt nichts mehr.",
    "El cliente es nuevo. No faltan pruebas.",
    "O cliente é novo; nada falta.",
    "クライアントを置き換えました。残りはありません。",
    "The flag is skipped when the list is empty.",
  ])("is none where nothing is: %s", (text) => {
    expect(closing(text).next).toEqual([]);
  });
});

describe("the forms of a closing message", () => {
  it("has rows of a table that are open, done, or neither", () => {
    const { done, next } = closing(
      "Replaced the client.\n\n| Task | Status |\n|---|---|\n| Port the pool | done |\n| Test on Safari | not started |\n| Rotate keys | 未完成 |\n",
    );
    expect(next).toEqual(["Test on Safari", "Rotate keys"]);
    expect(done).toEqual(["Replaced the client.", "Port the pool"]);
  });

  it("has headings that are underlined, and ones that only say: open", () => {
    expect(
      closing("Replaced it.\n\nRemaining work\n--------------\n* Test on Safari").next,
    ).toEqual(["Test on Safari"]);
    expect(closing("Replaced it.\n\n### Open\n1. Test on Safari").next).toEqual(["Test on Safari"]);
  });
});

describe("what a person asked", () => {
  it.each([
    [
      "<editor_selection>\nfoo()\n</editor_selection>\n<open_tabs>a.go, b.go</open_tabs>\nRename the handler",
      "Rename the handler",
    ],
    [
      "error[E0382]: borrow of moved value: `cfg`\n --> src/main.rs:10:5\n  |\n8 |     let a = cfg;\n  |\nFix this without a clone",
      "Fix this without a clone",
    ],
    [
      "panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x1d\nexit status 2\nFind out why the worker dies",
      "Find out why the worker dies",
    ],
    [
      "src/a.ts(3,5): error TS2322: no\n[vite] error: failed to load\nmake: *** [build] Error 2\nWhat broke the build",
      "What broke the build",
    ],
    [
      "Why does `<my-button>x</my-button>` not render?",
      "Why does `<my-button>x</my-button>` not render?",
    ],
  ])("is told without blocks of the client and pasted logs", (prompt, said) => {
    expect(personsWords(prompt)).toBe(said);
  });
});

describe("a folder of Windows", () => {
  it.each([
    [
      "\\\\srv\\share\\repo",
      "\\\\srv\\share\\repo\\src\\b.ts(3,5): error",
      "src\\b.ts(3,5): error",
    ],
    ["C:\\Users\\Jürgen\\repo", "c:\\users\\jürgen\\repo\\src\\b.ts: error", "src\\b.ts: error"],
    ["/cygdrive/c/Users/me/repo", "C:/Users/me/Repo/src/b.ts: error", "src/b.ts: error"],
    ["C:\\Users\\me\\repo", "/cygdrive/c/Users/me/repo/b.ts: error", "b.ts: error"],
  ])("is taken out of what is printed, however it is written: %s", (root, text, rest) => {
    expect(withoutRoot(root, text)).toBe(rest);
  });

  it("leaves letters of another case alone on Unix", () => {
    expect(withoutRoot("/home/u/repo", "/home/u/Repo/b.ts")).toBe("/home/u/Repo/b.ts");
  });
});

describe("an edit of a notebook's cell", () => {
  it("is what its new source defines", () => {
    const event = toolEvent(
      "1",
      "NotebookEdit",
      { notebook_path: `${ROOT}/train.ipynb`, new_source: "def fit_model(x):\n    return x\n" },
      "",
    );
    const activity = isToolEvent(event) ? activityOf(event, ROOT) : null;
    expect(activity).toMatchObject({ kind: "edit", path: "train.ipynb" });
    expect(activity?.change?.addedNames).toContain("fit_model");
  });
});
