// Setting weights anew: what was changed is listed beside the numbers, the scale follows, indicators can be filtered.
// Without a script the form works as well; the page of the draft then lists what was changed.
(function () {
  "use strict";
  const form = document.querySelector("form[data-weights]");
  if (!form) return;

  const fields = Array.from(form.querySelectorAll("input[data-now]"));
  const list = form.querySelector("[data-changes]");
  const nothing = form.querySelector("[data-nothing]");
  const isChanged = (field) => field.value.trim() !== field.dataset.now;

  const element = (name, words) => {
    const made = document.createElement(name);
    made.textContent = words;
    return made;
  };

  const entry = (field) => {
    const item = document.createElement("li");
    const link = element("a", field.dataset.called);
    link.href = `#${field.id}`;
    link.addEventListener("click", (event) => {
      event.preventDefault(); // the field is shown even while a filter hides it, and takes the focus
      show("");
      field.focus();
      field.select();
    });
    const change = document.createElement("span");
    change.append(element("del", field.dataset.now), " → ", element("b", field.value.trim() || "？"));
    const undo = element("button", list.dataset.undo);
    undo.type = "button";
    undo.className = "btn btn-sm";
    undo.setAttribute("aria-label", `${list.dataset.undo} ${field.dataset.called}`);
    undo.addEventListener("click", () => {
      field.value = field.dataset.now;
      draw();
      field.focus();
    });
    item.append(link, change, undo);
    return item;
  };

  const drawChanges = () => {
    const changed = fields.filter(isChanged);
    for (const field of fields) field.closest(".rx-number").classList.toggle("is-changed", isChanged(field));
    list.replaceChildren(...changed.map(entry));
    nothing.hidden = changed.length > 0;
    for (const place of form.querySelectorAll("[data-count]")) {
      const words = changed.length ? form.dataset.changed.replace("{n}", changed.length) : "";
      if (place.textContent !== words) place.textContent = words;
    }
    const bar = form.querySelector(".rx-weightbar");
    bar.classList.toggle("is-empty", !changed.length);
  };

  // The same geometry as drawing.class_scale; left as it is while the numbers make no scale.
  const drawScale = () => {
    const scale = form.querySelector("[data-scale]");
    if (!scale) return;
    const begins = Array.from(form.querySelectorAll("[data-thresholds] input"), (field) => Number(field.value.trim() || NaN));
    if (!begins.every((each, at) => Number.isInteger(each) && each > (at ? begins[at - 1] : 0))) return;
    const [least, past, narrow, letterRoom] = scale.dataset.scale.split(" ").map(Number);
    const end = Math.max(least, begins[begins.length - 1] + past);
    const edges = [0, ...begins.map((each) => (each / end) * 100), 100];
    scale.querySelectorAll("rect").forEach((band, at) => {
      band.setAttribute("x", `${edges[at]}%`);
      band.setAttribute("width", `${edges[at + 1] - edges[at]}%`);
    });
    scale.querySelectorAll("text:not(.tick)").forEach((letter, at) => {
      letter.setAttribute("x", `${(edges[at] + edges[at + 1]) / 2}%`);
      letter.textContent = edges[at + 1] - edges[at] < letterRoom ? "" : "ABCD"[at];
    });
    scale.querySelectorAll(".tick:not(.first):not(.last)").forEach((tick, at) => {
      tick.setAttribute("x", `${edges[at + 1]}%`);
      tick.setAttribute("y", at % 2 && edges[at + 1] - edges[at] < narrow ? 66 : 51);
      tick.textContent = begins[at];
    });
    scale.querySelector(".last").textContent = `${end}+`;
  };

  const draw = () => {
    drawChanges();
    drawScale();
  };

  const find = document.getElementById("find");
  const show = (words) => {
    find.value = words;
    const wanted = words.trim().toLowerCase();
    let found = 0;
    for (const part of form.querySelectorAll("[data-part]")) {
      const weights = Array.from(part.querySelectorAll("[data-weight]"));
      for (const weight of weights) {
        weight.hidden = wanted !== "" && !weight.textContent.toLowerCase().includes(wanted);
        if (!weight.hidden && !weight.classList.contains("is-cap")) found += 1;
      }
      part.hidden = wanted !== "" && weights.every((weight) => weight.hidden);
    }
    const told = document.getElementById("announce");
    if (told) told.textContent = wanted === "" ? "" : found ? `${find.dataset.found} ${found}` : find.dataset.none;
  };

  find.addEventListener("input", () => show(find.value));
  form.addEventListener("input", draw);
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
  draw();
})();
