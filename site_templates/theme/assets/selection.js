// What the reader has chosen, kept in their browser alone. On every page: buttons [data-select=ID] choose a Skill
// Template or let go of it, also those that come later, and the header counts.
/* exported selection */
const selection = (() => {
  const MOST = 100;
  const sound = (ids) => [...new Set(ids.filter((id) => typeof id === "string"))].slice(0, MOST);
  const kept = () => sound([__md_get("selection")].flat());
  let chosen = kept();

  function paint() {
    for (const button of document.querySelectorAll("[data-select]")) {
      const on = chosen.includes(button.dataset.select);
      const label = on ? "Selected" : chosen.length < MOST ? "Select" : "Selection is full";
      button.hidden = false;
      button.setAttribute("aria-pressed", String(on));
      button.setAttribute("aria-label", `${label} ${button.dataset.select}`);
      // Only what changes: the observer below hears of it.
      if (button.textContent !== label) button.textContent = label;
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
    const button = event.target.closest("[data-select]");
    if (!button) return;
    const id = button.dataset.select;
    if (chosen.includes(id)) set(chosen.filter((one) => one !== id));
    else set([...chosen, id]);
  });
  addEventListener("storage", () => {
    chosen = kept();
    paint();
  });
  new MutationObserver(paint).observe(document.querySelector("main") || document.body, { childList: true, subtree: true });
  paint();
  return { set, sound, ids: () => chosen };
})();
