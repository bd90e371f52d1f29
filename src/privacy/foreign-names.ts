/**
 * What people call a secret in languages other than English, where the name has letters beyond
 * English or is written in another script. Names in plain Latin letters stand in `secret-names.ts`
 * and `rare-names.ts`.
 */

/** One entry a language; sources of regular expressions. */
const NAMES: readonly string[] = [
  // Chinese
  "密码|密碼|口令|密钥|密鑰|秘钥|秘鑰|令牌|私钥|私鑰|通行证|凭证|憑證|访问码|訪問碼|验证码|授权码|暗号|密语",
  // Hindi, Marathi, Nepali
  "पासवर्ड|पासफ़्रेज़|पासकोड|कूट ?शब्द|संकेत ?शब्द|परवलीचा शब्द|(?:गुप्त|निजी|एपीआई) (?:कुंजी|शब्द|कोड|टोकन)|टोकन|कुंजी|पिन",
  // Spanish, Portuguese
  "contraseñas?|código (?:de acc?es[so]o?|secreto)|palavra-passe|códigos? de ac[ce]sso",
  // French
  "clé (?:secrète|privée|d['’]api|api|d['’]accès|de chiffrement)|clés? secrètes?|jeton (?:d['’]accès|secret)|code d['’]accès|phrase secrète|clé|clef",
  // Arabic
  "(?:كلمة|كلمه) (?:المرور|السر|مرور|سر)|عبارة (?:المرور|السر|مرور)|(?:الرقم|الرمز|رقم|رمز) (?:السري|سري|السر|الدخول|المرور|الوصول|المميز)|(?:المفتاح|مفتاح) (?:السري|سري|الخاص|خاص|واجهة|الوصول|التشفير|api)|باسوورد|باسورد|توكن|مفتاح",
  // Bengali, with both ways to write its `ya`
  "পাসও(?:য়|য়)ার্ড|পাসকোড|পাসফ্রেজ|(?:গোপন|গুপ্ত|ব্যক্তিগত|এপিআই) (?:নম্বর|কী|শব্দ|চাবি|কোড|টোকেন|সংকেত|পিন)|টোকেন",
  // Russian, Ukrainian, Bulgarian, Serbian, Kazakh
  "парол[ьяюие]м?|паролата|парола|(?:секретн(?:ый|ий)|закрыт(?:ый|ий)|приватн(?:ый|ий)|таен) ключ|ключ (?:api|апи|доступа|доступу|шифрования)|(?:api|апи)[- ]ключ|ключ|токена?|секрет|кодовое слово|кодовая фраза|пин-?код|гасло|лозинка|құпия ?сөз",
  // Urdu, Persian
  "پاس ?ورڈ|(?:خفیہ|نجی) (?:کوڈ|کلید|لفظ|نمبر|ٹوکن)|ٹوکن|رمز ?عبور|رمز (?:ورود|دسترسی)|گذرواژه|کلمه عبور|کلید (?:خصوصی|مخفی|دسترسی|api)|توکن",
  // German
  "(?:geheim(?:er |e[rn]? )?|privater |zugriffs|zugangs|verschlüsselungs|api-)?schlüssel",
  // Japanese
  "パスワード|パスフレーズ|パスコード|パスキー|暗証番号|(?:秘密|共有|暗号|暗号化|署名|認証|アクセス|シークレット|api)?(?:鍵|キー)|(?:アクセス|認証)?トークン|合い?言葉|シークレット|暗号",
  // Korean
  "비밀 ?번호|비번|암호|패스워드|패스프레이즈|패스코드|(?:액세스 |인증 |접근 )?토큰|(?:비밀|액세스|인증|개인|암호화|시크릿|api) ?키|시크릿|키",
  // Vietnamese, Thai, Hebrew, Greek, Turkish
  "mật khẩu|mã bí mật|kh[óo][aá] bí mật|mã (?:thông báo|truy cập)|รหัส(?:ผ่าน|ลับ)|โทเค็น|סיסמ[הא]|סיסמת \\S{2,12}|מפתח (?:סודי|פרטי|api)|אסימון|κωδικ(?:ός|ού)(?: πρόσβασης)?|συνθηματικό|(?:μυστικό|ιδιωτικό) κλειδί|şifre(?:si|niz)?|gizli (?:anahtar|şifre)",
  // Other languages with letters of their own
  "l[öø]senord|has[łl]o|jelszó|titkos kulcs|parolă|slaptažodis|tajný klíč|přístupový kód|salasõna|fjalëkalimi?|lykilorð|nøkkel|hemlig nyckel",
  "ਪਾਸਵਰਡ|પાસવર્ડ|கடவுச்சொல்|పాస్‌?వర్డ్|ಪಾಸ್‌?ವರ್ಡ್|പാസ്‌?വേഡ്|මුරපදය|პაროლი|գաղտնաբառ|የይለፍ ቃል|စကားဝှက်|ពាក្យសម្ងាត់",
];

/** Letters beyond English, without which no such name is looked for. */
const OTHER_LETTERS = /[\u00c0-\u024f\u0370-\u1fff\u3040-\ud7af\uf900-\ufdff]/;

const ANYWHERE = new RegExp(NAMES.join("|"), "giu");
const AT_THE_END = new RegExp(`(?:${NAMES.join("|")})$`, "iu");

/** What may stand behind such a name: no letter but of a verb, or of the value. */
const BEHIND = /[\s:=：＝"'`*\])）」』”»→「『(（-]|[是为為は이은는가设改修变設変]|^$/u;

/** True for a name that ends in one of these. */
export function endsInForeignName(name: string): boolean {
  return OTHER_LETTERS.test(name) && AT_THE_END.test(name);
}

/** Where such names stand in a text; a word that goes on behind one is another word. */
export function* foreignNames(
  text: string,
): Generator<{ text: string; start: number; end: number }> {
  if (!OTHER_LETTERS.test(text)) return;
  for (const match of text.matchAll(ANYWHERE)) {
    const end = match.index + match[0].length;
    if (!BEHIND.test(text.charAt(end))) continue;
    yield { text: match[0], start: match.index, end };
  }
}
