// What htmx does not do by itself: say that the numbers stand still, close what was opened, and keep its place.
(() => {
  const page = document.body;
  let held = false;
  let asked = 0;
  let own = false; // what somebody just did themselves is shown at once
  const busy = (part) => part.id === "gaps" && !own && part.matches(":hover, :focus-within");

  // Nothing moves under somebody's hand: a list that is in use waits, what was unfolded stays so.
  if (window.Idiomorph) {
    Object.assign(Idiomorph.defaults.callbacks, {
      beforeNodeMorphed: (node) => {
        if (node.nodeType !== 1) return true;
        if (node.tagName === "INPUT" && node.type !== "hidden" && node.value !== node.defaultValue) return false;
        if (!busy(node)) return true;
        held = true;
        return false;
      },
      beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
    });
  }
  const release = () => {
    const list = document.getElementById("gaps");
    if (!held || !list || busy(list)) return;
    held = false;
    htmx.trigger(page, "moved");
  };
  page.addEventListener("htmx:afterRequest", (event) => {
    const from = event.detail.elt;
    if (from.id === "today") own = false;
    else if (from.closest("#gaps")) own = true;
  });
  page.addEventListener("mouseout", () => setTimeout(release, 50));
  page.addEventListener("focusout", () => setTimeout(release, 50));

  const stamp = () => document.getElementById("stamp");

  page.addEventListener("htmx:sseError", () => {
    page.classList.add("cut-off");
    const here = stamp();
    if (here && !here.dataset.held) here.dataset.held = here.querySelector("b").textContent;
    if (Date.now() - asked > 5000) {
      asked = Date.now();
      htmx.trigger(page, "moved"); // if it is the session that ended, the answer leads to the door
    }
    if (here) here.textContent = `数字停在 ${here.dataset.held}，正在重新连接`;
  });
  page.addEventListener("htmx:sseOpen", () => {
    if (!page.classList.contains("cut-off")) return;
    page.classList.remove("cut-off");
    htmx.trigger(page, "moved"); // what happened meanwhile
  });

  // Nothing came back: whoever pressed has to know that nothing was done.
  page.addEventListener("htmx:sendError", (event) => {
    if (event.detail.requestConfig.verb !== "post") return;
    const told = document.createElement("p");
    told.className = "told";
    told.textContent = "没有连上，这一步没有做。接上以后再按一次。";
    document.getElementById("said")?.replaceChildren(told);
  });

  const close = () => {
    const opened = document.getElementById("opened");
    if (!opened || !opened.firstElementChild) return;
    opened.replaceChildren();
    const from = document.getElementById(page.dataset.from || "");
    if (from) from.focus();
  };
  page.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) close();
  });
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  page.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "opened") return;
    page.dataset.from = event.detail.requestConfig.elt.id;
    event.target.firstElementChild?.focus();
  });
})();
