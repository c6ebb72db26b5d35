package story

import "strings"

// A phrase is a family of wordings that furniture has and stories have not.
// All is in lower case and as plain text, which is ten times as fast to look
// for as a regular expression.
type phrase struct {
	name   string
	most   int    // words a block of this family has at most
	whole  string // "|" stands between the wordings
	begins string
	holds  string
}

// readMore is the place of a family in phrases.
const readMore = 0

var phrases = []phrase{
	{"read more phrase", 25,
		"related|related articles|related stories|related content|related topics|more|more news|see also|read also|read this next|recommended|recommended reading|most read|most popular|trending|trending now|don't miss|you may also like|you might also like|up next|editors' picks|editor's picks|top stories|latest news|what to read next|keep reading|continue reading|further reading|in this article|in this story|topics|tags|mehr zum thema|weiterlesen|lesen sie auch|auch interessant|das könnte sie auch interessieren|meistgelesen|à lire aussi|lire aussi|sur le même sujet|voir aussi|lea también|lee también|te puede interesar|más información|más noticias|noticias relacionadas|relacionados|leggi anche|leia também|saiba mais|veja também|lees ook|lees meer|les også|läs också|läs mer|læs også|lue myös|czytaj też|czytaj także|zobacz też|zobacz także|přečtěte si také|čítajte aj|читайте также|читайте ещё|по теме|рекомендуем|подробнее|читайте також|читайте теж|прочетете още|ilgili haberler|関連記事|関連ニュース|関連キーワード|あわせて読みたい|続きを読む|相关新闻|相关阅读|延伸阅读|相關新聞|관련기사|اقرأ أيضا|اقرأ أيضًا|مواضيع ذات صلة|baca juga",
		"read more|read also|read next|read the full|read:|also read|see also|see more|more on|more from|more about|related:|related story|related article|recommended:|watch:|watch more|listen:|click here|click to|story continues|article continues|continue reading|scroll |view gallery|view this|this article was originally|originally published|mehr zum thema|mehr dazu|lesen sie|lesen sie auch|lesetipp|weiterlesen|à lire|lire aussi|lire la suite|voir aussi|lea también|lee también|lea también:|te puede interesar|leggi anche|leia também|leia mais|saiba mais|veja também|lees ook|lees meer|les også|läs också|läs mer|läs även|læs også|lue myös|czytaj też|czytaj także|zobacz też|zobacz także|читайте также|читайте ещё|читайте по теме|смотрите также|читайте також|прочетете още|【関連|関連記事|▶|>>|相关阅读|延伸阅读|관련기사|اقرأ أيضا|اقرأ المزيد|baca juga", ""},
	{"subscribe phrase", 60,
		"subscribe|sign up|sign in|log in|login|register|join us|jetzt abonnieren|abonnieren|s'abonner|suscríbete|suscribirse|подписаться|訂閱|订阅|無料会員登録|有料会員登録|会員登録|ログイン|구독",
		"sign up|subscribe|already a subscriber|already have an account|not a subscriber|become a member|join our|follow us|follow him on|follow her on|download our|download the|get the latest|get our|abonnez-vous|inscrivez-vous|suscríbete|newsletter abonnieren|jetzt anmelden|folgen sie uns|подписывайтесь|подпишитесь|підписуйтесь|подпишись",
		"newsletter|your inbox|sign up for|sign up to|subscribe to|subscribe now|subscriber-only|free trial|our app|daily briefing|your email|e-mail address|email address|cookie|privacy policy|terms of use|terms of service|abonnement|push notifications|nyhetsbrev|nieuwsbrief|hírlevél|会員限定|有料会員|電子版|メールマガジン|telegram-канал|telegram channel|whatsapp channel|whatsapp-kanal|подписк|google news|unsere app|please enable javascript|ad blocker|adblock|support our journalism|make a donation|donate"},
	{"share phrase", 10,
		"share|tweet|share this|share this article|share article|email|print|copy link|facebook|twitter|whatsapp|telegram|linkedin|reddit|pinterest|comment|comments|save|listen|teilen|drucken|partager|compartir|compartilhar|condividi|del|dela|deel|поделиться|分享|シェア|공유|click to tweet|view comments|no comments|leave a comment|kommentare|commentaires|comentarios|комментарии|ad|ads|advertisement|anzeige|werbung|annonce|reklame|reklama|реклама|publicité|publicidad|pubblicità|広告|广告|advertentie|annons|advertisement - continue reading below|loading|loading...|close|menu|search",
		"share on|share this|share via|tweet this|copy the link|leave a comment|join the conversation|comments (|post a comment|view all|show more|hide caption|toggle caption|enlarge this", "click to tweet"},
	{"caption phrase", 70, "",
		"photo:|photo by|photo credit|photograph:|picture:|pictured:|image:|image source|image credit|image caption|image copyright|file photo|credit:|foto:|bild:|bildquelle|quelle:|crédit|crédits|photo ©|© |фото:|фото |zdjęcie|写真|（写真|圖片|图片|video:|illustration:",
		"getty images|/afp|afp/|/reuters|(reuters)|(ap photo|ap photo/|/ap)|via ap|shutterstock|istock|imago images|picture alliance|(photo by|photo:|foto:|photograph:|file photo|handout|courtesy of|screenshot|©"},
	{"rights phrase", 60, "",
		"©|copyright|all rights reserved|alle rechte|reporting by|editing by|additional reporting|writing by|contact the|reach the|send tips|have a tip|got a tip|editor's note|this story has been|this article has been|correction|about the author|the associated press|the views expressed|disclaimer|redaktion:|redacción",
		"all rights reserved|may not be published|without permission|reprinted with permission|contributed to this|is a freelance|is a staff writer|is a reporter|can be reached at|follow him|follow her|on twitter @|trust principles|無断転載|転載を禁じ|版权所有|未经授权|저작권|무단"},
}

// phraseOf returns the number of the family that a text belongs to, or -1.
func phraseOf(text string, words int) int {
	if words > 70 {
		return -1
	}
	low := strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	bare := strings.Trim(low, " .:…!?>»›→|-–—")
	for i, p := range phrases {
		if words > p.most {
			continue
		}
		if p.whole != "" && oneOf(p.whole, bare) || begins(p.begins, low) || p.holds != "" && holds(p.holds, low) {
			return i
		}
	}
	return -1
}

func oneOf(list, s string) bool {
	for w := range strings.SplitSeq(list, "|") {
		if w == s {
			return true
		}
	}
	return false
}

func begins(list, s string) bool {
	for w := range strings.SplitSeq(list, "|") {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

func holds(list, s string) bool {
	for w := range strings.SplitSeq(list, "|") {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
