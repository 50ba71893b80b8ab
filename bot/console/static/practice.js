// The chats stay at their end unless somebody reads above; Enter sends, what was sent is gone from the field.
(() => {
  const page = document.body;
  const above = new Set(); // the chats in which somebody reads further up
  const isLow = (chat) => chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;
  const down = (chat) => { chat.scrollTop = chat.scrollHeight; };
  const below = (chat) => chat.parentElement.querySelector(".below");
  const before = new Map();
  document.querySelectorAll(".wx").forEach(down);

  page.addEventListener("scroll", (event) => {
    const chat = event.target;
    if (!chat.classList?.contains("wx")) return;
    if (isLow(chat)) {
      above.delete(chat.id);
      below(chat).hidden = true;
    } else above.add(chat.id);
  }, true);
  page.addEventListener("load", (event) => {
    const chat = event.target.closest?.(".wx");
    if (chat && !above.has(chat.id)) down(chat); // a picture takes its room when it is there
  }, true);
  page.addEventListener("htmx:oobBeforeSwap", (event) => {
    const chat = event.detail.target;
    if (chat.classList.contains("wx")) before.set(chat.id, [chat.scrollTop, chat.lastElementChild?.id]);
  });
  page.addEventListener("htmx:oobAfterSwap", () => {
    for (const [id, [top, last]] of before) {
      const chat = document.getElementById(id);
      if (!chat) continue;
      if (!above.has(id)) down(chat);
      else {
        chat.scrollTop = top;
        if (chat.lastElementChild?.id !== last) below(chat).hidden = false;
      }
    }
    before.clear();
  });
  page.addEventListener("click", (event) => {
    if (!event.target.matches(".below")) return;
    event.target.hidden = true;
    down(event.target.parentElement.querySelector(".wx"));
  });
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".words textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  page.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!event.detail.successful || !form.closest?.(".say")) return;
    form.reset();
    form.closest("details")?.removeAttribute("open");
    const chat = form.closest(".chat").querySelector(".wx");
    above.delete(chat.id);
    below(chat).hidden = true;
    requestAnimationFrame(() => down(chat));
  });
})();
