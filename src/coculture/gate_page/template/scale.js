// Linear values and places on an axis, 0 at its lower end and 1 at its upper end.
"use strict";
function logicleInverse(scale, place) {
  const { a, b, c, d, f, zero } = scale, mirrored = place < zero ? 2 * zero - place : place;
  const linear = a * Math.exp(b * mirrored) - c * Math.exp(-d * mirrored) - f;
  return place < zero ? -linear : linear;
}

function linearAt(axis, unit) {
  const [low, high] = axis.limits, place = low + unit * (high - low);
  return axis.scale ? logicleInverse(axis.scale, place) : place;
}

function unitAt(axis, linear) {
  const [low, high] = axis.limits;
  if (!axis.scale) return (linear - low) / (high - low);
  const known = axis.known || (axis.known = new Map());
  if (!known.has(linear)) {
    if (known.size > 1000) known.clear();
    known.set(linear, unitOnLogicle(axis, linear));
  }
  return known.get(linear);
}

function unitOnLogicle(axis, linear) {
  const [low, high] = axis.limits;
  let below = low - 4 * (high - low), above = high + 4 * (high - low);
  for (let step = 0; step < 60; step++) {
    const middle = (below + above) / 2;
    if (logicleInverse(axis.scale, middle) < linear) below = middle; else above = middle;
  }
  return ((below + above) / 2 - low) / (high - low);
}

// Six digits: finer than a screen shows, and short in the file.
function rounded(value) { return Number(value.toPrecision(6)); }

function inWords(value) {
  const size = Math.abs(value);
  return (size >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)))).replace("-", "−");
}
