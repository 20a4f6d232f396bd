// Filters of the lists. Everything is in the page already: rows are shown or hidden by their words and data-*
// attributes, and the choice stands in the address, so that it can be sent to somebody.
(() => {
  const form = document.querySelector("[data-filter]");
  if (!form) return;
  const count = document.querySelector("[data-count]");
  const nothing = document.querySelector("[data-nothing]");
  const fields = [...form.elements].filter((field) => field.name);
  const facets = fields.filter((field) => field.tagName === "SELECT");
  const fold = (text) => text.toLowerCase().replace(/\s+/g, " ");

  const groups = [...document.querySelectorAll("[data-group]")];
  const rows = [...document.querySelectorAll("[data-row]")].map((element) => {
    const group = element.closest("[data-group]");
    const heading = group && group.querySelector("h2, h3, summary");
    const values = {};
    for (const { name } of facets) {
      values[name] = (element.dataset[name] ?? "").toLowerCase();
    }
    return { element, group, values, text: fold(`${heading ? heading.textContent : ""} ${element.textContent}`) };
  });

  function fill() {
    const asked = new URLSearchParams(location.search);
    for (const field of fields) {
      const value = asked.get(field.name) || "";
      if (field.tagName === "SELECT") {
        const option = [...field.options].find((one) => one.value.toLowerCase() === value.toLowerCase());
        field.value = option ? option.value : "";
      } else {
        field.value = value;
      }
    }
  }

  function apply() {
    const words = fold(form.elements.q.value).split(" ").filter(Boolean);
    const wanted = facets.filter((field) => field.value).map((field) => [field.name, field.value.toLowerCase()]);
    const filtered = words.length > 0 || wanted.length > 0;
    const alive = new Set();
    let shown = 0;
    for (const row of rows) {
      const fits =
        wanted.every(([name, value]) => row.values[name] === value) &&
        words.every((word) => row.text.includes(word));
      row.element.hidden = !fits;
      if (!fits) continue;
      shown += 1;
      alive.add(row.group);
    }
    for (const group of groups) {
      group.hidden = !alive.has(group);
      if (group.tagName === "DETAILS" && filtered) group.open = alive.has(group);
    }
    const noun = rows.length === 1 ? count.dataset.one : count.dataset.many;
    const all = rows.length.toLocaleString("en");
    count.textContent = shown < rows.length ? `${shown.toLocaleString("en")} of ${all} ${noun}` : `${all} ${noun}`;
    nothing.hidden = shown > 0;
  }

  function remember() {
    const state = new URLSearchParams();
    for (const field of fields) if (field.value.trim()) state.set(field.name, field.value.trim());
    const query = state.toString();
    history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
  }

  form.addEventListener("input", () => {
    apply();
    remember();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () =>
    // The fields still have their old values while the event is told.
    setTimeout(() => {
      apply();
      remember();
    }),
  );
  addEventListener("popstate", () => {
    fill();
    apply();
  });

  // An address of one problem's code leads into what is folded away.
  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  }
  addEventListener("hashchange", unfold);

  fill();
  apply();
  unfold();
  document.documentElement.classList.remove("arriving");
})();
