// Tests of the search engine, run by node: node --test layouts/search
import test from "node:test";
import assert from "node:assert/strict";
import zlib from "node:zlib";
import { engine } from "./testdata/engine.mjs";
import { index, positionsOf, stemOf, script, fnv } from "./testdata/encode.mjs";

// random returns numbers that look random and are the same each time.
function random(seed) {
  let s = seed;
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor(s / 2 ** 32 * n);
  };
}

const read = (files) => (path) => files.get(path) ?? null;

async function open(files, options) {
  const e = engine(read(files), options), i = new e.Index("");
  await i.open();
  return i;
}

const vocabulary = ["flood", "floods", "flooding", "river", "rivers", "oil", "price", "prices", "pricing", "bank", "banks", "the", "of", "zebra", "zulu", "alpha", "omega", "привет", "мир",
  "東京都知事", "京都", "都", "大阪", "a", "b", "ab", "abc", "abcd", "2019", "𠮷"];

// archive returns n articles, in the order of dates.
function archive(n, r) {
  const articles = [];
  for (let i = 0; i < n; i++) {
    const words = (k) => Array.from({ length: k }, () => (r(3) === 0 ? "the" : vocabulary[Math.min(r(vocabulary.length), r(vocabulary.length))])).join(" ");
    const date = r(10) === 0 ? "" : r(8) === 0 ? String(2018 + r(3)) : `${2018 + r(3)}-${String(1 + r(12)).padStart(2, "0")}` + (r(6) === 0 ? "" : "-" + String([1, 10, 20, 21][r(4)]).padStart(2, "0"));
    const pick = (list) => list.filter(() => r(3) === 0);
    articles.push({ title: words(1 + r(4)), text: words(1 + r(8)) + "\n\n" + words(r(9)), date, url: `${i}.html`, names: { t: pick(["Oil", "Flood", "Bank"]), p: pick(["Ann Lee", "Bo Lee"]), l: ["en"] } });
  }
  return articles.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

// A judge tells by looking at articles themselves what a query must find.
function judge(articles) {
  const all = articles.map(positionsOf), forms = new Set(all.flatMap((p) => [...p.title, ...p.text].map(([f]) => f)));
  const ofWord = (w) => new Set([...forms].filter((f) => f === w || forms.has(w) && !/[\u4e00-\u9fff]/.test(w) && stemOf(f) === stemOf(w)));
  const inRow = (list, row) => list.some(([, p]) => row.every(([fit, k]) => list.some(([f, q]) => q === p + k && fit(f))));
  const has = (t) => (p) => {
    const spaces = t.title ? [p.title] : [p.title, p.text];
    if (t.type === "prefix") return spaces.some((l) => l.some(([f]) => f.startsWith(t.word)));
    if (t.type === "word" && !t.wide) return spaces.some((l) => l.some(([f]) => ofWord(t.word).has(f)));
    const row = [];
    for (const w of t.word.split(" ")) {
      if (!/[\u4e00-\u9fff]/.test(w)) row.push([(f) => f === w, row.length]);
      else Array.from(w).forEach((c, i, cs) => row.push([(f) => (i + 1 < cs.length ? f === c + cs[i + 1] : f.startsWith(c)), row.length]));
    }
    return spaces.some((l) => inRow(l, row));
  };
  return {
    df: (w) => all.filter(has({ type: "word", word: w })).length,
    common: (w) => {
      let n = 0;
      for (const f of ofWord(w)) n += all.filter((p) => [...p.title, ...p.text].some(([g]) => g === f)).length;
      return Math.min(n, all.length) > all.length / 2;
    },
    find: (clauses, [from, to], names) => articles.flatMap((a, i) => {
      if (from && !(a.date >= from) || to && (!a.date || !(a.date <= to || a.date.startsWith(to)))) return [];
      if (Object.entries(names).some(([k, list]) => !list.some((n) => a.names[k].includes(n)))) return [];
      return clauses.every((c) => c.some((t) => has(t)(all[i]) !== Boolean(t.not))) ? [i] : [];
    }),
  };
}

test("a search finds what looking at each article finds", async () => {
  const r = random(1);
  for (let round = 0; round < 12; round++) {
    const n = [0, 1, 7, 40, 90, 200][round % 6], articles = archive(n, r), cuts = n > 20 && round % 2 ? [Math.floor(n / 2), n - 5] : [];
    const options = { perShard: 3 + r(20), inPlace: r(4), packed: 4 + r(10), bits: 1 + r(5), cuts };
    const i = await open(index(articles, options)), j = judge(articles);
    for (let q = 0; q < 60; q++) {
      const clauses = [], words = [];
      const term = () => {
        const word = vocabulary[r(vocabulary.length)], wide = /[\u4e00-\u9fff]/.test(word), kind = r(6), title = r(6) === 0;
        const prefix = title ? "title:" : "";
        if (kind === 0) {
          const other = vocabulary[r(vocabulary.length)];
          return [`${prefix}"${word} ${other}"`, { type: "phrase", word: word + " " + other, title }];
        }
        if (kind === 1 && !wide && [...word].length > 1) return [`${prefix}${word.slice(0, 2)}*`, { type: "prefix", word: word.slice(0, 2), title }];
        if (kind === 2) return [`${prefix}"${word}"`, { type: "phrase", word, title }];
        return [prefix + word, { type: "word", word, wide, title }];
      };
      for (let k = 1 + r(3); k > 0; k--) {
        const [text, t] = term();
        if (r(5) === 0) {
          words.push("-" + text);
          clauses.push([{ ...t, not: true }]);
        } else if (r(4) === 0) {
          const [text2, t2] = term();
          words.push(text, "OR", text2);
          clauses.push([t, t2]);
        } else {
          words.push(text);
          clauses.push([t]);
        }
      }
      const names = r(4) === 0 ? { t: ["Oil", "Bank"].slice(r(2)) } : r(6) === 0 ? { p: ["Ann Lee"] } : {};
      const dates = r(3) > 0 ? ["", ""] : [["", "2019", "2019-03", "2019-03-10"][r(4)], ["", "2019", "2019-06", "2019-07-20"][r(4)]];
      const filters = { from: dates[0], to: dates[1], topic: names.t, person: names.p };
      // Words of more than half of the articles do not restrict.
      const positive = clauses.filter((c) => c.some((t) => !t.not));
      const common = positive.filter((c) => c.length === 1 && c[0].type === "word" && !c[0].title && !c[0].wide && j.common(c[0].word));
      if (common.length > 0 && positive.length > 1) continue;
      const text = words.join(" ") + " ", result = await i.search(text, { filters, sort: "oldest" });
      if (result.problem === "only-not" || result.corrections.length > 0) continue;
      const want = j.find(clauses, dates, names);
      assert.deepEqual([...result.docs], want, `search(${JSON.stringify(text)}, ${JSON.stringify(filters)}) of ${n} articles, ${JSON.stringify(options)}`);
      assert.equal(result.total, want.length);
      const newest = await i.search(text, { filters, sort: "newest" });
      assert.deepEqual([...newest.docs].reverse(), want);
      const best = await i.search(text, { filters });
      assert.deepEqual([...best.docs.subarray(0, best.strict)].sort((a, b) => a - b), want);
      for (let k = 1; k < best.strict; k++) assert.ok(best.scores[k - 1] >= best.scores[k], "scores fall");
      assert.ok(best.some === 0 || best.strict < 10);
      assert.equal(new Set(best.docs).size, best.docs.length);
      assert.equal([...best.years.values()].reduce((a, b) => a + b, 0), want.length);
      for (const kind of ["topic", "person", "lang", "source"]) {
        const letter = { topic: "t", person: "p", lang: "l", source: "s" }[kind];
        for (const { label, count } of await i.facet(kind, best)) assert.equal(count, want.filter((d) => articles[d].names[letter]?.includes(label)).length);
      }
    }
  }
});
