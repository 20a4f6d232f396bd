// The lists of Skill Templates and of tools, of all or of those that have one value (data-of, data-value): which are shown,
// and in which order. The static list stays until somebody filters. Every text is set as text.
(() => {
  const page = document.querySelector("[data-list]");
  const ofTools = page.dataset.list === "tools";
  const part = (name) => page.querySelector(`[data-${name}]`);
  const [list, count, nothing, more, blank] = ["rows", "count", "nothing", "more", "blank"].map(part);
  const { of: fixed, value: whose } = page.dataset;
  const STEP = ofTools ? 150 : 60;
  const names = Object.keys(FACTS.facets).filter((name) => !ofTools || FACTS.facets[name].of_tool);
  // What the API calls the facets, where not as here; null where it has none. Its list of tools has two.
  const ASKED = ofTools
    ? { ...Object.fromEntries(names.map((name) => [name, null])), collection: "collection_slug", tag: "support_tags" }
    : { access: "access_level", resource: "resource_type", tag: "tags", data: null, credential: null };
  let items = null;
  let stale = {};
  let shown = [];
  let placed = 0;

  const byName = (one, other) => one.title.localeCompare(other.title, "en");
  const later = (key) => (one, other) => (other.bundle[key] ?? "").localeCompare(one.bundle[key] ?? "");
  const LEVELS = ["read-only", "unknown", "read-write"];
  const risk = ({ bundle, tool }) =>
    2 * LEVELS.indexOf(tool ? tool[3] : bundle.access) + (tool || bundle.source === "verified" ? 0 : 1);
  const ORDERS = {
    name: byName,
    relevance: (one, other) => other.score - one.score,
    changed: later("changed"),
    newest: later("added"),
    safest: (one, other) => risk(one) - risk(other),
    tools: (one, other) => other.bundle.tools.length - one.bundle.tools.length,
  };

  const filter = filterForm(page, { changed: update, known: read, names });
  const showExport = exportMenu(page, { name: ofTools ? "tools" : "skill-templates", rows, query });

  async function read() {
    if (items) return true;
    let all;
    try {
      all = await readBundleList();
    } catch {
      return false;
    }
    if (items) return true;
    stale = all.stale;
    for (const { options } of filter.facets.values()) for (const option of options.values()) option.all = 0;
    items = all.codebundles
      .filter((bundle) => !fixed || valuesOf(fixed, bundle).some((value) => fold(value) === fold(whose)))
      .flatMap((bundle) => (ofTools ? bundle.tools.map((tool) => itemOf(bundle, tool)) : [itemOf(bundle)]));
    items.sort(ofTools ? (one, other) => byName(one.bundle, other.bundle) : byName);
    for (const { options } of filter.facets.values()) for (const option of options.values()) option.now = option.all;
    return true;
  }

  function itemOf(bundle, tool) {
    const [title, ...others] = tool ? [tool[1], bundle.title] : [bundle.title, ...bundle.tags];
    const rest = tool ? [] : [bundle.description, ...bundle.tools.map((one) => one[1])];
    const values = new Map();
    for (const name of names) {
      const own = new Map(valuesOf(name, bundle, tool).map((value) => [fold(value), value]));
      values.set(name, new Set(own.keys()));
      // What all have is no filter.
      if (name === fixed) own.delete(fold(whose));
      for (const value of own.values()) filter.option(name, value).all += 1;
    }
    // From what names it best to what only mentions it.
    const texts = [[title], [bundle.id, ...others], rest].map((some) => fold(some.join(" ")));
    return { bundle, tool, title, texts, values, score: 0 };
  }

  // How well a word fits: 0 where it is nowhere.
  function fit({ texts }, word) {
    const at = texts.findIndex((text) => text.includes(word));
    return at < 0 ? 0 : texts.length - at + (` ${texts[at]}`.includes(` ${word}`) ? 0.5 : 0);
  }

  function apply() {
    const words = filter.words();
    shown = filter.left(items, (item) => {
      const fits = words.map((word) => fit(item, word));
      item.score = fits.reduce((sum, one) => sum + one, 0);
      return !fits.includes(0);
    });
    const by = order();
    if (Object.hasOwn(ORDERS, by)) shown.sort(ORDERS[by]);
    filter.show();
    filter.count(shown.length, items.length);
    nothing.hidden = shown.length > 0;
    part("by-meaning").hidden = words.length === 0;
    part("by-meaning").querySelector("a").search = `?${new URLSearchParams({ q: words.join(" ") })}`;
    showExport(new Set(shown.map(({ bundle }) => bundle)).size);
    list.replaceChildren();
    if (part("pages")) part("pages").hidden = true;
    placed = 0;
    place(history.state?.placed || STEP);
  }

  function order() {
    return filter.sort() || (filter.words().length ? "relevance" : "");
  }

  function place(step) {
    const next = shown.slice(placed, placed + step);
    if (ofTools) placeTools(next);
    else list.append(...next.map(rowOf));
    placed += next.length;
    more.hidden = placed >= shown.length;
    more.textContent = `Show ${quantity(Math.min(STEP, shown.length - placed))} more`;
  }

  function placeTools(next) {
    // Tools stand below their Skill Template where the order is one of Skill Templates.
    const flat = ["name", "relevance", "safest"].includes(order());
    for (const { bundle, tool } of next) {
      const [collection, slug] = bundle.id.split("/");
      const address = bundleAddress(collection, slug);
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
    about.querySelector("a").href = bundleAddress(...bundle.id.split("/"));
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

  async function rows() {
    if (!(await read())) throw new Error();
    if (!placed) apply();
    return shown.map(({ bundle, tool }) => tableRow(bundle, tool));
  }

  // The same as a question to the API, which finds words by meaning too.
  function query() {
    const asked = new URLSearchParams();
    if (fixed) asked.append(ASKED[fixed] ?? fixed, whose);
    for (const { name, chosen } of filter.facets.values()) {
      const what = `${ofTools ? "tools" : "Skill Templates"} by: ${FACTS.facets[name].label}`;
      if (chosen.size && ASKED[name] === null) return { why: `The API cannot filter ${what}.` };
      // There, two values of one facet mean either.
      if (chosen.size && name === fixed) return { why: `The API cannot filter ${what}, twice.` };
      for (const value of filter.chosen(name)) asked.append(ASKED[name] ?? name, value);
    }
    const words = filter.words().join(" ");
    if (words) asked.set("search", words);
    const made = String(asked);
    return { path: (ofTools ? "registry/tasks" : "codebundles") + (made && `?${made}`) };
  }

  async function update() {
    page.setAttribute("aria-busy", "true");
    const known = await read();
    page.removeAttribute("aria-busy");
    if (known) apply();
    else count.textContent = "The list could not be read, so nothing is filtered. Try again in a moment.";
    document.documentElement.classList.remove("arriving");
  }

  more.addEventListener("click", () => {
    const before = list.querySelectorAll("li").length;
    place(STEP);
    history.replaceState({ placed }, "", location.href);
    list.querySelectorAll("li")[before].querySelector("a").focus();
  });

  // The pages of one value have no facets of their own: those come with the list.
  if (location.search) update();
  else if (fixed) read().then((known) => known && filter.show());
})();
