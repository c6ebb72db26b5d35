// What the page says: texts, numbers and dates, written as on the archive's other pages.
// They stand in the template #texts, which the layout fills in the site's language.

const said = document.getElementById("texts");
const plurals = new Intl.PluralRules(document.documentElement.lang);

// say returns the text of a key, with strings in the place of its %s, or %[1]s and %[2]s.
function say(key, ...strings) {
  let next = 0;
  const found = said.content.querySelector(`[data-key="${key}"]`);
  return found ? found.textContent.replace(/%(?:\[(\d)\])?s/g, (verb, n) => strings[n ? n - 1 : next++]) : "";
}

// sayAround returns the text of a key as nodes, with a node in the place of its %s.
function sayAround(key, node) {
  const [before, after] = say(key, "\0").split("\0");
  return [before, node, after || ""];
}

// sayCount returns a text for n things in the right plural form.
function sayCount(key, n) {
  const number = writeNumber(n);
  return say(`${key}.${plurals.select(n)}`, number) || say(`${key}.other`, number);
}

// The template has 1234567890 as the language writes it: its digits, and what groups them.
const writing = Array.from(said.dataset.numbers);
const grouping = writing.length > 10 ? writing[1] : "";
const numerals = writing.filter(c => c !== grouping);

// writeDigits writes a number without grouping, as years are.
function writeDigits(n) {
  return String(n).replace(/\d/g, d => numerals[(Number(d) + 9) % 10]);
}

function writeNumber(n) {
  const plain = String(n);
  return writeDigits(plain.length < 5 ? plain : plain.replace(/\B(?=(\d{3})+$)/g, grouping));
}

// writeDate writes "2024", "2024-05" or "2024-05-17". No time zone can shift it.
function writeDate(date) {
  const [year, month, day] = date.split("-").map(Number);
  if (!month) return writeDigits(year);
  const names = day ? said.dataset.monthsInDate : said.dataset.months;
  const values = { y: writeDigits(year), month: names.split("|")[month - 1], d: writeDigits(day) };
  return say(day ? "day" : "month").replace(/\{(\w+)\}/g, (all, name) => values[name]);
}

// writeSpan writes from when to when; either may be "".
function writeSpan(from, to) {
  if (from === to) return writeDate(from);
  if (!to) return say("since", writeDate(from));
  if (!from) return say("until", writeDate(to));
  return `${writeDate(from)} – ${writeDate(to)}`;
}

// readDate reads what was typed as a date, the year first or last, in any digits. It returns
// 2024-05-17, 2024-05 or 2024; "" when nothing was typed, and null when it is no date.
function readDate(typed) {
  const plain = typed.trim().replace(/[\u0660-\u0669\u06f0-\u06f9]/g, d => d.charCodeAt(0) & 15);
  if (!plain) return "";
  const parts = plain.split(/[-\u2010-\u2013./\s年月日]+/).filter(Boolean);
  if (parts[0].length < 4) parts.reverse();
  const [year, month = "1", day = "1"] = parts;
  const date = new Date(`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T00:00:00Z`);
  if (parts.length > 3 || !/^\d{4}$/.test(year) || isNaN(date) || date.getUTCDate() !== Number(day)) return null;
  return date.toISOString().slice(0, [4, 7, 10][parts.length - 1]);
}

// languageName returns what a language calls itself.
function languageName(tag) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag);
  } catch (err) {
    return tag; // an old browser, or no language
  }
}

// element makes an element. What stands in it is nodes and plain text, never markup.
function element(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const key of Object.keys(attributes)) {
    if (attributes[key] !== undefined) made.setAttribute(key, attributes[key]);
  }
  made.append(...inside);
  return made;
}

// fill puts nodes and strings in the place of what an element holds.
function fill(parent, ...inside) {
  parent.textContent = "";
  parent.append(...inside);
}
