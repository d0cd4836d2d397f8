// The review queue by keyboard: 1–3 choose, 0 none of them, J the next, K the one before, U takes the last answer back.
// Without it every button works.
(function () {
  "use strict";

  // A key pressed while the next question is on its way would answer the one before.
  let busy = false;
  document.addEventListener("htmx:beforeRequest", () => (busy = true));
  for (const end of ["htmx:afterSwap", "htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
    document.addEventListener(end, () => (busy = false));
  }

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (busy || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const chosen = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
  });
})();
