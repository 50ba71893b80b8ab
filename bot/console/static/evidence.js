// Keys 1, 2, 3 press the three buttons, except while somebody types; and the offer to take back goes when its time is over.
(() => {
  const TAKE_BACK_MS = 10000;
  let pressed = false;
  const types = (where) => where.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
  const reason = () => {
    const why = document.querySelector("[data-why]");
    if (!why || why.querySelector("input:checked") || why.querySelector("input[name=words]").value.trim()) return null;
    return why.querySelector("input");
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || types(event.target)) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!button || pressed) return;
    event.preventDefault();
    const first = event.key === "2" ? reason() : null;
    if (first) {
      first.focus(); // a reason first: the arrows choose, 2 again decides
      return;
    }
    button.click();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".judge")) return;
    if (pressed) event.preventDefault();
    pressed = true;
  });
  window.addEventListener("pageshow", () => {
    pressed = false;
  });
  setTimeout(() => document.querySelectorAll("[data-undo]").forEach((form) => form.remove()), TAKE_BACK_MS);
})();
