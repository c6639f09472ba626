// Sort tables by a click on a heading, filter them by words, and show the chosen analysis.
(() => {
  "use strict";
  const inOrder = new Intl.Collator("en", { numeric: true }).compare;

  function sortable(heading) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(heading));
  }

  function sort(heading) {
    const rising = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentElement.cells) {
      if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    }
    heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const body = heading.closest("table").tBodies[0];
    const keyed = [...body.rows].map((row, place) => ({ row, place, key: key(row.cells[heading.cellIndex]) }));
    keyed.sort((a, b) => {
      // Missing values are last in both directions; equal rows keep their order.
      if (a.key.missing !== b.key.missing) return a.key.missing ? 1 : -1;
      return (rising ? 1 : -1) * compare(a.key, b.key) || a.place - b.place;
    });
    body.append(...keyed.map((one) => one.row));
    updateTabOrder(body);
  }

  function key(cell) {
    const value = cell.dataset.value;
    if (value === undefined) return { missing: cell.textContent === "–", text: cell.textContent };
    return { missing: value === "", number: Number(value), text: "" };
  }

  function compare(a, b) {
    if (a.number !== undefined && b.number !== undefined) return a.number - b.number;
    return inOrder(a.text, b.text);
  }

  function filter(box) {
    const words = box.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = box.querySelector("select")?.value;
    const analysis = document.body.dataset.analysis;
    const rows = [...box.querySelector("tbody").rows];
    const ofAnalysis = rows.filter((row) => !row.dataset.analysis || row.dataset.analysis === analysis);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const ofKind = !kind || row.dataset.kind === kind;
      row.hidden = !ofKind || !ofAnalysis.includes(row) || !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    const all = ofAnalysis.length;
    const rowsOf = `${all} ${all === 1 ? "row" : "rows"}`;
    const count = shown === all ? rowsOf : `${shown} of ${rowsOf}`;
    const output = box.querySelector("output");
    if (output.textContent !== count) output.textContent = count;
    updateTabOrder(box.querySelector("tbody"));
  }

  // Only the first visible row is in the tab order; the arrow keys move on from there.
  function updateTabOrder(body) {
    let first = true;
    for (const row of body.rows) {
      if (!row.dataset.culture) continue;
      row.tabIndex = first && !row.hidden ? 0 : -1;
      if (!row.hidden) first = false;
    }
  }

  function step(event) {
    const down = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const row = event.target;
    if (!down || row.tagName !== "TR") return;
    let next = row[down];
    while (next && (next.hidden || !next.dataset.culture)) next = next[down];
    if (!next) return;
    event.preventDefault();
    row.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  // Show a hint when there are more columns beyond the right edge.
  function updateHint(scroll) {
    const beyond = scroll.scrollWidth - scroll.clientWidth - scroll.scrollLeft > 2;
    scroll.parentElement.classList.toggle("overflowing", beyond);
  }
  const resized = new ResizeObserver((seen) => seen.forEach((one) => updateHint(one.target)));

  for (const box of document.querySelectorAll(".table")) {
    box.querySelectorAll("th[aria-sort]").forEach(sortable);
    box.querySelector(".table-tools").hidden = false;
    box.querySelector("input").addEventListener("input", () => filter(box));
    box.querySelector("select")?.addEventListener("change", () => filter(box));
    box.addEventListener("keydown", step);
    resized.observe(box.querySelector(".scroll"));
    box.querySelector(".scroll").addEventListener("scroll", (event) => updateHint(event.target), { passive: true });
    filter(box);
  }
  for (const choice of document.querySelectorAll("input[name=analysis]")) {
    choice.addEventListener("change", () => {
      document.body.dataset.analysis = choice.value;
      document.querySelectorAll(".table").forEach(filter);
    });
  }
})();
