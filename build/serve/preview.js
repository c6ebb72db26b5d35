// Keeps a page of the preview up to date. The server adds it to the pages that
// it shows; it stands in no file of public/.
(() => {
	"use strict";
	const tag = document.currentScript;
	const site = tag.dataset.site;
	const missing = "missing" in tag.dataset;
	let version = tag.dataset.version;
	let styles = tag.dataset.styles;
	const sheets = () => [...document.querySelectorAll('link[rel~="stylesheet" i]')];

	// A browser opens six connections to a server. So only a page that can be
	// seen keeps one; the others look when they are shown again.
	let events = null;
	const listen = () => {
		if (document.visibilityState === "hidden") {
			events?.close();
			events = null;
		} else if (!events || events.readyState === EventSource.CLOSED) {
			events = new EventSource("/_backfile/events");
			events.onmessage = (e) => told(JSON.parse(e.data));
			events.onerror = () => setTimeout(listen, 1000);
		}
	};
	document.addEventListener("visibilitychange", listen);
	addEventListener("pagehide", () => { events?.close(); events = null; });
	addEventListener("pageshow", listen);

	let busy = Promise.resolve();
	const told = (state) => {
		busy = busy.then(() => heed(state)).catch(() => {}); // the server has gone: it is asked again when it is back
	};

	const heed = async (state) => {
		if (state.follow && location.pathname !== site + state.follow) {
			location.assign(site + state.follow);
			return;
		}
		const broken = state.problems.length > 0;
		const now = await (await fetch("/_backfile/version?page=" + encodeURIComponent(location.pathname), { cache: "no-store" })).json();
		// A broken article has no page any more: its last good one stays in view.
		const lost = now.status !== 200 && !missing && broken;
		if (now.version !== version && !lost) {
			version = now.version;
			location.reload(); // at the place where the reader is
			return;
		}
		if (now.version === version) restyle(now.styles);
		show(state);
	};

	// restyle puts new style sheets in the place of those that have changed.
	const restyle = (now) => {
		if (now === styles) return;
		const before = styles.split(" ");
		const after = now.split(" ");
		styles = now;
		sheets().forEach((old, i) => {
			if (before[i] === after[i]) return;
			const sheet = old.cloneNode();
			const url = new URL(old.href);
			url.searchParams.set("version", after[i]);
			sheet.href = url.href;
			sheet.onload = sheet.onerror = () => old.remove(); // until then the page keeps its looks
			old.after(sheet);
		});
	};

	// The overlay stands beside the page, not in it: no style of the page
	// reaches it.
	const look = `
		:host { all: initial; }
		section { position: fixed; z-index: 2147483647; inset: auto 0 0 0; max-height: 75vh; overflow: auto; box-sizing: border-box;
			padding: 1rem 1.5rem 1.5rem; background: #1d1b1a; color: #f5f2ee; border-top: 4px solid #e5484d; box-shadow: 0 -1rem 3rem #0008;
			font: 16px/1.45 system-ui, sans-serif; direction: ltr; text-align: left; }
		h2 { font-size: 1.15rem; margin: 0 6rem .5rem 0; }
		p { margin: .25rem 0; }
		ol { margin: 0; padding: 0; list-style: none; }
		li { margin: 1rem 0 0; overflow-wrap: anywhere; }
		.place { font-family: ui-monospace, monospace; color: #ff9a9d; }
		.help { color: #9fe0b0; }
		pre { margin: .5rem 0; padding: .5rem .75rem; overflow-x: auto; background: #0006; font: 14px/1.5 ui-monospace, monospace; }
		button { position: absolute; top: .9rem; right: 1.5rem; font: inherit; padding: .15rem .75rem; color: inherit; background: none; border: 1px solid currentColor; border-radius: .25rem; cursor: pointer; }
		section.small { inset: auto 1rem 1rem auto; padding: 0; border: 0; box-shadow: none; background: none; overflow: visible; }
		section.small button { position: static; background: #e5484d; color: #fff; border: 0; padding: .35rem .9rem; }
	`;
	const hiddenKey = "backfile-hidden";
	let host = null;

	const element = (name, text, kind) => {
		const e = document.createElement(name);
		if (text) e.textContent = text;
		if (kind) e.className = kind;
		return e;
	};
	const count = (n) => n === 1 ? "1 problem" : n + " problems";

	const show = (state) => {
		host?.remove();
		host = null;
		const total = state.problems.length + state.more;
		if (total === 0) {
			sessionStorage.removeItem(hiddenKey);
			return;
		}
		const what = JSON.stringify(state.problems);
		host = element("backfile-problems");
		const root = host.attachShadow({ mode: "open" });
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(look);
		root.adoptedStyleSheets = [sheet];
		const small = sessionStorage.getItem(hiddenKey) === what;
		const toggle = element("button", small ? count(total) : "Hide");
		toggle.type = "button";
		toggle.onclick = () => {
			if (small) sessionStorage.removeItem(hiddenKey);
			else sessionStorage.setItem(hiddenKey, what);
			show(state);
		};
		const box = element("section", "", small ? "small" : "");
		box.setAttribute("role", "alert");
		if (!small) {
			box.append(element("h2", count(total) + (total === 1 ? " keeps" : " keep") + " the archive from being up to date"));
			box.append(element("p", state.held
				? "This is the archive as it was before. It goes on when the following is mended."
				: "The following is left out until it is mended; all else is up to date."));
			const list = element("ol");
			for (const p of state.problems) {
				const item = element("li");
				if (p.place) item.append(element("p", p.place, "place"));
				item.append(element("p", p.msg));
				if (p.excerpt) item.append(element("pre", p.excerpt));
				if (p.help) item.append(element("p", p.help, "help"));
				list.append(item);
			}
			if (state.more) list.append(element("li", "and " + state.more + " more"));
			box.append(list);
		}
		box.append(toggle);
		root.append(box);
		document.documentElement.append(host);
	};
	document.addEventListener("keydown", (e) => {
		if (e.key === "Escape" && host?.shadowRoot.querySelector("section:not(.small)")) host.shadowRoot.querySelector("button").click();
	});

	listen();
})();
