// The evaluation of queries: words become forms, these become postings, and the
// postings of all become results. What is shown of results is here too.

// BM25's k1, and the frequency that each level stands for.
const k1 = 1.4;
const frequencies = Float32Array.from({ length: 16 }, (_, level) => (level === 15 ? 40 : k1 * level / (15 - level)));
// With fewer results, those that have only some of the words are shown too.
const fullPage = 10;
// Documents of an archive in which words that most of them have are ignored.
const largeArchive = 10000;
// Milliseconds of work after which the page has its turn.
const slice = 30;
// Of a document that is none of the results, in Evaluation.need.
const nowhere = 255;

// A Search is one search: it finds out what the words of a query stand for, and
// then which documents have them.
class Search {
  constructor(index, text, { filters = {}, sort = "relevance", signal = null } = {}) {
    Object.assign(this, { n: index.n, segments: index.segments, positions: index.positions, stops: index.stops, sort, signal, last: Date.now(), turn: null });
    const query = parse(text);
    this.problem = query.problem;
    this.clauses = query.clauses.map((terms) => ({ terms, hard: terms.some((t) => t.not || t.title || !t.tokens) }));
    this.addFilters(filters);
    this.ignored = [];
    this.dictionary = new Dictionary(this.n, this.segments, () => this.breathe());
  }

  // addFilters adds what is chosen beside the query as clauses.
  addFilters(filters) {
    const from = parseDate(filters.from || "") || "", to = parseDate(filters.to || "") || "";
    if (from || to) this.clauses.push({ hard: true, terms: [{ type: "date", from, to }] });
    for (const field of Object.keys(facetLetters)) {
      const terms = (filters[field] || []).map((label) => ({ type: "facet", field, label, form: facetForm(field, label), exact: true }));
      if (terms.length > 0) this.clauses.push({ hard: true, terms });
    }
    if (this.clauses.length === 0) return;
    if (this.problem === "empty") this.problem = null;
    if (this.clauses.every((c) => c.terms.every((t) => t.not))) this.problem = "only-not";
  }

  // breathe lets the page have its turn when that is due. It fails with code
  // "aborted" when nobody wants the results any more.
  async breathe() {
    if (Date.now() - this.last > slice) {
      this.turn = this.turn || nextTurn();
      await this.turn;
      this.turn = null;
      this.last = Date.now();
    }
    if (this.signal && this.signal.aborted) throw failure("aborted", "search");
  }

  // run returns the results, as Index.search does.
  async run() {
    const none = this.problem === "empty" || this.problem === "only-not";
    if (none) return this.results(this.segments.map(noHits), []);
    await Promise.all(this.clauses.map((c, i) => Promise.all(c.terms.map((t) => this.dictionary.resolve(t, i)))));
    await this.breathe();
    this.ignoreCommon();
    this.muteStops();
    await this.setWindows();
    this.sortClauses();
    const strict = await this.evaluate(false);
    let some = [];
    if (countHits(strict) < fullPage && this.sort === "relevance" && this.softWords() > 1) some = (await this.evaluate(true)).map((h, s) => omit(h, strict[s].docs));
    return this.results(strict, some);
  }

  // ignoreCommon leaves out words that more than half of the documents have,
  // unless there are no others: then the rarest counts. It does so only in
  // archives so large that the lists of such words take long to load.
  ignoreCommon() {
    if (this.n < largeArchive) return;
    const words = this.clauses.filter((c) => c.terms.some((t) => !t.not && t.tokens));
    const common = words.filter(({ terms: [t, other] }) => !other && t.type === "word" && !t.title && t.atoms.length === 1 && t.atoms[0].df > this.n / 2);
    common.sort((a, b) => b.terms[0].atoms[0].df - a.terms[0].atoms[0].df);
    if (common.length === words.length) common.pop();
    for (const c of common) {
      c.ignored = true;
      this.ignored.push(c.terms[0].tokens[0].form);
      const { words: marked } = this.dictionary.wanted;
      for (const [form, id] of marked) if (this.clauses[id] === c) marked.delete(form);
    }
  }

  // muteStops marks the clauses that say nothing of what an article is about:
  // "the", "of". They must hold, but do not count, unless there are no others.
  muteStops() {
    const words = this.clauses.filter((c) => !c.ignored && c.terms.some((t) => !t.not && t.tokens));
    const stops = words.filter(({ terms: [t, other] }) => !other && t.type === "word" && !t.title && t.tokens.length === 1 && this.stops.has(t.tokens[0].form));
    if (stops.length < words.length) for (const c of stops) c.mute = c.terms[0].mute = true;
  }

  // setWindows finds out which documents of each segment the dates allow.
  async setWindows() {
    this.windows = this.segments.map((s) => [0, s.n]);
    for (const c of this.clauses) {
      for (const t of c.terms) if (t.type === "date") t.ranges = await Promise.all(this.segments.map((s) => s.range(t.from, t.to)));
      const [t] = c.terms;
      c.isWindow = c.terms.length === 1 && t.type === "date" && !t.not;
      if (c.isWindow) this.windows = this.windows.map(([low, high], s) => [Math.max(low, t.ranges[s][0]), Math.min(high, t.ranges[s][1])]);
    }
  }

  // sortClauses brings those to the front that are quick and leave few
  // documents: then of long lists only some blocks are needed, and of positions
  // only some files.
  sortClauses() {
    this.clauses = this.clauses.filter((c) => !c.ignored && !c.isWindow);
    let idf = 0;
    for (const c of this.clauses) {
      const atoms = [].concat(...c.terms.map((t) => t.atoms || []));
      const isLong = atoms.some((a) => a.entries.some((list) => list.some(([e]) => e.kind === inBlocks)));
      const isRow = c.terms.some((t) => t.atoms && t.atoms.length > 1);
      c.rank = isRow ? 3 : c.terms.every((t) => t.not) ? 2 : isLong ? 1 : 0;
      c.df = atoms.reduce((n, a) => n + a.df, 0);
      for (const t of c.terms) if (!t.not && !t.mute && t.tokens) idf += t.atoms.reduce((sum, a) => sum + a.idf, 0);
    }
    this.idf = idf;
    this.clauses.sort((a, b) => a.rank - b.rank || a.df - b.df);
  }

  // softWords counts the words of which results may have only some.
  softWords() {
    return this.clauses.reduce((n, c) => n + (c.hard || c.mute ? 0 : isLoose(c.terms[0]) ? c.terms[0].tokens.length : 1), 0);
  }

  // evaluate returns the hits in each segment.
  evaluate(relaxed) {
    return Promise.all(this.segments.map((_, s) => new Evaluation(this, s, relaxed).run()));
  }

  // results puts together what Index.search returns.
  results(strict, some) {
    const first = ranked(strict, this.segments, this.sort), rest = ranked(some, this.segments, this.sort), years = new Map(), months = new Map();
    this.segments.forEach((s, i) => countMonths(s.months, strict[i].docs, months));
    for (const [month, n] of months) years.set(Math.floor(month / 100), (years.get(Math.floor(month / 100)) || 0) + n);
    const { corrections, unknown, capped, wanted } = this.dictionary;
    return {
      total: first.docs.length, strict: first.docs.length, some: rest.docs.length,
      docs: joinArrays(Uint32Array, [first.docs, rest.docs]), scores: joinArrays(Float32Array, [first.scores, rest.scores]),
      corrections: flat(corrections), ignored: this.ignored, unknown: flat(unknown), capped: flat(capped), years, months, problem: this.problem,
      wanted, sets: strict.map((h) => h.docs), segments: this.segments,
    };
  }
}

// flat returns the elements of the lists in a list, which may have gaps.
function flat(lists) { return [].concat(...lists.filter(Boolean)); }

// nextTurn comes back after the page has had its turn. Timers would wait
// longer, and more so in pages that are in the background.
function nextTurn() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(0);
  });
}

// isLoose reports whether the parts of a term may be taken for words when all
// of them in a row are found too seldom.
function isLoose(term) { return term.tokens.length > 1; }

// An Evaluation finds the documents of one segment that a search wants. Hits
// are {docs, gains, titles}: documents in order, what each adds to the score,
// and how much of the query stands in its title.
class Evaluation {
  constructor(search, s, relaxed) {
    const segment = search.segments[s], n = segment.n, [low, high] = search.windows[s];
    Object.assign(this, { search, s, segment, relaxed, low, high, n, done: 0 });
    this.need = new Uint8Array(n).fill(nowhere, 0, low).fill(nowhere, high); // how many clauses hold
    this.some = new Uint8Array(relaxed ? n : 0); // whether one of the words is there
    this.scores = new Float32Array(n);
    this.titles = new Float32Array(n);
    this.sums = new Float32Array(n); // of atomHits
    this.inTitle = new Float32Array(n);
  }

  // run returns the hits, with scores in place of gains.
  async run() {
    if (this.low >= this.high) return noHits();
    const clauses = this.search.clauses.filter((c) => !(this.relaxed && c.mute));
    this.fetch(clauses, (part) => part.entry.kind === packed);
    let fetched = false;
    for (let i = 0; i < clauses.length; i++) {
      if (!fetched && clauses[i].rank > 0) {
        this.fetch(clauses.slice(i), (part) => part.entry.kind === inBlocks);
        fetched = true;
      }
      const left = await this.clause(clauses[i]);
      if (left === 0) return noHits();
    }
    return this.gather();
  }

  // fetch begins to load the parts of lists that fit, all at once. What fails
  // is told when it is needed.
  fetch(clauses, fit) {
    for (const c of clauses) {
      for (const t of c.terms) {
        for (const atom of (t.atoms || []).concat(t.other || [])) {
          for (const [part] of this.parts(atom, null)) if (fit(part)) this.segment.get("l/" + part.file, readPack).catch(() => {});
        }
      }
    }
  }

  // parts returns the parts of an atom's lists, with their weights, that may
  // hold one of docs, or a document that is still wanted if docs is null.
  parts(atom, docs) {
    const { need, done, low, high } = this, wanted = ({ first, end }) => {
      if (docs) return docs[lowerBound(docs, first)] < end;
      for (let d = Math.max(first, low), last = Math.min(end, high); d < last; d++) if (need[d] === done) return true;
      return false;
    };
    const parts = [];
    for (const [entry, weight] of atom.entries[this.s]) for (const part of this.segment.parts(entry)) if (wanted(part)) parts.push([part, weight]);
    return parts;
  }

  // clause evaluates one clause, and returns how many documents are left.
  async clause({ terms, hard }) {
    const soft = this.relaxed && !hard, has = new Uint8Array(this.n);
    for (const t of terms) await this.term(t, has, soft);
    await this.search.breathe();
    const { need, done, some } = this;
    let left = 0;
    for (let d = this.low; d < this.high; d++) {
      if (need[d] !== done) continue;
      if (soft) some[d] |= has[d];
      else if (has[d]) need[d]++;
      if (soft || has[d]) left++;
    }
    if (!soft) this.done++;
    return left;
  }

  // term marks in has which documents a term holds for.
  async term(t, has, soft) {
    const own = t.not ? new Uint8Array(this.n) : has, apart = soft && isLoose(t);
    if (t.type === "date") {
      own.fill(1, t.ranges[this.s][0], t.ranges[this.s][1]);
    } else if (t.atoms.length > 1 && !apart) {
      const hits = await this.row(t);
      this.take(t, hits, own);
      // Who writes "e-mail" writes email, as the index has it; no need to count both.
      if (t.other) this.take(t, omit(await this.atomHits(t.other, null, false), hits.docs), own);
    } else {
      for (const atom of t.atoms) this.take(t, await this.atomHits(atom, null, t.title), own);
    }
    if (t.not) for (let d = this.low; d < this.high; d++) if (!own[d]) has[d] = 1;
  }

  // take marks the documents of hits in own, and adds to their scores.
  take(term, { docs, gains, titles }, own) {
    const scored = term.tokens && !term.not && !term.mute, times = term.times || 1;
    for (let i = 0; i < docs.length; i++) {
      const d = docs[i];
      own[d] = 1;
      if (!scored) continue;
      this.scores[d] += times * gains[i];
      this.titles[d] += titles[i];
    }
  }

  // atomHits returns the hits of one atom among docs, or among the documents
  // that are still wanted if docs is null; with the lists that they come from.
  async atomHits(atom, docs, titleOnly) {
    const { need, done, low, high, sums, inTitle } = this, parts = this.parts(atom, docs);
    const lists = await Promise.all(parts.map(async ([part, weight]) => ({ part, weight, list: await this.segment.list(part) })));
    await this.search.breathe();
    // From here to the end nothing waits: sums and inTitle are used by all.
    for (const { weight, list } of lists) {
      const weighted = frequencies.map((f) => weight * f);
      for (let i = 0; i < list.docs.length; i++) sums[list.docs[i]] += weighted[list.levels[i]];
      for (const i of list.titles) inTitle[list.docs[i]] = Math.max(inTitle[list.docs[i]], weight);
    }
    const most = lists.reduce((n, { list }) => n + list.docs.length, 0), docsFound = new Uint32Array(most), gains = new Float32Array(most), titles = new Float32Array(most);
    let n = 0;
    for (let d = low; d < high; d++) {
      if (sums[d] === 0 || need[d] !== done || titleOnly && inTitle[d] === 0) continue;
      docsFound[n] = d;
      gains[n] = atom.idf * (k1 + 1) * sums[d] / (k1 + sums[d]);
      titles[n++] = atom.idf * inTitle[d];
    }
    sums.fill(0);
    inTitle.fill(0);
    return { docs: docsFound.subarray(0, n), gains, titles, lists };
  }

  // row returns the hits of words in a row.
  async row(term) {
    const atoms = term.atoms.slice().sort((a, b) => a.df - b.df), all = [];
    let docs = null;
    for (const atom of atoms) {
      const hits = await this.atomHits(atom, docs, false);
      docs = docs ? docs.filter((d) => placeOf(hits.docs, d) >= 0) : hits.docs;
      if (docs.length === 0) return noHits();
      all.push(hits);
    }
    if (this.search.positions) docs = await this.inRow(docs, atoms, all, term.title);
    const hits = { docs, gains: new Float32Array(docs.length), titles: new Float32Array(docs.length) };
    for (const { docs: own, gains, titles } of all) {
      docs.forEach((d, i) => {
        const k = placeOf(own, d);
        hits.gains[i] += gains[k];
        hits.titles[i] += titles[k];
      });
    }
    return hits;
  }

  // inRow returns those of docs in which atoms stand in a row, given the hits
  // of each.
  async inRow(docs, atoms, all, titleOnly) {
    const wanted = all.map(({ lists }) => lists.filter(({ list }) => docs.some((d) => placeOf(list.docs, d) >= 0))), held = [];
    await Promise.all([].concat(...wanted).map(({ part }) => this.segment.slices(part)));
    for (const lists of wanted) {
      const files = [];
      for (const { part, list } of lists) {
        files.push({ docs: list.docs, i: 0, positions: await this.segment.positions(part, list) });
        await this.search.breathe();
      }
      held.push(files);
    }
    const found = [], offsets = atoms.map((a) => a.offset);
    for (let i = 0; i < docs.length; i++) {
      if (i % 256 === 0) await this.search.breathe();
      for (const files of held) for (const file of files) while (file.docs[file.i] < docs[i]) file.i++;
      if (standInRow(held, offsets, docs[i], 0) || !titleOnly && standInRow(held, offsets, docs[i], 1)) found.push(docs[i]);
    }
    return Uint32Array.from(found);
  }

  // gather returns the hits that are left, with scores.
  gather() {
    const { need, done, low, high, some, relaxed, scores, titles, search } = this, docs = [];
    for (let d = low; d < high; d++) if (need[d] === done && (!relaxed || some[d])) docs.push(d);
    // The more of the query stands in the title, the more each word there counts.
    const worth = (d) => scores[d] + (titles[d] > 0 ? titles[d] * Math.min(1, titles[d] / search.idf) : 0);
    return { docs: Uint32Array.from(docs), scores: Float32Array.from(docs, worth) };
  }
}

function noHits() { return { docs: new Uint32Array(0), scores: new Float32Array(0), gains: new Float32Array(0), titles: new Float32Array(0) }; }

function countHits(list) { return list.reduce((n, h) => n + h.docs.length, 0); }

// omit returns hits without those of some documents.
function omit(hits, docs) {
  const left = {};
  for (const key of ["docs", "scores", "gains", "titles"]) if (hits[key]) left[key] = hits[key].filter((_, i) => placeOf(docs, hits.docs[i]) < 0);
  return left;
}

// lowerBound returns the place of the first number in a rising list that is not
// below n.
function lowerBound(list, n) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < n) low = middle + 1;
    else high = middle;
  }
  return low;
}

// placeOf returns the place of n in a rising list, or -1.
function placeOf(list, n) {
  const i = lowerBound(list, n);
  return list[i] === n ? i : -1;
}

// placesIn returns the positions in a document's title (space 0) or text (1)
// that files of positions have, in order. The i of a file is the place of its
// first document that is not before this one.
function placesIn(files, doc, space) {
  const found = [];
  for (const { docs, i, positions: { at, ends } } of files) {
    const k = 2 * i + space;
    if (docs[i] === doc) found.push(at.subarray(k > 0 ? ends[k - 1] : 0, ends[k]));
  }
  return found.length === 1 ? found[0] : joinArrays(Uint32Array, found).sort();
}

// standInRow reports whether there is a place from which each of the words that
// held has files of stands at its offset.
function standInRow(held, offsets, doc, space) {
  const rows = [];
  let least = 0;
  for (const files of held) {
    const row = placesIn(files, doc, space);
    if (row.length === 0) return false;
    if (row.length < (rows[least] || row).length) least = rows.length;
    rows.push(row);
  }
  return rows[least].some((p) => rows.every((row, i) => placeOf(row, p - offsets[least] + offsets[i]) >= 0));
}

// joinArrays returns typed arrays one after another as one.
function joinArrays(Type, arrays) {
  const all = new Type(arrays.reduce((n, a) => n + a.length, 0));
  let at = 0;
  for (const a of arrays) {
    all.set(a, at);
    at += a.length;
  }
  return all;
}

// ranked returns the hits of all segments in order, documents with their whole
// numbers: {docs, scores}. Of equal ones the newer is first.
function ranked(hits, segments, sort) {
  const docs = joinArrays(Uint32Array, hits.map((h, s) => h.docs.map((d) => d + segments[s].base)));
  const scores = joinArrays(Float32Array, hits.map((h) => h.scores));
  if (sort === "oldest") return { docs, scores };
  if (sort === "newest") return { docs: docs.reverse(), scores: scores.reverse() };
  // Numbers are sorted ten times as fast as with a comparison of our own: the
  // bits of positive scores order as these do, and the document fits beside 29
  // of them.
  const bits = new Uint32Array(scores.buffer), keys = Float64Array.from(docs, (d, i) => (bits[i] >>> 2) * maxDocuments + d).sort().reverse();
  docs.forEach((_, i) => {
    docs[i] = keys[i] % maxDocuments;
    bits[i] = Math.floor(keys[i] / maxDocuments) << 2;
  });
  return { docs, scores };
}

// countMonths adds to counts how many of docs are of each month.
function countMonths(months, docs, counts) {
  let end = 0, from = 0;
  for (let i = 0; i < months.length; i += 2) {
    end += months[i + 1];
    const to = lowerBound(docs, end);
    if (to > from) counts.set(months[i], (counts.get(months[i]) || 0) + to - from);
    from = to;
  }
}

// Letters of a text that are looked at for an excerpt; more would take so long
// that the page stands still.
const longestText = 1e5;

// An Index is the search of an archive. Its methods fail with errors that have
// a code: "manifest" (there is no index of this format), "missing" and
// "damaged" (of a file, after a second attempt), "stale" (the archive was built
// anew: search again), "aborted".
class Index {
  // base is the address of the folder search/, with a slash, or "".
  constructor(base = "") {
    this.loader = new Loader(base);
    this.segments = [];
    this.n = 0;
  }

  // open loads the manifest. It must have come back before all else.
  async open() { this.use(await this.loader.manifest("")); }

  // use takes what a manifest tells.
  use(manifest) {
    let base = 0;
    this.segments = manifest.segments.map((s) => {
      const segment = new Segment(this.loader, s, base);
      base += s.n;
      return segment;
    });
    Object.assign(this, { n: manifest.n, positions: manifest.positions === true, hasText: manifest.text === true, stops: new Set(String(manifest.stops || "").split(" ")) });
  }

  // search returns what a query finds:
  //
  //	total, strict  number of documents that have all words
  //	some           number of documents with only some of them, when total is small
  //	docs, scores   Uint32Array of documents, those with all words first, and beside it what each is worth
  //	corrections    [{from, to}] of words that there are not
  //	ignored        words that most documents have
  //	unknown        words that no document has
  //	capped         prefixes of more words than were looked for
  //	years, months  Map of year or year × 100 + month to the number of documents with all words
  //	problem        null, "empty", "only-not" (nothing that could be found), "too-long" (the end was left out)
  //
  // and what mark, excerpt and facet need. Options are filters (labels by kind,
  // from, to), sort ("relevance", "newest", "oldest") and signal, whose aborted
  // stops it.
  search(text, options) { return this.again(() => new Search(this, text, options).run()); }

  // again does what depends on no document's number. If that fails since the
  // archive was built anew, it is done once more with the new one.
  async again(work) {
    try {
      return await work();
    } catch (e) {
      await this.renew(e);
    }
    try {
      return await work();
    } catch (e) {
      throw e.code === "stale" ? failure("damaged", e.message) : e;
    }
  }

  // renew takes the manifest that there is now after a failure which tells that
  // it may be another. Else it throws the failure.
  async renew(e) {
    if (e.code !== "missing" && e.code !== "stale") throw e;
    // Without a manifest, what failed first tells more.
    const manifest = await this.loader.manifest("?r=" + Date.now()).catch(() => Promise.reject(e));
    const same = manifest.segments.map((s) => s.dir).join() === this.segments.map((s) => s.dir).join();
    if (e.code === "missing" && same) throw e;
    this.loader.forget();
    this.use(manifest);
  }

  // current does what depends on the numbers of documents. It fails with code
  // "stale" when these mean others now.
  async current(work) {
    try {
      return await work();
    } catch (e) {
      await this.renew(e);
      throw failure("stale", e.message);
    }
  }

  // segmentOf returns the segment of a document and its number there.
  segmentOf(doc) {
    const segment = this.segments.find((s) => doc >= s.base && doc < s.base + s.n);
    if (!segment) throw failure("stale", "document " + doc);
    return [segment, doc - segment.base];
  }

  // card returns a document's card as the index has it, an array.
  async card(doc) {
    const [segment, d] = this.segmentOf(doc), card = (await segment.cards(d))[d & 3];
    const isList = [false, false, false, false, false, true, false, true, true];
    const whole = Array.isArray(card) && isList.every((list, i) => (list ? Array.isArray(card[i]) : typeof card[i] === "string"));
    if (!whole) throw failure("stale", "card of document " + doc);
    return card;
  }

  // cards returns what a list of results shows of documents.
  cards(docs) {
    return this.current(() => Promise.all(Array.from(docs, async (doc) => {
      const [title, url, date, lang, lead, topics, source, authors, , withdrawn] = await this.card(doc);
      return { doc, title, url, date, lang, lead, topics, source, authors, withdrawn: withdrawn === 1 };
    })));
  }

  // text returns the text of a document, or null when the index has no texts.
  text(doc) {
    return this.current(async () => {
      const [segment, d] = this.segmentOf(doc), [k, i] = (await this.card(doc))[8];
      if (k === undefined) return null;
      const text = (await segment.get("x/" + (d >> 2) + "-" + k, readJSON))[i];
      if (typeof text !== "string") throw failure("stale", "text of document " + doc);
      return text;
    });
  }

  // mark returns a text as [[string, marked], …].
  mark(text, r) { return cutPieces(text, spots(text, r.wanted), 0, text.length); }

  // excerpt returns the best piece of a text with so many letters, as mark does.
  // Of very long texts only the beginning is looked at.
  excerpt(text, r, letters) {
    const start = text.slice(0, longestText);
    return excerptOf(start, spots(start, r.wanted), letters);
  }

  // facet returns the topics, persons … of the results that have all words, or
  // of the whole archive if r is null: [{label, key, count}], the most frequent
  // first.
  facet(kind, r) {
    return this.current(async () => {
      if (r && r.segments !== this.segments) throw failure("stale", "results");
      const counts = new Map();
      await Promise.all(this.segments.map(async (s, i) => {
        if (!r || r.sets[i].length > 0) await countFacet(s, facetLetters[kind], r ? r.sets[i] : null, counts);
      }));
      return Array.from(counts.values()).sort((a, b) => b.count - a.count || compareForms(a.label, b.label));
    });
  }
}

// Documents of which one file has the topics ….
const perColumn = 16384;

// countFacet adds to counts, by label, how many of docs each value of a facet
// has in a segment; of all documents if docs is null.
async function countFacet(segment, letter, docs, counts) {
  const table = await segment.facets(letter), numbers = new Uint32Array(table.length);
  if (docs && table.length > 0) {
    const columns = new Set(Array.from(docs, (d) => Math.floor(d / perColumn)));
    await Promise.all(Array.from(columns, async (c) => {
      const { at, ends } = await segment.get("f/" + letter + "-" + c, readColumn);
      for (let i = lowerBound(docs, c * perColumn); i < docs.length && docs[i] < (c + 1) * perColumn; i++) {
        const d = docs[i] - c * perColumn;
        if (!(d < ends.length)) throw failure("stale", "facet " + letter);
        for (let k = d > 0 ? ends[d - 1] : 0; k < ends[d]; k++) numbers[at[k]]++;
      }
    }));
  }
  table.forEach(([label, key, n], i) => {
    const count = docs ? numbers[i] : n, known = counts.get(label);
    if (count > 0 && known) known.count += count;
    else if (count > 0) counts.set(label, { label, key, count });
  });
}
