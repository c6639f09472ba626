// The chosen well, large: its axes, the lines of the gates and what moves them.
"use strict";
const SIDE = 400, MARGIN = { left: 52, bottom: 40, top: 6, right: 8 };
const SVG = "http://www.w3.org/2000/svg";
let handles = [];

function svgElement(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const atX = (unit) => MARGIN.left + unit * SIDE;
const atY = (unit) => MARGIN.top + (1 - unit) * SIDE;

function drawAxes() {
  const { experiment, plot } = view, group = $("axes");
  group.replaceChildren(svgElement("rect", { x: MARGIN.left, y: MARGIN.top, width: SIDE, height: SIDE, class: "frame" }));
  const ticksOf = (axis) => axis.ticks.map(([place, text]) => [(place - axis.limits[0]) / (axis.limits[1] - axis.limits[0]), text]).filter(([unit]) => unit >= 0 && unit <= 1);
  for (const [unit, text] of ticksOf(experiment.axes[plot.x])) {
    group.append(svgElement("path", { d: `M${atX(unit)} ${atY(0)}v4` }), svgElement("text", { x: atX(unit), y: atY(0) + 16, "text-anchor": "middle" }, text));
  }
  group.append(svgElement("text", { x: atX(0.5), y: atY(0) + 34, "text-anchor": "middle", class: "title" }, experiment.axes[plot.x].label));
  const label = plot.y ? experiment.axes[plot.y].label : "events";
  group.append(svgElement("text", { transform: `translate(13 ${atY(0.5)}) rotate(-90)`, "text-anchor": "middle", class: "title" }, label));
  if (!plot.y) return;
  for (const [unit, text] of ticksOf(experiment.axes[plot.y])) {
    group.append(svgElement("path", { d: `M${atX(0)} ${atY(unit)}h-4` }), svgElement("text", { x: atX(0) - 7, y: atY(unit) + 4, "text-anchor": "end" }, text));
  }
}

// What can be moved: each has `at` (where it is, per axis null if it spans it), and `to` (moves it).
function wantedHandles() {
  const { plot, experiment } = view, shapes = shapesOf(view.tube), found = [];
  for (const gate of plot.gates) {
    const shape = shapes(gate);
    if (!shape) continue;
    const axes = shape.channels.map((channel) => experiment.axes[channel]);
    if (shape.channels.length === 2) {
      // One that was drawn on other scales is shown, and can be replaced.
      if (!shape.scales) shape.vertices.forEach((_, corner) => found.push(cornerHandle(gate, corner, axes)));
      continue;
    }
    const number = "threshold" in shape ? 1 : intervalsOf(shape).flat().length;
    for (let end = 0; end < number; end++) found.push(lineHandle(gate, end, axes[0], shape.channels[0] === plot.x));
  }
  const crossing = found.length === 2 && found.every((one) => one.isLine) && found[0].isAcross !== found[1].isAcross;
  return crossing ? [...found, crossingHandle(found)] : found;
}

function movedShape(shape, end, value) {
  if ("threshold" in shape) return { ...shape, threshold: value };
  const pairs = intervalsOf(shape).map((pair) => [...pair]);
  pairs[end >> 1][end & 1] = value;
  const isSound = pairs.every(([low, high]) => low < high);
  return isSound ? { ...shape, vertices: Array.isArray(shape.vertices[0]) ? pairs : pairs[0] } : shape;
}

function lineHandle(gate, end, axis, isAcross) {
  const shape = () => shapesOf(view.tube)(gate);
  const value = () => ("threshold" in shape() ? shape().threshold : intervalsOf(shape()).flat()[end]);
  const which = "threshold" in shape() ? "threshold" : `${["lower end", "upper end"][end & 1]}${end > 1 ? ` ${(end >> 1) + 1}` : ""}`;
  return {
    gate, isLine: true, isAcross, name: `${nameOfGate(gate)}, ${which}`,
    at: () => { const unit = unitAt(axis, value()); return isAcross ? [unit, null] : [null, unit]; },
    to: (x, y) => moveGate(gate, movedShape(shape(), end, rounded(linearAt(axis, clamped(isAcross ? x : y))))),
    words: () => inWords(value()),
    number: value,
    ends: [linearAt(axis, 0), linearAt(axis, 1)],
  };
}

function cornerHandle(gate, corner, axes) {
  const shape = () => shapesOf(view.tube)(gate), point = () => shape().vertices[corner];
  return {
    gate, isLine: false, name: `${nameOfGate(gate)}, corner ${corner + 1}`,
    at: () => point().map((value, each) => clamped(unitAt(axes[each], value))),
    to: (x, y) => {
      const vertices = shape().vertices.map((one) => [...one]);
      vertices[corner] = [linearAt(axes[0], clamped(x)), linearAt(axes[1], clamped(y))].map(rounded);
      moveGate(gate, { ...shape(), vertices });
    },
    words: () => point().map(inWords).join(", "),
    number: () => point()[0],
    ends: [linearAt(axes[0], 0), linearAt(axes[0], 1)],
  };
}

function crossingHandle([one, other]) {
  const [across, up] = one.isAcross ? [one, other] : [other, one];
  return { isCrossing: true, isLine: false, at: () => [across.at()[0], up.at()[1]], to: (x, y) => { across.to(x, y); up.to(x, y); } };
}

function drawHandles() {
  handles = wantedHandles();
  $("handles").replaceChildren(...handles.map(handleElement));
  placeHandles();
}

function handleElement(handle) {
  const { isLine, isAcross, isCrossing } = handle;
  const group = svgElement("g", { class: isLine ? (isAcross ? "line across" : "line up") : isCrossing ? "crossing" : "corner" });
  if (isLine) group.append(svgElement("path", { class: "reach" }), svgElement("path", { class: "gate" }), svgElement("path", { class: "grip" }));
  else group.append(svgElement("circle", { class: "reach", r: 13 }), svgElement("circle", { class: "gate", r: isCrossing ? 6 : 5 }));
  handle.group = group;
  group.addEventListener("pointerdown", (event) => drag(event, handle));
  if (isCrossing) {
    group.setAttribute("aria-hidden", "true");
    return group;
  }
  const [low, high] = handle.ends;
  for (const [key, value] of [["role", "slider"], ["tabindex", "0"], ["aria-label", handle.name], ["aria-valuemin", rounded(low)], ["aria-valuemax", rounded(high)]]) group.setAttribute(key, value);
  if (isLine) group.setAttribute("aria-orientation", isAcross ? "horizontal" : "vertical");
  group.addEventListener("keydown", (event) => moveByKey(event, handle));
  return group;
}

function placeHandles() {
  const percent = percentText(percentIn(view.tube, shapesOf(view.tube)));
  for (const handle of handles) {
    const [x, y] = handle.at().map((unit) => (unit === null ? null : clamped(unit))), { group } = handle;
    if (handle.isLine) {
      const line = handle.isAcross ? `M${atX(x)} ${atY(0)}V${atY(1)}` : `M${atX(0)} ${atY(y)}H${atX(1)}`;
      const grip = handle.isAcross ? `M${atX(x) - 6} ${atY(1)}h12l-6 9z` : `M${atX(1)} ${atY(y) - 6}v12l-9 -6z`;
      const [reach, gate, mark] = group.children;
      reach.setAttribute("d", line);
      gate.setAttribute("d", line);
      mark.setAttribute("d", grip);
    } else {
      for (const circle of group.children) { circle.setAttribute("cx", atX(x)); circle.setAttribute("cy", atY(y)); }
    }
    if (handle.isCrossing) continue;
    group.setAttribute("aria-valuenow", rounded(handle.number()));
    group.setAttribute("aria-valuetext", `${handle.words()}; ${outcomeName()} about ${percent} %`);
  }
  const lines = linesOf(shapesOf(view.tube), view.plot).filter((points) => points.length > 2);
  $("polygon").setAttribute("d", lines.map((points) => `M${points.map(([x, y]) => `${atX(clamped(x))} ${atY(clamped(y))}`).join("L")}`).join(""));
  const before = view.compare ? linesOf(automaticShapes(view.tube), view.plot) : [];
  $("large-before").setAttribute("d", before.map((points) => `M${points.map(([x, y]) => `${atX(clamped(x))} ${atY(clamped(y))}`).join("L")}`).join(""));
}

function drag(event, handle) {
  if (event.button) return;
  event.preventDefault();
  const svg = $("large"), { group } = handle, box = svg.getBoundingClientRect();
  const factor = (SIDE + MARGIN.left + MARGIN.right) / box.width;
  if (!beginMove()) return;
  if (!handle.isCrossing) group.focus({ preventScroll: true });
  group.setPointerCapture(event.pointerId);
  const move = (moved) => {
    const x = ((moved.clientX - box.left) * factor - MARGIN.left) / SIDE, y = 1 - ((moved.clientY - box.top) * factor - MARGIN.top) / SIDE;
    handle.to(x, y);
  };
  const end = () => {
    group.removeEventListener("pointermove", move);
    group.removeEventListener("pointerup", end);
    group.removeEventListener("pointercancel", end);
    endMove();
  };
  group.addEventListener("pointermove", move);
  group.addEventListener("pointerup", end);
  group.addEventListener("pointercancel", end);
}

const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [10, 10], PageDown: [-10, -10] };

function moveByKey(event, handle) {
  if (!(event.key in STEPS) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (!beginMove()) return;
  let [across, up] = STEPS[event.key];
  // A line moves one way: both pairs of arrows move it.
  if (handle.isLine) across = up = across || up;
  const size = (event.shiftKey ? 10 : 1) / 400, [x, y] = handle.at();
  handle.to((x ?? 0) + across * size, (y ?? 0) + up * size);
  endMove();
}
