// Searches: what the words of a query stand for, and the results in their order.

// With fewer results, those that have only some of the words are shown too.
const fullPage = 10;
// Documents of an archive in which words that most of them have are ignored.
const largeArchive = 10000;
// Milliseconds of work after which the page has its turn.
const slice = 30;

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
