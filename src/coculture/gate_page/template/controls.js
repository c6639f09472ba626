// What happens when a gate is moved, a well chosen or a button pressed.
"use strict";
let isWaiting = false;
let isMoving = false;
let movedOn = null;

function nameOfGate(gate) {
  const stain = view.experiment.stains.find((one) => one.gate === gate);
  return stain ? stain.name : gate.replace("_", " ");
}

function say(text) { $("said").textContent = text; }

function beginMove() {
  const needsAll = view.only && view.plot.gates.includes("time") && !(changeOf(view.experiment, view.population, "time") || {}).shape;
  if (needsAll) {
    say("Time has no automatic gate. Set one for all wells first; then a well can have its own.");
    return false;
  }
  if (view.only && !view.reason.trim()) {
    say("Give the reason why this well has a gate of its own, then move it.");
    $("only-reason").focus();
    return false;
  }
  if (view.shown) showArms(false);
  remember();
  movedOn = past[past.length - 1];
  isMoving = true;
  return true;
}

function endMove() {
  if (JSON.stringify(changes) === movedOn) past.pop();
  isMoving = false;
  paint();
  paintDetails();
}

function moveGate(gate, shape) {
  setShape(view.experiment, view.population, gate, shape, view.only ? view.tube : null);
  if (view.only) {
    for (const key of keysOf(view.experiment, view.population, gate)) changes.gates[key].exceptions[view.tube.fcs].reason = view.reason.trim();
  }
  paintSoon();
}

function paintSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => { isWaiting = false; paint(); });
}

// Everything that follows a moving gate.
function paint() {
  performance.mark("paint-begins");
  placeHandles();
  updateTiles(isMoving ? tilesInSight() : tiles);
  paintReadings();
  performance.measure("paint", "paint-begins");
}

function paintReadings() {
  const { experiment, population, tube } = view, shapes = shapesOf(tube);
  const counts = countsOf(experiment, population, tube, shapes);
  const before = view.compare ? countsOf(experiment, population, tube, automaticShapes(tube)) : null;
  const rows = [...experiment.outcomes, ...(experiment.outcomes.length ? [] : [null])].map((outcome) => {
    const now = percentOf(experiment, counts, outcome), error = now.error > 0.05 ? ` ± ${now.error.toFixed(1)}` : "";
    const name = outcome ? outcome.name : outcomeName();
    return [name, `${percentText(now)}${error} %`, before ? `${percentText(percentOf(experiment, before, outcome))} %` : null];
  });
  const counted = /cells$/i.test(population.name) ? population.name : `${population.name} cells`;
  rows.push([`${counted} counted`, Math.round(counts.population).toLocaleString("en-US"), before ? Math.round(before.population).toLocaleString("en-US") : null]);
  const body = $("readings");
  body.replaceChildren(...rows.map(([name, now, then]) => element("tr", {}, element("th", { scope: "row", textContent: name }), element("td", { textContent: now }), ...(then === null ? [] : [element("td", { className: "before", textContent: then })]))));
  $("readings-before").hidden = !view.compare;
  $("sampling").hidden = !counts.sampled;
}

function paintDetails() {
  const { tube, plot } = view, list = $("gate-list");
  $("large-title").textContent = `${tube.role === "sample" ? "Well" : "Control"} ${nameOf(tube)}${isExcluded(tube) ? " (excluded)" : ""}`;
  list.replaceChildren(...plot.gates.map((gate) => {
    const shape = shapesOf(tube)(gate), automatic = automaticShapes(tube)(gate);
    const change = changeOf(view.experiment, view.population, gate);
    const exception = change && change.exceptions[tube.fcs];
    const asRun = isOfConfig(view.experiment, view.population, gate) ? "set in the config" : "automatic";
    const state = exception ? `own gate of this well: ${exception.reason}` : change && change.shape ? "moved by hand" : asRun;
    return element("li", {}, element("b", { textContent: nameOfGate(gate) }), ` ${shapeInWords(shape)} `, element("span", { className: exception || (change && change.shape) ? "moved" : "as-is", textContent: isSame(shape, automatic) ? state : `${state}; automatic ${shapeInWords(automatic)}` }));
  }));
  $("undo").disabled = !past.length;
  $("redo").disabled = !future.length;
  $("reset").disabled = !plot.gates.some((gate) => changeOf(view.experiment, view.population, gate));
  $("exclude").textContent = isExcluded(tube) ? "Use this well again" : "Exclude this well …";
  $("add-gate").hidden = Boolean(newGateWords());
  $("add-gate").textContent = addGateText();
  const number = listedChanges().length;
  $("save").textContent = number ? `Save gates (${number} changed)` : "Save gates";
  $("blinding").textContent = view.shown ? "Arms are shown" : wasShown() ? "Arms are hidden; they were shown before" : "Wells are coded; arms and findings are hidden";
  $("show-arms").textContent = view.shown ? "Hide arms" : "Show arms and findings";
  document.body.classList.toggle("shown", view.shown);
  paintExcluded();
  markTiles();
}

function shapeInWords(shape) {
  if (!shape) return "by the steadiness of the signal";
  if ("threshold" in shape) return `${shape.keep === "below" ? "<" : "≥"} ${inWords(shape.threshold)}`;
  if (shape.channels.length === 1) return `${shape.keep === "outside" ? "outside " : ""}${intervalsOf(shape).map((pair) => pair.map(inWords).join(" to ")).join(" and ")}`;
  return `polygon with ${shape.vertices.length} corners${shape.scales ? ", drawn on scales of its own: it can be replaced, but not moved" : ""}`;
}

// A time gate can be added, and the threshold of a scatter plot can become a polygon.
function newGateWords() {
  const { plot } = view, [gate] = plot.gates, shape = shapesOf(view.tube)(gate);
  if (gate === "time" && !shape) return "";
  return plot.gates.length === 1 && plot.y && shape && gate !== "time" && (shape.scales || "threshold" in shape) ? "" : "none";
}
function addGateText() { return view.plot.gates[0] === "time" ? "Set a time gate" : "Draw a polygon"; }

function addGate() {
  const { experiment, plot } = view, [gate] = plot.gates, x = experiment.axes[plot.x], y = experiment.axes[plot.y];
  if (!beginMove()) return;
  if (gate === "time") moveGate(gate, { channels: [plot.x], vertices: [0.02, 0.98].map((unit) => rounded(linearAt(x, unit))), keep: "inside" });
  else {
    const shape = shapesOf(view.tube)(gate), isAcross = shape.channels[0] === plot.x;
    const cut = "threshold" in shape ? clamped(unitAt(isAcross ? x : y, shape.threshold)) : 0.1, [from, to] = shape.keep === "below" ? [0.01, cut] : [cut, 0.99];
    const corners = isAcross ? [[from, 0.01], [to, 0.01], [to, 0.99], [from, 0.99]] : [[0.01, from], [0.99, from], [0.99, to], [0.01, to]];
    moveGate(gate, { channels: [plot.x, plot.y], vertices: corners.map(([one, other]) => [rounded(linearAt(x, one)), rounded(linearAt(y, other))]), keep: "inside" });
  }
  // Other handles than before: a polygon has corners.
  drawHandles();
  endMove();
}

function choose(tube) {
  view.tube = tube;
  view.only = false;
  $("move-all").checked = true;
  $("only-box").hidden = true;
  $("exclude-box").hidden = true;
  drawLarge();
}

function drawLarge() {
  draw($("density").getContext("2d"), 0, view.tube);
  drawAxes();
  drawHandles();
  paintReadings();
  paintDetails();
}

function choosePlot(plot) {
  view.plot = plot;
  drawLarge();
  if (tiles.length) { redrawTiles(); updateTiles(); }
}

async function chooseExperiment(experiment, populationName) {
  view.experiment = experiment;
  document.body.setAttribute("aria-busy", "true");
  await openExperiment(experiment);
  choosePopulation(experiment.populations.find((one) => one.name === populationName) || experiment.populations[0]);
  document.body.removeAttribute("aria-busy");
}

function choosePopulation(population) {
  view.population = population;
  view.outcome = view.experiment.outcomes[0] || null;
  const plots = population.plots;
  const same = plots.find((one) => view.plot && one.title === view.plot.title);
  view.plot = same || plots[plots.length - 1];
  view.tube = shownTubes().includes(view.tube) ? view.tube : shownTubes()[0];
  paintChoices();
  makeTiles();
  drawLarge();
  updateTiles();
  paintArms();
}

function paintChoices() {
  const option = (name) => element("option", { textContent: name });
  $("population").replaceChildren(...view.experiment.populations.map((one) => option(one.name)));
  $("population").value = view.population.name;
  $("population-box").hidden = view.experiment.populations.length < 2;
  $("outcome").replaceChildren(...view.experiment.outcomes.map((one) => option(one.name)));
  $("outcome-box").hidden = !view.experiment.outcomes.length;
  $("plots").replaceChildren(...view.population.plots.map((plot) => {
    const radio = element("input", { type: "radio", name: "plot", checked: plot === view.plot });
    radio.addEventListener("change", () => choosePlot(plot));
    return element("label", {}, radio, element("span", { textContent: plot.title }));
  }));
}

function afterStep() { drawLarge(); redrawTiles(); updateTiles(); paintArms(); }

// Wells that an earlier save excluded: the run did not read them, so they have no plot.
function paintExcluded() {
  const known = new Set(view.experiment.tubes.map((tube) => tube.fcs));
  const gone = Object.entries(changes.excluded).filter(([fcs]) => !known.has(fcs) && !inOtherExperiment(fcs));
  $("excluded-before").hidden = !gone.length;
  $("excluded-list").replaceChildren(...gone.map(([fcs, { reason }], place) => {
    const again = element("button", { type: "button", textContent: "Use it again" });
    again.addEventListener("click", () => { remember(); delete changes.excluded[fcs]; afterStep(); });
    return element("li", {}, `${view.shown ? fcs : `File ${place + 1}`}: ${reason} `, again);
  }));
}

function inOtherExperiment(fcs) {
  return STUDY.experiments.some((one) => one !== view.experiment && one.tubes.some((tube) => tube.fcs === fcs));
}

function toggleExcluded() {
  const { tube } = view;
  if (isExcluded(tube)) {
    remember();
    delete changes.excluded[tube.fcs];
    afterStep();
    return;
  }
  $("exclude-box").hidden = false;
  $("exclude-reason").focus();
}

function exclude(event) {
  event.preventDefault();
  const reason = $("exclude-reason").value.trim();
  if (!reason) { say("Give the reason for excluding this well."); return; }
  remember();
  changes.excluded[view.tube.fcs] = { reason, blinded: isBlinded(), isNew: true };
  $("exclude-box").hidden = true;
  $("exclude-reason").value = "";
  afterStep();
}
