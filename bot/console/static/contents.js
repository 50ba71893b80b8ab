// The editor with a script: parts are added, moved and dropped in place, pictures become parts of their own.
(() => {
  const form = document.getElementById("editor");
  const parts = document.getElementById("parts");
  if (!form || !parts) return;
  document.body.classList.add("scripted");
  let added = 0;

  const number = () => {
    parts.querySelectorAll("[data-no]").forEach((where, n) => (where.textContent = `第 ${n + 1} 段`));
  };
  const changed = () => {
    number();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const add = (kind) => {
    added += 1;
    const made = document.getElementById(`new-${kind}`).content.firstElementChild.cloneNode(true);
    made.querySelectorAll("*").forEach((node) => {
      for (const name of ["id", "name", "for", "value"]) {
        const value = node.getAttribute(name);
        if (value && value.startsWith("__")) node.setAttribute(name, value.replace("__", `z${added}`));
      }
    });
    parts.append(made);
    return made;
  };

  const draw = async (part, file) => {
    const canvas = part.querySelector("canvas");
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, 180 / picture.width, 200 / picture.height);
      canvas.width = picture.width * scale;
      canvas.height = picture.height * scale;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.hidden = false;
    } catch {
      canvas.hidden = true; // no picture: saving says so
    }
  };

  const take = (files) => {
    for (const file of files) {
      const part = add("image");
      const one = new DataTransfer();
      one.items.add(file);
      part.querySelector('input[type="file"]').files = one.files;
      draw(part, file);
    }
    if (files.length) changed();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-do]");
    if (!button) return;
    if (button.dataset.add) {
      const part = add(button.dataset.add);
      part.querySelector("textarea, input:not([type=hidden])").focus();
      changed();
      return;
    }
    const part = button.closest("[data-part]");
    if (button.dataset.do === "drop") {
      const next = part.nextElementSibling || part.previousElementSibling;
      part.remove();
      (next ? next.querySelector("[data-do]") : document.querySelector("[data-add]")).focus();
    } else if (button.dataset.do === "up" && part.previousElementSibling) {
      part.previousElementSibling.before(part);
      button.focus();
    } else if (button.dataset.do === "down" && part.nextElementSibling) {
      part.nextElementSibling.after(part);
      button.focus();
    }
    changed();
  });

  const chooser = document.getElementById("pictures");
  chooser.addEventListener("change", () => {
    take([...chooser.files]);
    chooser.value = "";
  });
  parts.addEventListener("change", (event) => {
    const file = event.target.type === "file" && event.target.files[0];
    if (file) draw(event.target.closest("[data-part]"), file);
  });

  const zone = document.getElementById("drop");
  const holds = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holds(event)) return;
    event.preventDefault(); // or the browser leaves the page for the picture
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    take([...event.dataTransfer.files].filter((file) => file.type.startsWith("image/")));
  });

  // Looking it through needs the words only, not the pictures again and again.
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.path !== "/contents/check") return;
    const sent = event.detail.formData;
    for (const [name, value] of [...sent.entries()]) if (value instanceof File) sent.delete(name);
  });
})();
