// Checks the signed head of this copy (docs/mirror-format.md) and any one file
// of it. It asks for files of this copy only, and keeps nothing.
(function () {
"use strict";

var maxHead = 16384, maxShard = 1048576, maxFile = 1 << 28, maxStatements = 1000;
var digest = "([0-9a-f]{64})", number = "(0|[1-9][0-9]{0,15})", time = "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)";
var encoder = new TextEncoder();

// A Wrong is a file that is not as it was signed; an Unread one could not be had.
function Wrong(path) { this.path = path; }
function Unread(path) { this.path = path; }

function id(name) { return document.getElementById(name); }

// show shows some of the sentences of a box, and none of the others.
function show(box, states) {
  id(box).hidden = false;
  id(box).querySelectorAll("[data-state]").forEach(function (p) {
    p.hidden = states.indexOf(p.dataset.state) < 0;
  });
}

function hex(bytes) {
  return Array.from(bytes, function (b) { return (b + 256).toString(16).slice(1); }).join("");
}

function same(a, b) { return hex(a) === hex(b); }

async function sha(bytes) { return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)); }

// drain reads a stream of at most so many bytes.
async function drain(stream, most, path) {
  var reader = stream.getReader(), parts = [], size = 0;
  for (;;) {
    var next = await reader.read();
    if (next.done) { break; }
    size += next.value.length;
    if (size > most) {
      reader.cancel().catch(function () {});
      throw new Wrong(path);
    }
    parts.push(next.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// get reads a file of this copy.
async function get(path, most) {
  var answer;
  try {
    answer = await fetch(path.split("/").map(encodeURIComponent).join("/"), { cache: "no-cache", credentials: "omit" });
    if (answer.ok) { return await drain(answer.body, most, path); }
  } catch (e) {
    throw e instanceof Wrong ? e : new Unread(path);
  }
  throw new Unread(path);
}

// unzip is the text of a shard; some hosts send .gz files unpacked.
async function unzip(bytes, size, path) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) { return bytes; }
  try {
    return await drain(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")), size, path);
  } catch (e) {
    throw new Wrong(path);
  }
}

function utf8(bytes, path) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (e) {
    throw new Wrong(path);
  }
}

function base64(text, path) {
  try {
    return Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); });
  } catch (e) {
    throw new Wrong(path);
  }
}

// open takes a signed note apart.
function open(bytes, path) {
  var whole = utf8(bytes, path), cut = whole.lastIndexOf("\n\n");
  if (cut < 0 || whole[whole.length - 1] !== "\n") { throw new Wrong(path); }
  var lines = whole.slice(cut + 2, -1).split("\n");
  return {
    path: path, text: whole.slice(0, cut + 1),
    sigs: lines.map(function (line) {
      var m = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
      var b = m && base64(m[2], path);
      if (!m || b.length < 5) { throw new Wrong(path); }
      return { name: m[1], hash: b.slice(0, 4), sig: b.slice(4) };
    }),
  };
}

// keyOf reads a key, NAME+HASH+BASE64, of an origin.
async function keyOf(line, origin, path) {
  var m = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(line);
  if (!m || m[1] !== origin) { throw new Wrong(path); }
  var bytes = base64(m[3], path);
  var named = new Uint8Array(await new Blob([origin + "\n", bytes]).arrayBuffer());
  var hash = (await sha(named)).slice(0, 4);
  if (bytes.length !== 33 || bytes[0] !== 1 || hex(hash) !== m[2]) { throw new Wrong(path); }
  return {
    name: origin, hash: hash, print: hex((await sha(bytes)).slice(0, 16)),
    key: await crypto.subtle.importKey("raw", bytes.slice(1), "Ed25519", false, ["verify"]),
  };
}

// signers are those of keys that have signed a note. A false signature in the
// name of one of them makes the whole note bad.
async function signers(note, keys) {
  var good = [], text = encoder.encode(note.text);
  for (var key of keys) {
    for (var s of note.sigs) {
      if (s.name !== key.name || !same(s.hash, key.hash)) { continue; }
      if (!await crypto.subtle.verify("Ed25519", key.key, s.sig, text)) { throw new Wrong(note.path); }
      if (good.indexOf(key) < 0) { good.push(key); }
    }
  }
  return good;
}

async function enough(note, statement) {
  var good = await signers(note, statement.keys);
  if (good.length < statement.threshold) { throw new Wrong(note.path); }
  return good;
}

var statementForm = new RegExp("^backfile-keys/1\norigin ([^\n]+)\nnumber " + number + "\ntime " + time + "\nthreshold " + number +
  "\n((?:key [^\n]+\n)+)((?:beacon [^\n]+\n)*)((?:revoked [^\n]+\n)*)(?:prev " + digest + "\n)?$");

// follow reads the key statements up to a number, each vouched for by the one before.
async function follow(origin, last) {
  var before = null;
  for (var n = 1; n <= last; n++) {
    var path = "mirror/keys/" + n, note = open(await get(path, maxHead * 4), path), m = statementForm.exec(note.text);
    if (!m || m[1] !== origin || +m[2] !== n || (n > 1) !== (m[8] !== undefined)) { throw new Wrong(path); }
    var lines = m[5].slice(0, -1).split("\n"), next = { threshold: +m[4], keys: [], sum: hex(await sha(encoder.encode(note.text))), revoked: m[7] };
    for (var line of lines) { next.keys.push(await keyOf(line.slice(4), origin, path)); }
    if (new Set(lines).size !== lines.length || next.threshold < 1 || m[8] && (m[8] !== before.sum || !includes(m[7], before.revoked))) { throw new Wrong(path); }
    for (var key of next.keys) {
      if (includes(m[7].replace(/-/g, ""), "revoked " + key.print + "\n")) { throw new Wrong(path); }
    }
    await enough(note, next);
    if (before) { await enough(note, before); }
    before = next;
  }
  return before;
}

// includes reports whether text has every line of lines.
function includes(text, lines) {
  var all = text.split("\n");
  return lines.split("\n").every(function (l) { return all.indexOf(l) >= 0; });
}

var headForm = new RegExp("^backfile-manifest/1\norigin ([^\n]+)\nversion " + number + "\ntime " + time + "\n(?:next " + time + "\n)?files " + number +
  "\nbytes " + number + "\nroot " + digest + " " + number + "\nkeys " + number + " " + digest + "\n(?:prev " + digest + "\n)?(?:delta " + number + " " + digest + " " + number + "\n)?$");
var unsignedForm = new RegExp("^backfile-manifest/1\nfiles " + number + "\nbytes " + number + "\nroot " + digest + " " + number + "\nunsigned\n$");

// head reads and checks the head, and the root of the list; null when nobody has signed it.
async function head() {
  var path = "mirror/head", bytes = await get(path, maxHead);
  if (unsignedForm.test(utf8(bytes, path))) { return null; }
  var note = open(bytes, path), m = headForm.exec(note.text);
  if (!m || +m[2] < 1 || +m[9] < 1 || +m[9] > maxStatements) { throw new Wrong(path); }
  var statement = await follow(m[1], +m[9]);
  if (statement.sum !== m[10]) { throw new Wrong("mirror/keys/" + m[9]); }
  var h = { origin: m[1], version: m[2], time: m[3], next: m[4], files: m[5], root: m[7], size: +m[8], keys: await enough(note, statement) };
  await shard(h.root, h.size);
  return h;
}

// shard reads the lines of a shard of the list.
async function shard(sum, size) {
  var path = "mirror/m/" + sum + ".gz";
  if (size > maxShard) { throw new Wrong(path); }
  var text = await unzip(await get(path, maxShard), size, path);
  if (text.length !== size || hex(await sha(text)) !== sum) { throw new Wrong(path); }
  return utf8(text, path).split("\n").slice(0, -1).map(function (line) {
    var m = /^([df]) ([0-9a-f]{64}) ([0-9]+) ([^\n]+)$/.exec(line);
    if (!m) { throw new Wrong(path); }
    return { kind: m[1], sum: m[2], size: +m[3], path: m[4], order: hex(encoder.encode(m[4])) };
  });
}

// check compares one file with the list; it tells "good", "bad", "none" or "unread".
async function check(h, path) {
  var at = { sum: h.root, size: h.size }, order = hex(encoder.encode(path));
  try {
    for (var level = 0; level < 8; level++) {
      var lines = await shard(at.sum, at.size);
      at = lines.filter(function (l) { return l.kind === "d" ? l.order <= order : l.order === order; }).pop();
      if (!at) { return "none"; }
      if (at.kind === "f") {
        var bytes = await get(path, Math.min(at.size, maxFile));
        return hex(await sha(bytes)) === at.sum ? "good" : "bad";
      }
    }
  } catch (e) {
    return e instanceof Unread ? "unread" : "bad";
  }
  return "bad";
}

// tell shows what a head says.
function tell(h) {
  ["origin", "version", "time", "next", "files"].forEach(function (name) { id(name).textContent = h[name] || "–"; });
  h.keys.forEach(function (key) {
    id("keys").appendChild(document.createElement("div")).textContent = key.print.match(/.{4}/g).join("-");
  });
  id("facts").hidden = false;
  id("one").hidden = false;
  id("one").firstElementChild.addEventListener("submit", async function (event) {
    event.preventDefault();
    var path = id("path").value.trim();
    show("one-verdict", ["busy"]);
    show("one-verdict", [await check(h, path)]);
  });
}

// run gives the verdict.
async function run() {
  if (location.protocol === "file:") { return ["file"]; }
  if (!window.isSecureContext || !window.crypto || !crypto.subtle) { return ["insecure"]; }
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    if (!window.DecompressionStream) { return ["old"]; }
  } catch (e) {
    return ["old"];
  }
  try {
    var h = await head();
    if (!h) { return ["unsigned"]; }
    tell(h);
    return h.next && Date.parse(h.next) < Date.now() ? ["good", "stale"] : ["good"];
  } catch (e) {
    if (e.path) {
      id("where").firstElementChild.textContent = e.path;
      id("where").hidden = false;
    }
    return [e instanceof Unread ? "unread" : "bad"];
  }
}

show("verdict", ["busy"]);
run().then(function (states) { show("verdict", states); });
})();
