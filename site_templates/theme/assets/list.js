// The lists of Skill Templates and of tools: words, facets and order, which stand in the address. The static list stays
// until somebody filters; then list.json, which has everything, is read once. Every text is set as text.
(() => {
  const page = document.querySelector("[data-list]");
  const ofTools = page.dataset.list === "tools";
  const form = page.querySelector("[data-filters]");
  const part = (name) => page.querySelector(`[data-${name}]`);
  const [list, count, nothing, more] = ["rows", "count", "nothing", "more"].map(part);
  const root = new URL(page.dataset.root, location.href.replace(/[?#].*/, ""));
  const STEP = ofTools ? 150 : 60;
  // As many values as the static page shows of each facet, and as a search within one finds.
  const SHOWN = 8;
  const FOUND = 30;
  const blank = document.getElementById("row");
  // One value, several, none, or yes and no, as a list; build.site.facets does the same.
  const several = (value) => (typeof value === "boolean" ? [value ? "yes" : "no"] : [value ?? []].flat());
  // What a tool has of its own; of the other facets it has what its bundle has.
  const OF_TOOL = { access: (tool) => tool[3], effect: (tool) => tool[4], kind: ([kind]) => kind };
  const valuesOf = (name, bundle, tool) =>
    several(tool && OF_TOOL[name] ? OF_TOOL[name](tool) : bundle[FACTS.facets[name].key]);
  const fold = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
  const number = (value) => value.toLocaleString("en");
  const byName = (one, other) => one.title.localeCompare(other.title, "en");

  // `options` are a facet's values by their folded text: label, checkbox, how many have it at all and now.
  const facets = [...form.querySelectorAll("[data-facet]")].map((box) => {
    const facet = {
      name: box.dataset.facet,
      values: box.querySelector("[data-values]"),
      find: box.querySelector("[data-find]"),
      chosen: new Set(),
      options: new Map(),
    };
    for (const label of facet.values.children) add(facet, label);
    return facet;
  });
  let items = null;
  let stale = {};
  let shown = [];
  let placed = 0;
  let reading = null;

  function add(facet, label) {
    const [input, words, small] = label.children;
    const key = fold(input.value);
    facet.options.set(key, { key, label, input, words: words.textContent, count: small, all: 0, now: 0 });
  }

  function optionOf(facet, folded, value) {
    if (!facet.options.has(folded)) {
      const input = element("input", { type: "checkbox", name: facet.name, value });
      const { words: known } = FACTS.facets[facet.name];
      const words = Object.hasOwn(known, value) ? known[value] : value;
      add(facet, element("label", {}, input, element("span", {}, words), " ", element("small", {}, "0")));
    }
    return facet.options.get(folded);
  }

  function read() {
    reading ||= fetch(new URL("codebundles/list.json", root))
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((all) => {
        stale = all.stale;
        items = all.codebundles.flatMap((bundle) =>
          ofTools ? bundle.tools.map((tool) => itemOf(bundle, tool)) : [itemOf(bundle)],
        );
        items.sort(ofTools ? (one, other) => byName(one.bundle, other.bundle) : byName);
      })
      .catch(() => {
        reading = null;
      });
    return reading;
  }

  function itemOf(bundle, tool) {
    const words = tool
      ? [tool[1], bundle.title, bundle.id]
      : [bundle.title, bundle.id, bundle.description, ...bundle.tags, ...bundle.tools.map((one) => one[1])];
    const values = facets.map((facet) => {
      const folded = new Map(valuesOf(facet.name, bundle, tool).map((value) => [fold(value), value]));
      for (const [key, value] of folded) optionOf(facet, key, value).all += 1;
      return [...folded.keys()];
    });
    return { bundle, tool, title: tool ? tool[1] : bundle.title, text: fold(words.join(" ")), values };
  }

  // The address is where the state is kept; the form shows it.
  function fill() {
    const asked = new URLSearchParams(location.search);
    form.elements.q.value = asked.get("q") || "";
    form.elements.sort.value = asked.get("sort") || "";
    if (form.elements.sort.selectedIndex < 0) form.elements.sort.value = "";
    for (const facet of facets) {
      const values = asked.getAll(facet.name).filter((value) => value.trim());
      facet.chosen = new Set(values.map(fold));
      for (const value of values) optionOf(facet, fold(value), value);
      for (const [key, option] of facet.options) option.input.checked = facet.chosen.has(key);
    }
  }

  function remember(replace) {
    const state = new URLSearchParams();
    if (form.elements.q.value.trim()) state.set("q", form.elements.q.value.trim());
    for (const facet of facets) {
      for (const key of facet.chosen) state.append(facet.name, facet.options.get(key).input.value);
    }
    if (form.elements.sort.value) state.set("sort", form.elements.sort.value);
    const address = location.pathname + (String(state) && `?${state}`);
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
  }

  // A facet counts what passes all the others: an item that fails at one alone is counted there.
  function apply() {
    const words = fold(form.elements.q.value).split(" ").filter(Boolean);
    for (const { options } of facets) for (const option of options.values()) option.now = 0;
    shown = [];
    for (const item of items) {
      if (!words.every((word) => item.text.includes(word))) continue;
      const failed = facets.filter(({ chosen }, at) => chosen.size && !item.values[at].some((key) => chosen.has(key)));
      if (failed.length > 1) continue;
      facets.forEach((facet, at) => {
        if (failed.length && failed[0] !== facet) return;
        for (const key of item.values[at]) facet.options.get(key).now += 1;
      });
      if (!failed.length) shown.push(item);
    }
    const order = form.elements.sort.value;
    if (order === "name") shown.sort(byName);
    if (order === "tools") shown.sort((one, other) => other.bundle.tools.length - one.bundle.tools.length);
    if (order === "changed") {
      shown.sort((one, other) => (other.bundle.changed || "").localeCompare(one.bundle.changed || ""));
    }
    facets.forEach(showFacet);
    const chosen = facets.reduce((sum, facet) => sum + facet.chosen.size, 0);
    part("chosen").textContent = chosen ? ` (${chosen})` : "";
    const noun = items.length === 1 ? count.dataset.one : count.dataset.many;
    const all = `${number(items.length)} ${noun}`;
    count.textContent = shown.length < items.length ? `${number(shown.length)} of ${all}` : all;
    nothing.hidden = shown.length > 0;
    part("search-link").search = words.length ? "?" + new URLSearchParams({ q: words.join(" ") }) : "";
    list.replaceChildren();
    if (part("pages")) part("pages").hidden = true;
    placed = 0;
    place(history.state?.placed || STEP);
  }

  // Values of a short facet keep their places; of a long one the commonest come first. A chosen one is always there.
  function showFacet(facet) {
    const wanted = facet.find ? fold(facet.find.value) : "";
    const home = facet.name === "platform" && facet.options.get("kubernetes");
    const under = (option) => Boolean(home) && FACTS.kinds_of_kubernetes.includes(option.words);
    const above = (option) => (under(option) ? home : option);
    const compare = (one, other) =>
      (facet.find ? other.now - one.now : 0) || other.all - one.all || (one.key < other.key ? -1 : 1);
    const rank = (one, other) =>
      above(one) === above(other)
        ? under(one) - under(other) || other.all - one.all
        : compare(above(one), above(other));
    let left = wanted ? FOUND : SHOWN;
    const fits = (option) => {
      if (facet.chosen.has(option.key)) return true;
      if (wanted) return fold(option.words).includes(wanted) && left-- > 0;
      if (facet.find && !option.now) return false;
      return under(option) || left-- > 0;
    };
    const options = [...facet.options.values()].sort(rank).filter(fits);
    for (const option of options) {
      option.label.className = `${under(option) ? "under" : ""} ${option.now ? "" : "none"}`;
      option.count.textContent = number(option.now);
    }
    const old = facet.values.children;
    if (options.length === old.length && options.every(({ label }, at) => old[at] === label)) return;
    // Moving a box takes the focus from it.
    const focused = document.activeElement;
    facet.values.replaceChildren(...options.map(({ label }) => label));
    if (facet.values.contains(focused)) focused.focus();
  }

  function place(step) {
    const next = shown.slice(placed, placed + step);
    if (ofTools) placeTools(next);
    else list.append(...next.map(rowOf));
    placed += next.length;
    more.hidden = placed >= shown.length;
    more.textContent = `Show ${number(Math.min(STEP, shown.length - placed))} more`;
    // Others make the rows' buttons live.
    document.dispatchEvent(new Event("rows"));
  }

  function placeTools(next) {
    const flat = form.elements.sort.value === "name";
    for (const { bundle, tool } of next) {
      const address = addressOf(bundle);
      const [collection] = bundle.id.split("/");
      if (!list.lastChild || (!flat && list.lastChild.bundle !== bundle)) {
        const head = element("h2", {}, element("a", { href: address }, bundle.title));
        const own = element("ul", { class: "tool-list" });
        list.append(flat ? own : element("section", {}, head, " ", element("small", {}, collection, ...told(bundle)), own));
        list.lastChild.bundle = bundle;
      }
      const link = element("a", { href: `${address}#${tool[0]}-${tool[2]}` }, ...titled(tool[1]));
      const made = element("li", { class: `${tool[0]} ${tool[3]}` }, link);
      if (flat) made.append(" ", element("small", {}, bundle.title));
      (flat ? list.lastChild : list.lastChild.lastChild).append(made);
    }
  }

  // The page has an empty row as its own are; here it is filled.
  function rowOf({ bundle }) {
    const row = blank.content.firstElementChild.cloneNode(true);
    const [about, platforms, access, facts] = row.children;
    const [counts, changed, trust] = facts.children;
    const provided = ["runbook", "monitor"]
      .map((kind) => [bundle.tools.filter(([own]) => own === kind).length, kind])
      .filter(([tools]) => tools)
      .map((pair) => pair.join(" "));
    about.querySelector("a").href = addressOf(bundle);
    about.querySelector("a").textContent = bundle.title;
    about.querySelector("code").textContent = bundle.id;
    about.querySelector("p").textContent = bundle.description;
    const chips = platformChips(bundle.platforms);
    if (chips.length) platforms.append(element("span", { class: "platforms" }, ...chips));
    access.append(accessChip(bundle.access, bundle.source));
    if (bundle.deprecated) access.append(" ", deprecatedChip(true));
    counts.append(provided.join(" · "), ...told(bundle));
    changed.append(bundle.changed ? dated(bundle.changed) : "unknown");
    const tested = bundle.tests.includes("no") ? "" : FACTS.facets.tests.words[bundle.tests.at(-1)];
    trust.append([bundle.maintained_by, tested].filter(Boolean).join(" · "));
    facts.querySelector("button").dataset.select = bundle.id;
    return row;
  }

  function told(bundle) {
    const [collection] = bundle.id.split("/");
    const date = Object.hasOwn(stale, collection) && stale[collection];
    return date ? [" · ", element("b", { class: "stale" }, "state of ", dated(date))] : [];
  }

  function dated(date) {
    const [year, month, day] = date.slice(0, 10).split("-").map(Number);
    return element("time", { datetime: date }, `${day} ${FACTS.months[month - 1]} ${year}`);
  }

  function addressOf(bundle) {
    return new URL(`codebundles/${bundle.id.split("/").map(encodeURIComponent).join("/")}/`, root).href;
  }

  async function update() {
    page.setAttribute("aria-busy", "true");
    await read();
    page.removeAttribute("aria-busy");
    if (items) apply();
    else count.textContent = "The list could not be read, so nothing is filtered. Try again in a moment.";
    document.documentElement.classList.remove("arriving");
  }

  let typed = 0;
  form.addEventListener("focusin", read);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", async ({ target }) => {
    const facet = facets.find(({ values, find }) => values.contains(target) || find === target);
    if (facet && target === facet.find) {
      await read();
      if (items) showFacet(facet);
      return;
    }
    if (facet) facet.chosen[target.checked ? "add" : "delete"](fold(target.value));
    remember(target.name === "q");
    clearTimeout(typed);
    typed = setTimeout(update, target.name === "q" ? 120 : 0);
  });
  form.addEventListener("reset", () =>
    // The fields still have their old values while the event is told.
    setTimeout(() => {
      for (const facet of facets) {
        facet.chosen.clear();
        for (const { input } of facet.options.values()) input.checked = false;
      }
      remember(false);
      update();
    }),
  );
  more.addEventListener("click", () => {
    const before = list.querySelectorAll("li").length;
    place(STEP);
    history.replaceState({ placed }, "", location.href);
    list.querySelectorAll("li")[before].querySelector("a").focus();
  });
  addEventListener("popstate", () => {
    fill();
    update();
  });

  fill();
  if (location.search) update();
})();
