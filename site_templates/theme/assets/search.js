// The search page: asks the search function and shows its answer. When the function does not answer in time, the search in
// the browser does, and the page says so; when that cannot either, it leads to a list. `data-search-state` says how far it
// is: "asked", "done" when an answer stands, "failed".
(() => {
  const page = document.querySelector("[data-search]");
  if (!page) return;
  const LIMIT = 20;
  // At the end of the first the page fetches what the browser's own search needs, at the end of the second it shows it.
  const [PREPARE, GIVE_UP] = [700, 1400];
  const TYPES = { codebundle: "Skill Templates", documentation: "Documentation", library: "Keyword libraries" };
  const LISTS = { codebundle: "codebundles/", documentation: "documentation/", library: "libraries/" };
  const FACETS = FACTS.searched;
  const SHOWN_VALUES = 8;
  const ENGINES = {
    hybrid: "Found by words and by meaning.",
    lexical: "Found by words alone.",
    listed: "Everything, by id.",
    browser: "Found in your browser, by words and by meaning.",
  };

  const part = (name) => page.querySelector(`[data-${name}]`);
  const platforms = [...page.querySelectorAll("#labels option")].map(({ value }) => [value, value]);
  // By facet: "ci" is said of tests, and may be a tag.
  const labels = new Map(
    FACETS.map((name) => {
      const words = name === "platform" ? platforms : Object.entries(FACTS.facets[name].words);
      return [name, new Map(words.map(([value, said]) => [value.toLowerCase(), said]))];
    }),
  );
  const label = (name, value) => labels.get(name).get(value.toLowerCase()) || value;
  const asked = new URLSearchParams(location.search);
  const query = (asked.get("q") || "").trim();
  const type = Object.hasOwn(TYPES, asked.get("types")) ? asked.get("types") : "codebundle";
  // Several values of one facet, also with commas between, mean any of them.
  const values = (name) => asked.getAll(name).flatMap((each) => each.split(",")).map((one) => one.trim()).filter(Boolean);
  const applied = FACETS.filter((name) => values(name).length);
  const offset = Math.max(0, Number.parseInt(asked.get("offset"), 10) || 0);
  const items = resultItems(query);
  const become = (state) => (page.dataset.searchState = state);

  // The address of this page with some parameters changed; a changed question starts at the first result.
  function address(changes) {
    const state = new URLSearchParams(asked);
    if (!("offset" in changes)) state.delete("offset");
    for (const [name, value] of Object.entries(changes)) {
      if (value) state.set(name, value);
      else state.delete(name);
    }
    return `?${state}`;
  }

  function facetList(name, counted) {
    const chosen = values(name).map((value) => value.toLowerCase());
    // Access and data are facets of their own, not tags.
    const own = counted.filter(({ value }) => !chosen.includes(value.toLowerCase()) && !/^(access|data):/.test(value));
    const shown = own.slice(0, SHOWN_VALUES).map(({ value, count }) => {
      const link = element("a", { href: address({ [name]: value }) }, label(name, value));
      return element("li", {}, link, " ", element("small", {}, String(count)));
    });
    return shown.length ? [element("section", {}, element("h2", {}, FACTS.facets[name].label), element("ul", {}, ...shown))] : [];
  }

  function showApplied() {
    const chips = applied.map((name) => {
      const words = `${FACTS.facets[name].label}: ${values(name).map((value) => label(name, value)).join(", ")} ×`;
      return element("a", { href: address({ [name]: "" }), class: "chip", title: "Take this filter away" }, words);
    });
    part("applied").hidden = chips.length === 0;
    part("applied").replaceChildren(...chips);
  }

  function notice(...content) {
    part("notice").hidden = false;
    part("notice").replaceChildren(...content);
  }

  function showTypes() {
    const links = Object.entries(TYPES).map(([value, words]) => {
      const at = value === type ? { "aria-current": "page" } : {};
      return element("a", { href: address({ types: value === "codebundle" ? "" : value }), ...at }, words);
    });
    if (page.dataset.chat && query) links.push(pageLink(page.dataset.chat, { q: query }, "Ask in the chat"));
    part("types").replaceChildren(...links);
    part("types").hidden = false;
  }

  // `before` is what is to be said of the answer as a whole.
  function show(answer, before = []) {
    const { results, total } = answer;
    const last = offset + results.length;
    const range = results.length && total > results.length ? `${offset + 1}–${last} of ` : "";
    part("status").textContent = `${range}${total} ${total === 1 ? "result" : "results"}`;
    const remarks = [...before];
    if (total === 0 && applied.length) {
      const unfiltered = element("a", { href: `?${new URLSearchParams({ q: query })}` }, "Search without them");
      remarks.push("Nothing was found with these filters. ", unfiltered, ".");
    } else if (total === 0) {
      const request = pageLink("request/", { problem: query }, "request it");
      remarks.push("Nothing was found. ", listLink("Look through the list"), ", or ", request, ".");
    } else if (!results.length) {
      const first = element("a", { href: address({ offset: "" }) }, "Back to the first");
      remarks.push("There are no results this far. ", first, ".");
    } else if (!answer.confident) {
      remarks.push("Nothing answers this well; these come nearest.");
    }
    if (answer.degraded) remarks.push(" A part of the search is out of order, so something may be missing.");
    if (remarks.length) notice(...remarks);
    part("results").replaceChildren(...items(results));
    // The other types have no others.
    const facets = type === "codebundle" ? FACETS : ["collection"];
    part("facets").replaceChildren(...facets.flatMap((name) => facetList(name, answer.facets[name] || [])));
    const links = [];
    const turn = (to, rel, words) => links.push(element("a", { href: address({ offset: String(to || "") }), rel }, words));
    if (offset > 0) turn(Math.max(0, offset - LIMIT), "prev", "← Previous");
    if (last < total && results.length) turn(last, "next", "Next →");
    part("paging").hidden = links.length === 0;
    part("paging").replaceChildren(...links);
    const engine = Object.hasOwn(ENGINES, answer.engine) ? ENGINES[answer.engine] : `Answered by ${answer.engine}.`;
    part("engine").textContent = `${engine} Build ${answer.build_id}.`;
    part("body").hidden = results.length === 0;
    become("done");
  }

  function pageLink(path, state, text) {
    const url = new URL(path, ROOT);
    url.search = new URLSearchParams(state);
    return element("a", { href: url.href }, text);
  }

  function listLink(text) {
    const kept = applied.flatMap((name) => values(name).map((value) => [name, value]));
    return pageLink(LISTS[type], query ? [["q", query], ...kept] : kept, text);
  }

  const again = (text) => element("a", { href: location.href }, text);

  function fail(why) {
    part("status").textContent = "";
    const name = type === "codebundle" ? TYPES[type] : TYPES[type].toLowerCase();
    const filter = query && type === "codebundle" ? ", filtered by these words" : "";
    const list = listLink(`Look through the list of ${name}${filter}`);
    notice(`The search function ${why}, and the browser cannot search either. `, list, ", or ", again("try again"), ".");
    become("failed");
  }

  // The function's answer. Rejects with the reason in words.
  async function fromFunction() {
    const url = new URL(page.dataset.endpoint, location.href);
    for (const name of applied) url.searchParams.set(name, values(name));
    for (const [name, value] of Object.entries({ q: query, types: type, limit: LIMIT, offset })) {
      url.searchParams.set(name, value);
    }
    let response;
    try {
      response = await fetch(url, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(GIVE_UP) });
    } catch (error) {
      throw error.name === "TimeoutError" ? "did not answer in time" : "cannot be reached";
    }
    if (response.status === 404) throw "is not there";
    if (!response.ok) throw `is out of order just now (status ${response.status})`;
    try {
      return await response.json();
    } catch (error) {
      throw error.name === "TimeoutError" ? "did not answer in time" : "gave no answer that can be read";
    }
  }

  // With the parameters that the function has, and no other's.
  function asInBrowser() {
    const state = new URLSearchParams({ q: query, types: type });
    for (const name of applied) state.set(name, values(name));
    return inBrowser.ask(state, { offset, limit: LIMIT });
  }

  async function ask() {
    become("asked");
    part("status").textContent = "Searching …";
    const soon = setTimeout(inBrowser.ready, PREPARE);
    let why;
    try {
      const answer = await fromFunction();
      if (!Number.isInteger(answer.total)) throw new Error();
      show(answer);
      return;
    } catch (error) {
      why = typeof error === "string" ? error : "gave no answer that can be read";
    } finally {
      clearTimeout(soon);
    }
    part("status").textContent = "Searching in your browser …";
    try {
      const answer = await asInBrowser();
      show(answer, [`The search function ${why}. This is a search in your browser. `, again("Try again"), ". "]);
    } catch {
      fail(why);
    }
  }

  const form = part("form");
  form.elements.q.value = query;
  // Filters outlive a new question; its own page does not.
  for (const name of applied) form.append(element("input", { type: "hidden", name, value: values(name) }));
  if (type !== "codebundle") form.append(element("input", { type: "hidden", name: "types", value: type }));
  showApplied();
  document.documentElement.classList.remove("arriving");
  if (query || applied.length) {
    part("before").hidden = true;
    showTypes();
    ask();
  } else {
    form.elements.q.focus();
  }
})();
