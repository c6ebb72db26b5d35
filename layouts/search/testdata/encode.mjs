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

export const script = (kind, payload) => `__s("${kind}1","${zlib.deflateSync(payload, { level: 9 }).toString("base64")}");\n`;

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

// segment writes the files of one segment, and returns its manifest entry.
function segment(files, dir, articles, o) {
  const put = (name, payload) => files.set(`s/${dir}/${name}.js`, script(name[0], payload));
  const posts = new Map(), see = new Map();
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
  for (const f of posts.keys()) if (f[0] === "\u0001") see.set(f + "slug", f);
  const forms = [...posts.keys(), ...see.keys()].sort(bytewise), shards = [];
  // A form with a space begins no shard, or the manifest could not name it.
  forms.forEach((f, i) => {
    if (i === 0 || shards[shards.length - 1].length >= o.perShard && !f.includes(" ")) shards.push([]);
    shards[shards.length - 1].push(f);
  });
  if (shards.length === 0) shards.push([]);
  const keys = shards.map((s, i) => (i === 0 ? "" : s[0]));
  const kin = (f) => (f[0] === "\u0001" ? [] : forms.filter((g) => g[0] !== "\u0001" && g !== f && stemOf(g) === stemOf(f)));
  shards.forEach((own, number) => {
    const name = fnv(keys[number]), lists = [], positions = [], inPlace = [];
    const kept = own.map((form) => {
      if (see.has(form) && !posts.has(form)) return Buffer.concat([uint(0), uint(3), string(see.get(form))]);
      const list = posts.get(form), facet = form[0] === "\u0001", whole = listBytes(list);
      if (list.length <= o.inPlace) {
        if (!facet) inPlace.push(positionBytes(list));
        return Buffer.concat([uint(list.length), uint(0), whole]);
      }
      if (list.length <= o.packed) {
        lists.push([[list.length, whole]]);
        positions.push([facet ? Buffer.alloc(0) : positionBytes(list)]);
        return Buffer.concat([uint(list.length), uint(1), uint(lists.length - 1), uint(0)]);
      }
      const size = 2 ** o.bits, head = [uint(list.length), uint(2), uint(lists.length), uint(o.bits)];
      for (let first = 0; first < articles.length; first += size) {
        const part = list.filter((p) => p.doc >= first && p.doc < first + size);
        head.push(uint(part.length));
        if (part.length === 0) continue;
        head.push(Buffer.from([Math.max(...part.map((p) => p.level))]));
        lists.push([[part.length, listBytes(part, first)]]);
        positions.push([facet ? Buffer.alloc(0) : positionBytes(part)]);
      }
      return Buffer.concat(head);
    });
    const stems = own.map((f) => {
      if (f[0] === "\u0001" || isWide(f)) return uint(0);
      const cut = bytesOf(f).length - bytesOf(stemOf(f)).length;
      return Buffer.concat([uint(1), uint(4), uint(cut), string("")]);
    });
    const afar = own.flatMap((f, i) => {
      const others = kin(f).filter((g) => !own.includes(g));
      return others.length > 0 ? [Buffer.concat([uint(i), uint(others.length), ...others.map(string)])] : [];
    });
    put("t/" + name, Buffer.concat([uint(own.length), ...front(own), ...stems, uint(afar.length), ...afar, ...kept]));
    if (inPlace.length > 0) put("p/" + name, slices(inPlace));
    lists.forEach((l, k) => {
      put(`l/${name}-${k}`, pack(l));
      put(`p/${name}-${k}`, slices(positions[k]));
    });
  });
  for (let d = 0; d < articles.length; d += 8) {
    const some = articles.slice(d, d + 8);
    put("c/" + d / 8, JSON.stringify(some.map((a, i) => [a.title, a.url, a.date || "", a.lang || "", a.lead || "", a.names?.t || [], (a.names?.s || [""])[0] || "", a.names?.a || [], [i % 2, i >> 1], 0])));
    for (const k of [0, 1]) put(`x/${d / 8}-${k}`, JSON.stringify(some.filter((_, i) => i % 2 === k).map((a) => a.text)));
  }
  for (const kind of "tpwasl") {
    const values = [...new Set(articles.flatMap((a) => a.names?.[kind] || []))].sort();
    if (values.length === 0) continue;
    put("f/" + kind, JSON.stringify(values.map((v) => [v, v.toLowerCase(), articles.filter((a) => a.names?.[kind]?.includes(v)).length])));
    for (let d = 0; d < articles.length; d += 16384) {
      put(`f/${kind}-${d / 16384}`, Buffer.concat(articles.slice(d, d + 16384).map((a) => {
        const own = a.names?.[kind] || [];
        return Buffer.concat([uint(own.length), ...own.map((v) => uint(values.indexOf(v)))]);
      })));
    }
  }
  const spelt = forms.filter((f) => /^\p{L}{3,20}$/u.test(f) && !isWide(f));
  for (const first of new Set(spelt.map((f) => Array.from(f)[0]))) {
    const own = spelt.filter((f) => f.startsWith(first)), head = front(own);
    put("y/" + first.codePointAt(0).toString(16).padStart(4, "0"), Buffer.concat([uint(own.length), ...own.map((f, i) => Buffer.concat([head[i], uint(posts.get(f).length)]))]));
  }
  const months = [];
  for (const a of articles) {
    const [y = 0, m = 0] = (a.date || "").split("-").filter(Boolean).map(Number), month = 100 * y + m;
    if (months.length === 0 || months[months.length - 2] !== month) months.push(month, 0);
    months[months.length - 1]++;
  }
  let last = "";
  const text = keys.map((key) => {
    let same = 0;
    while (same < 35 && same < key.length && key[same] === last[same]) same++;
    if (/[\ud800-\udbff]/.test(key[same - 1] || "")) same--;
    last = key;
    return same.toString(36) + key.slice(same);
  });
  const letters = [...new Set(spelt.map((f) => f[0]))].join(""), facets = [..."tpwasl"].filter((kind) => articles.some((a) => a.names?.[kind]?.length)).join("");
  return { dir, n: articles.length, months, keys: text.join("|"), letters, facets };
}

// index returns the files of an index of articles in order, below search/, by
// path. cuts are the numbers of articles at which segments begin.
export function index(articles, { cuts = [], label = "a", ...options } = {}) {
  const o = { perShard: 8, inPlace: 3, packed: 8, bits: 4, ...options }, files = new Map(), segments = [];
  [0, ...cuts].forEach((from, i, all) => {
    segments.push(segment(files, `${label}${i}-0000000${i}`, articles.slice(from, all[i + 1] ?? articles.length), o));
  });
  files.set("manifest.js", `__m(${JSON.stringify({ format: 1, n: articles.length, positions: true, text: true, segments })});\n`);
  return files;
}
