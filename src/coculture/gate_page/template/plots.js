// Densities on canvases. Cells of the stains are drawn from the bins, other plots from stored events.
"use strict";
const RASTER = 128;
// Cividis: also readers with colour-vision deficiencies see it rise.
const COLOURS = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]];
const LOOK_UP = Uint32Array.from({ length: 256 }, (_, level) => {
  const place = (level / 255) * (COLOURS.length - 1), low = Math.min(COLOURS.length - 2, Math.floor(place));
  const [red, green, blue] = COLOURS[low].map((part, each) => Math.round(part + (place - low) * (COLOURS[low + 1][each] - part)));
  return (255 << 24) | (blue << 16) | (green << 8) | red;
});

// Counts of the events that a plot shows, shape (RASTER, RASTER), the lowest row first; of a
// histogram shape (RASTER).
function rasterOf(tube) {
  const { experiment, population, plot } = view, own = tube.populations[population.name];
  const before = gatesBefore(plot), shapes = shapesOf(tube);
  const isAsRun = before.every((gate) => isSame(shapes(gate), usedShape(experiment, population, gate, tube)));
  if (plot.stage === "population" && isAsRun) return fromBins(experiment, own, plot);
  return fromEvents(tube, plot, before, shapes);
}

function gatesBefore(plot) {
  const order = ["time", "cells", "singlets", ...view.population.markers.map((one) => one.gate)];
  const end = plot.stage === "population" ? order.length : { scatter: 0, time: 1, cells: 2, singlets: 3 }[plot.stage];
  return order.slice(0, end);
}

function fromBins(experiment, own, plot) {
  const bins = binsOf(experiment, own);
  if (plot.y) return bins;
  const wide = bins.length / RASTER;
  return Float64Array.from({ length: RASTER }, (_, place) => bins.subarray(place * wide, (place + 1) * wide).reduce((sum, one) => sum + one, 0));
}

function fromEvents(tube, plot, before, shapes) {
  const { experiment, population } = view, { events } = tube, count = tube.stored.events;
  const bits = bitsOf(experiment, population, tube, shapes, "now"), wanted = (1 << before.length) - 1;
  const x = experiment.channels.indexOf(plot.x) * count, y = experiment.channels.indexOf(plot.y) * count;
  const raster = new Float64Array(plot.y ? RASTER * RASTER : RASTER);
  for (let one = 0; one < count; one++) {
    if ((bits[one] & wanted) !== wanted) continue;
    const across = events[x + one] >> 1;
    raster[plot.y ? (events[y + one] >> 1) * RASTER + across : across]++;
  }
  return raster;
}

// Draws a tube into a square of RASTER pixels, its left side at `left`.
function draw(context, left, tube) {
  const raster = rasterOf(tube);
  context.clearRect(left, 0, RASTER, RASTER);
  let highest = 1;
  for (const number of raster) if (number > highest) highest = number;
  if (!view.plot.y) {
    context.fillStyle = "#5b87a8";
    raster.forEach((number, place) => {
      const height = (0.8 * RASTER * number) / highest;
      context.fillRect(left + place, RASTER - height, 1, height);
    });
    return;
  }
  const image = context.createImageData(RASTER, RASTER), pixels = new Uint32Array(image.data.buffer);
  const factor = 255 / Math.sqrt(highest);
  for (let up = 0; up < RASTER; up++) {
    const row = (RASTER - 1 - up) * RASTER;
    for (let across = 0; across < RASTER; across++) {
      const number = raster[up * RASTER + across];
      if (number) pixels[row + across] = LOOK_UP[Math.round(factor * Math.sqrt(number))];
    }
  }
  context.putImageData(image, left, 0);
}

// The lines of a plot's gates in places of its axes: a list of lines, each a list of points.
function linesOf(shapes, plot) {
  const { experiment } = view, lines = [];
  for (const gate of plot.gates) {
    const shape = shapes(gate);
    if (!shape) continue;
    if (shape.channels.length === 2) {
      if (shape.channels[0] !== plot.x || shape.channels[1] !== plot.y) continue;
      const corners = cornersOf(experiment, shape);
      lines.push([...corners, corners[0]]);
      continue;
    }
    const axis = experiment.axes[shape.channels[0]];
    for (const end of "threshold" in shape ? [shape.threshold] : intervalsOf(shape).flat()) {
      const place = unitAt(axis, end);
      if (shape.channels[0] === plot.x) lines.push([[place, 0], [place, 1]]);
      else if (shape.channels[0] === plot.y) lines.push([[0, place], [1, place]]);
    }
  }
  return lines;
}

const clamped = (value) => Math.min(1, Math.max(0, value));

function pathOf(lines, left, top, side) {
  return lines.map((points) => `M${points.map(([x, y]) => `${(left + clamped(x) * side).toFixed(1)} ${(top + (1 - clamped(y)) * side).toFixed(1)}`).join("L")}`).join("");
}
