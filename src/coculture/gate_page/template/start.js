// Connects the controls and opens the first experiment.
"use strict";
function connect() {
  const experiments = STUDY.experiments.map((one) => element("option", { textContent: one.experiment }));
  $("experiment").replaceChildren(...experiments);
  $("experiment-box").hidden = experiments.length < 2;
  $("experiment").addEventListener("change", () => chooseExperiment(STUDY.experiments[$("experiment").selectedIndex], view.population.name));
  $("population").addEventListener("change", () => choosePopulation(view.experiment.populations[$("population").selectedIndex]));
  $("outcome").addEventListener("change", () => {
    view.outcome = view.experiment.outcomes[$("outcome").selectedIndex];
    paint();
    paintArms();
  });
  $("undo").addEventListener("click", () => { step(past, future); afterStep(); });
  $("redo").addEventListener("click", () => { step(future, past); afterStep(); });
  $("reset").addEventListener("click", () => {
    remember();
    for (const gate of view.plot.gates) resetGate(view.experiment, view.population, gate, view.only ? view.tube : null);
    afterStep();
  });
  $("compare").addEventListener("change", () => { view.compare = $("compare").checked; paint(); });
  for (const id of ["move-all", "move-only"]) $(id).addEventListener("change", () => {
    view.only = $("move-only").checked;
    $("only-box").hidden = !view.only;
    if (view.only) $("only-reason").focus();
  });
  $("only-reason").addEventListener("input", () => { view.reason = $("only-reason").value; });
  $("exclude").addEventListener("click", toggleExcluded);
  $("exclude-box").addEventListener("submit", exclude);
  $("add-gate").addEventListener("click", addGate);
  $("show-arms").addEventListener("click", () => showArms(!view.shown));
  $("save").addEventListener("click", askForReasons);
  $("cancel").addEventListener("click", () => $("save-dialog").close());
  $("save-form").addEventListener("submit", saveFromDialog);
  $("wells").addEventListener("keydown", moveInTiles);
  addEventListener("resize", () => { if (tiles.length) { placeTiles(); updateTiles(); } });
  addEventListener("scroll", () => { if (isMoving) paintSoon(); }, { passive: true });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input")) return;
    if (event.key === "z" || event.key === "Z") {
      event.preventDefault();
      $(event.shiftKey ? "redo" : "undo").click();
    }
  });
  addEventListener("beforeunload", (event) => { if (listedChanges().length) event.preventDefault(); });
}

async function start() {
  if (!STUDY.experiments.length) return;
  connect();
  // The server has no other page.
  $("report-link").hidden = isServed;
  changes = changesOf(STUDY.file);
  if (isServed) {
    try { changes = changesOf((await readFromServer()) || STUDY.file); } catch { say("The server does not answer. Is make gates still running?"); }
  }
  await chooseExperiment(STUDY.experiments[0]);
  document.documentElement.dataset.ready = "yes";
}

start();
