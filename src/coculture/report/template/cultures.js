// Highlight the culture under the pointer in every figure and table; show its values.
(() => {
  "use strict";
  const LINE = 'path:not([d$="z"])';
  const SVG = "http://www.w3.org/2000/svg";
  const { arms, pages, cultures } = JSON.parse(document.getElementById("culture-data").textContent);
  // A Map, because a culture may be called constructor.
  const known = new Map(cultures.map(([name, arm, values, flags, on]) => [
    name, { arm: arms[arm], values, flags, pages: on.map((place) => pages[place]) },
  ]));
  const inspector = document.querySelector(".inspector");
  // Looked for each time, because long tables make their rows when they are seen.
  const elementsOf = (name) => (name ? [...document.querySelectorAll(`[data-culture="${CSS.escape(name)}"]`)] : []);
  let highlighted = "";
  let selected = "";

  function highlight(name) {
    if (name === highlighted) return;
    for (const halo of document.querySelectorAll(".halo")) halo.remove();
    for (const element of document.querySelectorAll(".highlighted")) element.classList.remove("highlighted");
    highlighted = name;
    for (const element of elementsOf(name)) {
      element.classList.add("highlighted");
      addRing(element);
    }
    showValues(name);
  }

  // Draw a ring around a mark or a panel, in the coordinates of its figure.
  function addRing(element) {
    const figure = element.ownerSVGElement;
    if (!figure || !figure.checkVisibility()) return;
    // A line is highlighted by its colour: a ring around it would enclose other lines.
    if (element.matches(LINE) || element.querySelector(`:scope > ${LINE}`)) return;
    const background = element.querySelector(":scope > .background") ?? element;
    const box = background.getBBox();
    if (!box.width && !box.height) return;
    const ring = document.createElementNS(SVG, "rect");
    const margin = Math.max(2.5, (14 - Math.max(box.width, box.height)) / 2);
    for (const [name, value] of Object.entries({
      class: "halo", rx: 3, x: box.x - margin, y: box.y - margin,
      width: box.width + 2 * margin, height: box.height + 2 * margin,
    })) ring.setAttribute(name, value);
    figure.append(ring);
  }

  function showValues(name) {
    inspector.hidden = !name;
    inspector.classList.toggle("selected", Boolean(selected));
    if (!name) return;
    const about = known.get(name) ?? { arm: "", values: [], flags: [], pages: [] };
    const status = inspector.querySelector("[role=status]");
    status.replaceChildren(line("b", name));
    if (about.arm) status.append(line("span", about.arm));
    if (about.values.length) status.append(line("span", about.values.join(" · ")));
    for (const flag of about.flags) status.append(line("em", `⚑ ${flag}`));
    if (!selected) return;
    const analysis = document.body.dataset.analysis;
    const figures = new Set(elementsOf(name).map((one) => one.closest("figure"))
      .filter((figure) => figure && (figure.dataset.analysis ?? analysis) === analysis));
    if (!figures.size && !about.pages.length) return;
    const list = line("p", "Shown in ");
    for (const figure of figures) {
      const link = line("a", figure.querySelector("svg").parentElement.getAttribute("aria-label"));
      link.href = `#${figure.id}`;
      link.dataset.show = name;
      list.append(link, " ");
    }
    for (const [title, address] of about.pages) {
      const link = line("a", title);
      link.href = `${address}?culture=${encodeURIComponent(name)}`;
      list.append(link, " ");
    }
    status.append(list);
  }

  function line(tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }

  function select(name) {
    selected = name;
    highlighted = "";
    for (const element of document.querySelectorAll(".highlighted")) element.classList.remove("highlighted");
    for (const halo of document.querySelectorAll(".halo")) halo.remove();
    // Long tables turn to the culture.
    if (name) document.dispatchEvent(new CustomEvent("selected", { detail: name }));
    if (name) highlight(name);
    else showValues("");
  }

  const cultureOf = (target) => target.closest?.("[data-culture]")?.dataset.culture ?? "";

  // Text or an image may cover the mark of the culture.
  function cultureUnder(event) {
    const direct = cultureOf(event.target);
    if (direct || !event.target.ownerSVGElement) return direct;
    const beneath = document.elementsFromPoint(event.clientX, event.clientY);
    return beneath.map(cultureOf).find(Boolean) ?? "";
  }

  document.addEventListener("pointerover", (event) => {
    if (!event.target.closest(".inspector")) highlight(cultureUnder(event) || selected);
  });
  document.addEventListener("focusin", (event) => {
    const name = cultureOf(event.target);
    if (name) highlight(name);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label, summary, .inspector")) return;
    const name = cultureUnder(event);
    if (name || selected) select(name === selected ? "" : name);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      select("");
      return;
    }
    const row = event.target.closest?.("tr[data-culture]");
    if (event.key === "Enter" && row === event.target) {
      select(row.dataset.culture);
      return;
    }
    moveSelection(event);
  });
  inspector.querySelector(".close").addEventListener("click", () => select(""));

  // The arrow keys select the next or previous culture of the figure that has the focus.
  function moveSelection(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !event.target.classList.contains("plot")) return;
    const names = [...new Set([...event.target.querySelectorAll("[data-culture]")].map((one) => one.dataset.culture))];
    if (!names.length) return;
    event.preventDefault();
    const at = names.indexOf(highlighted);
    select(names[at < 0 ? (by > 0 ? 0 : names.length - 1) : (at + by + names.length) % names.length]);
  }

  const finder = document.querySelector(".finder");
  const box = finder.querySelector("input");
  const names = [...known.keys()];
  finder.hidden = names.length === 0;
  finder.querySelector("datalist").append(...names.map((name) => {
    const option = document.createElement("option");
    option.value = name;
    return option;
  }));
  box.addEventListener("input", () => { if (known.has(box.value)) select(box.value); });
  finder.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = box.value.toLowerCase();
    const name = names.find((one) => one.toLowerCase().includes(words));
    if (name && words) select(name);
  });

  // A link to a figure that shows a culture also selects the culture.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show][href^='#']");
    if (link) document.dispatchEvent(new CustomEvent("show-figure", { detail: link.hash.slice(1) }));
    if (link) select(link.dataset.show);
  });
  document.addEventListener("figures", () => { if (highlighted) select(selected || highlighted); });
  document.addEventListener("shown", () => {
    for (const element of document.querySelectorAll(".highlighted")) element.classList.remove("highlighted");
    for (const element of elementsOf(highlighted)) element.classList.add("highlighted");
  });

  // Another page of this report may have asked for a culture.
  const asked = new URLSearchParams(location.search).get("culture");
  if (known.has(asked)) select(asked);
})();
