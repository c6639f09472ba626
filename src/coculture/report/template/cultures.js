// Pointing at a culture, in a figure or in a table, lights it up wherever it is shown.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const known = JSON.parse(document.getElementById("culture-data").textContent);
  const inspector = document.querySelector(".inspector");
  const places = new Map();
  for (const element of document.querySelectorAll("[data-culture]")) {
    const name = element.dataset.culture;
    if (!places.has(name)) places.set(name, []);
    places.get(name).push(element);
  }
  let lit = "";
  let held = "";

  function light(name) {
    if (name === lit) return;
    for (const halo of document.querySelectorAll(".halo")) halo.remove();
    for (const element of places.get(lit) ?? []) element.classList.remove("lit");
    lit = name;
    for (const element of places.get(name) ?? []) {
      element.classList.add("lit");
      surround(element);
    }
    tell(name);
  }

  // A ring around a mark or a panel, in the coordinates of its figure.
  function surround(element) {
    const figure = element.ownerSVGElement;
    if (!figure || !figure.checkVisibility()) return;
    // A line is lit itself: a ring around all of it would hold other lines.
    if (element.querySelector(':scope > path:not([d$="z"])')) return;
    const face = element.querySelector(":scope > .face") ?? element;
    const box = face.getBBox();
    if (!box.width && !box.height) return;
    const ring = document.createElementNS(SVG, "rect");
    const room = Math.max(2.5, (14 - Math.max(box.width, box.height)) / 2);
    for (const [name, value] of Object.entries({
      class: "halo", rx: 3, x: box.x - room, y: box.y - room,
      width: box.width + 2 * room, height: box.height + 2 * room,
    })) ring.setAttribute(name, value);
    figure.append(ring);
  }

  function tell(name) {
    inspector.hidden = !name;
    inspector.classList.toggle("held", Boolean(held));
    if (!name) return;
    const about = known[name] ?? { arm: "", values: [], flags: [] };
    const status = inspector.querySelector("[role=status]");
    status.replaceChildren(line("b", name));
    if (about.arm) status.append(line("span", about.arm));
    if (about.values.length) status.append(line("span", about.values.join(" · ")));
    for (const flag of about.flags) status.append(line("em", `⚑ ${flag}`));
    if (!held) return;
    const analysis = document.body.dataset.analysis;
    const figures = new Set((places.get(name) ?? []).map((one) => one.closest("figure"))
      .filter((figure) => figure && (figure.dataset.analysis ?? analysis) === analysis));
    if (!figures.size) return;
    const list = line("p", "Seen in ");
    for (const figure of figures) {
      const link = line("a", figure.querySelector("svg").parentElement.getAttribute("aria-label"));
      link.href = `#${figure.id}`;
      link.dataset.show = name;
      list.append(link, " ");
    }
    status.append(list);
  }

  function line(tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }

  function hold(name) {
    held = name;
    const now = lit;
    lit = "";
    for (const element of places.get(now) ?? []) element.classList.remove("lit");
    for (const halo of document.querySelectorAll(".halo")) halo.remove();
    if (name) light(name);
    else tell("");
  }

  const cultureOf = (target) => target.closest?.("[data-culture]")?.dataset.culture ?? "";

  // Text or a picture may lie over the mark that stands for the culture.
  function cultureUnder(event) {
    const direct = cultureOf(event.target);
    if (direct || !event.target.ownerSVGElement) return direct;
    const beneath = document.elementsFromPoint(event.clientX, event.clientY);
    return beneath.map(cultureOf).find(Boolean) ?? "";
  }

  document.addEventListener("pointerover", (event) => {
    if (!event.target.closest(".inspector")) light(cultureUnder(event) || held);
  });
  document.addEventListener("focusin", (event) => {
    const name = cultureOf(event.target);
    if (name) light(name);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, label, summary, .inspector")) return;
    const name = cultureUnder(event);
    if (name || held) hold(name === held ? "" : name);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      hold("");
      return;
    }
    const row = event.target.closest?.("tr[data-culture]");
    if (event.key === "Enter" && row === event.target) {
      hold(row.dataset.culture);
      return;
    }
    walk(event);
  });
  inspector.querySelector(".close").addEventListener("click", () => hold(""));

  // The arrow keys walk through the cultures of the figure that has the focus.
  function walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !event.target.classList.contains("plot")) return;
    const names = [...new Set([...event.target.querySelectorAll("[data-culture]")].map((one) => one.dataset.culture))];
    if (!names.length) return;
    event.preventDefault();
    const at = names.indexOf(lit);
    hold(names[at < 0 ? (by > 0 ? 0 : names.length - 1) : (at + by + names.length) % names.length]);
  }

  const finder = document.querySelector(".finder");
  const box = finder.querySelector("input");
  const names = Object.keys(known);
  finder.hidden = names.length === 0;
  finder.querySelector("datalist").append(...names.map((name) => {
    const option = document.createElement("option");
    option.value = name;
    return option;
  }));
  box.addEventListener("input", () => { if (known[box.value]) hold(box.value); });
  finder.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = box.value.toLowerCase();
    const name = names.find((one) => one.toLowerCase().includes(words));
    if (name && words) hold(name);
  });

  // Where the page jumps to a culture's picture, the culture is held there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show]");
    if (link) document.dispatchEvent(new CustomEvent("picture", { detail: link.hash.slice(1) }));
    if (link) hold(link.dataset.show);
  });
  document.addEventListener("figures", () => { if (lit) hold(held || lit); });
})();
