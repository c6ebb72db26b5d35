// Decompression, since browsers have it in none that is older than 2023: zlib
// (RFC 1950) around DEFLATE (RFC 1951), whole payloads in memory.

// No payload of an index is near this size; damaged bytes could ask for any.
const maxInflated = 1 << 26;

// Base and extra bits of the lengths 257 to 285 and of the distances 0 to 29.
const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

// The order in which a block tells how long the codes of its code lengths are.
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

// damaged returns the error for bytes that no index holds.
function damaged(what) {
  const e = new Error("damaged: " + what);
  e.code = "damaged";
  return e;
}

// codeTable returns the table that decodes a Huffman code, given the length of
// each symbol's code: with the next bits of the input as its index, an entry is
// symbol << 4 | length, or 0 where there is no code. It throws when the lengths
// are no code, or one with gaps other than a lonely first code.
function codeTable(lengths) {
  const count = new Uint16Array(16);
  let most = 1;
  for (const n of lengths) {
    count[n]++;
    if (n > most) most = n;
  }
  count[0] = 0;
  const next = new Uint16Array(17);
  let left = 1;
  for (let n = 1; n <= 15; n++) {
    left = 2 * left - count[n];
    if (left < 0) throw damaged("too many codes");
    next[n + 1] = (next[n] + count[n]) << 1;
  }
  if (left > 0 && most > 1) throw damaged("too few codes");
  const table = new Uint16Array(1 << most);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const n = lengths[symbol];
    if (n === 0) continue;
    let at = 0;
    for (let code = next[n]++, i = 0; i < n; i++, code >>= 1) at = at << 1 | code & 1;
    for (; at < table.length; at += 1 << n) table[at] = symbol << 4 | n;
  }
  return table;
}

// fixedTables returns the tables of blocks that bring none; made once.
let fixed = null;
function fixedTables() {
  if (!fixed) {
    const lengths = new Uint8Array(288).fill(8);
    lengths.fill(9, 144, 256).fill(7, 256, 280);
    fixed = [codeTable(lengths), codeTable(new Uint8Array(32).fill(5))];
  }
  return fixed;
}

// An Inflater reads DEFLATE from src, beginning at byte at.
class Inflater {
  constructor(src, at) {
    this.src = src;
    this.at = at;
    this.hold = 0;
    this.bits = 0;
    this.out = new Uint8Array(Math.max(1024, src.length * 4));
    this.n = 0;
  }

  // take returns the next n bits, at most 16. It throws at the end of src.
  take(n) {
    while (this.bits < n) {
      if (this.at >= this.src.length) throw damaged("cut off");
      this.hold |= this.src[this.at++] << this.bits;
      this.bits += 8;
    }
    const value = this.hold & (1 << n) - 1;
    this.hold >>>= n;
    this.bits -= n;
    return value;
  }

  // symbol returns the next symbol of a code. It throws where there is none.
  symbol(table) {
    while (this.bits < 15 && this.at < this.src.length) {
      this.hold |= this.src[this.at++] << this.bits;
      this.bits += 8;
    }
    const entry = table[this.hold & table.length - 1], n = entry & 15;
    if (n === 0 || n > this.bits) throw damaged("no code");
    this.hold >>>= n;
    this.bits -= n;
    return entry >> 4;
  }

  // run returns all that there is.
  run() {
    for (let last = 0; !last;) {
      last = this.take(1);
      switch (this.take(2)) {
        case 0: this.stored(); break;
        case 1: this.block(...fixedTables()); break;
        case 2: this.block(...this.tables()); break;
        default: throw damaged("no such block");
      }
    }
    // Whole bytes that were read ahead go back.
    this.at -= this.bits >> 3;
    return this.out.slice(0, this.n);
  }

  // room makes out large enough for n bytes more.
  room(n) {
    if (this.n + n <= this.out.length) return;
    if (this.n + n > maxInflated) throw damaged("too large");
    const out = new Uint8Array(Math.max(2 * this.out.length, this.n + n));
    out.set(this.out.subarray(0, this.n));
    this.out = out;
  }

  // stored copies a block that is not compressed.
  stored() {
    this.take(this.bits & 7);
    const n = this.take(16);
    if ((this.take(16) ^ n) !== 0xFFFF) throw damaged("length");
    this.at -= this.bits >> 3;
    this.hold = this.bits = 0;
    if (this.at + n > this.src.length) throw damaged("cut off");
    this.room(n);
    this.out.set(this.src.subarray(this.at, this.at + n), this.n);
    this.at += n;
    this.n += n;
  }

  // tables reads the tables of literals and of distances that a block brings.
  tables() {
    const literals = this.take(5) + 257, distances = this.take(5) + 1, codes = this.take(4) + 4;
    if (literals > 286 || distances > 30) throw damaged("too many symbols");
    const order = new Uint8Array(19);
    for (let i = 0; i < codes; i++) order[lengthOrder[i]] = this.take(3);
    const table = codeTable(order);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length;) {
      const s = this.symbol(table);
      if (s < 16) {
        lengths[i++] = s;
        continue;
      }
      if (s === 16 && i === 0) throw damaged("nothing to repeat");
      const value = s === 16 ? lengths[i - 1] : 0;
      const n = s === 16 ? 3 + this.take(2) : s === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (i + n > lengths.length) throw damaged("too many lengths");
      lengths.fill(value, i, i + n);
      i += n;
    }
    if (lengths[256] === 0) throw damaged("no end");
    return [codeTable(lengths.subarray(0, literals)), codeTable(lengths.subarray(literals))];
  }

  // block decodes a block with the tables of its literals and distances. The
  // state is in local variables, which makes it several times as fast.
  block(literals, distances) {
    const src = this.src, end = src.length, literalMask = literals.length - 1, distanceMask = distances.length - 1;
    let { at, hold, bits, out, n } = this;
    for (;;) {
      for (; bits < 15 && at < end; bits += 8) hold |= src[at++] << bits;
      let entry = literals[hold & literalMask], size = entry & 15, symbol = entry >> 4;
      if (size === 0 || size > bits) throw damaged("no code");
      hold >>>= size;
      bits -= size;
      if (n + 258 > out.length) {
        this.n = n;
        this.room(258);
        out = this.out;
      }
      if (symbol < 256) {
        out[n++] = symbol;
        continue;
      }
      if (symbol === 256) break;
      symbol -= 257;
      if (symbol > 28) throw damaged("no such length");
      // Where the input ends there are zeros; bits tells in the end.
      for (; bits < 20 && at < end; bits += 8) hold |= src[at++] << bits;
      size = lengthBits[symbol];
      let length = lengthBase[symbol] + (hold & (1 << size) - 1);
      hold >>>= size;
      bits -= size;
      entry = distances[hold & distanceMask];
      size = entry & 15;
      symbol = entry >> 4;
      if (size === 0 || symbol > 29) throw damaged("no code");
      hold >>>= size;
      bits -= size;
      for (; bits < 13 && at < end; bits += 8) hold |= src[at++] << bits;
      size = distanceBits[symbol];
      let from = n - distanceBase[symbol] - (hold & (1 << size) - 1);
      hold >>>= size;
      bits -= size;
      if (bits < 0 || !(from >= 0)) throw damaged("distance");
      for (; length > 0; length--) out[n++] = out[from++];
    }
    Object.assign(this, { at, hold, bits, n });
  }
}

// adler32 returns the checksum of RFC 1950.
function adler32(bytes) {
  let a = 1, b = 0;
  for (let i = 0; i < bytes.length;) {
    // The sums stay below 2^32 for as many bytes.
    for (const end = Math.min(bytes.length, i + 3800); i < end; i++) b += a += bytes[i];
    a %= 65521;
    b %= 65521;
  }
  return (b << 16 | a) >>> 0;
}

// inflate returns what a whole zlib stream holds. It throws an Error with code
// "damaged" for any other bytes, and for more than maxInflated.
function inflate(bytes) {
  const head = bytes[0] << 8 | bytes[1];
  if (bytes.length < 6 || (head & 0x8F20) !== 0x0800 || head % 31 !== 0) throw damaged("no zlib stream");
  const inflater = new Inflater(bytes, 2), out = inflater.run(), at = inflater.at;
  if (at + 4 !== bytes.length) throw damaged("cut off");
  const sum = (bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]) >>> 0;
  if (sum !== adler32(out)) throw damaged("checksum");
  return out;
}
