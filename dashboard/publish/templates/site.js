// Draws the charts of a page from the data beside them, in the page's own colours; a mark that leads to a list opens it.
(() => {
  "use strict";

  const INK = "#000037"; // in a figure: the colour of the page's text

  const dark = matchMedia("(prefers-color-scheme: dark)");

  const draw = (place) => {
    const ink = getComputedStyle(document.body).color;
    const text = document.getElementById(place.dataset.chart).textContent.replaceAll(INK, ink);
    const { data, layout } = JSON.parse(text);
    const clear = { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true };
    Plotly.react(place, data, { ...layout, ...clear }, { displayModeBar: false, responsive: true, scrollZoom: false });
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    place.on("plotly_click", (event) => {
      const custom = event.points.map((point) => [].concat(point.customdata ?? []).pop()).find(Boolean);
      if (typeof custom === "string" && /^[\w-]+\.html(#[\w-]+)?$/.test(custom)) location.href = custom;
    });
  };

  const all = () => document.querySelectorAll(".chart").forEach(draw);
  dark.addEventListener("change", all);
  all();
  // What is folded away has no width to draw in.
  document.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", () => {
    part.querySelectorAll(".chart").forEach((place) => Plotly.Plots.resize(place));
  }));
})();
