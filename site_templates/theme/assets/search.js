// The search page: asks the search function and shows its answer. Every word of an answer is set as text, never as
// HTML. When the function does not answer in time, a search in the browser does, and the page says so; when that cannot
// either, it leads to the list.
(() => {
  const page = document.querySelector("[data-search]");
  if (!page) return;
  const LIMIT = 20;
  // At the end of the first the page fetches what the browser's own search needs, at the end of the second it shows it.
  const [PREPARE, GIVE_UP] = [900, 1700];
  const TYPES = { codebundle: "Skill Templates", documentation: "Documentation", library: "Keyword libraries" };
  const FACETS = { platform: "Platform", access: "Access", kind: "Tools", collection: "Collection", tag: "Tag" };
  const SHOWN_VALUES = 8;
  const KINDS = ["AKS", "EKS", "GKE", "OpenShift"];
  const WORDS = {
    "read-only": "Read-only",
    "read-write": "Read-write",
    unknown: "Access unknown",
    runbook: "Runbook",
    monitor: "Monitor",
  };
  const ENGINES = {
    hybrid: "Found by words and by meaning.",
    lexical: "Found by words alone.",
    listed: "Everything, by id.",
    browser: "Found in your browser, by words alone.",
  };

  const part = (name) => page.querySelector(`[data-${name}]`);
  const labels = new Map(
    [...page.querySelectorAll("#labels option")].map((one) => [one.value.toLowerCase(), one.value]),
  );
  const label = (value) => WORDS[value] || labels.get(value) || value;
  const root = new URL("../", location.href.replace(/[?#].*/, ""));
  const asked = new URLSearchParams(location.search);
  const query = (asked.get("q") || "").trim();
  const type = asked.get("types") in TYPES ? asked.get("types") : "codebundle";
  const filtered = Object.keys(FACETS).some((name) => asked.get(name));
  const offset = Math.max(0, Number.parseInt(asked.get("offset"), 10) || 0);

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null && child !== ""));
    return made;
  }

  // The address of this page with some parameters changed; a changed question starts at the first result.
  function address(changes) {
    const state = new URLSearchParams(asked);
    if (!("offset" in changes)) state.delete("offset");
    for (const [name, value] of Object.entries(changes)) {
      if (value) state.set(name, value);
      else state.delete(name);
    }
    return "?" + state;
  }

  function pageOf(result) {
    if (result.type === "codebundle") {
      const path = [result.collection, result.slug].map(encodeURIComponent).join("/");
      return new URL(`codebundles/${path}/`, root).href;
    }
    try {
      const url = new URL(result.url, root);
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  // The words that were asked for, in whatever form they stand; short and common ones would mark everything.
  const stems = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && !/^(and|are|for|has|how|not|the|what|when|which|why|with)$/.test(word))
    .map((word) => word.replace(/(?:ing|ed|es|s)$/, (end) => (word.length - end.length > 2 ? "" : end)));
  const asWords = stems.length && new RegExp(`(?<![\\p{L}\\p{N}])((?:${stems.join("|")})[\\p{L}\\p{N}]*)`, "giu");
  function marked(text) {
    const parts = asWords ? String(text).split(asWords) : [String(text)];
    return parts.map((part, at) => (at % 2 ? element("mark", {}, part) : part)).filter((part) => part !== "");
  }

  // `${NAME}` in a tool's title becomes a plain NAME of its own kind.
  function titled(name) {
    const parts = String(name).split(/`?\$\{([^{}]{1,200})\}`?/);
    return parts.flatMap((text, at) => (at % 2 ? [element("var", {}, text)] : marked(text)));
  }

  // The kinds of Kubernetes stand with it, as on the other pages.
  function platformChips(platforms) {
    const kinds = platforms.filter((name) => KINDS.includes(name));
    return platforms
      .filter((name) => !kinds.includes(name))
      .map((name) => {
        const own = name === "Kubernetes" && kinds.length ? element("small", {}, kinds.join(" ")) : null;
        return element("span", { class: "platform" }, name, own && " ", own);
      });
  }

  function resultItem(result) {
    const url = pageOf(result);
    const item = element(
      "li",
      {},
      element("h2", {}, url ? element("a", { href: url }, ...marked(result.display_name)) : result.display_name),
      element("code", {}, result.id),
      result.description ? element("p", { class: "about" }, ...marked(result.description)) : null,
    );
    const facts = element("p", { class: "tool-facts" });
    if (result.type === "codebundle") {
      // A claim that no tool's tag bears out is no promise.
      const claimed = ["SKILL-TEMPLATE", "AI"].includes(result.access_level_source);
      const level = result.access_level in WORDS && !claimed ? result.access_level : "unknown";
      const words = label(result.access_level);
      facts.append(element("span", { class: `access ${level}` }, claimed ? `Claims ${words.toLowerCase()}` : words));
      if (result.stale) facts.append(element("span", { class: "chip" }, "Last good state"));
    }
    facts.append(...platformChips(result.platforms || []));
    if (asked.get("q")) {
      facts.append(element("span", { class: "score" }, `score ${Number(result.score).toFixed(2)}`));
    }
    item.append(facts);
    if (url && result.tools && result.tools.length) {
      const tools = element("ul", { class: "tool-list matched", "aria-label": "Tools that match" });
      for (const tool of result.tools) {
        const link = element("a", { href: `${url}#${tool.kind}-${tool.line}` }, ...titled(tool.name));
        tools.append(element("li", { class: tool.kind === "monitor" ? "monitor" : "runbook" }, link));
      }
      item.append(tools);
    }
    return item;
  }

  function facetList(name, values) {
    const chosen = (asked.get(name) || "").toLowerCase();
    const list = element("ul");
    // Access and data are facets of their own, not tags.
    const own = values.filter(({ value }) => value.toLowerCase() !== chosen && !/^(access|data):/.test(value));
    for (const { value, count } of own.slice(0, SHOWN_VALUES)) {
      const link = element("a", { href: address({ [name]: value }) }, label(value));
      list.append(element("li", {}, link, " ", element("small", {}, String(count))));
    }
    return list.childElementCount ? element("section", {}, element("h2", {}, FACETS[name]), list) : null;
  }

  function showApplied() {
    const chips = Object.keys(FACETS)
      .filter((name) => asked.get(name))
      .map((name) => {
        const words = `${FACETS[name]}: ${label(asked.get(name).toLowerCase())} ×`;
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
    part("types").replaceChildren(...links);
    part("types").hidden = false;
  }

  // `before` is what is to be said of the answer as a whole.
  function show(answer, before = []) {
    const { results, total } = answer;
    const last = offset + results.length;
    const noun = total === 1 ? "result" : "results";
    part("status").textContent =
      results.length && total > results.length ? `${offset + 1}–${last} of ${total} ${noun}` : `${total} ${noun}`;
    const remarks = [...before];
    if (total === 0) {
      const everything = "?" + new URLSearchParams({ q: query });
      if (filtered)
        remarks.push(
          "Nothing was found with these filters. ",
          element("a", { href: everything }, "Search without them"),
          ".",
        );
      else
        remarks.push(
          "Nothing was found. ",
          listLink("Look through the list"),
          ", or ",
          element("a", { href: new URL(`request/?${new URLSearchParams({ problem: query })}`, root).href }, "request it"),
          ".",
        );
    } else if (!results.length) {
      remarks.push(
        "There are no results this far. ",
        element("a", { href: address({ offset: "" }) }, "Back to the first"),
        ".",
      );
    } else if (!answer.confident) {
      remarks.push("Nothing answers this well; these come nearest.");
    }
    if (answer.degraded) remarks.push(" A part of the search is out of order, so something may be missing.");
    if (remarks.length) notice(...remarks);
    part("results").replaceChildren(...results.map(resultItem));
    part("facets").replaceChildren(
      ...Object.keys(FACETS)
        .map((name) => facetList(name, (answer.facets && answer.facets[name]) || []))
        .filter(Boolean),
    );
    const links = [];
    if (offset > 0)
      links.push(
        element(
          "a",
          { href: address({ offset: String(Math.max(0, offset - LIMIT) || "") }), rel: "prev" },
          "← Previous",
        ),
      );
    if (last < total && results.length)
      links.push(element("a", { href: address({ offset: String(last) }), rel: "next" }, "Next →"));
    part("paging").hidden = links.length === 0;
    part("paging").replaceChildren(...links);
    const engine = ENGINES[answer.engine] || `Answered by ${answer.engine}.`;
    part("engine").textContent = `${engine} Build ${answer.build_id}.`;
    part("body").hidden = results.length === 0;
  }

  function listLink(text) {
    const state = new URLSearchParams();
    for (const name of ["q", "platform", "access", "kind", "collection"]) {
      if (asked.get(name)) state.set(name, asked.get(name));
    }
    const url = new URL("codebundles/", root);
    url.search = state;
    return element("a", { href: url.href }, text);
  }

  const again = () => element("a", { href: location.href }, "Try again");

  function fail(why) {
    part("status").textContent = "";
    const words = query
      ? "Show the Skill Templates whose name or description has these words"
      : "Show the list of all Skill Templates";
    notice(`The search ${why}, and the browser cannot search either. `, listLink(words), ", or ", again(), ".");
  }

  const sound = (answer) => answer && Array.isArray(answer.results) && Number.isInteger(answer.total);

  // The function's answer. Rejects with the reason in words.
  async function fromFunction() {
    const url = new URL(page.dataset.endpoint, location.href);
    for (const name of ["q", "types", ...Object.keys(FACETS)]) {
      if (asked.get(name)) url.searchParams.set(name, asked.get(name));
    }
    url.searchParams.set("limit", LIMIT);
    url.searchParams.set("offset", offset);
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
    if (!sound(answer)) throw "gave no answer that can be read";
    return answer;
  }

  let prepared;
  function prepare() {
    prepared ??= import("./fallback.js").then((module) => module.open(root));
    // Whether it came is looked at only when it is needed.
    prepared.catch(() => {});
    return prepared;
  }

  async function ask() {
    part("status").textContent = "Searching …";
    const soon = setTimeout(prepare, PREPARE);
    let why;
    try {
      show(await fromFunction());
      return;
    } catch (error) {
      why = typeof error === "string" ? error : "gave no answer that can be read";
    } finally {
      clearTimeout(soon);
    }
    if (type !== "codebundle") return fail(why);
    try {
      const search = await prepare();
      show(search(asked, offset, LIMIT), [
        `The search function ${why}. This is a search in your browser, by words alone. `,
        again(),
        ".",
      ]);
    } catch {
      fail(why);
    }
  }

  const form = part("form");
  form.elements.q.value = query;
  // Filters outlive a new question; its own page does not.
  for (const name of Object.keys(FACETS)) {
    if (asked.get(name)) form.append(element("input", { type: "hidden", name, value: asked.get(name) }));
  }
  if (type !== "codebundle") form.append(element("input", { type: "hidden", name: "types", value: type }));
  showApplied();
  document.documentElement.classList.remove("arriving");
  if (query || filtered) {
    part("before").hidden = true;
    showTypes();
    ask();
  } else {
    form.elements.q.focus();
  }
})();
