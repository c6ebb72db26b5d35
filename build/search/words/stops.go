package words

import "strings"

// Stops returns the words of a language that say nothing of what a text is
// about, as forms: a search for them finds them, but ranks nothing by them. It
// is empty for languages of which we have no list. tag is a BCP 47 tag.
func Stops(tag string) []string {
	code, _, _ := strings.Cut(strings.ToLower(tag), "-")
	var forms []string
	for _, w := range strings.Fields(stops[code]) {
		if f := Fold(w); f != "" {
			forms = append(forms, f)
		}
	}
	return forms
}

// stops are articles, pronouns, prepositions, conjunctions, and the words that
// questions are made with.
var stops = map[string]string{
	"ar": "في من على إلى عن مع هذا هذه ذلك التي الذي أن إن كان كانت لم لن لا ما هو هي هم قد بعد قبل كل بين أو ثم حتى",
	"be": "і ў у на з да не што як гэта па за ад але для пры ён яна яны мы вы быў была было былі які якая якія",
	"bg": "и в на за от до с със не че как това по но при той тя те ние вие е са беше бяха който която които",
	"cs": "a v ve na z ze do s se si o k ke za po pro od u i že jak to je jsou byl byla bylo byli který která které ale nebo",
	"da": "og i på til af for med er en et den det de at som ikke om fra han hun vi var har der men eller",
	"de": "der die das den dem des ein eine einen einem einer eines und oder aber in im an am auf aus bei mit nach von vom zu zum zur für über unter um ist sind war waren wird werden hat haben nicht auch wie was wer wo wann dass sich es er sie wir ihr ich als so",
	"en": "a an the and or but if in into on onto of to for from by with without at as about is are was were be been being am do does did has have had can could may might will would shall should must not no it its this that these those there their they them he she his her him we us our you your i my me what which who whom whose when where why how than then so such between over under any some all each other s t",
	"eo": "la kaj aŭ sed en de al por per sur sub el ĉe kun sen pri ĉi tiu tio kiu kio kiel kie ne jes li ŝi ĝi ili ni vi mi estas estis",
	"es": "el la los las un una unos unas y o pero en de del al a por para con sin sobre entre es son era fue ser ha han no se su sus lo le les que qué como cómo cuando cuándo donde dónde quien quién este esta esto ese esa eso más muy ya",
	"fa": "و در به از که این آن را با برای است بود شد می هم یا تا اما نیز هر بر",
	"fi": "ja tai mutta on oli ovat ei että se ne hän he me te joka mikä kuka kuin kun myös ole",
	"fr": "le la les un une des du de d l et ou mais dans en au aux à par pour sur sous avec sans entre est sont était être a ont ne pas se s son sa ses leur leurs ce cet cette ces qui que qu quoi quand où comment il elle ils elles on nous vous je plus",
	"hu": "a az és vagy de hogy nem is van volt ez egy meg el ki mi ha mint csak már",
	"it": "il lo la i gli le un uno una e o ma in di del della dei delle a al alla da dal dalla con su per tra fra è sono era non si che chi come quando dove perché ha hanno questo questa più",
	"nl": "de het een en of maar in op aan van voor met door uit bij naar over onder te tot is zijn was waren wordt niet er dat die dit deze wie wat waar wanneer hoe als hij zij ze wij we hun heeft hebben",
	"no": "og i på til av for med er en et den det de at som ikke om fra han hun vi var har der men eller",
	"pl": "i w we na z ze do o od po za dla przy jak że to nie jest są był była było byli który która które ale lub się",
	"pt": "o a os as um uma uns umas e ou mas em no na nos nas de do da dos das ao à por pelo pela para com sem sobre entre é são era foi ser há não se seu sua seus suas que quem como quando onde este esta isto mais",
	"ro": "și sau dar în la de din pe cu pentru prin un o este sunt era a fost nu se că ce cine cum când unde al ale lui mai",
	"ru": "и в во на с со к ко о об от до из за по под при для у не ни но а или что чтобы как это этот эта эти тот та те он она оно они мы вы я его её их был была было были есть который которая которые где когда кто так же бы",
	"sv": "och i på till av för med är en ett den det de att som inte om från han hon vi var har men eller",
	"tr": "ve veya ama ile için bir bu şu o da de mi ne ki gibi kadar daha çok en var yok olarak olan",
	"uk": "і й в у на з із до не що як це по за від але для при він вона воно вони ми ви був була було були який яка які де коли хто так або та",
}
