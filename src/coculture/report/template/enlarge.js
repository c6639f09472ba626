// A figure by itself, as large as it needs. The figure moves, so its marks keep lighting up.
(() => {
  "use strict";
  const dialog = document.querySelector("dialog.enlarged");
  const inspector = document.querySelector(".inspector");
  const left = document.createElement("div");
  const place = inspector.parentElement;

  function enlarge(figure) {
    left.style.height = `${figure.offsetHeight}px`;
    figure.replaceWith(left);
    dialog.append(figure, inspector);
    dialog.setAttribute("aria-label", figure.querySelector(".plot").getAttribute("aria-label"));
    dialog.showModal();
    figure.querySelector(".plot").focus();
    document.dispatchEvent(new CustomEvent("figures"));
  }

  function back() {
    const figure = dialog.querySelector("figure");
    if (!figure) return;
    left.replaceWith(figure);
    place.append(inspector);
    dialog.close();
    figure.querySelector(".enlarge").focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("figures"));
  }

  for (const button of document.querySelectorAll(".enlarge")) {
    button.hidden = false;
    button.addEventListener("click", () => enlarge(button.closest("figure")));
  }
  document.addEventListener("keydown", (event) => {
    const plot = event.target.closest?.(".plot");
    if (event.key === "Enter" && plot === event.target && !dialog.open) enlarge(plot.closest("figure"));
  });
  dialog.querySelector(".close").addEventListener("click", back);
  dialog.addEventListener("close", back);
  // A link inside leads to another place of the page.
  dialog.addEventListener("click", (event) => { if (event.target.closest("a[href^='#']")) back(); });
})();
