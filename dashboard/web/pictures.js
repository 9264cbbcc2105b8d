// Charts as pictures: a link that ends in "#save-png-of-KEY" or "#save-svg-of-KEY" saves the chart of that key, with
// title, sentence, what is counted and source in the picture. The texts come with the figure, as its "meta".
//
// Plotly has drawn the chart as SVG already: its layers are copied into one picture. Nothing leaves the browser.
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const EDGE = 20;
  const NARROWEST = 480; // narrower, the texts would stand higher than the chart
  const SHARPNESS = 2; // pixels of a PNG for one of the screen
  const FONT = "sans-serif";
  const STYLES = {
    title: { size: 18, line: 24, weight: 600 },
    say: { size: 14, line: 20, weight: 400 },
    note: { size: 12, line: 17, weight: 400 },
  };
  const ASKED = /#save-(png|svg)-of-(\w+)$/;

  const element = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const ruler = document.createElement("canvas").getContext("2d");

  const broken = (text, style, width) => {
    ruler.font = `${style.weight} ${style.size}px ${FONT}`;
    return text.split(/\s+/).reduce((lines, word) => {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length && ruler.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
      return lines;
    }, []);
  };

  const opaque = (colour) => colour && colour !== "transparent" && !/,\s*0\)$/.test(colour);

  const ground = (part) => {
    for (let at = part; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (opaque(colour)) return colour;
    }
    return "#FFFFFF";
  };

  // The page's font is not in the picture: another one, that may run wider, is set as wide as the page's own was.
  const keepWidths = (drawn, copy) => {
    const copied = copy.querySelectorAll("text, tspan");
    drawn.querySelectorAll("text, tspan").forEach((part, at) => {
      const width = part.childElementCount ? 0 : part.getComputedTextLength();
      if (!width) return;
      copied[at].setAttribute("textLength", width);
      copied[at].setAttribute("lengthAdjust", "spacingAndGlyphs");
    });
  };

  // What Plotly shows only under the pointer is left out; references into the page become references into the picture.
  const layer = (drawn, top) => {
    const copy = drawn.cloneNode(true);
    keepWidths(drawn, copy);
    copy.querySelectorAll(".hoverlayer, .draglayer, .zoomlayer").forEach((part) => part.remove());
    copy.removeAttribute("style");
    copy.setAttribute("overflow", "visible");
    copy.setAttribute("x", EDGE);
    copy.setAttribute("y", top);
    copy.querySelectorAll("*").forEach((part) => {
      for (const { name, value } of Array.from(part.attributes)) {
        if (value.includes("url(")) part.setAttribute(name, value.replace(/url\((["']?)[^"')]*#/g, "url($1#"));
      }
      if (part.style?.fontFamily && !part.style.fontFamily.includes(FONT)) part.style.fontFamily += `, ${FONT}`;
    });
    return copy;
  };

  const texts = (picture, said, width, from, colour) => {
    let top = from;
    for (const [text, style] of said) {
      for (const line of broken(text, style, width)) {
        top += style.line;
        const { size, weight } = style;
        picture.append(element("text", {
          x: EDGE, y: top - 6, fill: colour, "font-size": size, "font-weight": weight, "font-family": FONT,
        }, line));
      }
      top += 6;
    }
    return top;
  };

  const drawn = (plot, meta) => {
    const layers = Array.from(plot.querySelectorAll(".main-svg"));
    const chart = { width: Number(layers[0].getAttribute("width")), height: Number(layers[0].getAttribute("height")) };
    const width = Math.max(chart.width, NARROWEST);
    const colour = getComputedStyle(plot).color;
    const picture = element("svg", { xmlns: SVG, width: width + 2 * EDGE });
    const back = picture.appendChild(element("rect", { width: "100%", height: "100%", fill: ground(plot) }));
    picture.append(element("title", {}, meta.title));
    const below = texts(picture, [[meta.title, STYLES.title], [meta.say, STYLES.say]], width, EDGE, colour) + 8;
    layers.forEach((one) => picture.append(layer(one, below)));
    const notes = meta.notes.map((note) => [note, STYLES.note]);
    const height = texts(picture, notes, width, below + chart.height + 8, colour) + EDGE;
    picture.setAttribute("height", height);
    picture.setAttribute("viewBox", `0 0 ${width + 2 * EDGE} ${height}`);
    back.setAttribute("height", height);
    return { height, width: width + 2 * EDGE, file: new XMLSerializer().serializeToString(picture) };
  };

  const saved = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  const painted = async ({ file, width, height }) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(file)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * SHARPNESS;
    canvas.height = height * SHARPNESS;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  };

  const save = async (plot, kind) => {
    const meta = plot.layout.meta;
    const picture = drawn(plot, meta);
    const blob = kind === "svg" ? new Blob([picture.file], { type: "image/svg+xml" }) : await painted(picture);
    saved(blob, `${meta.title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${kind}`);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href*="#save-"]');
    const [, kind, key] = (link && ASKED.exec(link.getAttribute("href"))) || [];
    if (!kind) return;
    event.preventDefault();
    event.stopPropagation();
    const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
    if (plot?.layout?.meta) save(plot, kind);
  }, true);
})();
