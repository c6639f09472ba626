// What is looked at: experiment, population, plot, well, and how wells are named.
"use strict";
const view = {
  experiment: STUDY.experiments[0], population: null, plot: null, tube: null, outcome: null,
  shown: false, compare: false, only: false, reason: "",
};
const WAS_SHOWN = `arms-shown ${STUDY.study}`;

// Whether arms and findings were never shown while this page was open.
function wasShown() { try { return view.seen || sessionStorage.getItem(WAS_SHOWN) === "yes"; } catch { return Boolean(view.seen); } }
function isBlinded() { return !wasShown(); }
function noteShown() { view.seen = true; try { sessionStorage.setItem(WAS_SHOWN, "yes"); } catch { /* kept in `view` */ } }

const $ = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function samples(experiment) { return experiment.tubes.filter((tube) => tube.role === "sample"); }
function controls(experiment) { return experiment.tubes.filter((tube) => tube.role !== "sample"); }
function shownTubes() { return [...samples(view.experiment), ...controls(view.experiment)]; }
function isExcluded(tube) { return Object.hasOwn(changes.excluded, tube.fcs); }
function nameOf(tube) { return view.shown && tube.role === "sample" ? tube.culture || tube.fcs : tube.code; }
function shapesOf(tube) { return (gate) => shapeFor(view.experiment, view.population, gate, tube); }
function automaticShapes(tube) { return (gate) => automaticShape(view.experiment, view.population, gate, tube); }
function outcomeName() { return view.outcome ? view.outcome.name : `${view.population.name} among single cells`; }

function percentIn(tube, shapes) {
  return percentOf(view.experiment, countsOf(view.experiment, view.population, tube, shapes), view.outcome);
}

function percentText({ percent }) { return Number.isNaN(percent) ? "–" : percent.toFixed(1); }

// The gate of the plot that runs along a channel.
function gateOn(channel) {
  return view.plot.gates.find((gate) => {
    const shape = shapesOf(view.tube)(gate);
    return shape && shape.channels.length === 1 && shape.channels[0] === channel;
  });
}
