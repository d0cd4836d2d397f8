// Small comforts of every page. Each page works without them; what needs a script stays hidden until it is here.
(function () {
  "use strict";

  const announce = (words) => {
    const place = document.getElementById("announce");
    if (place && words && place.textContent !== words) place.textContent = words;
  };

  // How many messages are unread, wherever the page says so.
  const unread = (number) => {
    for (const told of document.querySelectorAll("[data-unread]")) {
      if (number === "0") told.remove();
      else told.textContent = number;
    }
  };

  // Old browsers, or a page not served over HTTPS, have no clipboard: copy from a field instead.
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("copy refused");
  };

  const onCopy = async (button) => {
    const words = button.querySelector("span");
    const before = words.textContent;
    try {
      await copy(button.dataset.copy);
    } catch {
      return; // the code stays selectable on the page
    }
    words.textContent = button.dataset.copied;
    announce(button.dataset.copied);
    setTimeout(() => (words.textContent = before), 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (button && button.dataset.copy) onCopy(button);
    else if (button) window.print();
    for (const panel of document.querySelectorAll(".rx-panel[open]")) {
      if (!panel.contains(event.target)) panel.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const panel = document.querySelector(".rx-panel[open]");
    if (!panel) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });

  document.addEventListener("change", (event) => {
    const picked = event.target.closest(".rx-pickfile");
    if (picked && event.target.files.length) {
      picked.querySelector("[data-file-name]").textContent = [...event.target.files].map((file) => file.name).join("、");
    }
    const form = event.target.closest("form[data-send-on-change]");
    if (form) form.requestSubmit ? form.requestSubmit() : form.submit();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const part = document.querySelector("[data-announce]");
    if (part) announce(part.dataset.announce);
    const left = document.querySelector("[data-unread-left]");
    if (left) unread(left.dataset.unreadLeft);
    prepare(event.target);
  });

  function prepare(root) {
    for (const button of root.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  }

  const ready = () => prepare(document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
