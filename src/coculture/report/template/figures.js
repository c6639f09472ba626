// Choose the experiment or plate and the analysis; save figures from the page.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("figure-data").textContent);

  function show(chooser, subject) {
    for (const figure of chooser.parentElement.querySelectorAll("figure[data-subject]")) {
      figure.hidden = figure.dataset.subject !== subject;
    }
    describePrint(chooser, subject);
    document.dispatchEvent(new CustomEvent("figures"));
  }

  // In print only the chosen one is shown; this text names the others.
  function describePrint(chooser, subject) {
    const others = [...chooser.querySelectorAll("input")].map((one) => one.value).filter((one) => one !== subject);
    chooser.nextElementSibling.textContent =
      `${chooser.querySelector("legend").textContent} ${subject} is printed here. To print ${others.join(", ")}, choose it on screen first.`;
  }

  for (const chooser of document.querySelectorAll(".chooser.subjects")) {
    chooser.hidden = false;
    chooser.addEventListener("change", (event) => show(chooser, event.target.value));
    show(chooser, chooser.querySelector("input:checked").value);
  }
  for (const choice of document.querySelectorAll("input[name=analysis]")) {
    choice.addEventListener("change", () => document.dispatchEvent(new CustomEvent("figures")));
  }

  // A link to a hidden figure first chooses its experiment or plate.
  function reveal(id) {
    const figure = document.getElementById(id);
    const subject = figure?.dataset.subject;
    const chooser = subject && figure.closest("section:not(.group)").querySelector(".chooser.subjects");
    if (!chooser) return;
    const choice = [...chooser.querySelectorAll("input")].find((one) => one.value === subject);
    choice.checked = true;
    show(chooser, subject);
  }
  document.addEventListener("show-figure", (event) => reveal(event.detail));
  window.addEventListener("hashchange", () => {
    reveal(location.hash.slice(1));
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  });
  if (location.hash) reveal(location.hash.slice(1));

  // Figures outside the window are drawn when the browser is idle, so that screenshots are complete.
  const undrawn = [...document.querySelectorAll(".plot svg")];
  function draw() {
    const svg = undrawn.shift();
    if (!svg) return;
    svg.style.contentVisibility = "visible";
    requestIdleCallback(draw);
  }
  addEventListener("load", () => requestIdleCallback(draw));

  function save(name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function drawn(svg) {
    const copy = svg.cloneNode(true);
    copy.querySelectorAll(".halo").forEach((halo) => halo.remove());
    const [, , width, height] = copy.getAttribute("viewBox").split(" ");
    copy.setAttribute("width", `${width}pt`);
    copy.setAttribute("height", `${height}pt`);
    copy.removeAttribute("style");
    copy.setAttribute("stroke-linejoin", "round");
    return new XMLSerializer().serializeToString(copy);
  }

  for (const figure of document.querySelectorAll("figure")) {
    figure.querySelector(".save").hidden = false;
    for (const button of figure.querySelectorAll("[data-save]")) {
      const ending = button.dataset.save;
      const name = `${figure.dataset.name}.${ending}`;
      button.setAttribute("aria-label", `Save ${name}`);
      button.addEventListener("click", () => {
        if (ending === "csv") save(name, "text/csv", data[figure.id]);
        else save(name, "image/svg+xml", drawn(figure.querySelector("svg")));
      });
    }
  }
})();
