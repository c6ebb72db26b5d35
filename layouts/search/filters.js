// The filters: those that are set, as buttons that remove them; years; and lists of topics, sources …

const kinds = ["topic", "person", "place", "source", "author", "lang"];
// More years than these are shown by decade.
const mostRows = 30;
// So many values of a list are shown before "more".
const firstValues = 10;

const chips = document.getElementById("chips");
const bars = document.getElementById("bars");
const dateFields = { from: document.getElementById("from"), to: document.getElementById("to") };
const facets = Array.from(document.querySelectorAll("[data-kind]"));

function filterCount(asked) {
  return kinds.reduce((n, kind) => n + asked[kind].length, asked.from || asked.to ? 1 : 0);
}

// noFilters is the change that removes them all.
function noFilters() {
  return kinds.reduce((change, kind) => Object.assign(change, { [kind]: [] }), { from: "", to: "" });
}

function valueName(kind, label) {
  return kind === "lang" ? languageName(label) : label;
}

// drawChips shows each filter that is set, with a button to remove it.
function drawChips() {
  fill(chips);
  const chip = (label, change) => {
    const button = element("button", { type: "button", "aria-label": say("remove", label) }, element("bdi", {}, label), element("span", { "aria-hidden": "true" }, " ×"));
    button.addEventListener("click", () => navigate(change));
    chips.append(element("li", {}, button));
  };
  if (state.from || state.to) chip(writeSpan(state.from, state.to), { from: "", to: "" });
  for (const kind of kinds) {
    for (const label of state[kind]) chip(valueName(kind, label), { [kind]: state[kind].filter(other => other !== label) });
  }
  chips.hidden = !chips.firstChild;
  if (filterCount(state) > 1) chips.append(element("li", {}, link(noFilters(), say("clear"))));
}

// rows cuts the time of an answer into years, decades, or months of the one year that is asked for.
// Without a year first is infinite, and there is no row.
function rows(r) {
  const years = Array.from(r.years.keys()).filter(Boolean);
  const first = Math.min(...years), last = Math.max(...years);
  const made = [];
  const add = (from, to, n, name = writeSpan(from, to)) => made.push({ from, to, n, name });
  const year = y => String(y).padStart(4, "0");
  if (first === last && state.from.slice(0, 4) === year(first) && state.to.slice(0, 4) === year(first)) {
    for (let m = 1; m <= 12; m++) {
      const month = `${year(first)}-${String(m).padStart(2, "0")}`;
      add(month, month, r.months.get(first * 100 + m) || 0, said.dataset.months.split("|")[m - 1]);
    }
    return made;
  }
  const step = last - first < mostRows ? 1 : 10;
  for (let y = first - (first % step); y <= last; y += step) {
    let n = 0;
    for (let i = y; i < y + step; i++) n += r.years.get(i) || 0;
    add(year(y), year(y + step - 1), n);
  }
  return made;
}

// wholeArchive is an answer's years when nothing is asked, as the manifest has them.
function wholeArchive() {
  const years = new Map();
  for (const { months } of index.segments) {
    for (let i = 0; i < months.length; i += 2) {
      const year = Math.floor(months[i] / 100);
      years.set(year, (years.get(year) || 0) + months[i + 1]);
    }
  }
  return { years };
}

// drawBars shows how many articles each year has; a click keeps those alone.
function drawBars(r) {
  fill(bars);
  const all = rows(r || wholeArchive());
  const most = Math.max(1, ...all.map(row => row.n));
  for (const { from, to, n, name } of all) {
    const bar = element("i", { "aria-hidden": "true" });
    bar.style.inlineSize = `${(n / most) * 100}%`;
    const inside = [element("span", {}, name), element("b", {}, bar), element("small", { "aria-hidden": "true" }, writeNumber(n))];
    const label = `${writeSpan(from, to)}${say("comma")} ${sayCount("articles", n)}`;
    bars.append(element("li", {}, n ? link({ from, to }, inside, { "aria-label": label }) : element("span", {}, ...inside)));
  }
}

// drawDates shows the filter by date in its fields.
function drawDates() {
  for (const name of Object.keys(dateFields)) {
    dateFields[name].value = state[name];
    dateFields[name].removeAttribute("aria-invalid");
  }
}

// readDates takes over what was typed in the fields, unless it is no date.
function readDates() {
  const change = {};
  for (const name of Object.keys(dateFields)) {
    change[name] = readDate(dateFields[name].value);
    if (change[name] === null) dateFields[name].setAttribute("aria-invalid", "true");
    else dateFields[name].removeAttribute("aria-invalid");
  }
  if (change.from === null || change.to === null) return;
  if (change.from && change.to && change.from.slice(0, change.to.length) > change.to) {
    [change.from, change.to] = [change.to, change.from];
  }
  navigate(change);
}

// hideEmpty hides the lists of which the archive has nothing.
function hideEmpty() {
  for (const facet of facets) {
    const kind = facet.dataset.kind;
    facet.hidden = !state[kind].length && !index.segments.some(s => s.kinds.includes(facetLetters[kind]));
  }
}

// loadFacet fills the list of one kind, when it is open: each kind costs files. Values of one kind
// widen what is found, so their numbers are those without the ones that are chosen.
async function loadFacet(facet) {
  const kind = facet.dataset.kind, answer = lastAnswer;
  if (!facet.open || facet.shown === answer) return;
  facet.shown = answer;
  try {
    await opened();
    let r = answer;
    if (answer && state[kind].length) {
      const wider = Object.assign({}, state, { [kind]: [] });
      r = isAsked(wider) ? await ask(wider, { aborted: false }) : null;
    }
    const values = await index.facet(kind, r);
    if (lastAnswer === answer) drawFacet(facet, values);
  } catch (err) {
    facet.shown = undefined;
    if (lastAnswer === answer) failed(err);
  }
}

// drawFacet shows the values of a kind, the chosen ones first.
function drawFacet(facet, values) {
  const kind = facet.dataset.kind, chosen = state[kind];
  const focused = document.activeElement.value;
  const hadFocus = facet.contains(document.activeElement) && document.activeElement.type === "checkbox";
  const missing = chosen.filter(label => !values.some(v => v.label === label)).map(label => ({ label, count: 0 }));
  const all = values.filter(v => chosen.includes(v.label)).concat(missing, values.filter(v => !chosen.includes(v.label)));
  const old = facet.querySelector("input[type=search]");
  const box = element("input", { type: "search", autocomplete: "off", "aria-label": say("within"), placeholder: say("within") });
  box.value = old ? old.value : "";
  const rows = element("ul", { "aria-label": facet.querySelector("summary").textContent });
  const more = element("button", { type: "button" }, say("more"));
  let most = facet.most || firstValues;
  const draw = () => {
    const found = all.filter(v => fold(valueName(kind, v.label)).includes(fold(box.value)));
    fill(rows, ...found.slice(0, most).map(v => drawValue(kind, v)));
    if (!found.length) rows.append(element("li", {}, say("none")));
    more.hidden = found.length <= most;
  };
  box.addEventListener("input", draw);
  more.addEventListener("click", () => {
    const next = rows.children.length;
    facet.most = most += 50;
    draw();
    rows.children[next].querySelector("input").focus();
  });
  draw();
  while (facet.children.length > 1) facet.lastChild.remove();
  facet.append(...(all.length > firstValues ? [box] : []), rows, more);
  if (hadFocus) (Array.from(rows.querySelectorAll("input")).find(i => i.value === focused) || facet.querySelector("summary")).focus();
}

// drawValue is one value with its box to tick.
function drawValue(kind, { label, count }) {
  const box = element("input", { type: "checkbox", value: label, autocomplete: "off" });
  box.checked = state[kind].includes(label);
  box.addEventListener("change", () => {
    navigate({ [kind]: box.checked ? state[kind].concat(label) : state[kind].filter(other => other !== label) });
  });
  return element("li", {}, element("label", {}, box, element("span", {}, element("bdi", {}, valueName(kind, label))), element("small", {}, writeNumber(count))));
}
