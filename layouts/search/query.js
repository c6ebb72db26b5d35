// The language of queries:
//
//	flood river        articles with both words, in any form of them
//	"flood of rivers"  these words in this order
//	flood OR river     one of the two; OR binds its two neighbours
//	-flood  -"a b"     articles without
//	flood*             words that begin so
//	title:flood        in the title; title:"a b" too
//	topic: author: source: lang: person: place:
//	date:2019 date:2019-03 date:2019-03-05 date:2019..2021 date:..2020
//
// There are no mistakes in queries: what is none of these is words.

// A query is looked at up to so many words.
const maxWords = 64;

// Without a prototype, "constructor:" is no field.
const facetLetters = { __proto__: null, topic: "t", person: "p", place: "w", author: "a", source: "s", lang: "l" };
const quotes = "\"“”„‟«»";
const startPattern = new RegExp("^(-*)(?:(\\p{L}+):)?([" + quotes + "]?)", "u");
const phrasePattern = new RegExp("^[^" + quotes + "]*");
const wordPattern = new RegExp("^[^\\s" + quotes + "]+");

// A term is an object with not (bool), type and, by type:
//
//	word    tokens (one or more, in a row), title, typing, times
//	phrase  tokens, title
//	prefix  tokens (the last one a prefix), title
//	facet   field, label (as typed), form (as term shards have it)
//	date    from, to ("" is open)
//
// A token is {form, offset, prefix}.

// parse returns {clauses, problem}: each clause is an array of terms of which
// one must hold. problem is null, "empty", or "too-long" when words were left
// out.
function parse(text) {
  const parser = { clauses: [], words: 0, cut: false, or: false };
  let rest = String(text).trimStart();
  while (rest && !parser.cut) {
    rest = parseTerm(parser, rest).trimStart();
  }
  const last = parser.clauses[parser.clauses.length - 1], term = last && last[last.length - 1];
  if (term && term.type === "word" && !parser.cut && /\S$/u.test(text)) term.typing = true;
  const clauses = merged(parser.clauses);
  return { clauses, problem: parser.cut ? "too-long" : clauses.length === 0 ? "empty" : null };
}

// parseTerm adds the term that rest begins with to parser, and returns what
// follows it.
function parseTerm(parser, rest) {
  const [start, minus, name, quote] = startPattern.exec(rest), field = name && name.toLowerCase();
  const known = field && (field === "title" || field === "date" || facetLetters[field]);
  if (field && !known) {
    // A word with a colon after it, no more.
    addWords(parser, name, { not: minus !== "" });
    return rest.slice(minus.length + name.length + 1);
  }
  rest = rest.slice(start.length);
  const value = (quote ? phrasePattern : wordPattern).exec(rest);
  rest = rest.slice(value ? value[0].length : 0);
  if (quote) rest = rest.slice(1);
  const text = value ? value[0] : "", not = minus !== "";
  if (!known && !quote && !not && (text === "OR" || text === "AND")) {
    parser.or = text === "OR" && parser.clauses.length > 0;
  } else if (!known || field === "title") {
    addWords(parser, text, { not, title: field === "title", quoted: quote !== "" });
  } else if (field !== "date") {
    const form = nameForm(text);
    if (form) addTerm(parser, { type: "facet", not, field, form: facetForm(field, text), label: text }, 1);
  } else {
    const span = parseDates(text);
    if (span) addTerm(parser, { type: "date", not, from: span[0], to: span[1] }, 1);
    else [field, text].forEach((words) => addWords(parser, words, { not }));
  }
  return rest;
}

// facetForm returns what a topic, a person … is in term shards.
function facetForm(field, label) { return "\u0001" + facetLetters[field] + nameForm(label); }

// addTerm adds a term, as a clause or to the one before after OR. It counts as
// so many words.
function addTerm(parser, term, words) {
  if (parser.words + words > maxWords) {
    parser.cut = true;
    return;
  }
  parser.words += words;
  if (parser.or) parser.clauses[parser.clauses.length - 1].push(term);
  else parser.clauses.push([term]);
  parser.or = false;
}

// addWords adds what a piece of a query between spaces or quotes stands for.
function addWords(parser, text, { not, title = false, quoted = false }) {
  const room = maxWords - parser.words, star = !quoted && /\*$/.test(text);
  // No word is so long that fewer characters than these held all that count.
  const all = tokens(text.slice(0, 64 * (room + 1)));
  const list = phraseTokens(all, star);
  if (list.length === 0) return;
  if (list.length > room) {
    parser.cut = true;
    if (room === 0) return;
    list.length = room;
  }
  const last = list[list.length - 1];
  let type = quoted ? "phrase" : "word";
  if (star && !unspaced(last.form) && Array.from(last.form).length >= 2) {
    last.prefix = true;
    type = "prefix";
  }
  const term = { type, not, title, tokens: list, text };
  if (type === "word") term.times = 1;
  // "e-mail" is also what others write as one word.
  const joined = all.find((t) => t.joined);
  if (type === "word" && joined && joined.start === all[0].start && joined.end === all[all.length - 1].end) term.joined = joined.form;
  addTerm(parser, term, list.length);
}

// phraseTokens returns tokens in a row with the distance from the first. Of
// unspaced runs these are the pairs; a lonely last character is a prefix, since
// any other may follow it in a text.
function phraseTokens(all, star) {
  const list = [];
  all.forEach((t, i) => {
    const wide = unspaced(t.form), single = wide && Array.from(t.form).length === 1;
    const afterPair = single && i > 0 && all[i - 1].end === t.end && all[i - 1].pos === t.pos - 1;
    if (t.joined || afterPair) return;
    list.push({ form: t.form, offset: t.pos - all[0].pos, prefix: single && i === all.length - 1 });
  });
  return list;
}

// parseDates returns [from, to] of a value of date:, or null when it is none.
function parseDates(text) {
  const [from, to = from, more] = text.split("..");
  const span = [from, to].map(parseDate);
  return more !== undefined || span[0] === null || span[1] === null || !(from || to) ? null : span;
}

// parseDate returns a date in the form of cards, "" for "", or null.
function parseDate(text) {
  if (text === "") return "";
  const m = /^(\d{4})(?:[-/](\d\d?)(?:[-/](\d\d?))?)?$/.exec(text);
  if (!m || m[2] && !(m[2] >= 1 && m[2] <= 12) || m[3] && !(m[3] >= 1 && m[3] <= 31)) return null;
  return m.slice(1).filter(Boolean).map((n) => n.padStart(2, "0")).join("-");
}

// merged returns clauses without those that are there already. A word that is
// repeated counts up to three times.
function merged(clauses) {
  const seen = new Map(), list = [];
  for (const clause of clauses) {
    const key = formatClause(clause), before = seen.get(key);
    if (!before) {
      seen.set(key, clause);
      list.push(clause);
    } else if (before[0].type === "word") {
      before[0].times = Math.min(3, before[0].times + 1);
      before[0].typing = before[0].typing || clause[0].typing;
    }
  }
  return list;
}

// format returns a query as text that parses to the same.
function format(query) { return query.clauses.map(formatClause).join(" "); }

function formatClause(clause) { return clause.map(formatTerm).join(" OR "); }

function formatTerm(term) {
  const minus = term.not ? "-" : "";
  if (term.type === "date") return minus + "date:" + (term.from === term.to ? term.from : term.from + ".." + term.to);
  if (term.type === "facet") return minus + term.field + ":" + quoted(term.form.slice(2));
  const words = term.text.trim().toLowerCase();
  return minus + (term.title ? "title:" : "") + (term.type === "phrase" ? '"' + words + '"' : words);
}

function quoted(text) { return /\s/.test(text) ? '"' + text + '"' : text; }

// The weight of a form that only shares a stem with the word.
const siblingWeight = 0.6;
// Forms that one word may stand for, and term shards that are read for a prefix.
const mostForms = 256, mostShards = 32;

// note adds what readers must be told of clause id to a list, in order.
function note(list, id, value) {
  (list[id] || (list[id] = [])).push(value);
}

// A Dictionary finds out what the words of a query stand for. It notes what
// readers must be told, and what of texts is to be marked.
class Dictionary {
  constructor(n, segments, breathe) {
    Object.assign(this, { n, segments, breathe });
    // By the number of their clause, since what loads first is by chance:
    this.corrections = []; // {from, to} of misspelt words
    this.unknown = []; // words that there are not
    this.capped = []; // prefixes of more words than were looked for
    this.wanted = { words: new Map(), prefixes: [], rows: [] }; // as spots takes it
  }

  // resolve finds out what a term of clause id stands for: term.atoms.
  async resolve(term, id) {
    if (term.type === "date") return;
    if (term.type === "facet") {
      term.atoms = [await this.facet(term)];
      if (!term.not && term.atoms[0].df === 0) note(this.unknown, id, term.atoms[0].form);
      return;
    }
    const [token] = term.tokens;
    if (term.tokens.length > 1 || term.type === "phrase") {
      term.atoms = await Promise.all(term.tokens.map((t) => (t.prefix ? this.prefix(t.form, term.not ? -1 : id) : this.atom(new Map([[t.form, 1]]), t.form))));
      term.atoms.forEach((a, i) => { a.offset = term.tokens[i].offset; });
      if (term.joined) term.other = await this.word(term.joined, { not: true }, id);
      this.addRow(term, id);
    } else if (token.prefix) {
      term.atoms = [await this.prefix(token.form, term.not ? -1 : id)];
      if (!term.not) this.wanted.prefixes.push([token.form, id]);
    } else {
      term.atoms = [await this.word(token.form, term, id)];
    }
    if (!term.not) for (const a of term.atoms) if (a.df === 0) note(this.unknown, id, a.form);
  }

  // addRow notes what of a row of words is to be marked in texts.
  addRow(term, id) {
    if (term.not) return;
    this.wanted.rows.push({ tokens: term.tokens, id, loose: term.type === "word" && term.tokens.every((t) => unspaced(t.form)) });
    if (term.other) for (const f of term.other.forms) this.wanted.words.set(f, id);
  }

  // atom returns {form, forms, entries, df, idf}: the entries of forms in each
  // segment as [entry, weight], given the weight of each form, and only those
  // that fit.
  async atom(weights, form, fit = () => true) {
    const find = async (s) => {
      const list = await Promise.all(Array.from(weights, async ([f, weight]) => [await s.find(f), weight]));
      return list.filter(([e, weight]) => e && (weight === 1 || fit(e)));
    };
    const entries = await Promise.all(this.segments.map(find)), forms = new Set();
    let df = 0;
    for (const [e] of [].concat(...entries)) {
      df += e.df;
      forms.add(e.form);
    }
    df = Math.min(df, this.n);
    return { form, forms, entries, df, idf: Math.log(1 + (this.n - df + 0.5) / (df + 0.5)), offset: 0 };
  }

  // word returns the atom of a word with all forms that share a stem with it.
  // One that there is not is taken as a prefix while it is being typed, and
  // else as misspelt.
  async word(form, term, id) {
    const own = await this.atom(new Map([[form, 1]]), form);
    if (own.df === 0) return (await this.guess(form, term, id)) || own;
    const stems = new Set([].concat(...own.entries.map((list) => (list.length > 0 ? list[0][0].stems : []))));
    const fits = (e) => e.stems.some((s) => stems.has(s)), weights = new Map([[form, 1]]);
    for (const s of stems.size > 0 ? this.segments : []) {
      for (const e of (await s.shard(s.shardOf(form))).values()) {
        if (!fits(e)) continue;
        for (const f of [e.form, ...e.afar]) if (weights.size < mostForms && !weights.has(f)) weights.set(f, siblingWeight);
      }
    }
    const atom = weights.size > 1 ? await this.atom(weights, form, fits) : own;
    if (!term.not) for (const f of atom.forms) this.wanted.words.set(f, id);
    return atom;
  }

  // guess returns the atom of what a word that there is not may stand for, or
  // null.
  async guess(form, term, id) {
    if (term.not || term.corrected) return null;
    if (term.typing) {
      const atom = await this.prefix(form, id);
      if (atom.df > 0) {
        this.wanted.prefixes.push([form, id]);
        return atom;
      }
    }
    const to = await this.correct(form);
    if (!to) return null;
    note(this.corrections, id, { from: form, to });
    return this.word(to, { corrected: true }, id);
  }

  // prefix returns the atom of the forms that begin with a prefix; of too many
  // forms the most frequent ones. Readers are told of that unless id is -1.
  async prefix(prefix, id) {
    const count = new Map();
    let capped = false;
    await Promise.all(this.segments.map(async (s) => {
      const first = s.shardOf(prefix);
      let end = first + 1;
      while (end < s.keys.length && s.keys[end].startsWith(prefix)) end++;
      capped = capped || end - first > mostShards;
      const numbers = Array.from({ length: Math.min(mostShards, end - first) }, (_, i) => first + i);
      for (const entries of await Promise.all(numbers.map((i) => s.shard(i)))) {
        for (const e of entries.values()) if (e.form.startsWith(prefix)) count.set(e.form, (count.get(e.form) || 0) + e.df);
      }
    }));
    let forms = Array.from(count.keys());
    if (forms.length > mostForms) {
      capped = true;
      forms = forms.sort((a, b) => count.get(b) - count.get(a) || compareForms(a, b)).slice(0, mostForms);
    }
    if (capped && id >= 0) note(this.capped, id, prefix);
    return this.atom(new Map(forms.map((f) => [f, f === prefix ? 1 : siblingWeight])), prefix);
  }

  // facet returns the atom of a topic, a person …. When there is none of just
  // that name, those are taken whose names have its words.
  async facet(term) {
    const atom = await this.atom(new Map([[term.form, 1]]), term.field + ":" + term.label);
    if (atom.df > 0 || term.exact) return atom;
    const letter = term.form[1], words = term.form.slice(2).split(" "), weights = new Map();
    for (const s of this.segments) {
      for (const [, form] of await s.facets(letter)) {
        const own = String(form).split(" ");
        if (weights.size < mostForms && words.every((w) => own.includes(w))) weights.set("\u0001" + letter + form, 1);
      }
    }
    return this.atom(weights, atom.form);
  }

  // correct returns the word that a misspelt one most likely was, or null:
  // that with the fewest mistakes, and of these the most frequent.
  async correct(form) {
    const letters = Array.from(form), n = letters.length;
    if (n < 3 || n > 20 || !/^\p{L}+$/u.test(form) || unspaced(form)) return null;
    const most = n >= 6 ? 2 : 1, near = new Set(letters.slice(0, 2)), rest = new Set();
    // The first letter is right most often, or swapped with the second. Words
    // of another script are no typing mistakes of this one.
    for (const s of this.segments) for (const l of s.letters) if (!near.has(l) && l.codePointAt(0) >> 8 === letters[0].codePointAt(0) >> 8) rest.add(l);
    const swapped = letters[1] + letters[0], alike = (word) => word.startsWith(letters[0]) || word.startsWith(swapped);
    return (await this.nearest(letters, most, near, alike)) || this.nearest(letters, most, rest.add(letters[1]), (word) => !alike(word));
  }

  // nearest returns the best correction of letters among the words that begin
  // with one of firsts and fit, or null.
  async nearest(letters, most, firsts, fit) {
    const count = new Map();
    await Promise.all(this.segments.map((s) => Promise.all(Array.from(firsts, async (first) => {
      if (!s.letters.includes(first)) return;
      const words = await s.get("y/" + first.codePointAt(0).toString(16).padStart(4, "0"), readWords);
      for (const [word, df] of words) if (Math.abs(word.length - letters.length) <= 2 * most && fit(word)) count.set(word, (count.get(word) || 0) + df);
    }))));
    let best = null, least = most + 1, steps = 0;
    for (const [word, df] of count) {
      if (++steps % 500 === 0) await this.breathe();
      const d = distance(letters, Array.from(word), most);
      if (d > most || d > least || d === least && (df < count.get(best) || df === count.get(best) && compareForms(word, best) > 0)) continue;
      best = word;
      least = d;
    }
    return best;
  }
}
