// Counts of a tube under the gates as they are now, from what the run counted.
//
// Cells in bins of the stains, and single cells in bins of a marker, are all events, so a moved
// threshold of a stain or of one marker is nearly exact. What gates further up change is estimated
// from the stored events: N(now) = N(run) + change in the bins + weight * change among stored events
// that the bins do not have.
"use strict";
const LEVELS = 256;

function polygonMask(corners) {
  const inside = new Uint8Array(LEVELS * LEVELS);
  for (let up = 0; up < LEVELS; up++) {
    const y = (up + 0.5) / LEVELS;
    for (let last = corners.length - 1, next = 0; next < corners.length; last = next++) {
      const [x1, y1] = corners[last], [x2, y2] = corners[next];
      if ((y1 > y) === (y2 > y)) continue;
      // Beyond an edge that is crossed, inside becomes outside.
      const from = Math.max(0, Math.ceil((x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) * LEVELS - 0.5));
      for (let across = from; across < LEVELS; across++) inside[up * LEVELS + across] ^= 1;
    }
  }
  return inside;
}

// Corners in places of the axes. Edges are straight on linear axes, and bent on a logicle one.
function cornersOf(experiment, shape) {
  const [x, y] = shape.channels.map((channel) => experiment.axes[channel]);
  if (shape.scales) return outlineOf(experiment, shape).map(([one, other]) => [unitAt(x, one), unitAt(y, other)]);
  const pieces = x.scale || y.scale ? 16 : 1, found = [];
  shape.vertices.forEach(([x1, y1], place) => {
    const [x2, y2] = shape.vertices[(place + 1) % shape.vertices.length];
    for (let piece = 0; piece < pieces; piece++) {
      const share = piece / pieces;
      found.push([unitAt(x, x1 + share * (x2 - x1)), unitAt(y, y1 + share * (y2 - y1))]);
    }
  });
  return found;
}

// A polygon on scales of its own, as the run drew it; one that no run has seen has no outline.
function outlineOf(experiment, shape) {
  for (const population of experiment.populations) {
    for (const [gate, outline] of Object.entries(population.outlines)) {
      if (isSame(shape, usedShape(experiment, population, gate, null))) return outline;
    }
  }
  return [[0, 0]];
}

// Sets a bit of every stored event that a gate keeps; `shape` null: all, of the time steady ones.
function setBit(experiment, tube, gate, shape, bits, bit) {
  const { events } = tube, count = tube.stored.events, on = 1 << bit, off = 0xffff ^ on;
  const row = (channel) => experiment.channels.indexOf(channel) * count;
  if (!shape) {
    const steady = experiment.channels.length * count;
    for (let one = 0; one < count; one++) bits[one] = gate !== "time" || events[steady + one] ? bits[one] | on : bits[one] & off;
    return;
  }
  const table = tableOf(experiment, shape), first = row(shape.channels[0]);
  if (shape.channels.length === 1) {
    for (let one = 0; one < count; one++) bits[one] = table[events[first + one]] ? bits[one] | on : bits[one] & off;
    return;
  }
  const second = row(shape.channels[1]);
  for (let one = 0; one < count; one++) bits[one] = table[events[second + one] * LEVELS + events[first + one]] ? bits[one] | on : bits[one] & off;
}

const tables = new WeakMap();

// What a gate keeps, for each place on its axis, or on its two axes.
function tableOf(experiment, shape) {
  if (!tables.has(shape)) tables.set(shape, newTable(experiment, shape));
  return tables.get(shape);
}

function newTable(experiment, shape) {
  const axis = experiment.axes[shape.channels[0]], at = (value) => unitAt(axis, value) * LEVELS - 0.5;
  if ("threshold" in shape) {
    const cut = at(shape.threshold);
    return Uint8Array.from({ length: LEVELS }, (_, place) => (place >= cut) === (shape.keep !== "below"));
  }
  const within = shape.keep !== "outside";
  if (shape.channels.length === 1) {
    const pairs = intervalsOf(shape).map((pair) => pair.map(at));
    return Uint8Array.from({ length: LEVELS }, (_, place) => pairs.some(([low, high]) => place >= low && place < high) === within);
  }
  const mask = polygonMask(cornersOf(experiment, shape));
  return within ? mask : mask.map((inside) => 1 - inside);
}

function gatesInOrder(experiment, population) {
  return ["time", "cells", "singlets", ...population.markers.map((one) => one.gate), ...stainsOf(experiment).map((one) => one.gate)];
}

// A bit for each gate of each stored event, in `gatesInOrder`. Only gates that moved are set again.
function bitsOf(experiment, population, tube, shapes, which) {
  const kept = tube.bits || (tube.bits = {}), key = `${population.name}\u0000${which}`;
  const own = kept[key] || (kept[key] = { bits: new Uint16Array(tube.stored.events), shapes: [] });
  gatesInOrder(experiment, population).forEach((gate, bit) => {
    const shape = shapes(gate);
    if (bit in own.shapes && isSame(own.shapes[bit], shape)) return;
    setBit(experiment, tube, gate, shape, own.bits, bit);
    own.shapes[bit] = shape;
  });
  return own.bits;
}

function hasClasses(experiment) { return experiment.classes.length > 0; }
function stainsOf(experiment) { return hasClasses(experiment) ? experiment.stains : []; }

// Place of a class by its signs as binary digits.
function placesOfClasses(experiment) {
  if (!experiment.places) {
    experiment.places = [];
    experiment.classes.forEach(([, signs], place) => {
      experiment.places[signs.reduce((digits, sign) => 2 * digits + (sign ? 1 : 0), 0)] = place;
    });
  }
  return experiment.places;
}

function interpolated(sums, size, unit) {
  const place = Math.min(size, Math.max(0, unit * size)), low = Math.min(size - 1, Math.floor(place));
  return sums[low] + (place - low) * (sums[low + 1] - sums[low]);
}

// Variance of the number of events on one side of a threshold inside of a bin: where they are in it
// is not known. The sum up to a bin is given by a function, so that it serves one axis of a pair, too.
function spreadInBin(sumTo, size, unit) {
  const place = Math.min(size, Math.max(0, unit * size)), low = Math.min(size - 1, Math.floor(place)), share = place - low;
  return (sumTo(low + 1) - sumTo(low)) * share * (1 - share);
}

function interpolatedPair(sums, size, x, y) {
  const wide = size + 1, up = Math.min(size, Math.max(0, y * size)), low = Math.min(size - 1, Math.floor(up));
  const row = (start) => interpolated(sums.subarray(start * wide, (start + 1) * wide), size, x);
  const first = row(low);
  return first + (up - low) * (row(low + 1) - first);
}

// Cells in each class by the bins, at thresholds in places of the axes.
function classesInBins(experiment, own, cuts) {
  const sums = sumsOf(experiment, own), size = sizeOf(experiment, own), places = placesOfClasses(experiment), found = new Array(places.length).fill(0);
  if (cuts.length === 1) {
    const all = sums[size], below = interpolated(sums, size, cuts[0]);
    found[places[0]] = below;
    found[places[1]] = all - below;
    return found;
  }
  const all = sums[sums.length - 1], left = interpolatedPair(sums, size, cuts[0], 1);
  const low = interpolatedPair(sums, size, 1, cuts[1]), both = interpolatedPair(sums, size, cuts[0], cuts[1]);
  found[places[0]] = both;
  found[places[1]] = left - both;
  found[places[2]] = low - both;
  found[places[3]] = all - left - low + both;
  return found;
}

// The same of thresholds of the stains.
function spreadOfStains(experiment, own, cuts) {
  const sums = sumsOf(experiment, own), size = sizeOf(experiment, own), wide = size + 1;
  if (cuts.length === 1) return spreadInBin((place) => sums[place], size, cuts[0]);
  return spreadInBin((place) => sums[size * wide + place], size, cuts[0]) + spreadInBin((place) => sums[place * wide + size], size, cuts[1]);
}

// Counts of a tube: { classes, population, singlets, sampled }, and what their errors need: the
// variance that bins leave, and parts of the sampling error.
function countsOf(experiment, population, tube, shapes) {
  const own = tube.populations[population.name];
  const used = (gate) => usedShape(experiment, population, gate, tube);
  const isMoved = (gate) => !isSame(shapes(gate), used(gate));
  const stains = stainsOf(experiment), movedStain = stains.some((one) => isMoved(one.gate));
  const movedMarkers = population.markers.map((one) => isMoved(one.gate));
  const movedUp = ["time", "cells", "singlets"].some(isMoved);
  const numberMoved = movedMarkers.filter(Boolean).length;
  const counts = {
    classes: [...own.classes],
    population: own.after.population,
    singlets: own.after.singlets,
    sampled: movedUp || numberMoved > 1 || (numberMoved === 1 && movedStain),
    parts: null,
    spread: 0,
  };
  if (movedStain) {
    const cut = (one, shape) => unitAt(experiment.axes[one.channel], shape.threshold);
    const cuts = [shapes, used].map((each) => stains.map((one) => cut(one, each(one.gate))));
    const [now, then] = cuts.map((each) => classesInBins(experiment, own, each));
    counts.spread += cuts.reduce((sum, each) => sum + spreadOfStains(experiment, own, each), 0);
    now.forEach((number, place) => { counts.classes[place] += number - then[place]; });
  }
  // A gate that is not a threshold on the marker's own channel has no bins; events then tell.
  const binned = population.markers.map((one, place) => {
    const shape = shapes(one.gate), before = used(one.gate);
    return movedMarkers[place] && [shape, before].every((each) => "threshold" in each && each.channels[0] === one.channel) && shape.keep === before.keep;
  });
  population.markers.forEach((one, place) => {
    if (!movedMarkers[place]) return;
    if (!binned[place]) { counts.sampled = true; return; }
    const axis = experiment.axes[one.channel], shape = shapes(one.gate), before = used(one.gate);
    const sign = shape.keep === "below" ? 1 : -1;
    sumsAlong(experiment, own, one.gate).forEach((sums, each) => {
      const size = sums.length - 1, cuts = [shape, before].map((other) => unitAt(axis, other.threshold));
      const [now, then] = cuts.map((cut) => interpolated(sums, size, cut)), change = sign * (now - then);
      counts.spread += cuts.reduce((sum, cut) => sum + spreadInBin((edge) => sums[edge], size, cut), 0);
      counts.population += change;
      if (own.classes.length) counts.classes[each] += change;
    });
  });
  if (counts.sampled) addSampled(experiment, population, tube, shapes, used, binned, counts);
  counts.classes = counts.classes.map((number) => Math.max(0, number));
  counts.population = Math.max(0, counts.population);
  return counts;
}

let joint = new Uint32Array(0);
// The table has 4^gates entries: for 10 gates 4 MB, for 16 more than a browser gives.
const MOST_GATES_IN_TABLE = 10;

// How many stored events have the same bits now and in the run: [now, then, events].
function groupsOf(now, then, number) {
  if (number > MOST_GATES_IN_TABLE) return groupsOfMany(now, then);
  const size = 1 << (2 * number), found = [];
  if (joint.length < size) joint = new Uint32Array(size);
  for (let one = 0; one < now.length; one++) {
    const code = (now[one] << number) | then[one];
    if (!joint[code]++) found.push(code);
  }
  return found.map((code) => {
    const events = joint[code];
    joint[code] = 0;
    return [code >> number, code & ((1 << number) - 1), events];
  });
}

// The same with the memory of the groups that there are, and slower.
function groupsOfMany(now, then) {
  const found = new Map();
  for (let one = 0; one < now.length; one++) {
    const code = now[one] * 65536 + then[one];
    found.set(code, (found.get(code) || 0) + 1);
  }
  return [...found].map(([code, events]) => [Math.floor(code / 65536), code % 65536, events]);
}

// The change among the stored events that the bins do not have.
function addSampled(experiment, population, tube, shapes, used, binned, counts) {
  const number = gatesInOrder(experiment, population).length, markers = population.markers.length;
  const groups = groupsOf(bitsOf(experiment, population, tube, shapes, "now"), bitsOf(experiment, population, tube, used, "then"), number);
  const { stored } = tube, weight = stored.events ? stored.among / stored.events : 0;
  const places = placesOfClasses(experiment), classes = counts.classes.length, stains = stainsOf(experiment).length;
  const names = experiment.classes.map(([name]) => name);
  const inOutcome = experiment.outcomes.map((outcome) => names.map((name) => (outcome.classes.includes(name) ? 1 : 0)));
  const sums = inOutcome.map(() => [0, 0, 0]), shares = [0, 0, 0], delta = new Float64Array(classes), change = new Float64Array(classes);
  const allMarkers = ((1 << markers) - 1) << 3;
  const has = (bits, wanted) => (bits & wanted) === wanted;
  const classAt = (bits) => {
    let digits = 0;
    for (let place = 0; place < stains; place++) digits = 2 * digits + ((bits >> (3 + markers + place)) & 1);
    return places[digits];
  };
  let cells = 0, singlets = 0;
  for (const [now, then, events] of groups) {
    const up = has(now, 7), before = has(then, 7);
    if (!up && !before) continue;
    const wasCell = before && has(then, allMarkers), isCell = up && has(now, allMarkers);
    const at = classes ? classAt(now) : 0, was = classes ? classAt(then) : 0;
    change.fill(0);
    let cell = (isCell ? 1 : 0) - (wasCell ? 1 : 0);
    if (classes && isCell) change[at] += 1;
    // Moved stains are in the bins of the cells that the run had.
    if (classes && wasCell) change[at] -= 1;
    for (let place = 0; before && place < markers; place++) {
      if (!binned[place]) continue;
      const own = 8 << place, others = has(then, allMarkers ^ own);
      const difference = (others && now & own ? 1 : 0) - (wasCell ? 1 : 0);
      cell -= difference;
      if (classes) change[was] -= difference;
    }
    const single = (up ? 1 : 0) - (before ? 1 : 0);
    cells += events * cell;
    singlets += events * single;
    shares[0] += events * cell * cell; shares[1] += events * cell * single; shares[2] += events * single * single;
    for (let place = 0; place < classes; place++) delta[place] += events * change[place];
    for (let each = 0; each < sums.length; each++) {
      let part = 0;
      for (let place = 0; place < classes; place++) part += change[place] * inOutcome[each][place];
      sums[each][0] += events * part * part; sums[each][1] += events * part * cell; sums[each][2] += events * cell * cell;
    }
  }
  for (let place = 0; place < classes; place++) counts.classes[place] += weight * delta[place];
  counts.population += weight * cells;
  counts.singlets += weight * singlets;
  counts.parts = { weight, sums, shares };
}

// Percent of an outcome (null: of the population among single cells) and its 95 % error: of the bins
// that moved thresholds divide, and of sampling.
function percentOf(experiment, counts, outcome) {
  const place = experiment.outcomes.indexOf(outcome);
  const whole = outcome ? counts.population : counts.singlets;
  const names = experiment.classes.map(([name]) => name);
  const part = outcome ? names.reduce((sum, name, each) => sum + (outcome.classes.includes(name) ? counts.classes[each] : 0), 0) : counts.population;
  if (outcome ? counts.population < experiment.min_cells : whole <= 0) return { percent: NaN, error: 0 };
  const share = part / whole;
  const inBins = (196 * Math.sqrt(counts.spread)) / whole;
  if (!counts.parts) return { percent: 100 * share, error: inBins };
  const [nn, nd, dd] = outcome ? counts.parts.sums[place] : counts.parts.shares;
  const variance = Math.max(0, nn - 2 * share * nd + share * share * dd);
  return { percent: 100 * share, error: Math.hypot(inBins, (196 * counts.parts.weight * Math.sqrt(variance)) / whole) };
}
