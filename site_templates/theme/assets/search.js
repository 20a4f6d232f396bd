// The search page: asks the search function and shows its answer. When the function does not answer in time, the search in
// the browser does, and the page says so; when that cannot either, it leads to a list. `data-search-state` says how far it
// is: "asked", "done" when an answer stands, "failed".
(() => {
  const page = document.querySelector("[data-search]");
  if (!page) return;
  const LIMIT = 20;
  // So many of what is exported are asked for at once, and so many values of a facet are counted in an answer.
  const [BATCH, COUNTED] = [100, 30];
  // At the end of the first the page fetches what the browser's own search needs, at the end of the second it shows it.
  const [PREPARE, GIVE_UP] = [700, 1400];
  const TYPES = { codebundle: "Skill Templates", documentation: "Documentation", library: "Keyword libraries" };
  const LISTS = { codebundle: "codebundles/", documentation: "docs/", library: "libraries/" };
  const ORDERS = { changed: "updated", name: "name" };
  const ENGINES = {
    hybrid: "Found by words and by meaning.",
    lexical: "Found by words alone.",
    listed: "Everything, by id.",
    browser: "Found in your browser, by words and by meaning.",
  };
  // Of what the lists filter by, what the search does, by its name there.
  const ASKED = FACTS.searched;
  const names = Object.keys(ASKED);

  const part = (name) => page.querySelector(`[data-${name}]`);
  const asked = () => new URLSearchParams(location.search);
  const typeOf = () => (Object.hasOwn(TYPES, asked().get("types")) ? asked().get("types") : "codebundle");
  const offsetOf = () => Math.max(0, Number.parseInt(asked().get("offset"), 10) || 0);
  const become = (state) => (page.dataset.searchState = state);
  // Pages of documentation that are shown beside bundles which do not answer well.
  const BESIDE = 3;
  let latest = 0;
  // How many of what was found are not folded.
  let likely = 0;

  const filter = filterForm(page, { changed: ask, names, known, live: false, splits: true, kept: ["types"] });
  const showExport = exportMenu(page, { name: "search", rows, query: () => ({ path: `search?${parameters()}` }) });
  const query = () => (asked().get("q") || "").trim();
  const applied = () => names.filter((name) => filter.chosen(name).length);

  // Every value, and how many have it at all.
  async function known() {
    let all;
    try {
      all = await readBundleList();
    } catch {
      return; // those of the page and of the answer are there
    }
    for (const name of names) {
      for (const option of filter.facets.get(name)?.options.values() ?? []) option.all = 0;
      for (const bundle of all.codebundles) for (const value of valuesOf(name, bundle)) filter.option(name, value).all += 1;
    }
  }

  // The address of this page with some parameters changed; a changed question starts at the first result.
  function address(changes) {
    const state = filter.state();
    for (const [name, value] of Object.entries(changes)) {
      if (value) state.set(name, value);
      else state.delete(name);
    }
    return `?${state}`;
  }

  function notice(...content) {
    part("notice").hidden = content.length === 0;
    part("notice").replaceChildren(...content);
  }

  function showTypes() {
    const links = Object.entries(TYPES)
      .filter(([value]) => page.dataset.types.split(" ").includes(value))
      .map(([value, words]) => {
        const at = value === typeOf() ? { "aria-current": "page" } : {};
        return element("a", { href: address({ types: value === "codebundle" ? "" : value }), ...at }, words);
      });
    if (page.dataset.chat && query()) links.push(pageLink(page.dataset.chat, { q: query() }, "Ask in the chat"));
    part("types").replaceChildren(...links);
    part("types").hidden = links.length < 2;
  }

  // Values that somebody may choose, in their places; the other types have a collection alone.
  function showFacets(counts) {
    for (const [name, facet] of filter.facets) {
      const own = counts[name];
      // Behind the last that is counted there may be some.
      for (const option of facet.options.values()) option.now = own?.length >= COUNTED ? null : 0;
      for (const { value, count } of own ?? []) {
        // Access and data are facets of their own, not tags.
        if (name !== "tag" || !/^(access|data):/.test(value)) filter.option(name, value).now = count;
      }
      for (const option of facet.options.values()) option.all ||= option.now ?? 0;
    }
    filter.show();
    const ofBundles = typeOf() === "codebundle";
    for (const { name, field } of filter.facets.values()) field.hidden ||= !ofBundles && name !== "collection";
    part("quick").hidden = !ofBundles;
  }

  // `before` is what is to be said of the answer as a whole.
  function show({ answer, counts }, before = []) {
    const { results, total } = answer;
    const offset = offsetOf();
    const last = offset + results.length;
    const range = results.length && total > results.length ? `${offset + 1}–${last} of ` : "";
    // What fits weakly comes last and is folded, where something fits better.
    const byRelevance = query() && !filter.sort() && answer.confident;
    likely = byRelevance && answer.likely ? answer.likely : total;
    const noun = (number) => (number === 1 ? "result" : "results");
    part("count").textContent =
      likely < total ? `${quantity(likely)} ${noun(likely)}, and ${quantity(total - likely)} less likely, of ${quantity(total)}` : `${range}${quantity(total)} ${noun(total)}`;
    const remarks = [...before];
    if (total === 0 && applied().length) {
      const unfiltered = element("a", { href: `?${new URLSearchParams({ q: query() })}` }, "Search without them");
      remarks.push("Nothing was found with these filters. ", unfiltered, ".");
    } else if (total === 0) {
      const request = pageLink("request/", { problem: query() }, "request it");
      remarks.push("Nothing was found. ", listLink("Look through the list"), ", or ", request, ".");
    } else if (!results.length) {
      const first = element("a", { href: address({ offset: "" }) }, "Back to the first");
      remarks.push("There are no results this far. ", first, ".");
    } else if (!answer.confident) {
      remarks.push("Nothing answers this well; these come nearest.");
    }
    // What of the request nothing here has, what is near, and what is left out.
    // Where nothing answers well that says it all.
    const bad = (text) => total > 0 && !answer.confident && /^Nothing here (has the word|matches)/.test(text);
    const notes = (answer.notes ?? []).filter((text) => !bad(text));
    remarks.unshift(...notes.map((text) => element("span", {}, `${text} `)));
    if (answer.degraded) remarks.push(" A part of the search is out of order, so something may be missing.");
    notice(...remarks);
    // What is only worth knowing is no failure.
    part("notice").classList.toggle("told", total > 0 && !answer.degraded && !before.length);

    const items = resultItems(results, query(), Boolean(byRelevance));
    const folded = offset < likely ? items.splice(Math.max(0, likely - offset)) : [];
    part("results").replaceChildren(...items);
    part("less").hidden = likely >= total || (offset < likely && !folded.length);
    part("less").open = offset >= likely;
    part("less").querySelector("summary").textContent = `Less likely (${quantity(total - likely)})`;
    part("rest").replaceChildren(...folded);
    part("rest").start = part("results").start = offset + 1;
    // What is all less likely needs no second list.
    if (offset >= likely) part("less").hidden = true;

    const links = [];
    const turn = (to, rel, words) => links.push(element("a", { href: address({ offset: String(to || "") }), rel }, words));
    if (offset > 0) turn(Math.max(0, offset - LIMIT), "prev", "← Previous");
    if (last < total && results.length) turn(last, "next", "Next →");
    part("paging").hidden = links.length === 0;
    part("paging").replaceChildren(...links);
    (folded.length ? part("less") : part("results")).after(part("paging"));
    if (folded.length) part("less").append(part("paging"));
    const engine = Object.hasOwn(ENGINES, answer.engine) ? ENGINES[answer.engine] : `Answered by ${answer.engine}.`;
    part("engine").textContent = `${engine} Build ${answer.build_id}.`;
    showFacets(counts);
    showExport(typeOf() === "codebundle" ? likely : 0);
    become("done");
  }

  function pageLink(path, state, text) {
    const url = new URL(path, ROOT);
    url.search = new URLSearchParams(state);
    return element("a", { href: url.href }, text);
  }

  function listLink(text) {
    const kept = applied().flatMap((name) => filter.chosen(name).map((value) => [name, value]));
    return pageLink(LISTS[typeOf()], query() ? [["q", query()], ...kept] : kept, text);
  }

  const again = (text) => element("a", { href: location.href }, text);

  function fail(why) {
    part("count").textContent = "";
    const name = typeOf() === "codebundle" ? TYPES.codebundle : TYPES[typeOf()].toLowerCase();
    const filtered = query() && typeOf() === "codebundle" ? ", filtered by these words" : "";
    const list = listLink(`Look through the list of ${name}${filtered}`);
    notice(`The search function ${why}, and the browser cannot search either. `, list, ", or ", again("try again"), ".");
    part("results").replaceChildren();
    become("failed");
  }

  // What is asked, in the parameters that the function has; `without` one facet, to count what else there is of it.
  function parameters(without) {
    const made = new URLSearchParams({ q: query(), types: typeOf() });
    for (const name of applied()) if (name !== without) made.set(ASKED[name], filter.chosen(name));
    if (Object.hasOwn(ORDERS, filter.sort())) made.set("sort", ORDERS[filter.sort()]);
    return made;
  }

  // The function's answer. Rejects with the reason in words.
  async function fromFunction(asks, { limit, offset }) {
    const url = new URL(page.dataset.endpoint, location.href);
    url.search = asks;
    for (const [name, value] of Object.entries({ limit, offset, explain: "1" })) url.searchParams.set(name, value);
    let response;
    try {
      response = await fetch(url, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(GIVE_UP) });
    } catch (error) {
      throw error.name === "TimeoutError" ? "did not answer in time" : "cannot be reached";
    }
    if (response.status === 404) throw "is not there";
    if (!response.ok) throw `is out of order just now (status ${response.status})`;
    let answer;
    try {
      answer = await response.json();
    } catch (error) {
      throw error.name === "TimeoutError" ? "did not answer in time" : "gave no answer that can be read";
    }
    if (!Number.isInteger(answer.total) || !Array.isArray(answer.results)) throw "gave no answer that can be read";
    return answer;
  }

  // An answer, and what there is to choose of each facet: of one that is filtered by, without its own filter.
  async function answered(from) {
    const others = applied();
    const ask = (without, limit, offset) => from(parameters(without), { limit, offset });
    const [answer, ...counted] = await Promise.all([
      ask(undefined, LIMIT, offsetOf()),
      ...others.map((name) => ask(name, 1, 0)),
    ]);
    const of = (name) => (others.includes(name) ? counted[others.indexOf(name)] : answer).facets?.[ASKED[name]];
    return { answer, counts: Object.fromEntries(names.map((name) => [name, of(name)])) };
  }

  let from = fromFunction;

  async function ask() {
    const own = (latest += 1);
    const isLatest = () => own === latest;
    document.documentElement.classList.remove("arriving");
    const something = Boolean(query() || applied().length);
    part("before").hidden = something;
    part("body").hidden = !something;
    if (!something) {
      part("count").textContent = "";
      part("types").hidden = true;
      notice();
      delete page.dataset.searchState;
      return;
    }
    showTypes();
    become("asked");
    part("count").textContent = "Searching…";
    const soon = setTimeout(inBrowser.ready, PREPARE);
    let why;
    try {
      from = fromFunction;
      const found = await answered(from);
      await beside(found.answer, isLatest);
      if (isLatest()) show(found);
      return;
    } catch (error) {
      if (!isLatest()) return;
      why = typeof error === "string" ? error : "gave no answer that can be read";
    } finally {
      clearTimeout(soon);
    }
    part("count").textContent = "Searching in your browser…";
    try {
      from = inBrowser.ask;
      const found = await answered(from);
      const order = filter.sort() ? "It knows one order, the best first. " : "";
      await beside(found.answer, isLatest);
      if (isLatest()) show(found, [`The search function ${why}. This is a search in your browser. ${order}`, again("Try again"), ". "]);
    } catch {
      if (isLatest()) fail(why);
    }
  }

  // Whoever asks how something is done here is asking the documentation: where bundles answer badly, it is asked too.
  async function beside(answer, isLatest) {
    if (isLatest()) part("beside").hidden = true;
    const others = page.dataset.types.split(" ").includes("documentation");
    if (answer.confident || !others || typeOf() !== "codebundle" || offsetOf() || !query()) return;
    try {
      const found = await from(new URLSearchParams({ q: query(), types: "documentation" }), { limit: BESIDE, offset: 0 });
      if (!isLatest() || !found.confident || !found.results.length) return;
      part("beside").querySelector("ul").replaceChildren(
        ...found.results.map((one) => {
          const href = webAddress(one.url);
          const about = one.description && element("small", {}, String(one.description));
          return element("li", {}, href ? element("a", { href }, String(one.display_name)) : String(one.display_name), " ", about);
        }),
      );
      part("beside").hidden = false;
    } catch {
      // The tab of documentation is still there.
    }
  }

  // All that was found, to take along, but for what is folded.
  async function rows() {
    const { codebundles } = await readBundleList();
    const bundles = new Map(codebundles.map((bundle) => [bundle.id, bundle]));
    const found = [];
    while (found.length < likely) {
      const { results } = await from(parameters(), { limit: Math.min(BATCH, likely - found.length), offset: found.length });
      if (!results.length) break;
      found.push(...results);
    }
    const known = found.filter(({ id }) => bundles.has(id));
    return known.map(({ id, match, score }) => ({ match: match ?? "", score, ...tableRow(bundles.get(id)) }));
  }

  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    filter.remember();
    filter.show();
    ask();
  });
  filter.show();
  ask();
  if (!query()) part("form").elements.q.focus();
})();
