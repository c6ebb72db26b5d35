// What the files of an index hold, read as docs/search-format.md tells. All
// functions take whole payloads and are pure; for bytes that no index holds
// they throw an Error with code "damaged", whatever the bytes are: a number is
// checked before anything of its size is made.

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

// A Reader takes values from the front of bytes.
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  // uint reads a varint of at most 32 bits.
  uint() {
    const bytes = this.bytes;
    let value = 0, scale = 1;
    for (let i = 0; i < 5; i++) {
      const b = bytes[this.at++];
      if (b === undefined) break;
      value += (b & 127) * scale;
      if (b < 128) {
        if (value > 0xFFFFFFFF) break;
        return value;
      }
      scale *= 128;
    }
    throw damaged("number");
  }

  // count reads a number of things of at least one byte each.
  count() { return this.fits(this.uint()); }

  // fits returns n if so many bytes are left.
  fits(n) {
    if (n > this.bytes.length - this.at) throw damaged("length");
    return n;
  }

  // take reads n bytes, which are not copied.
  take(n) {
    this.fits(n);
    return this.bytes.subarray(this.at, this.at += n);
  }

  // string reads a string with its length before it.
  string() { return decodeUTF8(this.take(this.uint())); }

  // gaps reads n rising numbers below limit, the first counted from base.
  gaps(n, base, limit) {
    const list = new Uint32Array(this.fits(n)), bytes = this.bytes;
    let next = base;
    for (let i = 0; i < n; i++) {
      const b = bytes[this.at];
      if (b < 128) {
        next += b;
        this.at++;
      } else {
        next += this.uint();
      }
      if (next >= limit) throw damaged("order");
      list[i] = next++;
    }
    return list;
  }

  // skip passes over n varints.
  skip(n) {
    while (n > 0) {
      if (this.at >= this.bytes.length) throw damaged("cut off");
      if (this.bytes[this.at++] < 128) n--;
    }
  }

  // done throws if bytes are left.
  done() { if (this.at !== this.bytes.length) throw damaged("too long"); }
}

// decodeUTF8 returns the text that bytes are.
function decodeUTF8(bytes) {
  try {
    return utf8.decode(bytes);
  } catch (e) {
    throw damaged("text");
  }
}

// encodeUTF8 returns the bytes of a text.
function encodeUTF8(text) { return encoder.encode(text); }

// No form is so long, nor are those of a file together; what shares with the
// one before could otherwise grow without end.
const maxFormBytes = 4096, maxFormsBytes = 1 << 24;

// A FormReader reads forms that leave out what they share with the one before.
class FormReader {
  constructor(reader) {
    this.reader = reader;
    this.last = new Uint8Array(maxFormBytes);
    this.n = 0;
    this.total = 0;
  }

  // next returns the next form.
  next() {
    const shared = this.reader.uint(), rest = this.reader.take(this.reader.uint()), n = shared + rest.length;
    this.total += n;
    if (shared > this.n || n > maxFormBytes || this.total > maxFormsBytes) throw damaged("form");
    this.last.set(rest, shared);
    this.n = n;
    return decodeUTF8(this.last.subarray(0, n));
  }
}

// Where the list of a form is.
const inPlace = 0, packed = 1, inBlocks = 2, seeOther = 3;

// readTerms returns the entries of a term shard of a segment of n documents, by
// form, in order: {form, stems, afar, df, kind} with stems as strings, and by
// kind: list (bytes) and place (of its positions); k and i; k, bits and blocks
// (number of documents in each); see.
function readTerms(bytes, n) {
  const r = new Reader(bytes), forms = new FormReader(r), entries = [];
  for (let i = r.count(); i > 0; i--) {
    const form = forms.next(), before = entries[entries.length - 1];
    if (before && compareForms(before.form, form) >= 0) throw damaged("order");
    entries.push({ form, stems: [], afar: [] });
  }
  for (const e of entries) {
    const form = encodeUTF8(e.form);
    for (let i = r.count(); i > 0; i--) e.stems.push(readStem(r, form));
  }
  for (let i = r.count(); i > 0; i--) {
    const e = entries[r.uint()];
    if (!e) throw damaged("number of form");
    for (let k = r.count(); k > 0; k--) e.afar.push(r.string());
  }
  let place = 0;
  for (const e of entries) {
    readKept(r, e, n);
    if (e.kind === inPlace && e.form[0] !== "\u0001") e.place = place++;
  }
  r.done();
  return new Map(entries.map((e) => [e.form, e]));
}

// readStem returns a stem of a form, given the form's bytes, with its language.
// Stems are only compared: that a cut may part a character does not matter.
function readStem(r, form) {
  const lang = r.uint(), cut = r.uint(), put = r.take(r.uint());
  if (cut > form.length || put.length > 256) throw damaged("stem");
  return lang + ":" + String.fromCharCode(...form.subarray(0, form.length - cut), ...put);
}

// readKept reads into e where its list is.
function readKept(r, e, n) {
  e.df = r.uint();
  e.kind = r.uint();
  if (e.df > n) throw damaged("number of documents");
  switch (e.kind) {
    case inPlace: {
      const from = r.at;
      r.skip(e.df);
      r.take((e.df + 1) >> 1);
      r.skip(r.count());
      e.list = r.bytes.subarray(from, r.at);
      break;
    }
    case packed:
      e.k = r.uint();
      e.i = r.uint();
      break;
    case inBlocks: {
      e.k = r.uint();
      e.bits = r.uint();
      if (e.bits > 31) throw damaged("blocks");
      e.blocks = new Uint32Array(r.fits(Math.ceil(n / 2 ** e.bits)));
      let sum = 0;
      for (let b = 0; b < e.blocks.length; b++) {
        sum += e.blocks[b] = r.uint();
        if (e.blocks[b] > 0) r.take(1);
      }
      if (sum !== e.df) throw damaged("blocks");
      break;
    }
    case seeOther:
      e.see = r.string();
      break;
    default:
      throw damaged("kind of list");
  }
}

// readList returns a posting list of n documents, counted from base and below
// limit: {docs, levels, titles}, titles being places in docs.
function readList(bytes, n, base, limit) {
  const r = new Reader(bytes), docs = r.gaps(n, base, limit), halves = r.take((n + 1) >> 1), levels = new Uint8Array(n);
  for (let i = 0; i < n; i++) levels[i] = i & 1 ? halves[i >> 1] & 15 : halves[i >> 1] >> 4;
  const titles = r.gaps(r.count(), 0, n);
  r.done();
  return { docs, levels, titles };
}

// readPack returns the lists of an l file: {n, bytes} each.
function readPack(bytes) {
  const r = new Reader(bytes), lists = [];
  for (let i = r.count(); i > 0; i--) {
    const n = r.uint();
    lists.push({ n, bytes: r.take(r.uint()) });
  }
  r.done();
  return lists;
}

// readSlices returns the parts of a p file.
function readSlices(bytes) {
  const r = new Reader(bytes), parts = [];
  for (let i = r.count(); i > 0; i--) parts.push(r.take(r.uint()));
  r.done();
  return parts;
}

// readPositions returns the positions of the postings of list: those of posting
// i in the title are at[ends[2i-1]] to before at[ends[2i]], those in the text
// follow to before at[ends[2i+1]].
function readPositions(bytes, list) {
  const r = new Reader(bytes), n = list.docs.length, ends = new Uint32Array(2 * n);
  let sum = 0, t = 0;
  for (let i = 0; i < n; i++) {
    if (list.titles[t] === i) {
      sum += r.uint();
      t++;
    }
    ends[2 * i] = sum;
    sum += r.uint();
    ends[2 * i + 1] = r.fits(sum);
  }
  const at = new Uint32Array(r.fits(sum));
  for (let i = 0, k = 0; i < ends.length; i++) {
    for (let next = 0; k < ends[i]; k++) {
      next += r.uint();
      at[k] = next++;
    }
  }
  r.done();
  return { at, ends };
}

// readRows returns what a c or f/KIND file holds: an array of arrays.
function readRows(bytes) {
  const rows = readJSON(bytes);
  if (!rows.every(Array.isArray)) throw damaged("rows");
  return rows;
}

// readJSON returns what an x file holds: an array.
function readJSON(bytes) {
  let list;
  try {
    list = JSON.parse(decodeUTF8(bytes));
  } catch (e) {
    throw damaged("JSON");
  }
  if (!Array.isArray(list)) throw damaged("no array");
  return list;
}

// readColumn returns the values of documents in an f/KIND-N file: those of
// document i are at[ends[i-1]] to before at[ends[i]].
function readColumn(bytes) {
  const r = new Reader(bytes), ends = [], at = [];
  while (r.at < bytes.length) {
    for (let i = r.count(); i > 0; i--) at.push(r.uint());
    ends.push(at.length);
  }
  return { at, ends };
}

// readWords returns the words of a y file: [word, number of documents] each.
function readWords(bytes) {
  const r = new Reader(bytes), forms = new FormReader(r), words = [];
  for (let i = r.count(); i > 0; i--) words.push([forms.next(), r.uint()]);
  r.done();
  return words;
}

// readKeys returns the first forms of the term shards of a segment, as the
// manifest has them. They must be in order.
function readKeys(keys) {
  const list = [];
  let last = "";
  for (const word of keys.split("|")) {
    last = last.slice(0, parseInt(word[0], 36)) + word.slice(1);
    if (list.length > 0 ? compareForms(list[list.length - 1], last) >= 0 : last !== "") throw damaged("keys");
    list.push(last);
  }
  return list;
}

// shardName returns the NAME of the term shard with a key: its FNV-1a hash.
function shardName(key) {
  let hash = 0x811C9DC5;
  for (const b of encodeUTF8(key)) hash = Math.imul(hash ^ b, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
