// The search page: what is asked stands in its address, and nowhere else. A click or a key changes
// the address; load reads it, asks the index, and hands the answer to be drawn.

// Milliseconds: without a key until the question is asked; until it is said that this takes time;
// and until the number of results is read out, so that it is not read at every key.
const typingPause = 150;
const busyPause = 400;
const speakPause = 700;

const index = new Index("");
const form = document.querySelector("form.search");
const box = document.getElementById("q");
const sort = document.getElementById("sort");
const finder = document.getElementById("finder");
const done = document.getElementById("done");
const spoken = document.getElementById("said");
const pageTitle = document.title;

let state = readState();
// The question being answered, and the last answer, null when nothing was asked.
let current = { aborted: false };
let lastAnswer = null;
// Whether the last step was made by typing, or to another page of results.
let typing = false;
let paging = false;
// Whether the archive was found to have changed since the last answer.
let renewed = false;
let typingTimer = 0, speakTimer = 0;
let opening = null;

// readState reads what is asked from the address. Where a browser forbids to change the address of
// a file, it stands behind the #.
function readState() {
  const asked = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(1) : location.search);
  const get = name => asked.get(name) || "";
  const read = { q: get("q"), from: readDate(get("from")) || "", to: readDate(get("to")) || "", sort: get("sort"), page: Math.max(1, parseInt(get("page"), 10) || 1) };
  for (const kind of kinds) read[kind] = asked.getAll(kind);
  return read;
}

// addressOf writes what readState reads.
function addressOf(asked) {
  const params = new URLSearchParams();
  for (const name of ["q", ...kinds, "from", "to", "sort"]) {
    for (const value of [].concat(asked[name])) if (value) params.append(name, value);
  }
  if (asked.page > 1) params.set("page", asked.page);
  return `?${params}`;
}

// address is that of the page with something changed. Any change but one of page leads to page 1.
function address(change) {
  return addressOf(Object.assign({}, state, { page: 1 }, change));
}

// link is a link to the page with something changed.
function link(change, inside, attributes) {
  return element("a", Object.assign({ href: address(change) }, attributes), ...[].concat(inside));
}

// navigate goes to the page with something changed; replaced, it leaves no step to go back to.
function navigate(change, replace) {
  typing = Boolean(replace);
  go(address(change), replace);
}

function go(to, replace) {
  try {
    history[replace ? "replaceState" : "pushState"](null, "", to === "?" ? location.pathname : to);
  } catch (err) {
    if (replace) location.replace(`#${to}`);
    else location.hash = to;
  }
  load();
}

// load shows what the address asks for.
function load() {
  clearTimeout(typingTimer);
  state = readState();
  if (box.value !== state.q) box.value = state.q;
  sort.value = sortOf(state);
  document.title = state.q ? `${state.q} – ${pageTitle}` : pageTitle;
  drawChips();
  drawDates();
  return run();
}

// sortOf is the order in which results stand: without words none is better than another.
function sortOf(asked) {
  if (/^(relevance|newest|oldest)$/.test(asked.sort)) return asked.sort;
  return asked.q.trim() ? "relevance" : "newest";
}

function opened() {
  if (!opening) {
    opening = index.open();
    opening.catch(() => (opening = null));
  }
  return opening;
}

// isAsked reports whether there is anything to search for: words, or filters alone.
function isAsked(asked) {
  return asked.q.trim() !== "" || filterCount(asked) > 0;
}

function ask(asked, signal) {
  const filters = { from: asked.from || undefined, to: asked.to || undefined };
  for (const kind of kinds) filters[kind] = asked[kind];
  return index.search(asked.q, { filters, sort: sortOf(asked), signal });
}

// showBusy tells that it takes longer than a blink.
function showBusy() {
  results.hidden = false;
  results.setAttribute("aria-busy", "true");
  heading.textContent = say("busy");
}

// failed tells what went wrong. What is stale is asked for anew, once: by then the index knows the
// archive as it is now. An error without a code is a mistake of ours, for the console.
function failed(err) {
  if (err.code === "stale" && !renewed) {
    renewed = true;
    return run();
  }
  showError(err);
  if (!err.code) throw err;
}

// run asks the index, and draws the answer unless another question has been asked since.
async function run() {
  current.aborted = true;
  const signal = (current = { aborted: false });
  const slow = setTimeout(() => isAsked(state) && showBusy(), busyPause);
  try {
    await opened();
    let r = null, cards = [], at = 0;
    if (isAsked(state)) {
      r = await ask(state, signal);
      if (signal.aborted) return;
      state.page = Math.min(state.page, Math.max(1, Math.ceil(r.docs.length / pageSize)));
      at = (state.page - 1) * pageSize;
      cards = await index.cards(r.docs.subarray(at, at + pageSize));
    }
    if (!signal.aborted) show(r, cards, at, signal);
  } catch (err) {
    if (!signal.aborted) await failed(err);
  } finally {
    clearTimeout(slow);
    if (!signal.aborted) results.removeAttribute("aria-busy");
  }
}

// show draws the answer, and keeps the focus where it can be kept.
function show(r, cards, at, signal) {
  const within = finder.contains(document.activeElement);
  lastAnswer = r;
  if (r) showResults(r, cards, at, signal);
  else results.hidden = !(ways.hidden = false);
  drawBars(r);
  hideEmpty();
  done.hidden = !r;
  done.textContent = `${heading.textContent} ↓`;
  facets.forEach(loadFacet);
  if (paging || (within && !finder.contains(document.activeElement))) {
    heading.focus({ preventScroll: true });
    if (paging) heading.scrollIntoView();
  }
  paging = renewed = false;
  clearTimeout(speakTimer);
  speakTimer = setTimeout(() => (spoken.textContent = r ? heading.textContent : ""), speakPause);
}

// typed asks while words are being typed. The first key makes a step to go back to, the others do not.
function typed() {
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => {
    if (box.value === state.q) return;
    const replace = typing;
    navigate({ q: box.value }, replace);
    typing = true;
  }, typingPause);
}

// submitted asks at once.
function submitted(event) {
  event.preventDefault();
  clearTimeout(typingTimer);
  navigate({ q: box.value }, typing || box.value === state.q);
  typing = false;
  // The keyboard of a phone would hide the results.
  if (matchMedia("(pointer: coarse)").matches) box.blur();
}

// followed stays on this page when a link to it is followed as usual, not into a new tab.
function followed(event) {
  const a = event.target.closest("a");
  if (!a || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const to = a.getAttribute("href");
  if (!to.startsWith("?")) return;
  event.preventDefault();
  typing = false;
  paging = pager.contains(a);
  go(to);
}

function pressed(event) {
  const field = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && event.target === box && box.value) {
    event.preventDefault();
    box.value = "";
    typed();
  }
}

function start() {
  document.getElementById("late").remove();
  document.getElementById("filters").hidden = document.getElementById("help").hidden = false;
  document.getElementById("panel").open = matchMedia("(min-width: 74rem)").matches;
  form.addEventListener("submit", submitted);
  box.addEventListener("input", typed);
  sort.addEventListener("change", () => navigate({ sort: sort.value }));
  for (const name of Object.keys(dateFields)) dateFields[name].addEventListener("change", readDates);
  for (const facet of facets) facet.addEventListener("toggle", () => loadFacet(facet));
  finder.addEventListener("click", followed);
  done.addEventListener("click", () => {
    document.getElementById("panel").open = false;
    heading.focus();
  });
  document.addEventListener("keydown", pressed);
  window.addEventListener("popstate", () => {
    typing = false;
    if (addressOf(state) !== addressOf(readState())) load();
  });
  // For those who try the index by program.
  window.backfileSearch = index;
  // A word that was typed while this was loading is the one that counts.
  if (box.value && box.value !== state.q) navigate({ q: box.value }, true);
  else load();
}

start();
