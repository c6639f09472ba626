// Saving: the gates file as text, a dialog for reasons, and the download.
"use strict";
let isSaving = false;

function quoted(text) {
  return JSON.stringify(String(text)).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

// YAML takes 5e-7 for text, and 5.0e-7 for a number.
function numbers(value) { return JSON.stringify(value).replace(/(?<![\d.])(\d+)e([+-])/g, "$1.0e$2"); }

function shapeLines(shape) {
  const lines = [`channels: [${shape.channels.map(quoted).join(", ")}]`];
  if ("threshold" in shape) lines.push(`threshold: ${numbers(shape.threshold)}`);
  else lines.push(`vertices: ${numbers(shape.vertices)}`);
  if (shape.scales) lines.push(`scales: ${numbers(shape.scales)}`);
  lines.push(`keep: ${shape.keep}`);
  return lines;
}

// The value of an automatic gate of the same kind; of another kind all of it. A change that was not
// made here keeps the value that the person saw.
function automaticLines(shape, own, change) {
  if (!change.isNew && change.automatic !== undefined) return [`automatic: ${numbers(change.automatic)}`];
  if (!shape) return [];
  const isAlike = "threshold" in shape === "threshold" in own && shape.channels.join() === own.channels.join();
  const { channels, threshold, vertices, keep } = shape;
  return [`automatic: ${numbers(isAlike ? threshold ?? vertices : { channels, threshold, vertices, keep })}`];
}

function aboutLines(one) {
  return [`reason: ${quoted(one.reason || "")}`, `by: ${quoted(one.by || "")}`, `date: ${quoted(one.date || "")}`, `blinded: ${one.blinded ?? null}`];
}

function gateLines(experiment, population, gate, change) {
  const lines = ["source: manual"], automatic = (tube) => (experiment ? automaticShape(experiment, population, gate, tube) : null);
  if (change.shape) lines.push(...shapeLines(change.shape), ...automaticLines(automatic(null), change.shape, change), ...aboutLines(change));
  const exceptions = Object.entries(change.exceptions);
  if (exceptions.length) lines.push("exceptions:");
  for (const [fcs, one] of exceptions) {
    const tube = experiment && experiment.tubes.find((each) => each.fcs === fcs);
    const usual = change.shape || automatic(null), isLike = usual && "threshold" in usual && "threshold" in one.shape && usual.keep === one.shape.keep && usual.channels.join() === one.shape.channels.join();
    const shape = isLike ? [`threshold: ${numbers(one.shape.threshold)}`] : shapeLines(one.shape);
    const [first, ...rest] = [`fcs: ${quoted(fcs)}`, ...shape, ...automaticLines(automatic(tube || null), one.shape, one), ...aboutLines(one)];
    lines.push(`  - ${first}`, ...rest.map((line) => `    ${line}`));
  }
  return lines;
}

// The gates file: YAML, sorted, so that the same gates are the same text.
function gatesFile() {
  const lines = [`study: ${quoted(STUDY.study)}`], byPlace = Object.entries(changes.gates).sort(([one], [other]) => (one < other ? -1 : 1));
  if (changes.compensation) lines.push(`compensation: ${JSON.stringify(changes.compensation)}`);
  lines.push(byPlace.length ? "gates:" : "gates: {}");
  let last = [];
  for (const [key, change] of byPlace) {
    const [experiment, population, gate] = key.split("\u0000");
    if (experiment !== last[0]) lines.push(`  ${quoted(experiment)}:`);
    if (experiment !== last[0] || population !== last[1]) lines.push(`    ${quoted(population)}:`);
    last = [experiment, population];
    lines.push(`      ${quoted(gate)}:`);
    const own = experimentNamed(experiment), named = own && own.populations.find((one) => one.name === population);
    lines.push(...gateLines(named ? own : null, named, gate, change).map((line) => `        ${line}`));
  }
  const excluded = Object.entries(changes.excluded).sort(([one], [other]) => (one < other ? -1 : 1));
  if (excluded.length) lines.push("excluded:");
  for (const [fcs, one] of excluded) {
    lines.push(`  - fcs: ${quoted(fcs)}`, ...aboutLines(one).map((line) => `    ${line}`));
  }
  return `${lines.join("\n")}\n`;
}

// Each thing that is new since the file was read, once: gates that all populations share are one.
function listedChanges() {
  const found = [];
  for (const [key, change] of Object.entries(changes.gates)) {
    const [experiment, population, gate] = key.split("\u0000");
    const where = SHARED.includes(gate) ? `${experiment}, all populations, ${gate}` : `${experiment}, ${population}, ${gate}`;
    if (change.isNew && change.shape) found.push({ where, about: change });
    for (const [fcs, one] of Object.entries(change.exceptions)) if (one.isNew) found.push({ where: `${where}, ${codeOf(fcs)} only`, about: one });
  }
  for (const [fcs, one] of Object.entries(changes.excluded)) if (one.isNew) found.push({ where: `${codeOf(fcs)} excluded`, about: one });
  const merged = new Map();
  for (const one of found) merged.set(one.where, { where: one.where, abouts: [...((merged.get(one.where) || {}).abouts || []), one.about] });
  return [...merged.values()];
}

function codeOf(fcs) {
  for (const experiment of STUDY.experiments) {
    const tube = experiment.tubes.find((one) => one.fcs === fcs);
    if (tube) return `${experiment.experiment} ${tube.code}`;
  }
  return fcs;
}

function askForReasons() {
  const listed = listedChanges();
  $("reasons").replaceChildren(...listed.map((one, place) => {
    const input = element("input", { type: "text", id: `reason-${place}`, required: true, value: one.abouts[0].reason || "", autocomplete: "off" });
    input.abouts = one.abouts;
    return element("label", { htmlFor: `reason-${place}` }, element("span", { textContent: one.where }), input);
  }));
  $("no-changes").hidden = listed.length > 0;
  $("who").hidden = !listed.length;
  for (const id of ["by", "date"]) $(id).required = listed.length > 0;
  $("save-and-rerun").hidden = !isServed;
  $("save-dialog").showModal();
}

async function saveFromDialog(event) {
  event.preventDefault();
  const andRun = Boolean(event.submitter && event.submitter.id === "save-and-rerun");
  const listed = [...$("reasons").querySelectorAll("input")];
  const by = $("by").value.trim(), date = $("date").value.trim();
  const empty = listed.find((input) => !input.value.trim()) || (listed.length && !by ? $("by") : listed.length && !date ? $("date") : null);
  if (empty) { empty.focus(); return; }
  if (isSaving) return;
  const abouts = listed.flatMap((input) => input.abouts), before = abouts.map((about) => ({ ...about }));
  for (const input of listed) for (const about of input.abouts) Object.assign(about, { reason: input.value.trim(), by, date });
  isSaving = true;
  let refused;
  try { refused = isServed ? await saveOnServer(gatesFile()) : download(gatesFile()); } finally { isSaving = false; }
  if (refused) {
    // The same objects as the dialog has, so that saving again gives them their reasons.
    abouts.forEach((about, place) => { for (const key of ["reason", "by", "date"]) if (key in before[place]) about[key] = before[place][key]; else delete about[key]; });
    $("refused").textContent = refused;
    $("refused").hidden = false;
    return;
  }
  for (const about of abouts) delete about.isNew;
  $("refused").hidden = true;
  $("save-dialog").close();
  say(isServed ? `${STUDY.gates_file} is written. ${andRun ? "The study runs now." : "Run the study again to use it."}` : `Put the downloaded ${STUDY.gates_file} beside the config and run the study again.`);
  showArms(true);
  if (andRun) await runOnServer();
}

function download(text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "text/yaml" })), download: STUDY.gates_file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  return "";
}
