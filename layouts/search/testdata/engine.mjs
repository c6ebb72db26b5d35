// The search engine outside of a browser: its sources joined, and a document
// whose script elements read from wherever the caller likes.
import fs from "node:fs";

const folder = new URL("../", import.meta.url);
const parts = ["inflate.js", "words.js", "shards.js", "load.js", "query.js", "evaluate.js", "match.js", "index.js"];
const names = ["Index", "parse", "format", "inflate", "tokens", "fold", "nameForm", "distance", "compareForms", "readTerms", "readList", "readPack", "readSlices",
  "readPositions", "readColumn", "readWords", "readJSON", "readKeys", "shardName"];

// source returns the engine as it is published: without lines of comment.
export function source() {
  return parts.map((p) => fs.readFileSync(new URL(p, folder), "utf8")).join("\n").split("\n").filter((l) => l.trim() && !l.trim().startsWith("//")).join("\n");
}

// engine returns what the sources declare. read(path, query) returns the text
// of a file, null when there is none, or undefined for one that never comes.
// log gets each address.
export function engine(read, { log = () => {}, timers = {} } = {}) {
  const window = {}, document = { currentScript: null };
  document.createElement = () => ({ remove() { this.removed = true; } });
  document.head = {
    appendChild(script) {
      const [path, query = ""] = script.src.split("?");
      log(path, query);
      Promise.resolve(read(path, query)).then((text) => {
        if (text === undefined) return;
        setImmediate(() => {
          if (text === null) return script.onerror();
          document.currentScript = script;
          try {
            new Function("__s", "__m", text)(window.__s, window.__m);
          } catch (e) {
            // A browser tells the console and goes on.
          }
          document.currentScript = null;
          script.onload();
        });
      });
    },
  };
  const make = new Function("window", "document", "setTimeout", "clearTimeout", '"use strict";\n' + source() + "\nreturn {" + names.join(", ") + "};");
  return make(window, document, timers.setTimeout || setTimeout, timers.clearTimeout || clearTimeout);
}

// fromFolder reads files below a folder search/.
export function fromFolder(dir) {
  return (path) => {
    try {
      return fs.readFileSync(dir + "/" + path, "utf8");
    } catch (e) {
      return null;
    }
  };
}
