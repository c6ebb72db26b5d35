package clean

import (
	"regexp"
	"slices"
	"strings"
)

// A rule is a family of phrases that marks a line as none of the story.
type rule struct {
	name string
	most int // words a line of this family has at most
	// begins is tried at the beginning of a line alone, which is far quicker
	// than within, which is tried everywhere. Both see small letters only.
	begins, within *regexp.Regexp
}

func family(name string, most int, patterns ...string) rule {
	var begins, within []string
	for _, p := range patterns {
		p = strings.ReplaceAll(p, `\p{Lu}`, `\p{L}`)
		if strings.HasPrefix(p, "^") && !topBar(p) {
			begins = append(begins, p)
		} else {
			within = append(within, p)
		}
	}
	return rule{name, most, oneOf(begins), oneOf(within)}
}

// topBar reports whether a pattern has alternatives outside of parentheses.
func topBar(p string) bool {
	depth := 0
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '|':
			if depth == 0 {
				return true
			}
		}
	}
	return false
}

func oneOf(patterns []string) *regexp.Regexp {
	if len(patterns) == 0 {
		return nil
	}
	return regexp.MustCompile(strings.Join(patterns, `|`))
}

func (r *rule) match(small string) bool {
	return r.begins != nil && r.begins.MatchString(small) || r.within != nil && r.within.MatchString(small)
}

// furniture are the families whose lines go wherever they stand.
var furniture = []rule{
	family("button", 3, `^[×✕✖✗❌⨯]$`, `^(close|dismiss|skip|menu|search|ok|got it|next|previous|back to top|back|home|schließen|закрыть|cerrar|fermer|chiudi|关闭|إغلاق)\W?$`),
	family("share", 9, `^(share|tweet|pin|e-?mail|print|save|bookmark|gift|listen|copy( the)? link|copied|facebook|twitter|x|whatsapp|telegram|linkedin|reddit|pinterest|flipboard|messenger|instagram|youtube|vkontakte|vk|sms)([ ,/|·•]+(on|via|to|this|article|story|page|post|with|by|a|friend|link|your|and|or|e-?mail|print|facebook|twitter|x|whatsapp|telegram|linkedin|reddit|pinterest|flipboard|messenger|copy|tweet|share|save))*\W*$`,
		`^(поделиться|отправить|teilen|compartir|partager|condividi|compartilhar|分享|مشاركة|شارك)([ :].{0,40})?$`, `^\d[\d.,k]* ?(shares?|likes?|views?|reactions?)$`,
		`^(シェア|ツイート|共有|공유하기?|paylaş|udostępnij|delen|dela|del|jaa|поділитися|поширити|megosztás|sdílet)\W*$`),
	family("read more", 22, `^(read|see|watch|view|show|learn|find out|get|load)( ?(more|also|next|full (article|story|text)|all|less))(\W|$)`, `^(also|further|recommended|related)[ -](read|reading|stories|articles?|content|topics?|coverage|news|links?|posts?|videos?)\b`,
		`^(related|more|more (on|from|in|about|like) .*|more (news|stories|top stories)|most (read|popular|viewed|watched)|trending( now)?|popular|top stories|latest( news| stories)?|recommended( for you| by)?|you (may|might) (also )?(like|be interested).*|don[’']t miss.*|up next|what to read next|keep reading|continue reading.*|click (here|to|for).*|story continues.*|article continues.*|scroll (down )?(to|for).*|in (this|other) (story|article|news)|editors?[’']? (picks?|choice)|tags?|topics?|filed under|see also)(\W*$|:.*)`,
		`^(read more|see also|also read|related|related (story|article)s?|more|watch|read|рекомендуем|читайте (также|ещё|еще|далее|по теме|нас)|также по теме|по теме|подробнее|смотрите также|lesen sie (auch|mehr)|mehr zum thema|lire (aussi|également|la suite)|à lire|voir aussi|leer (más|también)|lee también|te puede interesar|ver más|leggi anche|leia (também|mais)|czytaj (też|także|więcej)|延伸阅读|相关(新闻|阅读|文章|报道)|阅读全文|اقرأ أيضا|اقرأ المزيد|مواضيع ذات صلة)(\s*[:：>»|–—-]|\s*$)`,
		`^(【|■|▶|>+ ?|→ ?)?(auch interessant|mehr dazu|mehr zu diesem thema|das könnte (sie|dich) (auch )?interessieren|weiterlesen|hier weiterlesen|sur le même sujet|à lire (aussi|également|sur)|pour aller plus loin|lea también|le puede interesar|noticias relacionadas|leer más|ver también|per approfondire|approfondisci|potrebbe interessarti|veja (também|mais)|saiba mais|notícias relacionadas|関連記事|関連リンク|あわせて読みたい|こちらもおすすめ|続きを読む|もっと見る|관련 ?기사|더 ?보기|ilgili haberler?|bunlar da ilginizi çekebilir|devamını oku|читайте також|дивіться також|чытайце таксама|zobacz (też|także|również)|czytaj dalej|lees (ook|meer|verder)|läs (också|mer|även|vidare)|læs også|les også|lue myös|přečtěte si (také|více)|čtěte (také|dále)|olvassa el|citește și|tham khảo|baca juga|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|بیشتر بخوانید|مطالب مرتبط|اقرأ أيضًا)(】|\s*[:：>»|–—-].*|\W*$)`),
	family("subscribe", 30, `\b(sign up|subscribe|register)( now| here| today)? (for|to) (our|the|a|free|receive|get|more|this|any|unlock|keep|continue|read)\b`, `^(subscribe|sign up|sign in|log ?in|log out|register|join( us)?( now| today)?|already (a|have).*|not a (member|subscriber).*|my account|become a (member|subscriber|supporter).*)\W*$`,
		`\b(newsletters?|inbox)\b.*\b(sign|subscribe|e-?mail|deliver|straight|daily|weekly|get|direct)`, `\b(sign|subscribe|e-?mail|deliver\w*|straight|get|send)\b.*\b(newsletters?|inbox|free trial|e-?mail alerts?)\b`,
		`^(follow|like|find|join|connect with) (us|the \w+|\w+ \w+|@\w+|[\p{L} ]{2,25}) on (twitter|facebook|instagram|x|telegram|youtube|linkedin|social|google|whatsapp|tiktok)`, `^download (our|the) .{0,30}\bapp\b`, `\bturn on (push )?notifications\b`, `\b(no spam|unsubscribe)\b`, `^get (the )?(breaking|latest|top|daily|our)( \w+)? (news|stories|updates|headlines|alerts)`, `\bnews tip\b.*\blet us know\b`, `\bfollow (us|him|her|them|me|\p{Lu}\w+) on (twitter|facebook|instagram|x)\b`, `^(enter )?(your )?e-?mail( address)?\W*$`,
		`(подписывайтесь|подпишитесь) на`, `(newsletter|rundbrief).{0,30}(abonnieren|anmelden)`, `suscr[ií]b[ea]`, `abonnez-vous|inscrivez-vous`, `订阅|关注我们`, `اشترك في`,
		`^(jetzt (abonnieren|registrieren|anmelden|testen|lesen)|anmelden|registrieren|einloggen|abo(nnieren)?|s[’']abonner|je m[’']abonne|se connecter|connexion|suscribirse|suscríbete|iniciar sesión|regístrate|abbonati|accedi|registrati|assine( já)?|entrar|подписаться|войти|зарегистрироваться|підписатися|увійти|abone ol|giriş yap|üye ol|zaloguj( się)?|zarejestruj się|inloggen|logga in|logg inn|log ind|ログイン|会員登録|無料登録|新規登録|로그인|구독(하기)?|登录|登陆|注册|登入|註冊|เข้าสู่ระบบ|ورود|اشتراک|تسجيل الدخول)\W*$`, `\b(whatsapp|telegram)[- ]?(channel|kanal|canal)\b`, `\bpreferred source\b`, `\b(continue|keep) (with )?(your )?reading\b.{0,40}\b(account|sign|subscri|free)`, `\b(create an account|sign in)\b.{0,60}\b(continue|access|read)`),
	family("subscribe", 20, `有料会員|会員限定|会員登録|無料会員|マイページ|メールマガジン|ご利用には`),
	family("cookies", 60, `\b(we|site|website|page)\b.{0,40}\buses? (of )?cookies\b`, `\bcookie (policy|settings|preferences|notice)\b`, `^(accept|reject|manage)( all)?( cookies| preferences| options| choices)?$`, `\b(privacy (policy|notice)|terms (of (use|service)|and conditions|& conditions))\b.{0,60}$`, `файл\w* cookie`, `verwende\w* cookies`, `utilis\w+ (de )?cookies`),
	family("cookies", 14, `\bexterne[nrs]? inhalte?\b`, `datenschutz(erklärung|einstellungen|bestimmungen)`, `privatsphäre-einstellungen`, `\bcontenus? externes?\b`, `politique de confidentialité`, `política de (privacidad|cookies|privacidade)`, `informativa sulla privacy`, `политик\w+ конфиденциальности`, `プライバシーポリシー|利用規約`, `隐私政策|隱私權`),
	family("advertising", 24, `^(advertisements?|ads?|sponsored( content| by.*)?|promoted|promotion|paid (post|content|for by.*)|реклама|anzeige|werbung|publicit[ée]|publicidad|pubblicità|reklama|广告|إعلان|ad feedback)\W*$`, `\bad[- ]free\b`, `\bad ?blockers?\b`, `\b(disabled|removed|turned off|without|no)( all| any)? (the )?ads\b`, `\b(improve|enhance) your (reading |browsing )?experience\b`, `\bcompensation for|affiliate (links?|commission)`, `\bearn (a|an) .{0,20}commission\b`),
	family("rights", 40, `^(©|\(c\)|copyright\b|all rights reserved|alle rechte|все права|tous droits|todos los derechos|版权)`, `\ball rights reserved\b`, `\bmay not be (published|reproduced|copied)\b`, `(reprints? and|request) (reprints?|permissions?)`, `\bour standards\b.*\bprinciples\b`),
	family("comments", 12, `^(\(?\d[\d,. ]*\)? )?(comments?|replies|kommentare?|comentarios?|commentaires?|комментари\w*|评论|تعليقات?)(\W.{0,20})?$`, `\b(leave|post|add|write|view|read|show|join) (a |the |all |your )?(reply|comments?|conversation|discussion)\b`, `^(report|flag|reply|correct|send)( an?)?( error| typo| comment| a correction)?\W*$`, `^(got|have) a (tip|story|question)\b`),
	family("caption", 70, `(^|[.!?"”»)] )[(\[]?(photos?|photograph|pictures?|images?|credits?|foto|bild|фото|图片|图源|صورة|video|graphic|illustration)( (credits?|by|courtesy of|courtesy|source|caption))?\s*[:：/|]`, `^(photo|photograph|picture|image|illustration|video)( (credit|caption|source|by|courtesy))[\s,]`, `^image (source|copyright|caption)`, `^(image|photo|slide|picture)? ?\d+ (of|/) ?/? ?\d+$`, `^(caption|hide caption|toggle caption|enlarge this image|click to enlarge)\W*$`, `credits?: ?[^.]{2,40}\W*$`, `© ?[^.]{2,40}$`, `\b(file|handout|stock) (photo|image|picture)\W*$`,
		`[/(|,] ?((getty|afp|ap|reuters|epa|tass|xinhua|bloomberg|shutterstock|istock|alamy)( images| photo| pictures)?[/,]? ?)+[)\].]*$`, `\((ap|afp|reuters|getty)[ /][^)]{1,60}\)\W*$`, `\bvia (ap|afp|reuters|getty( images)?)\W*$`, `\bgetty images\W*$`, `^(ap|afp|reuters|getty images|epa)\s*[/|:]`,
		`[(\[（](image|picture|photos?|pic|foto|fotos|bild|symbolbild|symbolfoto|archivbild|archivfoto|crédits?|quelle|imagen|immagine|zdjęcie|фото|写真|撮影)[ :：/|][^)\]）]{1,60}[)\]）]\W*$`, `(撮影|提供|写真)[)）]?$`, `\b(imago|picture alliance|dpa|getty|keystone|ansa|efe|tt|ritzau|scanpix|belga|anp|pap|unian|ria novosti|риа новости|тасс)\b[^.]{0,40}$`, `^(symbolbild|archivbild|archivfoto|photo d[’']illustration|photo d[’']archives?|imagen de archivo|foto de archivo|foto d[’']archivio)\b`, `\bcrédits? ?(photos?)? ?:`),
}

// nameSlash is a photographer and an agency at the end of a caption:
// "Pedro Pardo / AFP". Case matters here.
var nameSlash = regexp.MustCompile(`(^|[.!?"”»)] ?)\p{Lu}[\p{L}.'’-]+( \p{Lu}[\p{L}.'’-]+){0,3} ?[/|] ?\p{Lu}[\p{L}.'’]*( \p{Lu}[\p{L}.'’]*){0,3}\W?$`)

// afterStory are lines that stand behind a story: what follows is readers'
// comments, other stories, the foot of the page.
var afterStory = regexp.MustCompile(`(?i)^(\(?\[? ?\d[\d,. ]*\)? )?(reader |top rated |user |recent |latest |all )?(comments?|replies|responses|kommentare|comentarios|commentaires|комментари\w*|评论|网友评论|تعليقات?)( ?[(\[]?\d+[)\]]?)?\W*$|^\d+ (thoughts|responses|replies|comments) (on|to)\b|^(leave|post|add|write) a (reply|comment)|^(most (read|popular|viewed|shared)|(you|readers) (may|might) (also|like).*|(related|recommended|more|other|popular|similar|latest|top|further) (stories|articles|posts|news|content|reading|links|coverage|topics)|recommended( for you)?|about (the )?(author|writer|us)|all rights reserved.*|previous (post|article|story)|next (post|article|story)|filed under.*|рекомендуем|читайте также|по теме|другие новости|相关(新闻|阅读|文章|报道)|mehr zum thema|lire aussi|te puede interesar|مواضيع ذات صلة)\W*$`)

// furnitureRule returns the name of the family that a line belongs to, or "".
func furnitureRule(text string, words int) string {
	if words > 70 {
		return "" // no family has longer lines
	}
	small := strings.ToLower(text)
	for i := range furniture {
		if r := &furniture[i]; words <= r.most && r.match(small) {
			return r.name
		}
	}
	if words <= 70 && nameSlash.MatchString(text) {
		return "caption"
	}
	return ""
}

var (
	// opener begins an appeal of several paragraphs.
	opener = regexp.MustCompile(`(?i)^(a|an|one) (quick |short |special |important |personal )?(message|note|appeal|letter|word|request|favou?r)( to (ask|our readers|you))?( from| to)?( .{0,60})?:?$|^dear readers?\W|^(before you (go|close)|why (you should )?support us|support (our|independent) (work|journalism))\W*$|^(дорогие|уважаемые) (читатели|друзья)|^liebe leser|^chers lecteurs|^queridos lectores|^estimados lectores|^亲爱的读者|^عزيز`)
	// strongAsk asks the reader for money or help.
	strongAsk = regexp.MustCompile(`\byour (continued |generous |monthly )?(support|help|donations?|contributions?|gift|generosity|membership|subscription)\b|\b(support|fund|donate to|contribute to|stand with) (us|our|independent|quality)\b|\bhelp (us|our)\b|\bwe need (your|you)\b|\b(make|making|consider(ing)?|give|giving) (a |an )?(\w+ )?(donati|contributi|gift)\w*|\b(become|becoming) (a |an )?(\w+ )?(member|supporter|patron|subscriber|donor)\b|\b(from|for) (just|only|as little as) (the price of|[$€£¥]\s?\d)|\b(donate|contribute|subscribe) (now|today|monthly)\b|\bsupport(ing)? .{3,40} (today|monthly)\b|\btax[- ]deductible\b|поддержите (нас|наш)|(нужна|нужны) ваша|ваш[аеу]? (поддержк|помощ|пожертвован)|пожертвова(ть|ние)|unterstützen sie|ihre (spende|unterstützung)|soutenez(-nous)|votre (don|soutien)|ap[óo]yanos|tu (apoyo|donaci[óo]n)|您的(支持|捐款)|捐款|تبرع`)
	// weakAsk stands in appeals, but in stories too.
	weakAsk = regexp.MustCompile(`\b(reader|donor|listener)[- ](funded|supported|powered)\b|\bindependent(,? \w+)? (journalism|media|reporting|newsroom|press)\b|\bour (work|journalism|reporting|newsroom|journalists|reporters|staff|mission|readers|coverage|editors)\b|\bthank you for\b|\bno matter (how|what) (small|size|the (amount|size))\b|\bevery (contribution|donation|dollar|gift|little)\b|\b(support|donate|contribute|remind me later)\b|\b(costs?|takes?) (us )?(\$|€|£|money|time)|\bad[- ]free\b|\bpaywall\b|\bwe (are|believe|rely|remain|strive|provide|publish|report|refuse|depend)\b|редакци|независим\w+ (журналист|меди|сми)`)
	// payment is a line of the box that takes the money.
	payment = regexp.MustCompile(`(?i)^(once|one[- ]time|monthly|annual(ly)?|yearly|per (month|year)|weekly|continue|donate|give|support( us)?|contribute|other( amount)?|custom amount|pa[yi]+ment( methods?| options?)?|(select|choose) .{0,30}(amount|method|option).*|(credit|debit)?( or )?(credit|debit)? ?card|paypal|apple pay|google pay|[$€£₽¥]\s?\d[\d,.]*( ?(/|per|a) ?\w+)?|\d[\d,.]* ?([$€£₽¥]|usd|eur|руб\.?)( .{0,12})?|not (ready|now|today)\b.{0,40}|remind me.{0,20}|maybe later|no,? thanks?.?|разово|ежемесячно|ежегодно|продолжить|einmalig|monatlich|jährlich|weiter|weiter|mensual|anual|una vez|mensuel|annuel)\W*$`)
	quoted  = regexp.MustCompile(`"[^"]*"|“[^”]*”|«[^»]*»|„[^“”]*[“”]|「[^」]*」`)
)

// asking are pieces of which every appeal holds one; to look for them is far
// quicker than to try the patterns on every line.
var asking = []string{
	"support", "help", "donat", "contribut", "gift", "generosity", "membership", "subscri", "fund", "stand with", "need you", "giving", "becom", "for just", "for only", "from just", "from only", "as little as", "tax", "поддерж", "нужн", "ваш", "пожертв",
	"unterstütz", "spende", "souten", "votre", "apóyanos", "apoyanos", "apoyo", "donaci", "您的", "捐", "تبرع", "powered", "independent", "our ", "thank you", "no matter", "every ", "contribute", "remind me", "cost", "take", "ad-free", "ad free", "paywall", "we ", "редакци", "независим",
}

// ask weighs how much a line sounds like an appeal for money: 0 not at all, 1
// as parts of one do, 2 for sure. What is said in quotation marks is a
// source's and does not count.
func ask(text string, n int) int {
	if payment.MatchString(text) {
		return 1
	}
	small := strings.ToLower(text)
	if !slices.ContainsFunc(asking, func(s string) bool { return strings.Contains(small, s) }) {
		return 0
	}
	own := quoted.ReplaceAllString(small, " ")
	strong := len(strongAsk.FindAllString(own, 4))
	weak := len(weakAsk.FindAllString(own, 4))
	switch {
	case strong >= 2, strong == 1 && (weak > 0 || n <= 15):
		return 2
	case strong+weak > 0:
		return 1
	}
	return 0
}
