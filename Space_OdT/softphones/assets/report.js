"use strict";
(() => {
  const entries = [...document.querySelectorAll(".entry")];
  const text = document.getElementById("filter-text");
  const stage = document.getElementById("filter-stage");
  const status = document.getElementById("filter-status");
  const shown = document.getElementById("filter-count");
  if (!text || !stage || !status || !shown) return;
  const words = entries.map((entry) => entry.textContent.toLowerCase());
  const apply = () => {
    const wanted = text.value.trim().toLowerCase();
    let count = 0;
    entries.forEach((entry, index) => {
      const fits =
        (!stage.value || entry.dataset.stage === stage.value) &&
        (!status.value || entry.dataset.status === status.value) &&
        words[index].includes(wanted);
      entry.hidden = !fits;
      count += fits;
    });
    shown.textContent = `${count.toLocaleString()} of ${entries.length.toLocaleString()} shown`;
  };
  for (const control of [text, stage, status]) control.addEventListener("input", apply);
  apply();
})();
