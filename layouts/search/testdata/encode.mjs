// A little builder of indexes, written from docs/search-format.md alone and
// for tests alone. Words are what stands between spaces; runs of CJK become
// pairs; the stemmer cuts "ing" and "s".
import zlib from "node:zlib";

const bytesOf = (s) => Buffer.from(s, "utf8");
const uint = (n) => {
  const out = [];
  for (; n > 127; n = Math.floor(n / 128)) out.push(n % 128 + 128);
  return Buffer.from([...out, n]);
};
const string = (s) => Buffer.concat([uint(bytesOf(s).length), bytesOf(s)]);
const gaps = (list, base = 0) => Buffer.concat(list.map((n) => {
  const b = uint(n - base);
  base = n + 1;
  return b;
}));
const isWide = (w) => /[\u4e00-\u9fff]/.test(w);
export const stemOf = (form) => form.replace(/(ing|s)$/, "");

// wordsOf returns [form, position] of a block.
export function wordsOf(block, pos = 0) {
  const out = [];
  for (const w of block.split(" ").filter(Boolean)) {
    if (!isWide(w)) out.push([w, pos++]);
    else Array.from(w).forEach((c, i, all) => out.push([c + (all[i + 1] || ""), pos++]));
  }
  return out;
}

// positionsOf returns {title, text}: [form, position] each.
export function positionsOf(a) {
  const text = [];
  let pos = 0;
  for (const block of a.text.split("\n\n")) {
    const words = wordsOf(block, pos);
    text.push(...words);
    if (words.length > 0) pos = words[words.length - 1][1] + 8;
  }
  return { title: wordsOf(a.title), text };
}

export const script = (kind, payload) => `__s("${kind}2","${zlib.deflateSync(payload, { level: 9 }).toString("base64")}");\n`;

function front(forms) {
  let last = Buffer.alloc(0);
  return forms.map((f) => {
    const b = bytesOf(f);
    let same = 0;
    while (same < last.length && same < b.length && last[same] === b[same]) same++;
    last = b;
    return Buffer.concat([uint(same), uint(b.length - same), b.subarray(same)]);
  });
}

export function fnv(s) {
  let h = 0x811c9dc5n;
  for (const b of bytesOf(s)) h = (h ^ BigInt(b)) * 0x01000193n & 0xffffffffn;
  return h.toString(16).padStart(8, "0");
}

const bytewise = (a, b) => Buffer.compare(bytesOf(a), bytesOf(b));

// listBytes writes postings: {doc, level, title} each.
function listBytes(posts, base = 0) {
  const levels = Buffer.alloc((posts.length + 1) >> 1);
  posts.forEach((p, i) => { levels[i >> 1] |= i % 2 ? p.level : p.level << 4; });
  const titles = posts.flatMap((p, i) => (p.title.length > 0 ? [i] : []));
  return Buffer.concat([gaps(posts.map((p) => p.doc), base), levels, uint(titles.length), gaps(titles)]);
}

function positionBytes(posts) {
  const counts = posts.map((p) => Buffer.concat([p.title.length > 0 ? uint(p.title.length) : Buffer.alloc(0), uint(p.text.length)]));
  return Buffer.concat([...counts, ...posts.map((p) => Buffer.concat([gaps(p.title), gaps(p.text)]))]);
}

const slices = (parts) => Buffer.concat([uint(parts.length), ...parts.map((p) => Buffer.concat([uint(p.length), p]))]);
const pack = (lists) => Buffer.concat([uint(lists.length), ...lists.map(([n, b]) => Buffer.concat([uint(n), uint(b.length), b]))]);

// postingsOf returns the postings of each form: {doc, title, text, level}.
function postingsOf(articles) {
  const posts = new Map();
  const post = (form, doc) => {
    if (!posts.has(form)) posts.set(form, []);
    const list = posts.get(form);
    if (list.length === 0 || list[list.length - 1].doc !== doc) list.push({ doc, title: [], text: [], level: 1 });
    return list[list.length - 1];
  };
  articles.forEach((a, doc) => {
    const { title, text } = positionsOf(a);
    for (const [form, pos] of title) post(form, doc).title.push(pos);
    for (const [form, pos] of text) post(form, doc).text.push(pos);
    for (const [kind, names] of Object.entries(a.names || {})) for (const n of names) post("\u0001" + kind + n.toLowerCase(), doc);
  });
  for (const list of posts.values()) for (const p of list) p.level = Math.max(1, Math.min(15, 2 * p.text.length + 5 * p.title.length));
  return posts;
}

// A term shard is written by adding its forms one after another.
class TermShard {
  constructor(o, n) {
    Object.assign(this, { o, n, lists: [], positions: [], inPlace: [] });
  }

  // kept adds the list of a form, and returns what the shard has of it.
  kept(form, list) {
    const { o, lists, positions, inPlace } = this, facet = form[0] === "\u0001", places = (posts) => (facet ? Buffer.alloc(0) : positionBytes(posts));
    if (list.length <= o.inPlace) {
      if (!facet) inPlace.push(positionBytes(list));
      return Buffer.concat([uint(list.length), uint(0), listBytes(list)]);
    }
    if (list.length <= o.packed) {
      lists.push([[list.length, listBytes(list)]]);
      positions.push([places(list)]);
      return Buffer.concat([uint(list.length), uint(1), uint(lists.length - 1), uint(0)]);
    }
    const size = 2 ** o.bits, head = [uint(list.length), uint(2), uint(lists.length), uint(o.bits)];
    for (let first = 0; first < this.n; first += size) {
      const part = list.filter((p) => p.doc >= first && p.doc < first + size);
      head.push(uint(part.length));
      if (part.length === 0) continue;
      head.push(Buffer.from([Math.max(...part.map((p) => p.level))]));
      lists.push([[part.length, listBytes(part, first)]]);
      positions.push([places(part)]);
    }
    return Buffer.concat(head);
  }
}

// termFiles writes the term shards of a segment with their lists and positions,
// and returns the first forms of the shards.
function termFiles(put, posts, n, o) {
  const see = new Map([...posts.keys()].filter((f) => f[0] === "\u0001" && !posts.has(f + "slug")).map((f) => [f + "slug", f]));
  const forms = [...posts.keys(), ...see.keys()].sort(bytewise), shards = [[]];
  for (const f of forms) {
    if (shards[shards.length - 1].length >= o.perShard) shards.push([]);
    shards[shards.length - 1].push(f);
  }
  const keys = shards.map((s, i) => (i === 0 ? "" : s[0])), isWord = (f) => f[0] !== "\u0001" && !isWide(f);
  shards.forEach((own, number) => {
    const name = fnv(keys[number]), shard = new TermShard(o, n);
    const kept = own.map((f) => (see.has(f) ? Buffer.concat([uint(0), uint(3), string(see.get(f))]) : shard.kept(f, posts.get(f))));
    const stems = own.map((f) => (isWord(f) ? Buffer.concat([uint(1), uint(4), uint(bytesOf(f).length - bytesOf(stemOf(f)).length), string("")]) : uint(0)));
    const afar = own.flatMap((f, i) => {
      const others = isWord(f) ? forms.filter((g) => isWord(g) && !own.includes(g) && stemOf(g) === stemOf(f)) : [];
      return others.length > 0 ? [Buffer.concat([uint(i), uint(others.length), ...others.map(string)])] : [];
    });
    put("t/" + name, Buffer.concat([uint(own.length), ...front(own), ...stems, uint(afar.length), ...afar, ...kept]));
    if (shard.inPlace.length > 0) put("p/" + name, slices(shard.inPlace));
    shard.lists.forEach((l, k) => {
      put(`l/${name}-${k}`, pack(l));
      put(`p/${name}-${k}`, slices(shard.positions[k]));
    });
  });
  return keys;
}

// cardFiles writes the cards and texts of a segment.
function cardFiles(put, articles) {
  for (let d = 0; d < articles.length; d += 4) {
    const some = articles.slice(d, d + 4);
    put("c/" + d / 4, JSON.stringify(some.map((a, i) => [a.title, a.url, a.date || "", a.lang || "", a.lead || "", a.names?.t || [], (a.names?.s || [""])[0] || "", a.names?.a || [], [i % 2, i >> 1], 0])));
    for (const k of [0, 1]) put(`x/${d / 4}-${k}`, JSON.stringify(some.filter((_, i) => i % 2 === k).map((a) => a.text)));
  }
}

// facetFiles writes the facets of a segment, and returns which there are.
function facetFiles(put, articles) {
  return [..."tpwasl"].filter((kind) => {
    const namesOf = (a) => a.names?.[kind] || [], values = [...new Set(articles.flatMap(namesOf))].sort();
    if (values.length === 0) return false;
    put("f/" + kind, JSON.stringify(values.map((v) => [v, v.toLowerCase(), articles.filter((a) => namesOf(a).includes(v)).length])));
    for (let d = 0; d < articles.length; d += 16384) {
      put(`f/${kind}-${d / 16384}`, Buffer.concat(articles.slice(d, d + 16384).map((a) => Buffer.concat([uint(namesOf(a).length), ...namesOf(a).map((v) => uint(values.indexOf(v)))]))));
    }
    return true;
  }).join("");
}

// spellingFiles writes the spelling lists of a segment, and returns their
// letters.
function spellingFiles(put, posts) {
  const words = [...posts.keys()].filter((f) => /^\p{L}{3,20}$/u.test(f) && !isWide(f)).sort(bytewise), letters = [...new Set(words.map((f) => Array.from(f)[0]))];
  for (const first of letters) {
    const own = words.filter((f) => f.startsWith(first)), heads = front(own);
    put("y/" + first.codePointAt(0).toString(16).padStart(4, "0"), Buffer.concat([uint(own.length), ...own.map((f, i) => Buffer.concat([heads[i], uint(posts.get(f).length)]))]));
  }
  return letters.join("");
}

// monthsOf returns the months of articles as the manifest has them.
function monthsOf(articles) {
  const months = [];
  for (const a of articles) {
    const [y = 0, m = 0] = (a.date || "").split("-").filter(Boolean).map(Number), month = 100 * y + m;
    if (months.length === 0 || months[months.length - 2] !== month) months.push(month, 0);
    months[months.length - 1]++;
  }
  return months;
}

// keysText returns the first forms of shards as the manifest has them.
function keysText(keys) {
  let last = "";
  return keys.map((key) => {
    let same = 0;
    while (same < 35 && same < key.length && key[same] === last[same]) same++;
    if (/[\ud800-\udbff]/.test(key[same - 1] || "")) same--;
    last = key;
    return same.toString(36) + key.slice(same);
  }).join("|");
}

// segment writes the files of one segment, and returns its manifest entry.
function segment(files, dir, articles, o) {
  const put = (name, payload) => files.set(`s/${dir}/${name}.js`, script(name[0], payload));
  const posts = postingsOf(articles), keys = keysText(termFiles(put, posts, articles.length, o));
  cardFiles(put, articles);
  return { dir, n: articles.length, months: monthsOf(articles), keys, letters: spellingFiles(put, posts), facets: facetFiles(put, articles) };
}

// index returns the files of an index of articles in order, below search/, by
// path. cuts are the numbers of articles at which segments begin.
export function index(articles, { cuts = [], label = "a", ...options } = {}) {
  const o = { perShard: 8, inPlace: 3, packed: 8, bits: 4, ...options }, files = new Map(), segments = [];
  [0, ...cuts].forEach((from, i, all) => {
    segments.push(segment(files, `${label}${i}-0000000${i}`, articles.slice(from, all[i + 1] ?? articles.length), o));
  });
  files.set("manifest.js", `__m(${JSON.stringify({ format: 2, n: articles.length, positions: true, text: true, segments })});\n`);
  return files;
}
