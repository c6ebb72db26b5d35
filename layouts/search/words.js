// Words as search knows them: folded forms at positions. The rules are those of
// docs/search-format.md ("Words"); the builder of the index follows them too,
// so a change here is a change there and of the format.

const spanUnspaced = "\\u0E00-\\u0EFF\\u1000-\\u109F\\u1100-\\u11FF\\u1780-\\u17FF\\u3005-\\u3007\\u3040-\\u30FF\\u3100-\\u318F\\u31F0-\\u31FF" +
  "\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uA960-\\uA97F\\uAA60-\\uAA7F\\uAC00-\\uD7FF\\uF900-\\uFAFF\\uFF66-\\uFFDC\\u{20000}-\\u{3FFFF}";
const letterClass = "[\\p{L}\\p{Nd}\\p{M}\\u00AD\\u200B-\\u200D]";
const spacedLetter = "(?:(?![" + spanUnspaced + "])" + letterClass + ")";
const oneLetter = "(?![" + spanUnspaced + "])\\p{L}(?!" + spacedLetter + ")";
const figure = "(?![" + spanUnspaced + "])\\p{Nd}";
const cyrillicLetter = "(?=" + letterClass + ")[\\u0400-\\u052F]";

// A token, with its joints: letters with dots, figures with commas, Cyrillic
// with an apostrophe, a plain run; or a run of an unspaced script.
const tokenPattern = [
  oneLetter + "(?:\\." + oneLetter + ")+",
  "(?:" + figure + "){1,3}(?!" + spacedLetter + ")(?:,(?:" + figure + "){3}(?!" + spacedLetter + "))+",
  "(?:" + spacedLetter + "*" + cyrillicLetter + "['’](?=" + cyrillicLetter + "))+" + spacedLetter + "+",
  spacedLetter + "+",
].join("|");
const tokenRegexp = new RegExp("(" + tokenPattern + ")|(?:(?=" + letterClass + ")[" + spanUnspaced + "])+", "gu");
const plainRun = new RegExp("^" + spacedLetter + "+$", "u");
const possessive = new RegExp("['’][sS](?!" + spacedLetter + "|['’]" + spacedLetter + ")", "uy");
const unspacedFirst = new RegExp("^[" + spanUnspaced + "]", "u");
const hasLetter = /\p{L}/u;
const hasLetterOrFigure = /[\p{L}\p{Nd}]/u;

// Words count up to so many code points; longer ones are no words.
const maxForm = 40;

const mappedLetters = {
  "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ŋ": "n", "ħ": "h", "ŧ": "t",
  "ς": "σ", "ى": "ي", "ة": "ه", "ٱ": "ا", "ک": "ك", "ی": "ي",
};
// Characters that are dropped or stand for others, when no mark changes them.
const changingClass = "[^\\p{L}\\p{Nd}\\p{M}]|[\\u00AD\\u200B-\\u200D\\u0640\\u02BC\\u0591-\\u05C7\\u0610-\\u061A\\u064B-\\u065F\\u0670\\u06D6-\\u06ED\\u0660-\\u0669\\u06F0-\\u06F9" +
  Object.keys(mappedLetters).join("") + "]";
const changing = new RegExp("([^\\u0300-\\u036F])?([\\u0300-\\u036F]+)|" + changingClass, "gu");
const changingOne = new RegExp("^(?:" + changingClass + ")$", "u");

// foldOne returns what takes the place of a character that changing names.
function foldOne(c) {
  if (mappedLetters[c]) return mappedLetters[c];
  const n = c.charCodeAt(0);
  return n >= 0x660 && n <= 0x669 || n >= 0x6F0 && n <= 0x6F9 ? String(n & 15) : "";
}

// foldMarks returns the marks that belong to a letter: in Cyrillic they do (й
// is another letter than и), but for stress and ё.
function foldMarks(letter, marks) {
  if (!letter || !/[\u0400-\u052F]/.test(letter)) return "";
  return marks.replace(letter === "е" ? /[\u0300\u0301\u0308]/g : /[\u0300\u0301]/g, "");
}

// foldAll folds text of any script, without cutting it.
function foldAll(text) {
  if (/^[a-z0-9]*$/.test(text)) return text;
  return text.normalize("NFKC").toLowerCase().normalize("NFD").replace(changing, (c, letter, marks) => {
    if (!marks) return foldOne(c);
    return (letter && changingOne.test(letter) ? foldOne(letter) : letter || "") + foldMarks(letter, marks);
  }).normalize("NFC");
}

// fold returns what a word looks up as.
function fold(word) {
  const folded = foldAll(word);
  if (folded.length <= maxForm) return folded;
  return Array.from(folded).slice(0, maxForm).join("");
}

// unspaced reports whether a form is of a script whose pairs of characters are
// its words.
function unspaced(form) { return unspacedFirst.test(form); }

// scan calls found(raw, start, wide) for each token of a text and each unspaced
// run, for which wide is true, in order. Raw is as it stands in the text.
function scan(text, found) {
  tokenRegexp.lastIndex = 0;
  for (let m; (m = tokenRegexp.exec(text));) {
    found(m[0], m.index, m[1] === undefined);
    if (m[1] === undefined) continue;
    possessive.lastIndex = tokenRegexp.lastIndex;
    if (possessive.test(text)) tokenRegexp.lastIndex = possessive.lastIndex;
  }
}

// tokens returns the words of one block of text, in order of their positions:
// {form, pos, start, end}, with start and end in the text, and joined: true on
// the form that stands for a row of words with hyphens between them.
function tokens(text) {
  const list = [];
  let pos = 0, chain = [];
  const endChain = () => {
    if ((chain.length === 2 || chain.length === 3) && chain.every((t) => t.plain)) {
      const start = chain[0].start, end = chain[chain.length - 1].end;
      list.splice(chain[0].at + 1, 0, { form: fold(text.slice(start, end)), pos: chain[0].pos, start, end, joined: true });
    }
    chain = [];
  };
  scan(text, (raw, start, wide) => {
    const end = start + raw.length;
    if (wide) {
      endChain();
      pos = addPairs(list, raw, start, pos);
      return;
    }
    if (!hasLetterOrFigure.test(raw)) return;
    const before = chain[chain.length - 1];
    if (before && !(start === before.end + 1 && /[-‐‑]/.test(text[before.end]))) endChain();
    chain.push({ start, end, pos, at: list.length, plain: hasLetter.test(raw) && plainRun.test(raw) });
    const form = fold(raw);
    if (form) list.push({ form, pos, start, end });
    pos++;
  });
  endChain();
  return list;
}

// addPairs adds the forms of an unspaced run to list: each pair of neighbours,
// and the last character alone. It returns the position after them.
function addPairs(list, raw, start, pos) {
  const folded = Array.from(foldAll(raw)), places = charPlaces(raw, folded.length);
  folded.forEach((c, i) => {
    const last = Math.min(i + 1, folded.length - 1);
    list.push({ form: c + (folded[i + 1] || ""), pos: pos++, start: start + places[i], end: start + places[last + 1] });
  });
  return pos;
}

// charPlaces returns where each of the n characters that a run folds to stands
// in it, and the run's length. Where marks join letters, several may share one
// place.
function charPlaces(raw, n) {
  const places = [];
  let at = 0, units = Array.from(raw);
  const equal = units.length === n;
  if (!equal) units = raw.match(/.[\p{M}\uFF9E\uFF9F\u1160-\u11FF]*/gu);
  for (const u of units) {
    for (let k = equal ? 1 : Array.from(foldAll(u)).length; k > 0; k--) places.push(at);
    at += u.length;
  }
  while (places.length < n) places.push(places.length ? places[places.length - 1] : 0);
  places[n] = raw.length;
  return places;
}

// nameForm returns what a name of a facet looks up as: its words, folded, with
// single spaces.
function nameForm(name) {
  const words = [];
  scan(name, (raw, start, wide) => {
    const form = wide ? foldAll(raw) : hasLetterOrFigure.test(raw) ? fold(raw) : "";
    if (form) words.push(form);
  });
  return words.join(" ");
}

// compareForms orders forms by code point, which the order of strings is not.
// It returns a number below, equal to or above 0.
function compareForms(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i), y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

// rank moves the halves of characters beyond U+FFFF to where these belong.
function rank(unit) { return unit < 0xD800 ? unit : unit < 0xE000 ? unit + 0x2000 : unit - 0x800; }

// distance returns how many letters must be put in, left out, changed or
// swapped with their neighbour to make b of a, both arrays; or most + 1 when
// that is more than most.
function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let older = [], old = [], row = b.map((_, j) => j + 1);
  row.unshift(0);
  for (let i = 1; i <= a.length; i++) {
    older = old;
    old = row;
    row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      let d = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, older[j - 2] + 1);
      row.push(d);
      if (d < least) least = d;
    }
    if (least > most) return most + 1;
  }
  return row[b.length] > most ? most + 1 : row[b.length];
}

// spots returns where a text has what was searched for, in order: {start, end,
// id}. Wanted is {words: Map of form to id, prefixes: [[prefix, id], …], rows:
// [{tokens, id, loose}, …]}; of loose rows that the text has nowhere, the parts
// are taken.
function spots(text, wanted) {
  const found = [], seen = new Set(), add = (start, end, id) => found.push({ start, end, id });
  for (const { at, list } of blocksOf(text)) {
    for (const t of list) {
      const prefix = wanted.prefixes.find((p) => t.form.startsWith(p[0])), id = prefix ? prefix[1] : wanted.words.get(t.form);
      if (id !== undefined) add(at + t.start, at + t.end, id);
    }
    for (const row of wanted.rows) {
      for (const { start, end } of rowsIn(list, row.tokens)) {
        add(at + start, at + end, row.id);
        seen.add(row);
      }
    }
  }
  for (const row of wanted.rows.filter((x) => x.loose && !seen.has(x))) {
    for (const { at, list } of blocksOf(text)) {
      row.tokens.forEach((w, i) => list.filter((t) => matches(t, w)).forEach((t) => add(at + t.start, at + t.end, row.id + i / 100)));
    }
  }
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

// blocksOf returns the tokens of each block of a text, with where it begins.
function blocksOf(text) {
  let at = 0;
  return text.split("\n\n").map((block) => {
    const b = { at, list: tokens(block) };
    at += block.length + 2;
    return b;
  });
}

// matches reports whether a token is the one of a query.
function matches(t, wanted) { return wanted.prefix ? t.form.startsWith(wanted.form) : t.form === wanted.form; }

// rowsIn returns where the tokens of a query stand in a row in list.
function rowsIn(list, wanted) {
  const places = new Map(), found = [];
  list.forEach((t) => places.set(t.pos, (places.get(t.pos) || []).concat(t)));
  for (const first of list.filter((t) => matches(t, wanted[0]))) {
    const row = wanted.map((w) => (places.get(first.pos + w.offset) || []).find((t) => matches(t, w)));
    if (row.every(Boolean)) found.push({ start: first.start, end: row[row.length - 1].end });
  }
  return found;
}

// cutPieces returns text from one place to another as [[string, marked], …].
// Marks that overlap or touch are one.
function cutPieces(text, found, from, to) {
  const pieces = [], marks = [];
  for (const { start, end } of found) {
    const last = marks[marks.length - 1];
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else marks.push({ start, end });
  }
  let at = from;
  const push = (end, marked) => {
    if (end > at) pieces.push([text.slice(at, end), marked]);
    at = Math.max(at, end);
  };
  for (const { start, end } of marks) {
    push(Math.min(start, to), false);
    push(Math.min(end, to), true);
  }
  push(to, false);
  return pieces;
}

// bestWindow returns from where to where the most different words of found lie
// in so many letters of a text, or its beginning if there are none.
function bestWindow(text, found, letters) {
  let best = { start: 0, end: 0 }, most = 0;
  found.forEach((first, i) => {
    const ids = new Set();
    let end = first.end, k = i;
    for (; k < found.length && found[k].end - first.start <= letters && k < i + 50; k++) {
      ids.add(found[k].id);
      end = Math.max(end, found[k].end);
    }
    const worth = ids.size + (k - i) / 100;
    if (worth > most) {
      most = worth;
      best = { start: first.start, end };
    }
  });
  const room = Math.max(0, letters - (best.end - best.start));
  let from = Math.max(0, best.start - Math.floor(room / 3));
  const to = Math.min(text.length, from + Math.max(letters, best.end - best.start));
  from = Math.max(0, Math.min(from, to - letters));
  return [atWord(text, from, best.start, 1), atWord(text, to, best.end, -1)];
}

// atWord returns the place nearest to at on the way to limit where a word
// begins (step 1) or has ended (step -1). In scripts without spaces that is any
// place between two characters.
function atWord(text, at, limit, step) {
  if (at <= 0 || at >= text.length) return at;
  for (let i = at; step > 0 ? i <= limit : i >= limit; i += step) {
    if (/\s/.test(text[step > 0 ? i - 1 : i] || "")) return i;
    if (Math.abs(i - at) > 40) break;
  }
  // Not between the halves of a character, nor before a mark.
  for (let i = at; i !== limit; i += step) if (!/[\uDC00-\uDFFF]|\p{M}/u.test(text[i])) return i;
  return limit;
}

// excerptOf returns the piece of a text that shows best why it was found.
function excerptOf(text, found, letters) {
  const [from, to] = bestWindow(text, found, letters), pieces = cutPieces(text, found, from, to);
  if (from > 0) pieces.unshift(["…", false]);
  if (to < text.length) pieces.push(["…", false]);
  return pieces.map(([piece, marked]) => [piece.replace(/\s+/g, " "), marked]);
}
