// The button prints; without scripts it is not there, and the browser's own menu does it.
(() => {
  const button = document.getElementById("print");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
})();
