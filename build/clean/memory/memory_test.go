package memory

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"backfile/build/clean/lines"
)

const (
	appeal = "We are a small paper and we live by what our readers send us, so please send us something before the year is over."
	foot   = "Dale Herald, 4 Mill Lane"
)

// stories are four pages of one site: each its own story, with the same menu,
// appeal and foot.
func stories() []string {
	var out []string
	for _, s := range []string{
		"The council voted nine to four on Sunday to keep the old mill by the river.\n\nThe mayor said that she would have voted otherwise, had she been asked before the summer.",
		"Rain fell on the valley for the ninth day in a row, and the lower road was closed.\n\nNobody was hurt, but forty cellars are under water and the school stays shut on Monday.",
		"A bear was seen behind the bakery at dawn, eating what had been left for the pigs.\n\nThe hunter who was called says that it was young, and that it went back into the wood.",
		"The bridge at Dale opened to walkers on Saturday, two winters after the flood took the old one.\n\nHalf the town came to cross it, and the band played until it was dark.",
	} {
		out = append(out, "Home\nNews\nSport\n\n"+s+"\n\n"+appeal+"\n\n"+foot+"\n")
	}
	return out
}

func learnAll(site string, texts ...string) *Book {
	var pages []Page
	for _, t := range texts {
		pages = append(pages, Open(site, t))
	}
	return Learn(pages, nil)
}

// dropped returns the lines of a text that a site knows.
func dropped(s *Site, text string) []string {
	var out []string
	for _, l := range lines.Split(text) {
		if s.Knows(l.Text).Drop {
			out = append(out, l.Text)
		}
	}
	return out
}

var furniture = []string{"Home", "News", "Sport", appeal, foot}

func TestLinesThatRecurAreFurniture(t *testing.T) {
	all := stories()
	site := learnAll("dale.example", all...).Site("dale.example")
	for _, text := range all {
		if got := dropped(site, text); !reflect.DeepEqual(got, furniture) {
			t.Errorf("of\n%s\nwere dropped %q\nwant %q", text, got, furniture)
		}
	}
	if got := learnAll("dale.example", all...).Site("other.example"); got.Knows(foot).Drop {
		t.Errorf("a site knows the lines of another")
	}
}

// Three captures tell what is furniture on a fourth that they have not seen.
func TestThreeCapturesTellOfAFourth(t *testing.T) {
	all := stories()
	site := learnAll("", all[:3]...).Site("")
	if got := dropped(site, all[3]); !reflect.DeepEqual(got, furniture) {
		t.Errorf("dropped %q\nwant %q", got, furniture)
	}
}

// Copies of one story count as one page, also when one of them was added to or
// has another menu.
func TestCopiesOfAStoryDoNotEraseIt(t *testing.T) {
	story := "The council voted nine to four on Sunday to keep the old mill by the river.\n\nThe mayor said that she would have voted otherwise, had she been asked before the summer.\n\nWork on the wheel is to begin in the spring, when the water is high enough to turn it."
	more := story + "\n\nOn Monday two of the nine said that they had been told something else about the price."
	pages := []string{"Home\nNews\n\n" + story + "\n", "Home\nNews\nSport\n\n" + more + "\n", "Start\nWeather\n\n" + story + "\n\nRead also\n"}
	for n := 2; n <= len(pages); n++ {
		site := learnAll("dale.example", pages[:n]...).Site("dale.example")
		for _, p := range strings.Split(more, "\n\n") {
			if site.Knows(p).Drop {
				t.Errorf("%d copies of a story erase %q", n, p)
			}
		}
	}
	// A page that is not a copy brings the menu to light.
	site := learnAll("dale.example", append(pages, "Home\nNews\n\nRain fell on the valley for the ninth day in a row, and the lower road was closed.\n")...).Site("dale.example")
	if got := dropped(site, pages[1]); !slices.Contains(got, "Home") || !slices.Contains(got, "News") {
		t.Errorf("with another story, dropped are %q, want the menu", got)
	}
}

func TestLinesThatDifferInAFewWordsRecurToo(t *testing.T) {
	all := stories()
	for i := range all {
		all[i] = strings.Replace(all[i], "a small paper", fmt.Sprintf("a paper with %d readers", 100+i*900), 1)
		all[i] = strings.Replace(all[i], foot, fmt.Sprintf("%s. %d comments", foot, i), 1)
	}
	site := learnAll("dale.example", all...).Site("dale.example")
	for _, line := range []string{"Dale Herald, 4 Mill Lane. 12 comments", strings.Replace(appeal, "a small paper", "a paper with many readers", 1)} {
		if !site.Knows(line).Drop {
			t.Errorf("%q is not known; known are\n%s", line, learnAll("dale.example", all...).Format())
		}
	}
	if line := "We are a small paper and we live by the river, where the mill was sold to the council on Sunday for nine crowns."; site.Knows(line).Drop {
		t.Errorf("%q is taken for the appeal", line)
	}
}

// Scripts without spaces are compared by their letters.
func TestScriptsWithoutSpaces(t *testing.T) {
	appeal := "本報是一家小報，全靠讀者支持，請在年底前捐助我們，讓我們可以繼續報導河谷的新聞。"
	texts := []string{"河水下降了四十厘米，市政府昨天宣布下游的道路重新開放。\n\n" + appeal, "議會以九票對四票決定保留河邊的老磨坊，市長表示遺憾。\n\n" + appeal}
	site := learnAll("", texts...).Site("")
	if got := dropped(site, texts[0]); !reflect.DeepEqual(got, []string{appeal}) {
		t.Errorf("dropped %q, want the appeal", got)
	}
	if line := strings.Replace(appeal, "小報", "大報", 1); !site.Knows(line).Drop {
		t.Errorf("%q is not known", line)
	}
}

// A story that is shorter than the appeal below it is no copy of the others.
func TestAShortStoryAboveALongAppealIsNoCopy(t *testing.T) {
	appeals := "We stand before hard days. The office of the chief lawyer has put this paper on its black list, and each of us may be taken to court.\n\n" +
		"These steps are meant to make us still. Those in power say that we bring shame on them. We see it in another way.\n\n" + appeal
	texts := stories()[:3]
	for i := range texts {
		texts[i] = strings.Replace(texts[i], "Sport\n", "Sport\nFrom July on we show no pictures that blink, and that is costly for a small house.\n", 1) + "\n" + appeals + "\n"
	}
	site := learnAll("", texts...).Site("")
	for _, text := range texts {
		for _, l := range lines.Split(text) {
			own := strings.Count(strings.Join(texts, "\n"), l.Text) == 1
			if site.Knows(l.Text).Drop == own {
				t.Errorf("%q: dropped is %v", l.Text, !own)
			}
		}
	}
}

// What a person says stands above what is learned, and stays when the book is
// made again.
func TestAPersonHasTheLastWord(t *testing.T) {
	said, faults := Parse([]byte("# mine\n[dale.example]\n+ Sport\n- Rain again\n- 3 Home\n"))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var pages []Page
	for _, s := range stories() {
		pages = append(pages, Open("dale.example", s))
	}
	book := Learn(pages, said)
	for range 2 {
		site := book.Site("dale.example")
		if v := site.Knows("sport!"); v.Drop || !v.Keep {
			t.Errorf("a line that a person keeps: %+v", v)
		}
		if v := site.Knows("Rain again"); !v.Drop || !v.Known {
			t.Errorf("a line that a person drops: %+v", v)
		}
		if !site.Knows("Home").Drop || !site.Knows(foot).Drop {
			t.Errorf("what was learned is forgotten:\n%s", book.Format())
		}
		again, faults := Parse(book.Format())
		if len(faults) > 0 {
			t.Fatalf("its own file has faults: %v\n%s", faults, book.Format())
		}
		if got, want := string(Learn(pages, again).Format()), string(book.Format()); got != want {
			t.Errorf("read and learned again the file is\n%s\nwant\n%s", got, want)
		}
		book = again
	}
}

func TestWhatIsLearnedDoesNotHangOnTheOrder(t *testing.T) {
	all := stories()
	want := string(learnAll("dale.example", all...).Format())
	for range 20 {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := string(learnAll("dale.example", append(all, all[0])...).Format()); got != want {
			t.Fatalf("in another order, and with one page twice, the file is\n%s\nwant\n%s", got, want)
		}
	}
}

// On most pages the story stands between the same two lines.
func TestTheStoryStandsBetweenTheSameLines(t *testing.T) {
	all := stories()
	site := learnAll("dale.example", all...).Site("dale.example")
	list := lines.Split(all[3] + "\nA line that is below the foot\n")
	views := site.Read(ID(all[3]), list)
	at := func(begin string) View {
		return views[slices.IndexFunc(list, func(l lines.Line) bool { return strings.HasPrefix(l.Text, begin) })]
	}
	if v := at("The bridge"); v.BehindShare != 1 || v.BeforeShare != 1 || v.Behind < 20 {
		t.Errorf("of the story is known %+v, want that on other pages most words stand there", v)
	}
	if v := at("A line"); v.Behind != 0 || v.BehindShare != 0 {
		t.Errorf("of a line below the foot is known %+v, want that no sentences stand there", v)
	}
	for i, v := range (*Site)(nil).Read("", list) {
		if v.Drop || v.Behind != -1 {
			t.Errorf("of line %d nothing is known, and yet %+v", i, v)
		}
	}
}

func TestFaultsHaveTheirLine(t *testing.T) {
	_, faults := Parse([]byte("Home\n- News\n[x]\n- 2 Sport\nfoot\n"))
	want := []Fault{{1, `a line begins with "-" when it goes and with "+" when it stays`}, {2, "no [host] stands above this line"}, {5, `a line begins with "-" when it goes and with "+" when it stays`}}
	if !reflect.DeepEqual(faults, want) {
		t.Errorf("got %v\nwant %v", faults, want)
	}
}

// FuzzFile: any file is read, and what was read is written so that it is read
// again as the same.
func FuzzFile(f *testing.F) {
	for _, s := range []string{"[a]\n- 12 x\n+ y\n- z\n", "[]\n- 0 12 x\n+ 3 7\n", "\ufeff[ a ]\r\n-\r\n+\r\n- 7\n", "[[a]]\n- [b]\n- # c\n-- d\n- -e", "x\n\n[a\n- b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		b, _ := Parse([]byte(src))
		out := b.Format()
		again, faults := Parse(out)
		if len(faults) > 0 {
			t.Fatalf("Parse(%q)\nwrote %q\nwhich has faults %v", src, out, faults)
		}
		if twice := again.Format(); string(twice) != string(out) {
			t.Fatalf("Parse(%q)\nwrote %q\nand then %q", src, out, twice)
		}
	})
}
