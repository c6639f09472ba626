// The data of the page: read from its script element, decompressed when an experiment is opened.
"use strict";
const STUDY = JSON.parse(document.getElementById("study").textContent);
const NUMBERS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

function bytesOf(text) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place++) bytes[place] = letters.charCodeAt(place);
  return bytes;
}

async function openExperiment(experiment) {
  if (experiment.bytes) return;
  const stream = new Blob([bytesOf(experiment.data)]).stream().pipeThrough(new DecompressionStream("deflate"));
  experiment.bytes = await new Response(stream).arrayBuffer();
  delete experiment.data;
  experiment.tubes.forEach((tube) => { tube.events = arrayOf(experiment, tube.stored); });
}

function arrayOf(experiment, { at, length, bytes }) {
  // A copy where the place is not a multiple of the size of a number.
  return at % bytes ? new NUMBERS[bytes](experiment.bytes.slice(at, at + length * bytes)) : new NUMBERS[bytes](experiment.bytes, at, length);
}

function binsOf(experiment, own) { return own.bins || (own.bins = arrayOf(experiment, own.stains)); }

// Bins along a stain.
function sizeOf(experiment, own) { return experiment.stains.length > 1 ? Math.round(Math.sqrt(own.stains.length)) : own.stains.length; }

// Sums of the bins from the lower left, so that cells beyond two thresholds are found in one step.
function sumsOf(experiment, own) {
  if (!own.sums) {
    const size = sizeOf(experiment, own), bins = binsOf(experiment, own);
    own.sums = experiment.stains.length > 1 ? sumsOfPair(bins, size) : sumsOfLine(bins, 0, size);
  }
  return own.sums;
}

function sumsOfPair(counts, size) {
  const wide = size + 1, sums = new Float32Array(wide * wide);
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

// Sums along a marker, for each class of cells (one list without classes).
function sumsAlong(experiment, own, gate) {
  own.along = own.along || {};
  if (!own.along[gate]) {
    const numbers = arrayOf(experiment, own.markers[gate]), number = Math.max(1, own.classes.length);
    const size = numbers.length / number;
    own.along[gate] = Array.from({ length: number }, (_, place) => sumsOfLine(numbers, place * size, size));
  }
  return own.along[gate];
}
