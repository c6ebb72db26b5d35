// The files of an index come by script elements, since that is all that works
// on file://, under a strict content security policy and on any host. A file
// calls __s or __m; document.currentScript tells which request it answers.

const timeLimit = 20000; // milliseconds; a slow network gets there in half of it
const atOnce = 16; // files; with more, those that wait in the browser run out of time
const cacheSize = 32 << 20; // bytes of decoded files that are kept
const decodedSize = 4; // about how many times as large as its payload a decoded file is

// formNumber tells the form of the files that this program reads.
const formNumber = 2;

// requests has what each script element that is loading has brought.
const requests = new Map();

// listen makes the functions that files of the index call.
function listen() {
  window.__s = (kind, data) => answer(kind, data);
  window.__m = (manifest) => answer("m", manifest);
}

// answer notes what the running script has brought. Scripts that nobody waits
// for any more are left alone.
function answer(kind, data) {
  const request = requests.get(document.currentScript);
  if (request) request.answer = { kind, data };
}

// failure returns an error with a code that the page has a message for.
function failure(code, what) {
  const e = new Error(code + ": " + what);
  e.code = code;
  return e;
}

// loadScript returns what the file at url brings. It fails with code "missing"
// when it does not come in time or not at all, and with "damaged" when it came
// and brought nothing.
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script"), request = { answer: null };
    const end = (error) => {
      clearTimeout(timer);
      requests.delete(script);
      script.remove();
      if (error) reject(error);
      else resolve(request.answer);
    };
    const timer = setTimeout(() => end(failure("missing", url)), timeLimit);
    requests.set(script, request);
    script.onload = () => end(request.answer ? null : failure("damaged", url));
    script.onerror = () => end(failure("missing", url));
    script.src = url;
    document.head.appendChild(script);
  });
}

// unpack returns the payload of a file of a kind. It throws a damaged error.
function unpack(answer, kind) {
  if (answer.kind !== kind + formNumber || typeof answer.data !== "string") throw damaged("kind");
  let packed;
  try {
    packed = atob(answer.data);
  } catch (e) {
    throw damaged("base64");
  }
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = packed.charCodeAt(i);
  return inflate(bytes);
}

// A Loader loads files once, and keeps those that were used last.
class Loader {
  constructor(base) {
    this.base = base;
    this.suffix = ""; // of addresses, to pass by what a browser has kept
    this.size = 0;
    this.kept = new Map(); // by path, that used last at the end: {value, size}
    this.loading = new Map(); // promises by path
    this.failures = new Map(); // how many there were, by path
    this.free = atOnce;
    this.queue = [];
    listen();
  }

  // get returns what read makes of the payload of the file at path, whose kind
  // is a letter. It fails with code "missing" or "damaged" after two attempts.
  get(path, kind, read) {
    const known = this.kept.get(path);
    if (known) {
      this.kept.delete(path);
      this.kept.set(path, known);
      return Promise.resolve(known.value);
    }
    let promise = this.loading.get(path);
    if (!promise) {
      promise = this.twice(path, kind, read);
      this.loading.set(path, promise);
      const gone = () => { if (this.loading.get(path) === promise) this.loading.delete(path); };
      promise.then(gone, gone);
    }
    return promise;
  }

  // twice loads a file, and after a failure once more.
  async twice(path, kind, read) {
    if (this.free > 0) this.free--;
    else await new Promise((go) => this.queue.push(go));
    try {
      return await this.once(path + ".js" + this.suffix, kind, read, path);
    } catch (e) {
      // Another address each time, since what a browser has kept may be damaged.
      const n = (this.failures.get(path) || 0) + 1;
      this.failures.set(path, n);
      return await this.once(path + ".js?r=" + n, kind, read, path);
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.free++;
    }
  }

  // once loads a file, and keeps it.
  async once(url, kind, read, path) {
    const answer = await loadScript(this.base + url);
    let value, size;
    try {
      const bytes = unpack(answer, kind);
      value = read(bytes);
      size = decodedSize * bytes.length + 1000;
    } catch (e) {
      throw failure("damaged", url + " (" + e.message + ")");
    }
    this.kept.set(path, { value, size });
    this.size += size;
    for (const [oldest, k] of this.kept) {
      if (this.size <= cacheSize) break;
      this.size -= k.size;
      this.kept.delete(oldest);
    }
    return value;
  }

  // forget drops all that is kept, and has browsers do so too from now on.
  forget() {
    this.suffix = "?r=" + Date.now();
    this.kept.clear();
    this.loading.clear();
    this.size = 0;
  }

  // manifest returns the manifest. It fails with code "manifest" after two
  // attempts, the second of which passes by what the browser has kept.
  async manifest(suffix) {
    for (const s of [suffix, "?r=" + Date.now()]) {
      try {
        const answer = await loadScript(this.base + "manifest.js" + s);
        return checkManifest(answer.kind === "m" ? answer.data : null);
      } catch (e) {
        // The second one's failure is told below.
      }
    }
    throw failure("manifest", this.base + "manifest.js");
  }
}

// Arrays as long as there are documents are made; no archive has so many.
const maxDocuments = 1 << 24;

// checkManifest returns m if it is a manifest of this format, and throws else.
function checkManifest(m) {
  const number = (n) => Number.isInteger(n) && n >= 0 && n <= maxDocuments;
  if (!m || m.format !== formNumber || !number(m.n) || !Array.isArray(m.segments)) throw damaged("manifest");
  let n = 0;
  for (const s of m.segments) {
    if (!/^[\w-]+$/.test(s.dir) || !number(s.n) || typeof s.facets !== "string" || !s.months.every(number)) throw damaged("manifest");
    s.forms = readKeys(s.keys);
    s.firsts = Array.from(s.letters);
    if (s.months.reduce((sum, x, i) => i % 2 ? sum + x : sum, 0) !== s.n) throw damaged("months");
    n += s.n;
  }
  if (n !== m.n) throw damaged("number of documents");
  return m;
}

// A Segment is a stretch of the archive: it knows where its files are.
class Segment {
  constructor(loader, { dir, n, months, forms, firsts, facets }, base) {
    this.loader = loader;
    this.dir = dir;
    this.n = n;
    this.months = months;
    this.keys = forms; // that term shards begin with
    this.letters = firsts; // of which there are spelling lists
    this.kinds = facets; // of which there are names
    this.base = base; // the whole number of its first document
  }

  // get returns what read makes of the file with a name, as "t/0123abcd".
  get(name, read) { return this.loader.get("s/" + this.dir + "/" + name, name[0], read); }

  // shardOf returns the number of the term shard that a form is in, if any.
  shardOf(form) {
    let low = 0, high = this.keys.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (compareForms(this.keys[middle], form) <= 0) low = middle;
      else high = middle;
    }
    return low;
  }

  // shard returns the entries of a term shard by form, each with its name.
  shard(number) {
    const name = shardName(this.keys[number]);
    return this.get("t/" + name, (bytes) => {
      const entries = readTerms(bytes, this.n);
      for (const e of entries.values()) e.name = name;
      return entries;
    });
  }

  // find returns the entry of a form or of that which it stands for, or
  // undefined.
  async find(form) {
    const entry = (await this.shard(this.shardOf(form))).get(form);
    if (!entry || entry.kind !== seeOther) return entry;
    const other = (await this.shard(this.shardOf(entry.see))).get(entry.see);
    return other && other.kind !== seeOther ? other : undefined;
  }

  // facets returns all topics, persons … of the segment: [name, form, number of
  // documents] each.
  async facets(letter) { return this.kinds.includes(letter) ? this.get("f/" + letter, readRows) : []; }

  // parts returns the parts that the list of an entry is kept in: {entry, n,
  // first, end, file, slot} with the documents that it may hold.
  parts(entry) {
    const part = { entry, n: entry.df, first: 0, end: this.n, file: "", slot: entry.place };
    if (entry.kind === inPlace) return [part];
    if (entry.kind === packed) return [Object.assign(part, { file: entry.name + "-" + entry.k, slot: entry.i })];
    const parts = [], size = 2 ** entry.bits;
    entry.blocks.forEach((n, b) => {
      if (n === 0) return;
      const file = entry.name + "-" + (entry.k + parts.length);
      parts.push({ entry, n, first: b * size, end: Math.min(this.n, (b + 1) * size), file, slot: 0 });
    });
    return parts;
  }

  // list returns a part's postings. It fails with code "stale" when its file is
  // of another build than the term shard.
  async list(part) {
    const list = part.file ? (await this.get("l/" + part.file, readPack))[part.slot] : { n: part.n, bytes: part.entry.list };
    return this.matching(part, () => {
      if (list.n !== part.n) throw damaged("number of postings");
      return readList(list.bytes, part.n, part.first, part.end);
    });
  }

  // slices returns what the file has that a part's positions are in.
  slices(part) { return this.get("p/" + (part.file || part.entry.name), readSlices); }

  // positions returns the positions of a part's postings, as readPositions
  // does; it fails as list does.
  async positions(part, list) {
    const slices = await this.slices(part);
    return this.matching(part, () => readPositions(slices[part.slot], list));
  }

  // matching returns what read does, which tells whether files belong together.
  matching(part, read) {
    try {
      return read();
    } catch (e) {
      throw failure("stale", this.dir + "/" + part.entry.name + " (" + e.message + ")");
    }
  }

  // cards returns the cards of the file that document doc is in.
  cards(doc) { return this.get("c/" + (doc >> 2), readRows); }

  // range returns from which document to before which one the dates lie from
  // one to another, each a day, a month, a year or "". Undated ones are not
  // among them.
  async range(from, to) {
    const [low, high] = await Promise.all([this.bound(from || "0001", false), this.bound(to || "9999", true)]);
    return [low, Math.max(low, high)];
  }

  // bound returns the number of documents before a date, and of those on it if
  // after is true.
  async bound(date, after) {
    const [year, month, day] = date.split("-").map(Number);
    // Of months, those below count; years without month come first in theirs.
    const limit = month ? 100 * year + month + (after && !day ? 1 : 0) : 100 * (year + (after ? 1 : 0));
    let low = 0, i = 0;
    for (; i < this.months.length && (this.months[i] < limit || this.months[i] === 0); i += 2) low += this.months[i + 1];
    if (!day || this.months[i] !== limit) return low;
    let high = low + this.months[i + 1];
    while (low < high) {
      const middle = (low + high) >> 1, card = (await this.cards(middle))[middle & 3];
      if (!card) throw failure("stale", this.dir + " (cards)");
      const before = after ? card[2] <= date : card[2] < date;
      if (before) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
