// The index as the page uses it: what there is, searches in it, and what is shown of their results.

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
