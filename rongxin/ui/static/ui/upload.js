// The file drop: dragging, checks before anything is sent, progress while sending. Without it the form still posts.
(function () {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form) return;

  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector(".rx-drop");
  const sending = form.querySelector(".rx-sending");
  const bar = sending.querySelector("progress");
  const words = sending.querySelector("[data-sending-words]");
  const button = form.querySelector("button[type=submit]");
  const errors = document.getElementById("errors");

  const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

  const tell = (problem) => {
    errors.textContent = problem;
    errors.hidden = !problem;
    if (problem) errors.focus();
  };

  const problemOf = (file) => {
    if (!file) return form.dataset.noFile;
    if (!/\.(xlsx|xlsm|xls|xlsb|ods|csv|tsv|txt)$/i.test(file.name)) return form.dataset.wrongType;
    if (file.size > Number(form.dataset.limit)) return form.dataset.tooLarge;
    return "";
  };

  const show = () => {
    const file = input.files[0];
    if (!file) return;
    drop.querySelector("[data-file-name]").textContent = file.name;
    drop.querySelector("[data-file-note]").textContent = size(file.size);
    tell(problemOf(file));
  };

  const busy = (is) => {
    sending.hidden = !is;
    button.disabled = is;
  };

  // The answer is another page (the batch) or this one again with an error.
  const answered = (request) => {
    if (request.status < 400 && request.responseURL && request.responseURL !== form.action) {
      window.location.assign(request.responseURL);
      return;
    }
    busy(false);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const told = page.querySelector("#errors");
    tell((told && told.textContent.trim()) || form.dataset.interrupted);
  };

  const send = () => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.max = event.total;
      bar.value = event.loaded;
      words.textContent = event.loaded < event.total
        ? `${form.dataset.sending} ${size(event.loaded)} / ${size(event.total)}`
        : form.dataset.sent;
    });
    request.addEventListener("load", () => answered(request));
    for (const end of ["error", "abort", "timeout"]) {
      request.addEventListener(end, () => {
        busy(false);
        tell(form.dataset.interrupted);
      });
    }
    bar.value = 0;
    words.textContent = form.dataset.sending;
    busy(true);
    request.send(new FormData(form));
  };

  input.addEventListener("change", show);

  // A finished drag must not leave the page, wherever it ends.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const problem = problemOf(input.files[0]);
    tell(problem);
    if (!problem) send();
  });
})();
