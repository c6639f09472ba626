// Every well as a small plot: a canvas for each row of wells, a button for each well, and one overlay
// with the lines of all of them. A canvas for each of 400 wells makes each repaint five times as long.
"use strict";
const GAP = 8, LABEL = 19, TALL_LABEL = 32, HEADING = 26;
const tiles = [];
let rows = [];
const rowObserver = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) drawRow(target.row);
}, { rootMargin: "300px" });

function drawRow(row) {
  if (row.isDrawn) return;
  row.isDrawn = true;
  const context = row.canvas.getContext("2d"), scale = RASTER / tiles.side;
  for (const tile of row.tiles) draw(context, Math.round(tile.left * scale), tile.tube);
}

// Columns that fill the width with plots of at least this size.
function columnsAndSide() {
  const number = tiles.length, width = $("wells").clientWidth;
  const least = number > 150 ? 66 : number > 60 ? 88 : 112;
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
  return [columns, Math.floor((width + GAP) / columns) - GAP];
}

function makeTiles() {
  tiles.length = 0;
  const box = $("wells");
  box.querySelectorAll(".tile, .tiles-heading").forEach((one) => one.remove());
  const groups = [["Wells", samples(view.experiment)], ["Controls", controls(view.experiment)]];
  for (const [title, tubes] of groups) {
    if (!tubes.length) continue;
    const heading = element("h3", { className: "tiles-heading", textContent: `${title} (${tubes.length})` });
    box.append(heading);
    tubes.forEach((tube, place) => {
      const name = element("span", { className: "name" }), percent = element("span", { className: "percent" });
      const button = element("button", { type: "button", className: "tile", tabIndex: -1 }, element("span", { className: "plot" }), element("span", { className: "label" }, name, percent));
      const tile = { tube, button, name, percent, heading: place ? null : heading };
      button.tile = tile;
      button.addEventListener("click", () => choose(tube));
      tiles.push(tile);
      box.append(button);
    });
  }
  placeTiles();
}

function placeTiles() {
  const box = $("wells"), width = box.clientWidth, [columns, side] = columnsAndSide();
  let top = 0, step = 0, row = null;
  rows = [];
  for (const tile of tiles) {
    // Long names have a line of their own.
    const isTall = view.shown || tile.tube.role !== "sample", height = side + (isTall ? TALL_LABEL : LABEL);
    if (tile.heading || row.tiles.length === columns) {
      top += step;
      if (tile.heading) {
        tile.heading.style.top = `${top}px`;
        top += HEADING;
      }
      row = { top, tiles: [], isDrawn: false };
      rows.push(row);
    }
    step = height + GAP;
    tile.left = row.tiles.length * (side + GAP);
    tile.top = top;
    row.tiles.push(tile);
    tile.button.classList.toggle("tall", isTall);
    Object.assign(tile.button.style, { left: `${tile.left}px`, top: `${top}px`, width: `${side}px`, height: `${height}px` });
    tile.button.firstChild.style.height = `${side}px`;
  }
  const height = top + step;
  box.style.height = `${height}px`;
  tiles.side = side;
  tiles.columns = columns;
  for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) $("lines").setAttribute(name, value);
  placeRows();
}

function placeRows() {
  const { side } = tiles, scale = RASTER / side;
  rowObserver.disconnect();
  $("densities").replaceChildren(...rows.map((row) => {
    const wide = row.tiles.length * (side + GAP);
    row.canvas = element("canvas", { width: Math.ceil(wide * scale), height: RASTER });
    Object.assign(row.canvas.style, { top: `${row.top}px`, width: `${Math.ceil(wide * scale) / scale}px`, height: `${side}px` });
    row.canvas.row = row;
    rowObserver.observe(row.canvas);
    return row.canvas;
  }));
}

// Those out of sight are drawn when they come into it.
function redrawTiles() {
  rowObserver.disconnect();
  for (const row of rows) {
    row.isDrawn = false;
    rowObserver.observe(row.canvas);
  }
}

function tilesInSight() {
  const top = $("wells").getBoundingClientRect().top;
  return tiles.filter((tile) => top + tile.top < innerHeight && top + tile.top + tiles.side + TALL_LABEL > 0);
}

// Lines, percents and names of wells. While a gate moves, of those in sight only: to draw hundreds
// of others that nobody sees takes most of the time.
function updateTiles(wanted = tiles) {
  const { side } = tiles, usual = [], own = [], before = [];
  for (const tile of wanted) {
    const { tube } = tile, shapes = shapesOf(tube), isOwn = view.plot.gates.some((gate) => hasException(gate, tube));
    (isOwn ? own : usual).push(pathOf(linesOf(shapes, view.plot), tile.left, tile.top, side));
    if (view.compare) before.push(pathOf(linesOf(automaticShapes(tube), view.plot), tile.left, tile.top, side));
    const text = isExcluded(tube) ? "excluded" : percentText(percentIn(tube, shapes));
    const compared = view.compare && !isExcluded(tube) ? ` (${percentText(percentIn(tube, automaticShapes(tube)))})` : "";
    if (tile.text !== text + compared) tile.percent.textContent = tile.text = text + compared;
    if (tile.shownName !== nameOf(tube)) tile.name.textContent = tile.shownName = nameOf(tube);
  }
  $("lines-of-all").setAttribute("d", usual.join(""));
  $("lines-of-own").setAttribute("d", own.join(""));
  $("lines-before").setAttribute("d", before.join(""));
}

function markTiles() {
  for (const tile of tiles) {
    const isChosen = tile.tube === view.tube;
    tile.button.classList.toggle("excluded", isExcluded(tile.tube));
    tile.button.setAttribute("aria-pressed", String(isChosen));
    tile.button.tabIndex = isChosen ? 0 : -1;
  }
}

function hasException(gate, tube) {
  const change = changeOf(view.experiment, view.population, gate);
  return Boolean(change && change.exceptions[tube.fcs]);
}

function moveInTiles(event) {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: tiles.columns, ArrowUp: -tiles.columns };
  if (!(event.key in steps) || !event.target.tile) return;
  event.preventDefault();
  const next = tiles[tiles.indexOf(event.target.tile) + steps[event.key]];
  if (!next) return;
  choose(next.tube);
  next.button.focus();
}
