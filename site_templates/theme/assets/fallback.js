// A search in the browser over codebundles/list.json, for when the function does not answer. By words alone; its
// answers have the form of the function's.

const FIELDS = { title: 3, slug: 2, tools: 2, tags: 1.5, platforms: 1, description: 1 };
const OTHER = new Set(
  "a an and are as at be by do does for from has have how i in is it its my no not of on or our that the there this to up was we what when where which who why will with you your".split(
    " ",
  ),
);
const TOOLS = 5;

const fold = (text) => text.toLowerCase().replace(/[\s_-]+/g, " ").trim();
const term = (word) => {
  const lower = word.toLowerCase();
  return OTHER.has(lower) ? null : lower.length > 4 ? lower.replace(/(?<!s)s$/, "") : lower;
};

// `facets` are pairs of a facet's name and the key under which list.json has its values.
export async function open(root, facets = []) {
  const [{ default: MiniSearch }, response] = await Promise.all([
    import("./vendor/minisearch.js"),
    fetch(new URL("codebundles/list.json", root), { signal: AbortSignal.timeout(10000) }),
  ]);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { build_id, stale, codebundles } = await response.json();
  const bundles = new Map();
  for (const one of codebundles) {
    const slug = one.id.split("/")[1];
    bundles.set(one.id, { ...one, slug, names: [fold(one.title), fold(slug), fold(one.id)] });
  }
  const index = new MiniSearch({
    fields: Object.keys(FIELDS),
    processTerm: term,
    extractField: (one, name) => {
      if (name === "tools") return one.tools.map(([, title]) => title).join("\n");
      return Array.isArray(one[name]) ? one[name].join("\n") : one[name];
    },
    searchOptions: {
      boost: FIELDS,
      prefix: (word) => word.length > 2,
      fuzzy: (word) => (word.length > 3 ? 0.2 : false),
      weights: { fuzzy: 0.3, prefix: 0.5 },
    },
  });
  index.addAll([...bundles.values()]);

  function ranked(query) {
    if (!query) return [...bundles.values()].map((one) => ({ one, score: 0, words: [] }));
    const hits = index.search(query);
    const best = hits.length ? hits[0].score : 1;
    const name = fold(query);
    const found = hits.map((hit) => {
      const one = bundles.get(hit.id);
      // Whoever names one means that one.
      const exact = one.names.includes(name);
      return { one, score: exact ? 1 : (hit.score / best) * 0.95, exact, words: hit.terms };
    });
    // As the function has it: exact names first, and what is deprecated last.
    const late = ({ one, exact }) => Number(Boolean(one.deprecated) && !exact);
    return found.sort((a, b) => Number(b.exact) - Number(a.exact) || late(a) - late(b));
  }

  function result({ one, score, words }) {
    const matched = one.tools.filter(([, title]) => words.some((word) => fold(title).includes(word)));
    return {
      type: "codebundle",
      id: one.id,
      collection: one.collection,
      slug: one.slug,
      display_name: one.title,
      description: one.description,
      platforms: one.platforms,
      deprecated: one.deprecated ? {} : null,
      access_level: one.access,
      access_level_source: one.source,
      access_level_claimed: one.claimed,
      effect: one.effect,
      maintained_by: one.maintained_by,
      has_tests: !one.tests.includes("no"),
      stale: Object.hasOwn(stale, one.collection),
      score,
      tools: matched.slice(0, TOOLS).map(([kind, name, line]) => ({ kind, name, line })),
    };
  }

  return (asked, offset, limit) => {
    // Several values of one facet, also with commas between, mean any of them.
    const wanted = facets
      .map(([name, key]) => [key, asked.getAll(name).join().toLowerCase().split(",").map((value) => value.trim()).filter(Boolean)])
      .filter(([, values]) => values.length);
    const found = ranked((asked.get("q") || "").trim()).filter(({ one }) =>
      wanted.every(([key, values]) => [one[key] ?? []].flat().some((value) => values.includes(String(value).toLowerCase()))),
    );
    const counted = {};
    for (const [name, key] of facets) {
      const counts = new Map();
      // Nobody has to be named as an author.
      const values = found.flatMap(({ one }) => one[key] ?? []);
      for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
      counted[name] = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
    }
    return {
      total: found.length,
      confident: true,
      degraded: false,
      engine: "browser",
      build_id,
      facets: counted,
      results: found.slice(offset, offset + limit).map(result),
    };
  };
}
