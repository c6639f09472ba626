// With `make gates` the page comes from this computer, which writes the file and runs the study.
"use strict";
const isServed = location.protocol === "http:";
let version = null;

async function askServer(name, sent) {
  const options = sent === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) };
  const answer = await fetch(name, { ...options, cache: "no-store" });
  return { status: answer.status, ...(await answer.json()) };
}

// A file with a fault has no version here, so that saving does not write over it.
async function readFromServer() {
  const state = await askServer("state");
  if (state.reason) { say(`${state.reason} Correct ${STUDY.gates_file} and reload the page; until then nothing can be saved.`); return null; }
  version = state.version;
  return state.file;
}

// Returns why it was refused; empty if it was saved.
async function saveOnServer(text) {
  try {
    const answer = await askServer("save", { version, text });
    if (answer.status !== 200) return answer.reason;
    version = answer.version;
    return "";
  } catch { return "The server does not answer. Is make gates still running?"; }
}

async function runOnServer() {
  let started;
  try { started = await askServer("run", {}); } catch { say("The server does not answer. Is make gates still running?"); return; }
  if (started.status !== 200) { say(started.reason); return; }
  for (;;) {
    await new Promise((done) => setTimeout(done, 1000));
    let progress;
    try { progress = await askServer("progress"); } catch { say("The server does not answer."); return; }
    say(progress.words);
    if (progress.state === "done") { location.reload(); return; }
    if (progress.state === "failed") return;
  }
}
