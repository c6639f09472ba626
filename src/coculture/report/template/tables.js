// Sort tables by a click on a heading, filter them by words, and show the chosen analysis. Long
// tables are shown a page at a time: their rows are data beside them, and elements once they are seen.
(() => {
  "use strict";
  const AT_ONCE = 50;
  const inOrder = new Intl.Collator("en", { numeric: true }).compare;

  function boxOf(element) {
    const body = element.querySelector("tbody");
    const data = element.querySelector("script.rows");
    const rows = data ? rowsOfData(JSON.parse(data.textContent), body) : [...body.rows].map(rowOfElement);
    return {
      element, body, rows, shown: rows, page: 0, atOnce: AT_ONCE,
      words: element.querySelector("input"), kind: element.querySelector("select"),
      output: element.querySelector("output"), pager: element.querySelector(".pager"),
    };
  }

  function rowOfElement(element) {
    const cells = [...element.cells].map((cell) => ({ text: cell.textContent, value: cell.dataset.value }));
    const { culture = "", analysis = "", kind = "" } = element.dataset;
    return { cells, culture, analysis, kind, element };
  }

  function rowsOfData(data, body) {
    const [columns, cultures, analyses, kinds] = [data.columns.map(reader), ...[data.cultures, data.analyses, data.kinds].map(reader)];
    const count = (data.cultures.all ?? data.cultures.at).length;
    const classes = [...body.rows[0].cells].map((cell) => cell.className);
    return Array.from({ length: count }, (_, place) => ({
      cells: columns.map((read) => {
        const [text, value, href, shows] = [read(place)].flat();
        return { text, value: value ?? undefined, href, shows };
      }),
      culture: cultures(place), analysis: analyses(place), kind: kinds(place), classes,
    }));
  }

  const reader = (column) => (place) => (column.all ? column.all[place] : column.of[column.at[place]]);

  function elementOf(row) {
    if (row.element) return row.element;
    row.element = document.createElement("tr");
    for (const name of ["culture", "analysis", "kind"]) if (row[name]) row.element.dataset[name] = row[name];
    row.element.append(...row.cells.map((cell, place) => {
      const made = document.createElement("td");
      made.className = row.classes[place];
      if (cell.value !== undefined) made.dataset.value = cell.value;
      made.append(cell.href ? linkOf(cell) : cell.text);
      return made;
    }));
    return row.element;
  }

  function linkOf(cell) {
    const link = document.createElement("a");
    link.href = cell.href;
    link.textContent = cell.text;
    if (cell.shows) link.dataset.show = cell.shows;
    return link;
  }

  function sortable(box, heading) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(box, heading));
  }

  function sort(box, heading) {
    const rising = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentElement.cells) {
      if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    }
    heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const keyed = box.rows.map((row) => ({ row, key: key(row.cells[heading.cellIndex]) }));
    keyed.sort((a, b) => {
      // Missing values are last in both directions; equal rows keep their order.
      if (a.key.missing !== b.key.missing) return a.key.missing ? 1 : -1;
      return (rising ? 1 : -1) * compare(a.key, b.key);
    });
    box.rows = keyed.map((one) => one.row);
    filter(box);
  }

  function key({ text, value }) {
    if (value === undefined) return { missing: text === "–", text };
    return { missing: value === "", number: Number(value), text: "" };
  }

  function compare(a, b) {
    if (a.number !== undefined && b.number !== undefined) return a.number - b.number;
    return inOrder(a.text, b.text);
  }

  function filter(box) {
    const words = box.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = box.kind?.value;
    const analysis = document.body.dataset.analysis;
    const ofAnalysis = box.rows.filter((row) => !row.analysis || row.analysis === analysis);
    box.shown = ofAnalysis.filter((row) => {
      if (kind && row.kind !== kind) return false;
      row.text ??= words.length ? row.cells.map((cell) => cell.text).join(" ").toLowerCase() : undefined;
      return words.every((word) => row.text.includes(word));
    });
    const all = ofAnalysis.length;
    const rowsOf = `${all.toLocaleString("en")} ${all === 1 ? "row" : "rows"}`;
    const count = box.shown.length === all ? rowsOf : `${box.shown.length.toLocaleString("en")} of ${rowsOf}`;
    if (box.output.textContent !== count) box.output.textContent = count;
    turn(box, 0);
  }

  // Show a page of the rows.
  function turn(box, page) {
    const last = Math.max(0, Math.ceil(box.shown.length / box.atOnce) - 1);
    box.page = Math.min(Math.max(page, 0), last);
    const start = box.atOnce === Infinity ? 0 : box.page * box.atOnce;
    const rows = box.shown.slice(start, start + box.atOnce);
    const elements = rows.map(elementOf);
    const as = box.body.rows;
    if (elements.length !== as.length || elements.some((one, place) => one !== as[place])) {
      box.body.replaceChildren(...elements);
      document.dispatchEvent(new CustomEvent("shown"));
    }
    if (box.pager) {
      box.pager.hidden = last === 0;
      const range = `${(start + 1).toLocaleString("en")}–${(start + rows.length).toLocaleString("en")}`;
      box.pager.querySelector(".range").textContent = rows.length ? range : "";
      box.pager.querySelector(".previous").disabled = box.page === 0;
      box.pager.querySelector(".next").disabled = box.page === last;
    }
    updateTabOrder(box.body);
  }

  function turnTo(box, page) {
    turn(box, page);
    box.element.querySelector(".scroll").scrollTop = 0;
  }

  // Only the first row is in the tab order; the arrow keys move on from there.
  function updateTabOrder(body) {
    let first = true;
    for (const row of body.rows) {
      if (!row.dataset.culture) continue;
      row.tabIndex = first ? 0 : -1;
      first = false;
    }
  }

  function step(box, event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target;
    if (!by || row.tagName !== "TR") return;
    event.preventDefault();
    let place = box.shown.findIndex((one) => one.element === row) + by;
    while (box.shown[place] && !box.shown[place].culture) place += by;
    const next = box.shown[place];
    if (!next) return;
    const page = box.atOnce === Infinity ? 0 : Math.floor(place / box.atOnce);
    if (page !== box.page) turn(box, page);
    for (const one of box.body.querySelectorAll("tr[tabindex='0']")) one.tabIndex = -1;
    next.element.tabIndex = 0;
    next.element.focus();
  }

  // Show a hint when there are more columns beyond the right edge.
  function updateHint(scroll) {
    const beyond = scroll.scrollWidth - scroll.clientWidth - scroll.scrollLeft > 2;
    scroll.parentElement.classList.toggle("overflowing", beyond);
  }
  const resized = new ResizeObserver((seen) => seen.forEach((one) => updateHint(one.target)));

  const boxes = [...document.querySelectorAll(".table")].map(boxOf);
  for (const box of boxes) {
    const { element, pager } = box;
    element.querySelectorAll("th[aria-sort]").forEach((heading) => sortable(box, heading));
    element.querySelector(".table-tools").hidden = false;
    element.querySelector(".without-script")?.remove();
    box.words.addEventListener("input", () => filter(box));
    box.kind?.addEventListener("change", () => filter(box));
    pager?.querySelector(".previous").addEventListener("click", () => turnTo(box, box.page - 1));
    pager?.querySelector(".next").addEventListener("click", () => turnTo(box, box.page + 1));
    element.addEventListener("keydown", (event) => step(box, event));
    const scroll = element.querySelector(".scroll");
    resized.observe(scroll);
    scroll.addEventListener("scroll", () => updateHint(scroll), { passive: true });
    filter(box);
  }
  for (const choice of document.querySelectorAll("input[name=analysis]")) {
    choice.addEventListener("change", () => {
      document.body.dataset.analysis = choice.value;
      boxes.forEach(filter);
    });
  }

  // A selected culture is brought into sight in the long tables that have it.
  document.addEventListener("selected", ({ detail: name }) => {
    for (const box of boxes.filter((one) => one.shown.length > one.atOnce)) {
      const onPage = box.shown.slice(box.page * box.atOnce, (box.page + 1) * box.atOnce);
      const place = box.shown.findIndex((row) => row.culture === name);
      if (place >= 0 && !onPage.some((row) => row.culture === name)) turn(box, Math.floor(place / box.atOnce));
    }
  });

  // Print shows every row of the tables that are unfolded.
  function rowsAtOnce(count) {
    for (const box of boxes.filter((one) => one.rows.length > AT_ONCE)) {
      if (box.element.closest("details:not([open])")) continue;
      const first = box.atOnce === Infinity ? box.pageBefore : 0;
      box.pageBefore = box.page;
      box.atOnce = count;
      turn(box, first);
    }
  }
  addEventListener("beforeprint", () => rowsAtOnce(Infinity));
  addEventListener("afterprint", () => rowsAtOnce(AT_ONCE));
})();
