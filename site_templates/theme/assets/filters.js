// One way to filter for every page that lists: words, boxes of several values for each facet, an order. What is chosen
// stands in the address, and as chips beside the count. Whose page it is says what there is and what is left
// (list.js, rows.js, search.js). Every text is set as text.
/* exported filterForm, fold, quantity */
const fold = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
const quantity = (value) => value.toLocaleString("en");

// `changed` is told what was: "words", "facet", "sort", "find", or "address". `known` loads all values when somebody begins.
// `names` are the facets that the page may have; those of its form by default.
// `live` pages filter with each letter; of the others the words are a question, which "Clear all" leaves.
// `splits` where a comma separates values in the address; `kept` are its parameters that are somebody else's.
function filterForm(page, { changed, names, known = async () => {}, live = true, splits = false, kept = [] }) {
  // As many values as the static page shows of each facet, as are kept in sight, and as a search within one finds.
  const [SHOWN, MOST, FOUND] = [8, 24, 30];
  const part = (name) => page.querySelector(`[data-${name}]`);
  const form = part("filters");
  const box = page.querySelector("input[name=q]");
  const order = form.elements.sort;
  const column = part("column");
  const chips = part("chips");
  const facets = new Map();
  for (const field of form.querySelectorAll("[data-facet]")) adopt(field);
  names ??= [...facets.keys()];

  // `options` are a facet's values by their folded text, each with how many have it at all and now, null where nobody
  // knows; `placed` are those in sight, whose places stay for the visit.
  function adopt(field) {
    const facet = {
      name: field.dataset.facet,
      field,
      values: field.querySelector("[data-values]"),
      find: field.querySelector("[data-find]"),
      chosen: new Set(),
      options: new Map(),
      placed: [],
    };
    facets.set(facet.name, facet);
    for (const label of facet.values.children) facet.placed.push(enter(facet, label));
  }

  function enter(facet, label) {
    const [input, words, small] = label.children;
    const option = { key: fold(input.value), label, input, words: words.textContent, count: small };
    option.all = option.now = Number(small.textContent.replaceAll(",", ""));
    facet.options.set(option.key, option);
    return option;
  }

  // A facet that the page does not have yet, of one that FACTS names.
  function facetOf(name) {
    if (!facets.has(name)) {
      const legend = element("legend", {}, FACTS.facets[name].label);
      const field = element("fieldset", { "data-facet": name }, legend, element("div", { "data-values": "" }));
      const behind = names.slice(names.indexOf(name) + 1).find((one) => facets.has(one));
      column.insertBefore(field, behind ? facets.get(behind).field : null);
      adopt(field);
    }
    return facets.get(name);
  }

  // The option of a value, whether or not anybody has seen it.
  function option(name, value) {
    const facet = facetOf(name);
    const key = fold(value);
    if (!facet.options.has(key)) {
      const input = element("input", { type: "checkbox", name, value });
      const words = Object.hasOwn(FACTS.facets[name].words, value) ? FACTS.facets[name].words[value] : value;
      enter(facet, element("label", {}, input, element("span", {}, words), " ", element("small", {}, "0")));
    }
    return facet.options.get(key);
  }

  // The address is where the state is kept; the form shows it.
  function fill() {
    const asked = new URLSearchParams(location.search);
    if (box) box.value = asked.get("q") || "";
    if (order) {
      order.value = asked.get("sort") || "";
      if (order.selectedIndex < 0) order.value = "";
    }
    for (const name of names.filter((one) => facets.has(one) || asked.has(one))) {
      const facet = facetOf(name);
      const given = asked.getAll(name).flatMap((value) => (splits ? value.split(",") : [value]));
      const values = given.map((value) => value.trim()).filter(Boolean);
      facet.chosen = new Set(values.map(fold));
      for (const value of values) option(name, value);
    }
  }

  function state() {
    const asked = new URLSearchParams(location.search);
    const made = new URLSearchParams();
    if (box?.value.trim()) made.set("q", box.value.trim());
    for (const { name, chosen, options } of facets.values()) {
      for (const key of chosen) made.append(name, options.get(key).input.value);
    }
    if (order?.value) made.set("sort", order.value);
    for (const name of kept) if (asked.has(name)) made.set(name, asked.get(name));
    return made;
  }

  function remember(replace = false) {
    const made = String(state());
    const address = location.pathname + (made && `?${made}`) + (replace ? location.hash : "");
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
  }

  // The kinds of Kubernetes stand under it; else the commonest of all come first, whatever is chosen.
  function ranked(facet) {
    const home = facet.name === "platform" && facet.options.get("kubernetes");
    const under = (one) => Boolean(home) && FACTS.kinds_of_kubernetes.includes(one.words);
    const above = (one) => (under(one) ? home : one);
    const common = (one, other) => other.all - one.all || (one.key < other.key ? -1 : 1);
    const all = [...facet.options.values()].filter(({ all: own }) => own);
    all.sort((one, other) =>
      above(one) === above(other) ? under(one) - under(other) || common(one, other) : common(above(one), above(other)),
    );
    return { all, under };
  }

  function showFacet(facet) {
    const { all, under } = ranked(facet);
    const many = all.length > SHOWN + all.filter(under).length;
    if (many && !facet.find) {
      const several = facet.field.dataset.several ?? FACTS.facets[facet.name].several;
      const words = { "aria-label": `Find among all ${several}`, placeholder: `Find among ${quantity(all.length)}` };
      facet.find = element("input", { type: "search", "data-find": "", ...words });
      facet.values.before(facet.find);
    }
    const wanted = facet.find ? fold(facet.find.value) : "";
    // What is in sight keeps its place; behind it comes what has become commoner, and what is chosen.
    const alive = () => facet.placed.filter((one) => one.now && !under(one)).length;
    for (const one of facet.placed.length ? [] : all) {
      if (under(one) || facet.placed.filter((other) => !under(other)).length < SHOWN) facet.placed.push(one);
    }
    const others = all.filter((one) => one.now && !facet.placed.includes(one)).sort((one, other) => other.now - one.now);
    while (others.length && alive() < SHOWN && facet.placed.length < MOST) facet.placed.push(others.shift());
    for (const key of facet.chosen) {
      if (!facet.placed.includes(facet.options.get(key))) facet.placed.push(facet.options.get(key));
    }
    let left = FOUND;
    const fits = (one) => facet.chosen.has(one.key) || (fold(one.words).includes(wanted) && left-- > 0);
    const shown = wanted ? all.filter(fits) : facet.placed;
    for (const one of shown) {
      one.label.className = `${under(one) ? "under" : ""} ${one.now === 0 ? "none" : ""}`;
      one.count.textContent = one.now === null ? "" : quantity(one.now);
    }
    for (const [key, one] of facet.options) one.input.checked = facet.chosen.has(key);
    facet.field.hidden = shown.length === 0 && !wanted;
    const old = facet.values.children;
    if (shown.length === old.length && shown.every(({ label }, at) => old[at] === label)) return;
    // Moving a box takes the focus from it.
    const focused = document.activeElement;
    facet.values.replaceChildren(...shown.map(({ label }) => label));
    if (facet.values.contains(focused)) focused.focus();
  }

  function showChips() {
    const chosen = [...facets.values()].flatMap((facet) => [...facet.chosen].map((key) => [facet, facet.options.get(key)]));
    const texts = chosen.map(([{ field }, { words }]) => `${field.querySelector("legend").textContent}: ${words}`);
    const old = [...(chips?.querySelectorAll("button") ?? [])].map((chip) => chip.textContent);
    const made = chosen.map(([facet, { key }], at) => {
      const text = texts[at];
      const chip = element("button", { type: "button", class: "chip", "aria-label": `Remove the filter ${text}` }, text);
      chip.addEventListener("click", () => {
        facet.chosen.delete(key);
        choose();
        (chips.querySelector("button") ?? box ?? order)?.focus();
      });
      return element("li", {}, chip);
    });
    // Those that stay are not made anew: one of them may have the focus.
    if (texts.length !== old.length || texts.some((text, at) => text !== old[at])) chips?.replaceChildren(...made);
    const words = live && box?.value.trim();
    if (part("clear")) part("clear").hidden = !(made.length || words);
    if (part("chosen")) part("chosen").textContent = made.length ? ` (${made.length})` : "";
    part("quick")?.setAttribute("aria-pressed", String(onlyReads()));
    for (const one of order?.options ?? []) {
      const typed = Boolean(box?.value.trim());
      // The first is the page's own order; by words that are typed there is a better one.
      if (one.dataset.typed) one.textContent = typed ? one.dataset.typed : (one.dataset.own ??= one.textContent);
      if ("onlyTyped" in one.dataset) one.hidden = !typed;
    }
  }

  function onlyReads() {
    const levels = facets.get("access")?.chosen;
    return levels?.size === 1 && levels.has("read-only");
  }

  function show() {
    facets.forEach(showFacet);
    showChips();
  }

  // What of these items is left: a facet counts what passes all the others, so what fails at one alone is counted there.
  // `values` has the keys of an item by the names of facets, `fits` says whether its words fit.
  function left(items, fits) {
    const all = [...facets.values()];
    const found = [];
    for (const { options } of all) for (const one of options.values()) one.now = 0;
    for (const item of items) {
      if (!fits(item)) continue;
      const keys = (facet) => item.values.get(facet.name) ?? new Set();
      const failed = all.filter((facet) => facet.chosen.size && ![...facet.chosen].some((key) => keys(facet).has(key)));
      if (failed.length > 1) continue;
      for (const facet of failed.length ? failed : all) {
        for (const key of keys(facet)) if (facet.options.has(key)) facet.options.get(key).now += 1;
      }
      if (!failed.length) found.push(item);
    }
    return found;
  }

  function choose() {
    remember();
    showChips();
    changed("facet");
  }

  form.addEventListener("focusin", known);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", async ({ target }) => {
    const facet = [...facets.values()].find(({ values, find }) => values.contains(target) || find === target);
    if (facet && target === facet.find) {
      await known();
      showFacet(facet);
    } else if (facet) {
      facet.chosen[target.checked ? "add" : "delete"](fold(target.value));
      choose();
    }
  });
  order?.addEventListener("input", () => {
    remember();
    changed("sort");
  });
  if (live) {
    let typed = 0;
    box?.addEventListener("input", () => {
      remember(true);
      clearTimeout(typed);
      typed = setTimeout(changed, 120, "words");
    });
  }
  part("quick")?.addEventListener("click", async () => {
    option("access", "read-only");
    facets.get("access").chosen = new Set(onlyReads() ? [] : ["read-only"]);
    choose();
  });
  part("clear")?.addEventListener("click", () => {
    for (const facet of facets.values()) {
      facet.chosen.clear();
      if (facet.find) facet.find.value = "";
    }
    if (live && box) box.value = "";
    choose();
    (box ?? order)?.focus();
  });
  addEventListener("popstate", () => {
    fill();
    showChips();
    changed("address");
  });

  fill();
  return {
    facets,
    option,
    left,
    show,
    state,
    remember,
    words: () => fold(box?.value ?? "").split(" ").filter(Boolean),
    sort: () => order?.value ?? "",
    chosen: (name) => [...(facets.get(name)?.chosen ?? [])].map((key) => facets.get(name).options.get(key).input.value),
    // "3 of 237 Skill Templates"
    count(shown, all) {
      const count = part("count");
      const noun = all === 1 ? count.dataset.one : count.dataset.many;
      const text = `${quantity(all)} ${noun}`;
      count.textContent = shown < all ? `${quantity(shown)} of ${text}` : text;
    },
  };
}
