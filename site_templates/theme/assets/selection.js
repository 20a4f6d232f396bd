// What the reader has chosen, kept in their browser alone. On every page: a button [data-select=ID] chooses a Skill
// Template or lets go of it, and each row of a list of them gets a box that does; the header counts.
/* exported selection */
const selection = (() => {
  const MOST = 100;
  const sound = (ids) => [...new Set(ids.filter((id) => typeof id === "string"))].slice(0, MOST);
  const kept = () => sound([__md_get("selection")].flat());
  let chosen = kept();

  // A row of a list has its Skill Template's id as a code, a result of a search has it as its own.
  function addBoxes() {
    for (const row of document.querySelectorAll("[data-rows].rows > li, .results > li[data-id]")) {
      if (row.lastChild.nodeName === "INPUT") continue;
      const box = document.createElement("input");
      box.type = "checkbox";
      box.dataset.select = row.dataset.id ?? row.querySelector("code").textContent;
      row.append(box);
    }
  }

  function paint() {
    addBoxes();
    for (const one of document.querySelectorAll("[data-select]")) {
      const id = one.dataset.select;
      const on = chosen.includes(id);
      const full = !on && chosen.length >= MOST;
      if (one.type === "checkbox") {
        one.checked = on;
        one.disabled = full;
        one.setAttribute("aria-label", `Select ${id}`);
        one.title = full ? "The selection is full" : "Select, to compare or to take along";
        continue;
      }
      const label = on ? "Selected" : full ? "Selection is full" : "Select";
      one.hidden = false;
      one.setAttribute("aria-pressed", String(on));
      one.setAttribute("aria-label", `${label} ${id}`);
      // Only what changes: the observer below hears of it.
      if (one.textContent !== label) one.textContent = label;
    }
    document.documentElement.classList.toggle("chose", chosen.length > 0);
    document.querySelector(".to-selection b").textContent = chosen.length;
  }

  function set(ids) {
    chosen = sound(ids);
    __md_set("selection", chosen);
    paint();
  }

  document.addEventListener("click", (event) => {
    const one = event.target.closest("[data-select]");
    if (!one) return;
    const id = one.dataset.select;
    if (chosen.includes(id)) set(chosen.filter((each) => each !== id));
    else set([...chosen, id]);
  });
  addEventListener("storage", () => {
    chosen = kept();
    paint();
  });
  new MutationObserver(paint).observe(document.querySelector("main") || document.body, { childList: true, subtree: true });
  paint();
  return { set, sound, most: MOST, ids: () => chosen };
})();
