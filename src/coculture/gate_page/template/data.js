// The data of the page: read from its script element, decompressed when an experiment is opened.
"use strict";
const STUDY = JSON.parse(document.getElementById("study").textContent);
const NUMBERS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

async function unpacked(one) {
  const bytes = Uint8Array.from(atob(one.data), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new NUMBERS[one.bytes](await new Response(stream).arrayBuffer());
}

// Sums from the lower left, shape (size + 1) x (size + 1): counts beyond two thresholds in one step.
function sumsOfPair(counts, size) {
  const wide = size + 1, sums = new Float64Array(wide * wide);
  for (let up = 0; up < size; up++) {
    let row = 0;
    for (let across = 0; across < size; across++) {
      row += counts[up * size + across];
      sums[(up + 1) * wide + across + 1] = sums[up * wide + across + 1] + row;
    }
  }
  return sums;
}

function sumsOfLine(counts, first, size) {
  const sums = new Float64Array(size + 1);
  for (let place = 0; place < size; place++) sums[place + 1] = sums[place] + counts[first + place];
  return sums;
}

async function openTube(tube, experiment) {
  if (tube.events) return;
  tube.events = await unpacked(tube.stored);
  for (const population of experiment.populations) {
    const own = tube.populations[population.name];
    own.bins = await unpacked(own.stains);
    own.size = experiment.stains.length > 1 ? Math.round(Math.sqrt(own.bins.length)) : own.bins.length;
    own.sums = experiment.stains.length > 1 ? sumsOfPair(own.bins, own.size) : sumsOfLine(own.bins, 0, own.size);
    const classes = Math.max(1, own.classes.length);
    own.along = {};
    for (const [gate, counts] of Object.entries(own.markers)) {
      const numbers = await unpacked(counts), size = numbers.length / classes;
      own.along[gate] = own.classes.length
        ? own.classes.map((_, place) => sumsOfLine(numbers, place * size, size))
        : [sumsOfLine(numbers, 0, size)];
    }
  }
}

async function openExperiment(experiment) {
  await Promise.all(experiment.tubes.map((tube) => openTube(tube, experiment)));
}
