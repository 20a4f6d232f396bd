// What changed of Skill Templates between two releases: /upgrade/?ids=a/b,c/d&from=TAG&to=TAG, or ?collection=SLUG for all
// of one. A release is a tag or a day; of one collection alone SLUG@TAG. It is read from the releases' own JSON, and every
// text is set as text.
(() => {
  const page = document.querySelector(".upgrade");
  const part = (name) => page.querySelector(`[data-${name}]`);
  const form = part("ask");
  const asked = new URLSearchParams(location.search);
  const LATEST = "";
  const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");
  const known = [...form.elements.collection.options].map(({ value }) => value);
  const lists = new Map(); // by collection: what was asked for once

  function get(path, name) {
    return readParts(`api/v1/${path}.json`, name);
  }

  function listOf(slug) {
    if (!lists.has(slug)) lists.set(slug, get(`collections/${encodeURIComponent(slug)}/releases`, "releases"));
    return lists.get(slug);
  }

  // Oldest first, what is not released yet at the end.
  function inOrder({ releases, unreleased }) {
    return [...releases].reverse().concat({ ...unreleased, tag: LATEST });
  }

  // The place of a release in that order, of what is not there -1: `said` is a tag, or a day, which means what was there then.
  function placeOf(order, said) {
    const tagged = order.findIndex(({ tag }) => tag === said);
    if (tagged >= 0 || !/^\d{4}-\d\d(-\d\d)?$/.test(said)) return tagged;
    return order.findLastIndex(({ date, tag }) => tag !== LATEST && date.slice(0, said.length) <= said);
  }

  // What the address says for a collection: its own before that of all.
  const belongs = (value, slug) => value.startsWith(`${slug}@`);
  function wanted(name, slug) {
    const values = asked.getAll(name).filter(Boolean);
    const own = values.find((value) => belongs(value, slug));
    return own?.slice(slug.length + 1) ?? values.find((value) => !known.some((one) => belongs(value, one)));
  }

  const plain = (value) => (value === null || value === undefined ? "none" : typeof value === "string" ? value || '""' : JSON.stringify(value));
  const code = (value) => element("code", {}, plain(value));

  // What of a list came and went.
  function difference({ before, after }) {
    const [old, now] = [before, after].map((value) => (Array.isArray(value) ? value.map(plain) : []));
    const pieces = [
      ...old.filter((one) => !now.includes(one)).map((one) => ["no longer ", one]),
      ...now.filter((one) => !old.includes(one)).map((one) => ["", one]),
    ];
    return pieces.flatMap(([words, one], at) => [at ? ", " : "", words, code(one)]);
  }

  function needed({ after }) {
    const said = after && typeof after === "object" ? after : {};
    if ("access" in said) return [`, ${said.kind}, access ${said.access}`];
    if (said.required) return [", required"];
    return said.default ? [", default ", code(said.default)] : [", optional"];
  }

  // One fact by the label of its kind, as build.site.changes.fact_line writes it.
  function factLine(change) {
    const places = {
      difference: () => difference(change),
      needed: () => needed(change),
      owner: () => (change.name ? ["tool ", code(change.name), ": "] : []),
      required: () => [change.after === true ? "required" : "optional"],
      name: () => [code(change.name)],
      before: () => [code(change.before)],
      after: () => [code(change.after)],
    };
    const lost = change.kind === "effect-changed" && change.before === "reads" && change.after === "unclear";
    const kind = lost ? "effect-unverified" : change.kind;
    const label = Object.hasOwn(FACTS.change, kind) ? FACTS.change[kind] : `${change.kind} {name}`;
    const words = label.split(/\{(\w+)\}/).flatMap((text, at) => (at % 2 ? places[text]() : [text]));
    return element("li", {}, change.breaking && element("b", { class: "breaking" }, "breaking: "), ...words);
  }

  // Of what releases changed one after another, what is another at the end than it was at the beginning.
  function ends(facts) {
    const whole = new Map();
    for (const fact of facts) {
      const key = JSON.stringify([fact.kind, fact.name]);
      const first = whole.get(key);
      whole.set(key, first ? { ...fact, before: first.before, breaking: first.breaking || fact.breaking } : fact);
    }
    const tags = ({ kind, name }) => kind === "text-changed" && name === "support_tags";
    // What a text was is not always told.
    const undone = ({ before, after }) => before !== null && plain(before) === plain(after);
    return [...whole.values()].filter((fact) => !tags(fact) && !undone(fact));
  }

  // What happened to bundles of one collection between two places, by the id that each has at the end. `ids` null: all.
  async function changesOf(slug, ids, order, from, to) {
    const found = new Map();
    const later = new Map(); // what each asked for is called at the end
    const names = new Map((ids ?? []).map((id) => [id, id]));
    const told = (id) => {
      if (!found.has(id)) found.set(id, { id, was: [], facts: [], files: 0 });
      return found.get(id);
    };
    // A later name may be the one that was asked for: the names before it count as well.
    for (const release of order.slice(from + 1, to + 1).reverse()) {
      for (const one of release.renamed) if (names.has(one.to)) names.set(one.from, names.get(one.to));
    }
    for (const release of order.slice(from + 1, to + 1)) {
      const called = release.tag || "not released yet";
      for (const one of release.renamed) {
        if (ids && !names.has(one.from)) continue;
        names.set(one.to, one.to);
        later.set(one.from, one.to);
        const before = found.get(one.from) ?? { was: [], facts: [], files: 0 };
        found.delete(one.from);
        found.set(one.to, { ...before, id: one.to, was: [...before.was, `renamed from ${one.from} in ${called}`], breaks: true });
      }
      const mine = (id) => !ids || names.has(id);
      for (const id of release.removed.filter(mine)) Object.assign(told(id), { breaks: true, gone: called });
      for (const id of release.added.filter(mine)) told(id).was.push(`new in ${called}`);
      if (!release.changed.some(mine)) continue;
      const details = release.tag === LATEST ? release.details : (await get(`collections/${encodeURIComponent(slug)}/releases/${encoded(release.tag)}`, "changed")).changed;
      for (const one of details) {
        if (!mine(one.bundle)) continue;
        const bundle = told(one.bundle);
        bundle.files += one.files_changed;
        bundle.facts.push(...one.changes.map((change) => ({ ...change, called })));
      }
    }
    for (const bundle of found.values()) {
      bundle.facts = ends(bundle.facts);
      bundle.breaks ||= bundle.facts.some((change) => change.breaking);
    }
    const end = (id) => (later.has(id) ? end(later.get(id)) : id);
    return { changed: [...found.values()], quiet: (ids ?? []).filter((id) => !found.has(end(id))) };
  }

  // Of what did not change: whether it is there at all.
  async function notesOn(slug, quiet) {
    let known = quiet;
    try {
      known = (await readBundleList()).codebundles.map(({ id }) => id);
    } catch {
      // What cannot be looked up is taken for what it says.
    }
    const own = known.filter((id) => id.startsWith(`${slug}/`)).length;
    const lost = quiet.filter((id) => !known.includes(id));
    const there = quiet.filter((id) => known.includes(id));
    return [
      ...lost.map((id) => `There is no Skill Template ${id}; ${slug} has ${own}.`),
      ...(there.length ? [`Nothing changed of ${there.join(", ")}.`] : []),
    ];
  }

  function shown({ id, was, facts, files, gone, breaks }) {
    const [collection, slug] = id.split("/");
    const verdict = gone ? `removed in ${gone}` : breaks ? "something breaks" : "nothing breaks";
    const sorted = [...facts].sort((one, other) => Number(other.breaking) - Number(one.breaking));
    const list = element("ul", { class: "points" }, ...was.map((text) => element("li", {}, text)), ...sorted.map(factLine));
    if (!was.length && !facts.length && files) list.append(element("li", {}, `${files} ${files === 1 ? "file" : "files"} changed, no fact`));
    const head = element("summary", {}, id, " ", element("small", { class: breaks ? "breaking" : "" }, verdict));
    const body = element("p", {}, element("a", { href: bundleAddress(collection, slug) }, "Its page"));
    return element("details", { class: "fold", ...(breaks ? { open: "" } : {}) }, head, body, list);
  }

  // A sentence for what of the address is not there, with what there is.
  const missing = (slug, said, order) => {
    const tags = order.map(({ tag }) => tag).filter(Boolean).reverse();
    const some = tags.slice(0, 8).join(", ");
    return `${slug} has no release ${said}; ${tags.length ? `it has ${some}${tags.length > 8 ? `, … (${tags.length})` : ""}` : "it has none"}.`;
  };

  async function compare(bySlug) {
    const notes = [];
    const all = [];
    for (const [slug, ids] of bySlug) {
      let order;
      try {
        order = inOrder(await listOf(slug));
      } catch {
        notes.push(`The releases of ${slug} could not be read: there is no such CodeCollection, or it has none.`);
        continue;
      }
      const [from, to] = [wanted("from", slug), wanted("to", slug) ?? LATEST];
      const places = [from, to].map((said) => placeOf(order, said ?? LATEST));
      const lost = [from, to].filter((said, at) => said !== undefined && places[at] < 0);
      notes.push(...lost.map((said) => missing(slug, said, order)));
      if (from === undefined) notes.push(`Say from which release of ${slug}: ${missing(slug, "“”", order).split("; ")[1]}`);
      if (lost.length || from === undefined) continue;
      if (places[0] > places[1]) notes.push(`${from} of ${slug} is newer than ${to}: nothing lies between.`);
      const { changed, quiet } = await changesOf(slug, ids, order, places[0], places[1]);
      all.push(...changed);
      if (quiet.length) notes.push(...(await notesOn(slug, quiet)));
    }
    const broken = all.filter(({ breaks }) => breaks);
    const rest = all.filter(({ breaks }) => !breaks);
    const said = broken.length ? `${broken.length} of ${all.length} that changed may break what you run.` : `${all.length} changed, and nothing breaks.`;
    part("status").textContent = all.length ? said : "Nothing to tell.";
    part("results").replaceChildren(...notes.map((text) => element("p", { class: "notice" }, text)), ...[...broken, ...rest].map(shown));
  }

  async function offer() {
    const slug = form.elements.collection.value;
    const option = (tag, words) => element("option", { value: tag }, words);
    let order = [];
    try {
      order = inOrder(await listOf(slug));
    } catch {
      part("status").textContent = `The releases of ${slug} could not be read.`;
    }
    const tags = order.map(({ tag }) => tag).filter(Boolean).reverse();
    form.elements.from.replaceChildren(...tags.map((tag) => option(tag, tag)));
    form.elements.to.replaceChildren(option(LATEST, "what is shown here"), ...tags.map((tag) => option(tag, tag)));
    for (const name of ["from", "to"]) {
      const said = wanted(name, slug);
      if (tags.includes(said)) form.elements[name].value = said;
    }
  }

  const ids = (asked.get("ids") ?? "").split(",").filter((id) => /^[^/\s]+\/[^/\s]+$/.test(id)).slice(0, 200);
  const odd = (asked.get("ids") ?? "").split(",").filter((id) => id && !ids.includes(id));
  const bySlug = new Map();
  for (const id of ids) bySlug.set(id.split("/")[0], [...(bySlug.get(id.split("/")[0]) ?? []), id]);
  if (!ids.length && asked.get("collection")) bySlug.set(asked.get("collection"), null);
  const first = bySlug.size ? [...bySlug.keys()][0] : known[0];
  if (known.includes(first)) form.elements.collection.value = first;
  // Of a selection each collection has its own releases: the address says which, or the form for the one that is chosen.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { collection, from, to } = form.elements;
    const next = new URLSearchParams();
    const mine = bySlug.has(collection.value) && ids.length;
    if (mine) next.set("ids", ids.join(","));
    else next.set("collection", collection.value);
    for (const [name, value] of [["from", from.value], ["to", to.value]]) {
      const others = mine ? [...bySlug.keys()].filter((slug) => slug !== collection.value) : [];
      for (const slug of others) if (wanted(name, slug)) next.append(name, `${slug}@${wanted(name, slug)}`);
      if (value) next.append(name, mine && bySlug.size > 1 ? `${collection.value}@${value}` : value);
    }
    location.search = next;
  });
  form.elements.collection.addEventListener("change", offer);

  (async () => {
      part("status").textContent = "Choose what you run, or come here from a Skill Template or a selection.";
    await Promise.allSettled([...bySlug.keys()].map(listOf));
    await offer();
    if (bySlug.size && (asked.getAll("from").filter(Boolean).length || ids.length)) await compare(bySlug);
    if (odd.length) part("results").prepend(element("p", { class: "notice" }, `No id: ${odd.join(", ")}. An id is collection/bundle.`));
  })();
})();
