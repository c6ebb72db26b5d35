// The results: their number, what is to be said about the question, ten cards, and the other pages.

const pageSize = 10;
// Two to four lines, as much as a lead has.
const excerptLetters = 220;

// What may be wrong with a question and is worth a word.
const problems = ["only-not", "too-long"];

const results = document.getElementById("results");
const heading = document.getElementById("count");
const notes = document.getElementById("notes");
const list = document.getElementById("list");
const pager = document.getElementById("pager");
const ways = document.getElementById("ways");
// The observer that fetches excerpts.
let watch = null;

// showResults draws one page of the answer r: cards are those of r.docs from the place at.
function showResults(r, cards, at, signal) {
  const strict = Math.max(0, Math.min(cards.length, r.strict - at));
  const items = cards.map(card => drawCard(card, r));
  heading.textContent = r.total ? sayCount("articles", r.total) : say(r.some ? "not-all" : "none");
  fill(list);
  if (strict) list.append(element("ol", { class: "items" }, ...items.slice(0, strict)));
  if (strict < items.length) {
    list.append(element("h2", { class: "some" }, say("some")));
    list.append(element("ol", { class: "items" }, ...items.slice(strict)));
  }
  sort.parentNode.hidden = r.docs.length < 2;
  drawNotes(r);
  drawPager(r.docs.length);
  results.hidden = false;
  ways.hidden = r.docs.length > 0;
  watchExcerpts(items, cards, r, signal);
}

// drawCard draws one article of the list.
function drawCard(card, r) {
  const own = card.lang && card.lang !== document.documentElement.lang ? { lang: card.lang, dir: "auto" } : {};
  const address = "../" + card.url.split("/").map(encodeURIComponent).join("/");
  const title = element("a", Object.assign({ class: "headline", href: address }, own), ...marked(index.mark(card.title, r)));
  const lead = element("p", Object.assign({ class: "lead" }, own), ...marked(index.mark(card.lead || "", r)));
  const facts = [card.date ? element("time", { datetime: card.date }, writeDate(card.date)) : say("undated")];
  if (card.withdrawn) facts.push(say("withdrawn"));
  if (card.source) facts.push(element("bdi", {}, card.source));
  const topics = element("span", {});
  card.topics.slice(0, 3).forEach((topic, i) => topics.append(i ? `${say("comma")} ` : "", element("bdi", {}, topic)));
  if (card.topics.length) facts.push(topics);
  const meta = element("p", { class: "meta" });
  facts.forEach((fact, i) => meta.append(i ? " · " : "", fact));
  return element("li", {}, title, lead, meta);
}

// marked turns pieces of a text into nodes, the found words in <mark>.
function marked(pieces) {
  return pieces.map(([piece, found]) => (found ? element("mark", {}, piece) : piece));
}

// watchExcerpts fetches the text of an article when its card comes into view, unless the lead shows
// already what was asked for: each text costs a file.
function watchExcerpts(items, cards, r, signal) {
  if (watch) watch.disconnect();
  watch = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watch.unobserve(entry.target);
      showExcerpt(entry.target, cards[items.indexOf(entry.target)], r, signal);
    }
  });
  items.forEach((item, i) => {
    if (!cards[i].withdrawn && !holdsAll(cards[i].lead, r)) watch.observe(item);
  });
}

async function showExcerpt(item, card, r, signal) {
  // Without the text the lead stays, which is enough.
  const whole = await index.text(card.doc).catch(() => null);
  if (signal.aborted || !whole) return;
  const pieces = index.excerpt(whole, r, excerptLetters);
  if (pieces.some(([, found]) => found)) fill(item.querySelector(".lead"), ...marked(pieces));
}

// holdsAll reports whether a text has as many different words marked as were asked for.
function holdsAll(text, r) {
  const found = index.mark(text || "", r).filter(piece => piece[1]).map(piece => fold(piece[0]));
  let asked = -r.ignored.length;
  for (const clause of parse(state.q).clauses) {
    const term = clause.find(term => term.tokens && !term.not);
    if (term) asked += term.tokens.length;
  }
  return new Set(found).size >= asked;
}

// drawNotes says what was made of the question: corrected, left out, or found nowhere.
function drawNotes(r) {
  fill(notes);
  const note = (...inside) => notes.append(element("p", {}, ...inside));
  if (problems.includes(r.problem)) note(say(r.problem));
  if (r.corrections.length) {
    let better = state.q, exact = state.q;
    for (const { from, to } of r.corrections) {
      const word = new RegExp(from.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
      better = better.replace(word, () => to);
      exact = exact.replace(word, found => `"${found}"`);
    }
    note(...sayAround("corrected", link({ q: better }, better)));
    note(...sayAround("instead", link({ q: exact }, state.q)));
  }
  const names = words => words.map(word => say("quoted", word)).join(`${say("comma")} `);
  if (r.capped.length) note(say("capped", names(r.capped)));
  if (r.ignored.length) note(say("ignored", names(r.ignored)));
  if (r.unknown.length) note(say("unknown", names(r.unknown)));
  if (r.docs.length || r.problem) return;
  const tips = element("ul", {}, element("li", {}, say("spelling")), element("li", {}, say("fewer")));
  if (filterCount(state)) tips.append(element("li", {}, link(noFilters(), say("clear"))));
  notes.append(tips);
}

// drawPager leads to the pages before and after.
function drawPager(total) {
  const pages = Math.ceil(total / pageSize);
  pager.hidden = pages < 2;
  const links = element("ul", {});
  const add = (page, key, rel) => links.append(element("li", {}, link({ page }, say(key), { rel })));
  if (state.page > 1) add(state.page - 1, "previous", "prev");
  if (state.page < pages) add(state.page + 1, "next", "next");
  fill(pager, element("p", {}, say("page-of", writeNumber(state.page), writeNumber(pages))), links);
}

// showError says what went wrong in loading, and offers to try again.
function showError(err) {
  const key = say(err.code || "") ? err.code : "failed";
  const onDisk = location.protocol === "file:";
  const advice = key === "missing" || key === "manifest" ? say(onDisk ? "copy" : "offline") : key === "damaged" ? say("copy") : "";
  const button = element("button", { type: "button" }, say(key === "stale" ? "reload" : "again"));
  button.addEventListener("click", () => (key === "stale" ? location.reload() : run()));
  fill(heading, say("failed"));
  fill(list);
  fill(notes, element("div", { class: "notice", role: "alert" }, element("p", {}, `${say(key)} ${advice}`), button));
  pager.hidden = sort.parentNode.hidden = true;
  results.hidden = ways.hidden = false;
}
