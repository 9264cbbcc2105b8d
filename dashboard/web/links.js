// A list that has two looks shows the one that fits the window. On a phone the sidebar closes when one of its links is
// followed, for it covers the page.
//
// Links inside the app: those in sentences open in the same window, as all others do, and the marks of every chart
// are links as well: a click opens the list of a mark, and so does Enter.
//
// Each mark that can be opened carries its address as its "customdata" (the last item of it, where there are several)
// and says in words what it counts as its "hovertext". The keyboard reaches a chart as one link after it: the arrow
// keys choose the mark, Enter opens it. Nothing here talks to the server; the address bar does.
(() => {
  "use strict";

  const address = (custom) => {
    const last = Array.isArray(custom) ? custom[custom.length - 1] : custom;
    return typeof last === "string" && /^[a-z]+(\?|$)/.test(last) ? last : null;
  };

  // Streamlit scrolls to the section an address names as soon as it is there, and what stands above it grows after that.
  // So the section is held in sight until the page is drawn and still for a second, or somebody does anything.
  const holdInSight = () => {
    const id = location.hash.slice(1);
    if (!id) return;
    const over = new AbortController();
    ["wheel", "touchstart", "pointerdown", "keydown"].forEach((what) => {
      addEventListener(what, () => over.abort(), { signal: over.signal, passive: true, capture: true });
    });
    let calm = 0;
    let before = null;
    let left = 600;
    const hold = () => {
      if (over.signal.aborted || location.hash.slice(1) !== id) return over.abort();
      const drawn = document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]');
      const part = document.getElementById(id);
      part?.scrollIntoView();
      const top = part ? part.getBoundingClientRect().top + (part.closest('[data-testid="stMain"]')?.scrollTop ?? 0) : null;
      calm = drawn && part && top === before ? calm + 1 : 0;
      before = top;
      left -= 1;
      if (calm < 10 && left) setTimeout(hold, 100);
      else over.abort();
    };
    hold();
  };

  // Streamlit shows whatever page the address bar names when the browser says that it went through its history.
  const open = (link) => {
    history.pushState({}, "", new URL(link, location.href));
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    holdInSight();
  };

  const flat = (items) => (Array.isArray(items) || ArrayBuffer.isView(items) ? Array.from(items) : []);

  // A heatmap has rows of marks; a mark of several values is itself a row, which ends in text.
  const marksOf = (plot) =>
    (plot.data || []).flatMap((trace) => {
      const rows = trace.type === "heatmap" ? flat(trace.customdata).flatMap(flat) : flat(trace.customdata);
      const words = trace.type === "heatmap" ? flat(trace.hovertext).flatMap(flat) : flat(trace.hovertext);
      return rows.map((custom, at) => ({ link: address(custom), words: words[at] })).filter((mark) => mark.link);
    });

  const plain = (words) => String(words || "Open").replace(/<br>/g, ", ").replace(/<[^>]*>/g, "");

  const keyboardLink = (plot) => {
    const link = document.createElement("a");
    let at = 0;
    const show = () => {
      const marks = marksOf(plot);
      link.hidden = marks.length === 0;
      if (link.hidden) return;
      at = (at + marks.length) % marks.length;
      link.href = new URL(marks[at].link, location.href);
      link.textContent = `${plain(marks[at].words)} · ${at + 1} of ${marks.length} · arrow keys: next, Enter: open`;
    };
    link.className = "mark-link";
    link.setAttribute("aria-live", "polite");
    link.addEventListener("focus", show);
    link.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      at += step;
      show();
    });
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link.href);
    });
    show();
    return link;
  };

  const adopt = (plot) => {
    if (plot.dataset.marks || typeof plot.on !== "function") return;
    plot.dataset.marks = "adopted";
    plot.on("plotly_click", (event) => {
      const link = event.points.map((point) => address(point.customdata)).find(Boolean);
      if (link) open(link);
    });
    const pointer = (style) => (event) => {
      const can = event.points.some((point) => address(point.customdata));
      plot.querySelectorAll(".nsewdrag, .geo").forEach((part) => { part.style.cursor = can ? style : ""; });
    };
    plot.on("plotly_hover", pointer("pointer"));
    plot.on("plotly_unhover", pointer(""));
    const link = keyboardLink(plot);
    // Drawing a figure anew empties the plot.
    const keep = () => { if (link.parentNode !== plot) plot.appendChild(link); };
    plot.on("plotly_afterplot", keep);
    keep();
  };

  const style = document.createElement("style");
  style.textContent = `
    .mark-link { position: absolute; left: 0; bottom: 0; z-index: 10; padding: 4px 10px; border-radius: 4px;
                 background: #12171C; color: #FFFFFF !important; font-size: 14px; text-decoration: none; }
    .mark-link:not(:focus) { width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); }
    @media (max-width: 640px) { [class*="st-key-wide_window"] { display: none !important; } }
    @media (min-width: 640.02px) { [class*="st-key-narrow_window"] { display: none !important; } }
    .mark-link:focus { outline: 3px solid #2C76AD; outline-offset: 2px; }`;
  document.head.appendChild(style);

  // Streamlit opens every link in a sentence in a window of its own, and follows a link from a page to the same page
  // without telling the address bar.
  const SENTENCES = '[data-testid="stMarkdown"] a[href], [data-testid="stHeading"] a[href], [data-testid="stHtml"] a[href]';
  const PAGE_LINKS = '[data-testid="stPageLink"] a[href]';
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest?.(`${SENTENCES}, ${PAGE_LINKS}`);
    if (!link) return;
    const stays = new URL(link.href).pathname === location.pathname;
    const inside = link.matches(PAGE_LINKS) ? stays && link.href : address(link.getAttribute("href"));
    if (!inside) return;
    event.preventDefault();
    event.stopPropagation();
    open(inside);
    closeSidebar(link);
  }, true);

  const closeSidebar = (part) => {
    if (!part.closest?.('[data-testid="stSidebar"] [data-testid="stPageLink"] a')) return;
    if (!matchMedia("(max-width: 768px)").matches) return;
    setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click());
  };
  document.addEventListener("click", (event) => closeSidebar(event.target));

  const look = () => document.querySelectorAll(".js-plotly-plot").forEach(adopt);
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
  holdInSight();
})();
