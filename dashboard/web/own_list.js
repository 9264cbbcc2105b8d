// A list of one's own: trials that a visitor keeps, with notes, in this browser's storage and nowhere else.
//
// Links of the pages act on it: "#keep-IDS" puts trials on the list, "#drop-IDS" takes them off, "#my-list?QUERY" opens
// the page of the list with its ids in the address. Of a pair of keep and drop, only the one that fits is shown. Notes
// are written in fields of this script; Streamlit does not know them, so they are never sent. A browser that keeps
// nothing for a site has the list until its window is closed, and in the address.
(() => {
  "use strict";

  const NAME = "trial-tracker.list";
  const ID = /^NCT\d{8}$/;
  const ASKED = /#(keep|drop)-([A-Z0-9,]+)$/;
  const LONGEST = 4000; // letters of a note
  const MOST = 500; // trials; an address of more is refused by the server

  let window_ = {}; // the list of this window, where the browser keeps nothing
  let keeps = true;

  const read = () => {
    let found;
    try {
      found = JSON.parse(localStorage.getItem(NAME) || "{}");
    } catch (error) {
      keeps = error instanceof SyntaxError; // what cannot be read was not written by this script: begin anew
      return keeps ? {} : window_;
    }
    const trials = Object.entries(found?.trials || {}).filter(([id, note]) => ID.test(id) && typeof note === "string");
    return keeps ? Object.fromEntries(trials) : window_;
  };

  const write = (trials) => {
    window_ = trials;
    try {
      localStorage.setItem(NAME, JSON.stringify({ trials }));
      keeps = true;
    } catch (error) {
      keeps = false;
    }
  };

  const open = (link, how) => {
    history[how]({}, "", new URL(link, document.baseURI));
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  };

  const idsOf = (text) => text.split(",").filter((id) => ID.test(id));

  // The page of a list shows what its address names, so that a link to it is the list.
  const listed = () => {
    const query = new URLSearchParams(location.search);
    return query.get("mine") ? idsOf(query.get("ids") || "") : null;
  };

  const showListed = (ids, how = "pushState") => {
    const query = new URLSearchParams(location.search);
    if (ids.length) query.set("ids", ids.join(","));
    else query.delete("ids");
    open(`${location.pathname}?${String(query).replaceAll("%2C", ",")}`, how);
  };

  const keep = (ids) => {
    const trials = read();
    ids.forEach((id) => { if (Object.keys(trials).length < MOST) trials[id] ??= ""; });
    write(trials);
  };

  const drop = (ids) => {
    const trials = read();
    ids.forEach((id) => delete trials[id]);
    write(trials);
    const shown = listed();
    if (shown?.some((id) => ids.includes(id))) showListed(shown.filter((id) => !ids.includes(id)));
  };

  const field = (id, trials) => {
    const label = document.createElement("label");
    const area = document.createElement("textarea");
    area.value = trials[id] || "";
    area.maxLength = LONGEST;
    area.rows = 2;
    area.addEventListener("input", () => write({ ...read(), [id]: area.value }));
    // The page's own shortcuts are not meant while somebody writes.
    area.addEventListener("keydown", (event) => event.stopPropagation());
    label.append(`Note on ${id}`, area);
    return label;
  };

  const NOTES = {
    kept: "Your notes stay in this browser and are never sent. They are not in the link or in a file you save; print the page to take them along.",
    not: "This browser keeps nothing for this site: your list is in the address of this page, and notes are gone when you close the window.",
  };

  const drawNotes = (place) => {
    const ids = listed() || [];
    const trials = read();
    const state = `${ids} ${keeps}`;
    let notes = place.querySelector(".device-notes");
    if (notes?.dataset.state === state) return;
    notes?.remove();
    notes = document.createElement("div");
    notes.className = "device-notes";
    notes.dataset.state = state;
    const said = document.createElement("p");
    said.textContent = keeps ? NOTES.kept : NOTES.not;
    notes.append(said, ...ids.map((id) => field(id, trials)));
    place.append(notes);
  };

  const set = (part, name, value) => {
    if (part.getAttribute(name) !== value) part.setAttribute(name, value);
  };

  const look = () => {
    const links = document.querySelectorAll('a[href*="#keep-"], a[href*="#drop-"], a[href*="#my-list"]');
    const places = document.querySelectorAll(".st-key-my_notes");
    if (!links.length && !places.length) return;
    const trials = read();
    // An address of a list that names no trial means the list of this browser.
    if (listed()?.length === 0 && Object.keys(trials).length) showListed(Object.keys(trials), "replaceState");
    links.forEach((link) => {
      const [, what, text] = ASKED.exec(link.getAttribute("href")) || [];
      if (!what) return set(link, "data-count", ` (${Object.keys(trials).length})`);
      const all = idsOf(text).every((id) => id in trials);
      const onPage = listed()?.some((id) => idsOf(text).includes(id));
      return set(link, "data-fits", String(what === "keep" ? !all : all || Boolean(onPage)));
    });
    places.forEach(drawNotes);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href*="#keep-"], a[href*="#drop-"], a[href*="#my-list"]');
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const href = link.getAttribute("href");
    const [, what, text] = ASKED.exec(href) || [];
    if (what) (what === "keep" ? keep : drop)(idsOf(text));
    else {
      const ids = Object.keys(read());
      const query = href.split("#my-list?")[1] || "mine=1";
      open(`trials?${query}${ids.length ? `&ids=${ids.join(",")}` : ""}`, "pushState");
    }
    look();
  }, true);

  const style = document.createElement("style");
  style.textContent = `
    a[href*="#drop-"]:not([data-fits="true"]), a[href*="#keep-"][data-fits="false"] { display: none; }
    a[href*="#my-list"][data-count]::after { content: attr(data-count); }
    .device-notes label { display: block; margin: 8px 0; font-weight: 600; }
    .device-notes textarea { display: block; width: 100%; box-sizing: border-box; font: inherit; font-weight: 400;
      field-sizing: content; color: inherit; background: transparent; border: 1px solid #6B7682; border-radius: 4px;
      padding: 6px 8px; }
    @media print {
      .st-key-wide_window, .st-key-on_screen, [data-testid="stSidebar"], [data-testid="stHeader"],
      [data-testid="stMain"] button, [data-testid="stDownloadButton"], .mark-link { display: none !important; }
      .st-key-narrow_window { display: flex !important; }
      html, body, #root, #root > div, [data-testid="stApp"], [data-testid="stAppViewContainer"],
      [data-testid="stMain"] { position: static !important; height: auto !important; overflow: visible !important; }
      [data-testid="stMain"] [data-testid="stVerticalBlockBorderWrapper"], table tr { break-inside: avoid; }
    }`;
  document.head.append(style);

  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  addEventListener("storage", look);
  look();
})();
