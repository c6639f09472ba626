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

const testers = new Map();

// A function of the tube's events and an event's number: whether the gate keeps it.
function testerOf(experiment, shape) {
  const key = experiment.experiment + JSON.stringify(plainShape(shape));
  if (!testers.has(key)) {
    if (testers.size > 400) testers.clear();
    testers.set(key, newTester(experiment, shape));
  }
  return testers.get(key);
}

function newTester(experiment, shape) {
  const rows = shape.channels.map((channel) => experiment.channels.indexOf(channel));
  const axis = experiment.axes[shape.channels[0]];
  if ("threshold" in shape) {
    const cut = unitAt(axis, shape.threshold) * LEVELS - 0.5, above = shape.keep !== "below";
    return (events, count, one) => (events[rows[0] * count + one] >= cut) === above;
  }
  const within = shape.keep !== "outside";
  if (rows.length === 1) {
    const [low, high] = shape.vertices.map((end) => unitAt(axis, end) * LEVELS - 0.5);
    return (events, count, one) => {
      const place = events[rows[0] * count + one];
      return (place >= low && place < high) === within;
    };
  }
  const mask = polygonMask(cornersOf(experiment, shape));
  return (events, count, one) =>
    Boolean(mask[events[rows[1] * count + one] * LEVELS + events[rows[0] * count + one]]) === within;
}

function steadyTester(experiment) {
  const row = experiment.channels.length;
  return (events, count, one) => events[row * count + one] === 1;
}

// The tests of a tube, gate by gate, for `shapes(gate)`.
function testsOf(experiment, population, shapes) {
  const upstream = [];
  const time = shapes("time");
  upstream.push(time ? testerOf(experiment, time) : steadyTester(experiment));
  for (const gate of ["cells", "singlets"]) {
    const shape = shapes(gate);
    upstream.push(shape ? testerOf(experiment, shape) : () => true);
  }
  const of = (gate) => testerOf(experiment, shapes(gate));
  return { upstream, markers: population.markers.map((one) => of(one.gate)), stains: stainsOf(experiment).map((one) => of(one.gate)) };
}

function hasClasses(experiment) { return Object.keys(experiment.classes).length > 0; }
function stainsOf(experiment) { return hasClasses(experiment) ? experiment.stains : []; }

// Place of a class by its signs as binary digits.
function placesOfClasses(experiment) {
  if (!experiment.places) {
    experiment.places = [];
    Object.values(experiment.classes).forEach((signs, place) => {
      experiment.places[signs.reduce((digits, sign) => 2 * digits + (sign ? 1 : 0), 0)] = place;
    });
  }
  return experiment.places;
}

function interpolated(sums, size, unit) {
  const place = Math.min(size, Math.max(0, unit * size)), low = Math.min(size - 1, Math.floor(place));
  return sums[low] + (place - low) * (sums[low + 1] - sums[low]);
}

function interpolatedPair(sums, size, x, y) {
  const wide = size + 1, up = Math.min(size, Math.max(0, y * size)), low = Math.min(size - 1, Math.floor(up));
  const row = (start) => interpolated(sums.subarray(start * wide, (start + 1) * wide), size, x);
  const first = row(low);
  return first + (up - low) * (row(low + 1) - first);
}

// Cells in each class by the bins, at thresholds in places of the axes.
function classesInBins(experiment, own, cuts) {
  const { sums, size } = own, places = placesOfClasses(experiment), found = new Array(places.length).fill(0);
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

// Counts of a tube: { classes, population, singlets, sampled } and what the sampling error needs.
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
  };
  if (movedStain) {
    const cut = (one, shape) => unitAt(experiment.axes[one.channel], shape.threshold);
    const now = classesInBins(experiment, own, stains.map((one) => cut(one, shapes(one.gate))));
    const then = classesInBins(experiment, own, stains.map((one) => cut(one, used(one.gate))));
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
    own.along[one.gate].forEach((sums, each) => {
      const size = sums.length - 1;
      const change = sign * (interpolated(sums, size, unitAt(axis, shape.threshold)) - interpolated(sums, size, unitAt(axis, before.threshold)));
      counts.population += change;
      if (own.classes.length) counts.classes[each] += change;
    });
  });
  if (counts.sampled) addSampled(experiment, population, tube, shapes, used, binned, counts);
  counts.classes = counts.classes.map((number) => Math.max(0, number));
  counts.population = Math.max(0, counts.population);
  return counts;
}

// The change among the stored events that the bins do not have.
function addSampled(experiment, population, tube, shapes, used, binned, counts) {
  const now = testsOf(experiment, population, shapes), then = testsOf(experiment, population, used);
  const { events, stored } = tube, count = stored.events, weight = count ? stored.among / count : 0;
  const places = placesOfClasses(experiment), classes = counts.classes.length;
  const counted = experiment.outcomes.map((outcome) => outcome.classes);
  const inOutcome = counted.map((names) => Object.keys(experiment.classes).map((name) => (names.includes(name) ? 1 : 0)));
  const sums = inOutcome.map(() => [0, 0, 0]), shares = [0, 0, 0], delta = new Float64Array(classes);
  const change = new Float64Array(classes);
  let cells = 0, singlets = 0;
  const passesAll = (tests, one) => { for (const test of tests) if (!test(events, count, one)) return false; return true; };
  const classAt = (tests, one) => { let digits = 0; for (const test of tests) digits = 2 * digits + (test(events, count, one) ? 1 : 0); return places[digits]; };
  for (let one = 0; one < count; one++) {
    const up = passesAll(now.upstream, one), before = passesAll(then.upstream, one);
    if (!up && !before) continue;
    const wasCell = before && passesAll(then.markers, one), isCell = up && passesAll(now.markers, one);
    const at = classes ? classAt(now.stains, one) : 0, was = classes ? classAt(then.stains, one) : 0;
    change.fill(0);
    let cell = (isCell ? 1 : 0) - (wasCell ? 1 : 0);
    if (isCell) change[at] += 1;
    // Moved stains are in the bins of the cells that the run had.
    if (wasCell) change[at] -= 1;
    if (before) {
      for (let place = 0; place < binned.length; place++) {
        if (!binned[place]) continue;
        let others = true;
        for (let each = 0; each < binned.length; each++) if (each !== place && !then.markers[each](events, count, one)) others = false;
        const difference = (others && now.markers[place](events, count, one) ? 1 : 0) - (wasCell ? 1 : 0);
        cell -= difference;
        if (classes) change[was] -= difference;
      }
    }
    const single = (up ? 1 : 0) - (before ? 1 : 0);
    cells += cell;
    singlets += single;
    for (let place = 0; place < classes; place++) delta[place] += change[place];
    shares[0] += cell * cell; shares[1] += cell * single; shares[2] += single * single;
    for (let each = 0; each < sums.length; each++) {
      let number = 0;
      for (let place = 0; place < classes; place++) number += change[place] * inOutcome[each][place];
      sums[each][0] += number * number; sums[each][1] += number * cell; sums[each][2] += cell * cell;
    }
  }
  for (let place = 0; place < classes; place++) counts.classes[place] += weight * delta[place];
  counts.population += weight * cells;
  counts.singlets += weight * singlets;
  counts.parts = { weight, sums, shares };
}

// Percent of an outcome (null: of the population among single cells) and its 95 % sampling error.
function percentOf(experiment, counts, outcome) {
  const place = experiment.outcomes.indexOf(outcome);
  const whole = outcome ? counts.population : counts.singlets;
  const names = Object.keys(experiment.classes);
  const part = outcome ? names.reduce((sum, name, each) => sum + (outcome.classes.includes(name) ? counts.classes[each] : 0), 0) : counts.population;
  if (outcome ? counts.population < experiment.min_cells : whole <= 0) return { percent: NaN, error: 0 };
  const share = part / whole;
  if (!counts.parts) return { percent: 100 * share, error: 0 };
  const [nn, nd, dd] = outcome ? counts.parts.sums[place] : counts.parts.shares;
  const variance = Math.max(0, nn - 2 * share * nd + share * share * dd);
  return { percent: 100 * share, error: (196 * counts.parts.weight * Math.sqrt(variance)) / whole };
}
