// The documents of a segment that a search wants, and what each is worth.

// BM25's k1, and the frequency that each level stands for.
const k1 = 1.4;
const frequencies = Float32Array.from({ length: 16 }, (_, level) => (level === 15 ? 40 : k1 * level / (15 - level)));
// Of a document that is none of the results, in Evaluation.need.
const nowhere = 255;

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
