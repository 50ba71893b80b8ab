// Copying, and one key for one row: j and k go down and up, d ticks off, c copies. Nothing happens while somebody types.
(() => {
  const page = document.body;
  const say = (near, text) => {
    const place = near.parentElement.querySelector("[data-copied]");
    if (place) place.textContent = text;
  };

  const copyText = async (button) => {
    const box = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(box.value);
      say(button, "复制好了，到微信里粘贴。");
    } catch {
      // Over plain http a browser keeps the clipboard to itself.
      box.focus();
      box.select();
      say(button, "已选中，按 Ctrl+C 复制；手机上长按再复制。");
    }
  };

  const asPng = async (address) => {
    const picture = await createImageBitmap(await (await fetch(address)).blob());
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  };
  const copyPicture = async (button) => {
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(button.dataset.copyPicture) })]);
      say(button, "图片复制好了，到微信里粘贴。");
    } catch {
      say(button, "这个浏览器不让复制图片，请用“下载图片”。");
    }
  };
  if (window.isSecureContext && navigator.clipboard && window.ClipboardItem)
    for (const button of document.querySelectorAll("[data-copy-picture]")) button.hidden = false;

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-picture]");
    if (button) button.dataset.copy ? copyText(button) : copyPicture(button);
  });

  const rows = () => [...document.querySelectorAll(".errand [data-done]")];
  const here = () => document.activeElement?.closest(".errand")?.querySelector("[data-done]") ?? null;
  const go = (step) => {
    const all = rows();
    const now = all.indexOf(here());
    const next = now < 0 ? all[0] : all[Math.min(Math.max(now + step, 0), all.length - 1)];
    next?.focus();
    next?.closest(".errand").scrollIntoView({ block: "nearest" });
  };
  const typing = (at) => at.closest("input, textarea:not([readonly]), select, [contenteditable]") !== null;

  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "d" && !event.repeat) here()?.click();
    else if (event.key === "c") {
      const sheet = here()?.closest(".sheet") ?? document;
      const button = sheet.querySelector("[data-copy]") ?? document.querySelector("[data-copy]");
      if (button) copyText(button);
    } else return;
    event.preventDefault();
  });

  // The row that was ticked says so and stays; the focus goes on to the next one.
  let after = null;
  page.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.target.closest(".errand");
    if (!row) return;
    const all = rows();
    const now = all.indexOf(row.querySelector("[data-done]"));
    after = all[now + 1]?.closest(".errand").id ?? null;
  });
  page.addEventListener("htmx:afterSettle", (event) => {
    const row = event.target.closest?.(".errand.ticked");
    if (!row || row.dataset.seen) return;
    row.dataset.seen = "yes";
    for (const left of document.querySelectorAll("[data-left]")) {
      left.dataset.left ||= left.textContent;
      left.textContent = Number(left.dataset.left) - document.querySelectorAll(".errand[data-off]").length;
    }
    document.getElementById(after ?? "")?.querySelector("[data-done]")?.focus();
  });
})();
