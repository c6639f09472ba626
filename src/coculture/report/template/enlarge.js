// Show a figure enlarged in a dialog. The element itself moves, so its marks stay interactive.
(() => {
  "use strict";
  const dialog = document.querySelector("dialog.enlarged");
  const inspector = document.querySelector(".inspector");
  const placeholder = document.createElement("div");
  const inspectorParent = inspector.parentElement;

  function enlarge(figure) {
    placeholder.style.height = `${figure.offsetHeight}px`;
    figure.replaceWith(placeholder);
    dialog.append(figure, inspector);
    dialog.setAttribute("aria-label", figure.querySelector(".plot").getAttribute("aria-label"));
    dialog.showModal();
    figure.querySelector(".plot").focus();
    document.dispatchEvent(new CustomEvent("figures"));
  }

  function close() {
    const figure = dialog.querySelector("figure");
    if (!figure) return;
    placeholder.replaceWith(figure);
    inspectorParent.append(inspector);
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
  dialog.querySelector(".close").addEventListener("click", close);
  dialog.addEventListener("close", close);
  // A link in the dialog leads to another part of the page.
  dialog.addEventListener("click", (event) => { if (event.target.closest("a[href^='#']")) close(); });
})();
