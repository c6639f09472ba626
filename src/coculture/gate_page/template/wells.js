// Every well as a small plot: a canvas each, and one overlay with the lines of all of them.
"use strict";
const GAP = 8, LABEL = 19, TALL_LABEL = 32, HEADING = 26;
const tiles = [];
const tileObserver = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) drawTile(target.tile);
}, { rootMargin: "300px" });

function drawTile(tile) {
  if (tile.isDrawn) return;
  tile.isDrawn = true;
  draw(tile.canvas, tile.tube);
}

// Columns that fill the width with plots of at least this size.
function columnsAndSide() {
  const number = tiles.length, width = $("wells").clientWidth;
  const least = number > 150 ? 66 : number > 60 ? 88 : 112;
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
  return [columns, Math.floor((width + GAP) / columns) - GAP];
}

function makeTiles() {
  tileObserver.disconnect();
  tiles.length = 0;
  const box = $("wells");
  box.querySelectorAll(".tile, .tiles-heading").forEach((one) => one.remove());
  const groups = [["Wells", samples(view.experiment)], ["Controls", controls(view.experiment)]];
  for (const [title, tubes] of groups) {
    if (!tubes.length) continue;
    const heading = element("h3", { className: "tiles-heading", textContent: `${title} (${tubes.length})` });
    box.append(heading);
    tubes.forEach((tube, place) => {
      const canvas = element("canvas", { width: RASTER, height: RASTER });
      canvas.setAttribute("aria-hidden", "true");
      const name = element("span", { className: "name" }), percent = element("span", { className: "percent" });
      const button = element("button", { type: "button", className: "tile", tabIndex: -1 }, canvas, element("span", { className: "label" }, name, percent));
      const tile = { tube, canvas, button, name, percent, heading: place ? null : heading, isDrawn: false };
      button.tile = tile;
      button.addEventListener("click", () => choose(tube));
      tiles.push(tile);
      box.append(button);
    });
  }
  placeTiles();
  tiles.forEach((tile) => tileObserver.observe(tile.button));
}

function placeTiles() {
  const box = $("wells"), width = box.clientWidth, [columns, side] = columnsAndSide();
  let top = 0, column = 0, step = 0;
  for (const tile of tiles) {
    // Long names have a line of their own.
    const isTall = view.shown || tile.tube.role !== "sample", height = side + (isTall ? TALL_LABEL : LABEL);
    if (tile.heading) {
      if (column) top += step;
      column = 0;
      tile.heading.style.top = `${top}px`;
      top += HEADING;
    } else if (column === columns) {
      column = 0;
      top += step;
    }
    step = height + GAP;
    tile.left = column * (side + GAP);
    tile.top = top;
    tile.button.classList.toggle("tall", isTall);
    Object.assign(tile.button.style, { left: `${tile.left}px`, top: `${tile.top}px`, width: `${side}px`, height: `${height}px` });
    column++;
  }
  const height = top + step;
  box.style.height = `${height}px`;
  tiles.side = side;
  tiles.columns = columns;
  for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) $("lines").setAttribute(name, value);
}

function redrawTiles() {
  for (const tile of tiles) {
    tile.isDrawn = false;
    const { top, bottom } = tile.button.getBoundingClientRect();
    if (bottom > -300 && top < innerHeight + 300) drawTile(tile);
  }
  // Those out of sight are drawn when they come into it.
  tileObserver.disconnect();
  tiles.forEach((tile) => tileObserver.observe(tile.button));
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
