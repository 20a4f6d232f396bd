// The results of a search as list items. Every word of an answer is set as text, never as HTML.
/* exported resultItems */

// `ranked` where the best come first: then each says how well it fits, and why.
function resultItems(results, query, ranked) {
  const COMMON = /^(and|are|for|has|how|not|the|what|when|which|why|with)$/;
  const FITS = { strong: "Strong match", partial: "Partial match", weak: "Weak match" };

  // The words that were asked for, in whatever form they stand; short and common ones would mark everything.
  const stems = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && !COMMON.test(word))
    .map((word) => word.replace(/(?:ing|ed|es|s)$/, (end) => (word.length - end.length > 2 ? "" : end)));
  const asWords = stems.length && new RegExp(`(?<![\\p{L}\\p{N}])((?:${stems.join("|")})[\\p{L}\\p{N}]*)`, "giu");
  function marked(text) {
    const parts = asWords ? String(text).split(asWords) : [String(text)];
    return parts.map((part, at) => (at % 2 ? element("mark", {}, part) : part));
  }

  function toolList(result, url) {
    const tools = element("ul", { class: "tool-list matched", "aria-label": "Tools that match" });
    for (const tool of result.tools) {
      const link = element("a", { href: `${url}#${tool.kind}-${tool.line}` }, ...titled(tool.title ?? tool.name, marked));
      tools.append(element("li", { class: tool.kind === "monitor" ? "monitor" : "runbook" }, link));
    }
    return tools;
  }

  // How well it fits and why, as far as the answer says.
  function fit({ match, why }) {
    if (!ranked || !Object.hasOwn(FITS, match ?? "")) return null;
    const because = (why?.because ?? []).map(String).flatMap((reason, at) => [at ? "; " : " · ", ...linked(reason)]);
    return element("p", { class: "fit" }, element("b", { class: match }, FITS[match]), ...because);
  }

  // An alert that may be an address has a page.
  function linked(reason) {
    const name = reason.match(/^alert: ([A-Za-z0-9]+(?:[ -]{1,3}[A-Za-z0-9]+)*)$/)?.[1];
    if (!name) return [reason];
    return ["alert: ", element("a", { href: new URL(`alerts/${encodeURIComponent(name)}/`, ROOT).href }, name)];
  }

  return results.map((result) => {
    const bundle = result.type === "codebundle";
    const url = bundle ? bundleAddress(result.collection, result.slug) : webAddress(result.url);
    const name = marked(result.display_name);
    return element(
      "li",
      bundle ? { "data-id": result.id } : {},
      element("h2", {}, ...(url ? [element("a", { href: url }, ...name)] : name)),
      element("code", {}, result.id),
      result.description && element("p", { class: "about" }, ...marked(result.description)),
      fit(result),
      element(
        "p",
        { class: "tool-facts" },
        bundle && accessChip(result.access_level, result.access_level_source),
        bundle && deprecatedChip(result.deprecated),
        result.maintained_by && element("span", { class: "chip" }, `By ${result.maintained_by}`),
        bundle && result.has_tests && element("span", { class: "chip" }, FACTS.facets.tests.words.yes),
        result.stale && element("span", { class: "chip" }, "Last good state"),
        ...platformChips(result.platforms),
        bundle && element("a", { class: "line", href: `${url}#configure` }, "Configure"),
      ),
      url && result.tools.length > 0 && toolList(result, url),
    );
  });
}
