// What was found, in the form of the function's results (search_fn/search/results.py).
export function bundleOf(corpus, position, matched, score) {
  const { columns } = corpus;
  const one = (name) => columns.facets[name][position][0] ?? null;
  return {
    type: "codebundle",
    id: columns.id[position],
    collection: one("collection"),
    slug: corpus.slug(position),
    display_name: columns.title[position],
    description: columns.description[position],
    platforms: columns.facets.platform[position],
    deprecated: columns.deprecated[position] ? {} : null,
    access_level: one("access"),
    access_level_source: columns.source[position],
    access_level_claimed: columns.claimed[position],
    effect: one("effect"),
    maintained_by: one("maintained_by"),
    has_tests: !columns.facets.tests[position].includes("no"),
    stale: columns.stale[position],
    score,
    tools: matched.map((item) => columns.tools[position][item]).map(([kind, title, line]) => ({ kind, title, line })),
  };
}

// With the address and the words of the section that says it best.
export function pageOf(corpus, position, matched, score) {
  const { columns } = corpus;
  const [url, description] = columns.sections[position][matched[0]] ?? [columns.url[position], columns.description[position]];
  return {
    type: columns.facets.kind[position][0],
    id: columns.id[position],
    collection: columns.facets.collection[position][0],
    slug: corpus.slug(position),
    display_name: columns.title[position],
    description,
    url,
    platforms: [],
    deprecated: null,
    stale: columns.stale[position],
    score,
    tools: [],
  };
}
