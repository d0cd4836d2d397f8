// Marking in a text what is to be hidden: click a mark, select to add one, decide by key. The checkboxes work without it.
(function () {
  "use strict";
  const form = document.querySelector("form[data-clearing]");
  if (!form) return;

  const box = form.querySelector("[data-words]");
  const list = form.querySelector("[data-marks]");
  const add = form.querySelector("[data-add]");
  // Positions count characters, not the halves of which JavaScript makes the rare ones.
  const characters = Array.from(box.textContent);
  let selected = null;

  const boxes = () => Array.from(list.querySelectorAll("input[name=mark]"));
  const span = (input) => input.value.split("-").map(Number);
  const words = (start, end) => characters.slice(start, end).join("");

  const draw = () => {
    const pieces = [];
    let position = 0;
    for (const input of boxes().sort((a, b) => span(a)[0] - span(b)[0])) {
      const [start, end] = span(input);
      if (start < position) continue;
      pieces.push(words(position, start));
      const mark = document.createElement("mark");
      mark.textContent = words(start, end);
      mark.dataset.mark = input.value;
      mark.tabIndex = 0;
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-pressed", String(input.checked));
      mark.classList.toggle("is-off", !input.checked);
      pieces.push(mark);
      position = end;
    }
    pieces.push(words(position, characters.length));
    box.replaceChildren(...pieces);
  };

  const toggle = (mark) => {
    const value = mark.dataset.mark;
    const input = boxes().find((each) => each.value === value);
    input.checked = !input.checked;
    draw();
    const again = box.querySelector(`[data-mark="${value}"]`);
    if (again) again.focus();
  };

  const selection = () => {
    const chosen = window.getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return null;
    const range = chosen.getRangeAt(0);
    if (!box.contains(range.commonAncestorContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(box);
    before.setEnd(range.startContainer, range.startOffset);
    const start = Array.from(before.toString()).length;
    return [start, start + Array.from(range.toString()).length];
  };

  // A new mark takes the place of those that it covers or touches.
  const addMark = () => {
    let [start, end] = selected || selection() || [0, 0];
    if (start >= end) return;
    for (const input of boxes()) {
      const [first, last] = span(input);
      if (first >= end || last <= start) continue;
      start = Math.min(start, first);
      end = Math.max(end, last);
      input.closest("label").remove();
    }
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "checkbox";
    input.name = "mark";
    input.value = `${start}-${end}`;
    input.checked = true;
    const bold = document.createElement("b");
    bold.textContent = words(start, end);
    const small = document.createElement("small");
    small.textContent = form.dataset.added;
    label.append(input, " ", bold, " ", small);
    list.append(label);
    window.getSelection().removeAllRanges();
    selected = null;
    draw();
  };

  box.addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (mark && window.getSelection().isCollapsed) toggle(mark);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle(event.target);
  });
  list.addEventListener("change", draw);
  add.addEventListener("mousedown", () => (selected = selection())); // a click would end the selection on some devices
  add.addEventListener("click", addMark);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    if (event.key.toLowerCase() === "m") addMark();
    const control = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (control) control.click();
  });

  for (const part of form.querySelectorAll("[data-needs-script], [data-add]")) part.hidden = false;
  draw();
})();
