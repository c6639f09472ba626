// What was changed: the gates of the file, exceptions and excluded wells, with undo.
"use strict";
const SHARED = ["scatter", "side_scatter", "time", "cells", "singlets"];
// A change of a gate: { shape, exceptions: {fcs: {shape, ...}}, reason, by, date, blinded }.
let changes = { gates: {}, excluded: {} };
const past = [], future = [];
const copyOf = (value) => JSON.parse(JSON.stringify(value));

function remember() {
  past.push(JSON.stringify(changes));
  if (past.length > 200) past.shift();
  future.length = 0;
}

function step(from, to) {
  if (!from.length) return;
  to.push(JSON.stringify(changes));
  changes = JSON.parse(from.pop());
}

function gateKey(experiment, population, gate) { return [experiment, population, gate].join("\u0000"); }

// Gates that all populations share are moved for all of them.
function keysOf(experiment, population, gate) {
  const names = SHARED.includes(gate) ? experiment.populations.map((one) => one.name) : [population.name];
  return names.map((name) => gateKey(experiment.experiment, name, gate));
}

function changeOf(experiment, population, gate) {
  return changes.gates[gateKey(experiment.experiment, population.name, gate)];
}

const shapesOfBlocks = new WeakMap();

// The shape of a gate of the run: the same object each time, so that it is compared at once.
function shapeOfBlock(block) {
  if (!block) return null;
  if (!shapesOfBlocks.has(block)) shapesOfBlocks.set(block, newShape(block));
  return shapesOfBlocks.get(block);
}

function newShape(block) {
  const shape = { channels: block.channels, keep: block.keep || ("threshold" in block ? "above" : "inside") };
  if ("threshold" in block) shape.threshold = block.threshold; else shape.vertices = block.vertices;
  if (block.scales) shape.scales = block.scales;
  return shape;
}

function blockOf(experiment, population, gate) { return (experiment.gates[population.name] || {})[gate]; }

// A shape with a threshold, or a whole shape, of a tube or cell line in its place.
function withOwn(shape, own) {
  if (own === undefined || own === null) return shape;
  const whole = typeof own === "object" ? own : { threshold: own };
  const { threshold, vertices, scales, ...rest } = shape;
  const keep = "threshold" in whole === "threshold" in shape ? shape.keep : "threshold" in whole ? "above" : "inside";
  return { ...rest, keep, ...whole };
}

// The shape that the run used for a tube.
function usedShape(experiment, population, gate, tube) {
  const block = blockOf(experiment, population, gate), shape = shapeOfBlock(block);
  if (!shape || !tube) return shape;
  return withOwn(shape, (block.of_files || {})[tube.fcs] ?? (block.of_cells || {})[tube.cells]);
}

// The shape that is automatic: as the run set it, or as it notes it beside a gate that was moved.
function automaticShape(experiment, population, gate, tube) {
  const block = blockOf(experiment, population, gate);
  if (!block || (block.source !== "manual" && !block.exceptions)) return usedShape(experiment, population, gate, tube);
  const exception = ((block || {}).exceptions || []).find((one) => tube && one.fcs === tube.fcs);
  if (block && block.source === "manual") return shapeFromValue(block, block.automatic);
  if (exception) return shapeFromValue(block, exception.automatic) || withOwn(shapeOfBlock(block), (block.of_cells || {})[tube.cells]);
  return usedShape(experiment, population, gate, tube);
}

// The automatic gate as it is noted: a threshold, vertices, or a whole shape of another kind.
function shapeFromValue(block, value) {
  if (value === undefined || value === null) return null;
  const { channels, keep } = shapeOfBlock(block);
  if (Array.isArray(value)) return { channels, keep, vertices: value };
  return typeof value === "object" ? newShape(value) : { channels, keep, threshold: value };
}

// A gate of the config stays what it is: a gates file cannot take it away.
function isOfConfig(experiment, population, gate) {
  const block = blockOf(experiment, population, gate);
  return Boolean(block) && block.source === "manual" && !block.by;
}

// The shape that holds now for a tube: its exception, the moved gate, or what is automatic.
function shapeFor(experiment, population, gate, tube) {
  const change = changeOf(experiment, population, gate);
  const exception = change && tube && change.exceptions[tube.fcs];
  if (exception) return exception.shape;
  if (change && change.shape) return change.shape;
  if (isOfConfig(experiment, population, gate)) return usedShape(experiment, population, gate, tube);
  return automaticShape(experiment, population, gate, tube) || (gate === "time" ? null : usedShape(experiment, population, gate, tube));
}

function plainShape(shape) {
  return shape && [shape.channels, shape.threshold ?? null, shape.vertices ?? null, shape.keep];
}

function isSame(one, other) {
  if (one === other) return true;
  if (!one || !other || one.threshold !== other.threshold || one.keep !== other.keep) return false;
  return JSON.stringify(plainShape(one)) === JSON.stringify(plainShape(other));
}

// The intervals of a gate on one channel.
function intervalsOf(shape) { return Array.isArray(shape.vertices[0]) ? shape.vertices : [shape.vertices]; }

// Sets a gate for all tubes, or for one; a gate that is where the automatic one is, is not a change.
function setShape(experiment, population, gate, shape, tube) {
  for (const key of keysOf(experiment, population, gate)) {
    const change = changes.gates[key] || (changes.gates[key] = { shape: null, exceptions: {} });
    const about = tube ? change.exceptions[tube.fcs] || (change.exceptions[tube.fcs] = {}) : change;
    about.shape = shape;
    about.blinded = isBlinded();
    about.isNew = true;
  }
}

function resetGate(experiment, population, gate, tube) {
  for (const key of keysOf(experiment, population, gate)) {
    const change = changes.gates[key];
    if (!change) continue;
    if (tube) delete change.exceptions[tube.fcs]; else change.shape = null;
    if (!change.shape && !Object.keys(change.exceptions).length) delete changes.gates[key];
  }
}

// The gates file as it was read (`coculture.exchange.manual_gates`), as changes.
function changesOf(file) {
  const found = { gates: {}, excluded: {} };
  const about = ({ reason, by, date, blinded, automatic }) => ({ reason, by, date, blinded, automatic });
  for (const [experiment, populations] of Object.entries((file || {}).gates || {})) {
    for (const [population, gates] of Object.entries(populations || {})) {
      for (const [gate, block] of Object.entries(gates || {})) {
        const has = "threshold" in block || "vertices" in block;
        const change = { ...about(block), shape: has ? namedShape(experiment, block) : null, exceptions: {} };
        for (const one of block.exceptions || []) {
          const whole = { channels: block.channels || usedChannels(experiment, population, gate), keep: block.keep, ...one };
          change.exceptions[one.fcs] = { ...about(one), shape: namedShape(experiment, whole) };
        }
        found.gates[gateKey(experiment, population, gate)] = change;
      }
    }
  }
  if ((file || {}).compensation) found.compensation = file.compensation;
  for (const one of (file || {}).excluded || []) found.excluded[one.fcs] = about(one);
  return found;
}

function experimentNamed(name) { return STUDY.experiments.find((one) => one.experiment === name); }

function usedChannels(experiment, population, gate) {
  const own = experimentNamed(experiment);
  return (((own || {}).gates[population] || {})[gate] || {}).channels;
}

// Channels by their names in the files, also where the file of gates has the labels of a panel.
function namedShape(experiment, block) {
  const shape = newShape(block), names = (experimentNamed(experiment) || {}).names || {};
  return { ...shape, channels: shape.channels.map((one) => names[one] || one) };
}
