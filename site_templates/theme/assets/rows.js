// Lists whose rows are all in the page: they are shown or hidden by their words and by their values (data-NAME). A row's
// data-row is what it is sorted by; those of a group (data-group, its words) count with these too.
(() => {
  const form = document.querySelector("[data-filters]");
  if (!form) return;
  const page = form.closest("article");
  const nothing = page.querySelector("[data-nothing]");
  const filter = filterForm(page, { changed: apply });

  const items = [...page.querySelectorAll("[data-row]")].map((row) => {
    const group = row.closest("[data-group]");
    const values = [...filter.facets.keys()].map((name) => [name, new Set(row.dataset[name] ? [fold(row.dataset[name])] : [])]);
    const text = fold(`${group?.dataset.group ?? ""} ${row.textContent}`);
    return { row, group, values: new Map(values), text, name: fold(row.dataset.row || row.textContent) };
  });

  function apply() {
    const words = filter.words();
    const shown = new Set(filter.left(items, ({ text }) => words.every((word) => text.includes(word))));
    const alive = new Set([...shown].map(({ group }) => group));
    for (const item of items) {
      item.row.hidden = !shown.has(item);
      if (item.group) item.group.hidden = !alive.has(item.group);
    }
    const byName = filter.sort() === "name" && ((one, other) => one.name.localeCompare(other.name, "en"));
    for (const { row } of byName ? items.toSorted(byName) : items) row.parentElement.append(row);
    filter.show();
    filter.count(shown.size, items.length);
    nothing.hidden = shown.size > 0;
  }

  apply();
  document.documentElement.classList.remove("arriving");
})();
