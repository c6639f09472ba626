// Arms and findings: hidden while gates move, shown after saving or when the person asks.
"use strict";
function showArms(isShown) {
  view.shown = isShown;
  if (isShown) noteShown();
  paintDetails();
  placeTiles();
  updateTiles();
  paintArms();
}

function meanOf(tubes, shapesFor) {
  const found = tubes.map((tube) => percentIn(tube, shapesFor(tube)).percent).filter((one) => !Number.isNaN(one));
  return found.length ? found.reduce((sum, one) => sum + one, 0) / found.length : NaN;
}

function paintArms() {
  $("arms").hidden = !view.shown;
  if (!view.shown) { $("arm-rows").replaceChildren(); $("findings").replaceChildren(); return; }
  const { experiment, population } = view, arms = new Map();
  for (const tube of samples(experiment)) {
    if (isExcluded(tube)) continue;
    const arm = Object.hasOwn(STUDY.arms, tube.culture) ? STUDY.arms[tube.culture] : "no arm";
    arms.set(arm, [...(arms.get(arm) || []), tube]);
  }
  const used = (tube) => (gate) => usedShape(experiment, population, gate, tube);
  const text = (value) => (Number.isNaN(value) ? "–" : value.toFixed(1));
  $("arm-rows").replaceChildren(...[...arms].sort(([one], [other]) => one.localeCompare(other)).map(([arm, tubes]) => element("tr", {}, element("th", { scope: "row", textContent: arm }), element("td", { textContent: String(tubes.length) }), element("td", { textContent: text(meanOf(tubes, used)) }), element("td", { textContent: text(meanOf(tubes, shapesOf)) }))));
  $("arms-of").textContent = `${experiment.experiment}, ${outcomeName()} (%)`;
  $("findings").replaceChildren(...STUDY.findings.map((one) => element("li", {}, element("b", { textContent: `${one.id} ${one.verdict}` }), ` ${one.sentence}`)));
}
