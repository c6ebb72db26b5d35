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
    find: (clauses, [from, to], names) => articles.flatMap((a, i) => {
      if (from && !(a.date >= from) || to && (!a.date || !(a.date <= to || a.date.startsWith(to)))) return [];
      if (Object.entries(names).some(([k, list]) => !list.some((n) => a.names[k].includes(n)))) return [];
      return clauses.every((c) => c.some((t) => has(t)(all[i]) !== Boolean(t.not))) ? [i] : [];
    }),
  };
}

test("a search finds what looking at each article finds", async () => {
  const r = random(1);
  for (let round = 0; round < 8; round++) {
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

// small is an archive of a few articles, with all kinds of lists.
function small(options) {
  const articles = [];
  for (let i = 0; i < 60; i++) {
    articles.push({
      title: i % 7 === 0 ? "flood of rivers" : "news", date: `20${10 + (i >> 2)}-0${1 + i % 3}-1${i % 9}`, url: i + ".html",
      text: "the " + (i % 2 ? "river bank" : "bank river") + (i === 59 ? " 東京都知事" : "") + "\n\nflooding " + "x".repeat(1 + i % 5), names: { t: i % 3 ? ["Crude Oil"] : ["Water"], a: ["Ann Lee"] },
    });
  }
  articles.sort((a, b) => (a.date < b.date ? -1 : 1));
  return index(articles, { cuts: [40, 55], ...options });
}

test("queries are read as people write them", () => {
  const { parse, format } = engine(() => null);
  const show = (text) => parse(text).clauses.map((c) => c.map((t) => (t.not ? "-" : "") + t.type + (t.title ? "/title" : "") + "(" + (t.form || t.tokens?.map((k) => k.form + (k.prefix ? "*" : "")).join(" ") || t.from + ".." + t.to) + ")").join("|")).join(" ");
  const tests = [
    ["", ""], ["  flood  river ", "word(flood) word(river)"], ['"Flood of" x', "phrase(flood of) word(x)"], ['"flood of', "phrase(flood of)"], ['a"b c"d', "word(a) phrase(b c) word(d)"],
    ["“flood of” x", "phrase(flood of) word(x)"], ["«a b»", "phrase(a b)"], ["-a -\"b c\" --d - e", '-word(a) -phrase(b c) -word(d) word(e)'], ["well-known", "word(well known)"],
    ["a OR b c", "word(a)|word(b) word(c)"], ["a OR b OR c", "word(a)|word(b)|word(c)"], ["OR a", "word(a)"], ["a OR", "word(a)"], ["a AND b", "word(a) word(b)"], ["a OR -b", "word(a)|-word(b)"], ["(a OR b) c", "word(a)|word(b) word(c)"], ["or and", "word(or) word(and)"],
    ["wo*", "prefix(wo*)"], ["w*", "word(w)"], ["*", ""], ["a*b", "word(a b)"], ['"wo*"', "phrase(wo)"], ["title:wo*", "prefix/title(wo*)"], ["title:\"a b\"", "phrase/title(a b)"], ["Title:a", "word/title(a)"], ["-title:a", "-word/title(a)"],
    ["topic:oil", "facet(\u0001toil)"], ['author:"Ann Lee"', "facet(\u0001aann lee)"], ["-source:reuters", "-facet(\u0001sreuters)"], ["topic:a OR topic:b", "facet(\u0001ta)|facet(\u0001tb)"], ["topic:", ""], ["place:Zürich", "facet(\u0001wzurich)"], ["lang:pt-BR", "facet(\u0001lpt br)"],
    ["date:2019", "date(2019..2019)"], ["date:2019-3", "date(2019-03..2019-03)"], ["date:2019..2021", "date(2019..2021)"], ["date:..2020", "date(..2020)"], ["date:2019-03-05..", "date(2019-03-05..)"], ["date:yesterday", "word(date) word(yesterday)"], ["date:2019-13", "word(date) word(2019 13)"], ["date:..", "word(date)"], ["date:2019..2020..2021", "word(date) word(2019 2020 2021)"],
    ["foo:bar", "word(foo) word(bar)"], ["http://a.example/b", "word(http) word(a example b)"], ["10:30", "word(10 30)"], ["constructor:x toString:y __proto__", "word(constructor) word(x) word(tostring) word(y) word(proto)"],
    ["U.S. 1,000", "word(us) word(1000)"], ["東京都", "word(東京 京都)"], ["都", "word(都*)"], ["2019年", "word(2019 年*)"], ["東京 都", "word(東京) word(都*)"], ["🎉 .*+?^${}()|[]\\ \u0000\u0007", ""], ["a\u0000b", "word(a b)"],
  ];
  for (const [text, want] of tests) {
    assert.equal(show(text), want, JSON.stringify(text));
    assert.equal(show(format(parse(text))), show(text), "format of " + JSON.stringify(text));
  }
  assert.equal(parse("flood flood flood flood x").clauses[0][0].times, 3);
  assert.equal(parse("flood riv").clauses[1][0].typing, true);
  assert.equal(parse("flood riv ").clauses[1][0].typing, undefined);
});

test("long and strange queries end soon", async () => {
  const i = await open(small()), { parse } = engine(() => null);
  const words = (list) => list.reduce((n, c) => n + c.reduce((k, t) => k + (t.tokens ? t.tokens.length : 1), 0), 0);
  const tests = [
    "x".repeat(10000), "flood ".repeat(2000), Array.from({ length: 2000 }, (_, k) => "w" + k).join(" "), "東".repeat(10000), '"' + "a ".repeat(5000), "\"".repeat(10000), "-".repeat(10000), "OR ".repeat(3000), "a OR ".repeat(2000),
    "title:".repeat(2000), "topic:a OR ".repeat(1000), "*".repeat(10000), "(((".repeat(3000), "a-".repeat(5000), "U.".repeat(5000), "1,000".repeat(2000), "п'".repeat(5000), "\u0301".repeat(10000), "e\u0301".repeat(5000), "👩‍👩‍👧".repeat(1000), "\ud800".repeat(5000), "\u0000".repeat(10000),
    "date:2019..".repeat(1000), ".*+?^${}()|[]\\".repeat(700), "กำ".repeat(5000), "ﷺ".repeat(5000), "각".repeat(5000), "-x ".repeat(3000), '-"x ', "' OR 1=1 --", "<script>alert(1)</script>", "%00%ff", "\u202e\u2066abc", "İ".repeat(5000),
  ];
  for (const text of tests) {
    const start = Date.now(), parsed = parse(text);
    assert.ok(words(parsed.clauses) <= 64, "words of " + text.slice(0, 20));
    const r = await i.search(text);
    i.mark("the flood of rivers 東京都知事 " + "x".repeat(5000) + " " + text.slice(0, 500), r);
    i.excerpt("the flood of rivers 東京都知事", r, 10);
    assert.ok(Date.now() - start < 1500, `${JSON.stringify(text.slice(0, 20))} took ${Date.now() - start} ms`);
  }
  assert.equal((await i.search(tests[2])).problem, "too-long");
  assert.equal((await i.search("")).problem, "empty");
  assert.equal((await i.search("-flood")).problem, "only-not");
  assert.equal((await i.search("", { filters: { topic: ["Water"] } })).total, 20);
  assert.equal((await i.search("-flooding", { filters: { topic: ["Water"] } })).total, 0);
});

test("words are folded and put at positions as the index has them", () => {
  const { tokens, nameForm } = engine(() => null);
  const tests = [
    ["The U.S. e-mail", "the0 us1 e2 email2 mail3"], ["東京都", "東京0 京都1 都2"], ["China's 1,000 3.5", "china0 10001 32 53"], ["п'ять й ё", "пять0 й1 е2"], ["Straße Ærø İstanbul ŒUVRE", "strasse0 aero1 istanbul2 oeuvre3"],
    ["state-of-the-art", "state0 of1 the2 art3"], ["a-b-c x--y", "a0 abc0 b1 c2 x3 y4"], ["it's 'tis s' o'clock's", "it0 tis1 s2 o3 clock4"], ["العربيّة ٣٤", "العربيه0 341"], ["Ελλάδος", "ελλαδοσ0"], ["éé", "ee0"], ["３Ａﬁ", "3afi0"],
    ["1,000,00 U.S.A", "10000 001 usa2"], ["co\u00ADop\u200Der", "cooper0"], ["\u0301 \u0640 x", "x1"], ["" + "é".repeat(50), "e".repeat(40) + "0"], ["각x", "각0 x1"], ["𠮷野家 a", "𠮷野0 野家1 家2 a3"],
    ["\u0483'е x", "\u0483е0 x1"],
  ];
  for (const [text, want] of tests) assert.equal(tokens(text).map((t) => t.form + t.pos).join(" "), want, text);
  assert.equal(nameForm("  Müller-Lüdenscheidt, J.R. 東京都 "), "muller ludenscheidt jr 東京都");
  for (const text of ["a ｶﾞｷﾞ b", "น้ำใจ", "각 각", "𠮷野家", "👩 x", "ﷺ y"]) for (const t of tokens(text)) assert.ok(t.start < t.end && t.end <= text.length && t.start >= 0, text);
});

test("marks and excerpts show what was found", async () => {
  const i = await open(small()), show = (pieces) => pieces.map(([s, m]) => (m ? "[" + s + "]" : s)).join("");
  const marked = async (query, text) => show(i.mark(text, await i.search(query)));
  assert.equal(await marked("flood", "Flooding! The floods, flooded"), "[Flooding]! The floods, flooded");
  assert.equal(await marked("river", "Rivers by the river’s bed"), "[Rivers] by the [river]’s bed");
  assert.equal(await marked('"the river bank"', "The river. The river bank, river"), "The river. [The river bank], river");
  assert.equal(await marked("riv* -bank", "Rivers riven bank"), "[Rivers] [riven] bank");
  assert.equal(await marked("riv", "Rivers bank"), "[Rivers] bank");
  assert.equal(await marked("rivr ", "river"), "[river]");
  assert.equal(await marked("東京都", "在東京都の 東京"), "在[東京都]の 東京");
  assert.equal(await marked("東京知事", "東京 知事"), "[東京] [知事]");
  assert.equal(await marked("都", "東京都知事"), "東京[都知]事");
  assert.equal(await marked("the river", "the river"), "[the] [river]");
  assert.equal(await marked("", "<b>the</b>"), "<b>the</b>");
  const r = await i.search("xx xxx "), long = "Lorem ipsum dolor. ".repeat(50);
  const excerpt = show(i.excerpt(long + "\n\nThe xx and its xxx. " + long + "xxx", r, 60));
  assert.match(excerpt, /^…[^[]*\[xx\] and its \[xxx\]\. [\w .]*…$/);
  assert.ok(excerpt.length < 70, excerpt);
  assert.equal(show(i.excerpt("short", r, 60)), "short");
  assert.equal(show(i.excerpt("", r, 60)), "");
  assert.match(show(i.excerpt(long, r, 20)), /^Lorem ipsum dolor\.?…$/);
  assert.equal(show(i.excerpt("𠮷".repeat(100), r, 21)), "𠮷".repeat(10) + "…");
});

test("cards, texts and facets are those of the documents", async () => {
  const i = await open(small()), r = await i.search("flooding", { sort: "newest" });
  const [first, second] = await i.cards(r.docs.subarray(0, 2));
  assert.deepEqual([first.doc, first.title, first.url, first.topics, first.authors, first.withdrawn], [59, "news", "59.html", ["Crude Oil"], ["Ann Lee"], false]);
  assert.ok(second.date <= first.date);
  assert.equal(await i.text(first.doc), "the river bank 東京都知事\n\nflooding xxxxx");
  assert.deepEqual(await i.facet("topic", r), [{ label: "Crude Oil", key: "crude oil", count: 40 }, { label: "Water", key: "water", count: 20 }]);
  assert.deepEqual(await i.facet("topic", null), await i.facet("topic", r));
  assert.deepEqual(await i.facet("person", null), []);
  const count = async (text) => (await i.search(text)).total;
  assert.equal(await count("topic:water"), 20);
  assert.equal(await count("topic:waterslug"), 20);
  assert.equal(await count('topic:"Crude oil"'), 40);
  assert.equal(await count("topic:oil"), 40);
  assert.equal(await count("author:lee -topic:oil"), 20);
  assert.equal(await count("topic:water OR topic:oil"), 60);
  assert.deepEqual((await i.search("topic:nothing")).unknown, ["topic:nothing"]);
  assert.deepEqual((await i.search("rivr bnak ")).corrections, [{ from: "rivr", to: "river" }, { from: "bnak", to: "bank" }]);
  assert.deepEqual((await i.search("tiver ")).corrections, [{ from: "tiver", to: "river" }]);
  assert.deepEqual((await i.search("irver ")).corrections, [{ from: "irver", to: "river" }]);
  assert.deepEqual((await i.search("zzz ")).unknown, ["zzz"]);
  const some = await i.search("東京 xx ");
  assert.deepEqual([some.total, some.some, some.docs.length], [0, 13, 13]);
});

test("bytes that are not zlib, or damaged, are refused", () => {
  const { inflate } = engine(() => null), r = random(3), text = Buffer.from(Array.from({ length: 3000 }, () => vocabulary[r(vocabulary.length)]).join(" "));
  for (const level of [0, 1, 9]) {
    for (const strategy of [0, 2, 3, 4]) {
      for (const n of [0, 1, 3, 257, 5000, text.length]) assert.deepEqual(Buffer.from(inflate(zlib.deflateSync(text.subarray(0, n), { level, strategy }))), text.subarray(0, n));
    }
  }
  const good = zlib.deflateSync(text);
  for (let k = 0; k < 600; k++) {
    const bad = Uint8Array.from(good.subarray(0, k % 2 ? good.length : r(good.length)));
    if (k % 2) bad[r(bad.length)] ^= 1 << r(8);
    assert.throws(() => inflate(bad), { code: "damaged" });
  }
  assert.throws(() => inflate(Buffer.concat([good, good])), { code: "damaged" });
  assert.throws(() => inflate(zlib.deflateSync(Buffer.alloc(80 << 20))), { code: "damaged" });
});

test("whatever a payload holds, it is read or refused", () => {
  const e = engine(() => null), r = random(5), files = small(), list = { docs: new Uint32Array(5), titles: [1, 3] };
  const readers = [(b) => e.readTerms(b, 40), (b) => e.readList(b, 5, 0, 40), e.readPack, e.readSlices, (b) => e.readPositions(b, list), e.readColumn, e.readWords, e.readJSON];
  const payloads = [...files].filter(([path]) => path !== "manifest.js").map(([, text]) => e.inflate(Buffer.from(text.split('"')[3], "base64")));
  for (let k = 0; k < 1500; k++) {
    const bytes = Uint8Array.from(payloads[r(payloads.length)]);
    for (let m = r(4); m > 0; m--) bytes[r(bytes.length)] = r(3) ? r(256) : 255;
    for (const read of readers) {
      try {
        read(r(3) ? bytes : bytes.subarray(0, r(bytes.length)));
      } catch (error) {
        assert.equal(error.code, "damaged", error.stack);
      }
    }
  }
});

test("a file that fails is loaded once more, and then told", async () => {
  const files = small(), seen = [];
  const fail = (how) => engine((path, query) => {
    seen.push(path + "?" + query);
    const text = files.get(path) ?? null;
    return path.includes("/t/") ? how(text, query) : text;
  });
  const search = async (e) => {
    const i = new e.Index("");
    await i.open();
    return i.search("river bank");
  };
  const other = script("t", Buffer.from([9, 9, 9]));
  const ways = { missing: () => null, empty: () => "", html: () => "<!DOCTYPE html>", flip: (t) => t.replace(/.{20}"/, (x) => "AAAA" + x.slice(4)), cut: (t) => t.slice(0, 60), base64: (t) => t.replace(/",".../, '","!!!'), kind: (t) => t.replace("t2", "l2"), format: (t) => t.replace("t2", "t1"), other: () => other, throws: () => "throw 1" };
  for (const [name, how] of Object.entries(ways)) {
    seen.length = 0;
    const r = await search(fail((text, query) => (query === "r=1" ? text : how(text))));
    assert.equal(r.total, 60, name);
    assert.equal(seen.filter((s) => s.includes("/t/")).length, 2 * new Set(seen.filter((s) => s.includes("/t/")).map((s) => s.split("?")[0])).size, name);
    await assert.rejects(search(fail(how)), { code: name === "missing" ? "missing" : "damaged" }, name);
  }
  const i = await open(files), late = engine((path, query) => (path.includes("/c/") && query !== "r=2" ? null : files.get(path))), j = new late.Index("");
  await j.open();
  await assert.rejects(j.cards([1]), { code: "missing" });
  assert.deepEqual(await j.cards([1]), await i.cards([1]));
  await assert.rejects(search(engine(() => null)), { code: "manifest" });
  await assert.rejects(search(engine(() => '__m({"format":1})')), { code: "manifest" });
  await assert.rejects(search(engine(() => "__m(" + JSON.stringify({ format: 2, n: 1, segments: [{ dir: "../x", n: 1, months: [0, 1], keys: "0", letters: "" }] }) + ")")), { code: "manifest" });
});

test("a file that never comes is given up", async () => {
  const files = small();
  let now = 0;
  const e = engine((path) => (path.includes("/t/") ? undefined : files.get(path)), { timers: { setTimeout: (f) => setTimeout(f, ++now), clearTimeout } });
  const i = new e.Index("");
  await i.open();
  await assert.rejects(i.search("river"), { code: "missing" });
});

test("nothing is loaded twice", async () => {
  const files = small(), seen = new Map();
  const i = await open(files, { log: (path) => seen.set(path, (seen.get(path) || 0) + 1) });
  await Promise.all([i.search("river bank"), i.search("river"), i.search('"river bank"'), i.search("river -bank")]);
  await i.search("river bank");
  for (const [path, n] of seen) assert.equal(n, 1, path);
});

test("when the archive was built anew, it is searched anew", async () => {
  let files = small({ label: "old" });
  const e = engine((path) => files.get(path) ?? null), i = new e.Index("");
  await i.open();
  const old = await i.search("river");
  files = small({ label: "new", cuts: [30] });
  assert.equal((await i.search("bank river")).total, 60);
  await assert.rejects(i.facet("topic", old), { code: "stale" });
  assert.equal((await i.facet("topic", await i.search("river"))).length, 2);
  files = new Map();
  await assert.rejects(i.search("xx"), { code: "missing" });
  files = small({ label: "third" });
  await assert.rejects(i.cards([57]), { code: "stale" });
  assert.equal((await i.cards([57])).length, 1);
});

test("files of different builds are not taken for one", async () => {
  const files = small(), changed = small({ packed: 2, inPlace: 1 });
  let mixed = true;
  const e = engine((path, query) => ((path.includes("/l/") && mixed ? changed : files).get(path) ?? null)), i = new e.Index("");
  await i.open();
  const found = i.search("xx OR xxx").catch((error) => error);
  assert.ok(["damaged", "missing"].includes((await found).code));
  mixed = false;
  i.loader.forget();
  assert.equal((await i.search("xx OR xxx")).total, 24);
});

test("a search stops when nobody wants it", async () => {
  const i = await open(small()), signal = { aborted: false };
  const found = i.search("river bank", { signal });
  signal.aborted = true;
  await assert.rejects(found, { code: "aborted" });
  const later = { aborted: false }, seen = [], j = await open(small(), { log: (path) => {
    seen.push(path);
    later.aborted = path.includes("/l/");
  } });
  await assert.rejects(j.search('"river bank"', { signal: later }), { code: "aborted" });
  assert.ok(!seen.some((path) => path.includes("/p/")), "positions are not loaded any more");
});

test("keys and names are those of the format", () => {
  const e = engine(() => null);
  for (const s of ["", "a", "flood", "東京", "𠮷", "\u0001toil"]) assert.equal(e.shardName(s), fnv(s));
  assert.deepEqual(e.readKeys("0|0abandon|1lbany|4z x"), ["", "abandon", "albany", "albaz x"]);
  assert.throws(() => e.readKeys("0|0b|0a"), { code: "damaged" });
  assert.ok(e.compareForms("\uFFFD", "𠮷") < 0);
});

test("in a large archive words that most articles have are left out", async () => {
  const articles = Array.from({ length: 10000 }, (_, k) => ({ title: "", text: k % 5 === 0 ? "of rare" : k % 4 ? "the of" : "the" + (k % 3 ? "" : " rare"), date: "2020-01-01", url: k + ".html" }));
  const i = await open(index(articles, { packed: 2000, bits: 9 })), tests = [["the", 8000, ""], ["the of", 8000, "the"], ["the rare", 2667, "the"], ['"the" rare', 667, ""], ["the -rare", 7333, ""], ["the OR rare", 10000, ""], ["title:the rare", 0, ""], ["th* rare", 667, ""]];
  for (const [text, total, ignored] of tests) {
    const r = await i.search(text + " "), want = articles.filter((a) => a.text).length;
    assert.equal(want, 10000);
    assert.deepEqual([r.total, r.ignored.join()], [total, ignored], text);
  }
});
