// The one search, in the browser: exact names first, then words and meaning fused, grouped to bundles. It is
// search_fn/search/ranking.py, whose constants come with the data; that says why each part is there.
import { filtersOf } from "./facets.js";
import { Reasons } from "./reasons.js";
import { bundleOf, pageOf } from "./results.js";

const rounded = (score) => Math.round(score * 1e6) / 1e6;
// As the function gives scores, by which a match is strong or weak.
const shown = (score) => Math.round(score * 1e4) / 1e4;

export class Search {
  constructor(rules, shelves, encoder, reader, platforms, meanings) {
    Object.assign(this, { rules, shelves, encoder, reader, platforms, meanings, reasons: new Reasons(rules) });
  }

  // `asked` are the parameters of the function's search. `completed` are words that the last one may become.
  answer(asked, { offset = 0, limit = 10 } = {}) {
    const types = asked.getAll("types").flatMap((text) => text.split(",")).filter(Boolean);
    const wanted = types.length ? types : ["codebundle"];
    const rankings = this.shelvesFor(wanted).map(([shelf, kind]) => this.rank(shelf, asked, kind));
    const first = rankings[0];
    // Of one shelf pairs are needed for what is shown alone.
    const several = rankings.length > 1;
    const taken = several ? rankings : rankings.map(({ order }) => ({ order: order.slice(offset, offset + limit) }));
    let found = taken.flatMap(({ order }, owner) => order.map((position) => [owner, position]));
    if (several) {
      const score = ([owner, position]) => rounded(rankings[owner].scores[position]);
      found = found.sort((one, other) => score(other) - score(one)).slice(offset, offset + limit);
    }
    const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
    return {
      total: sum(rankings.map(({ order }) => order.length)),
      likely: sum(rankings.map((ranking) => this.likely(ranking))),
      confident: rankings.some(({ confident, order }) => confident && order.length > 0),
      degraded: false,
      engine: "browser",
      facets: first ? Object.fromEntries([...first.shelf.facets].map(([name, facet]) => [name, facet.counts(first.order)])) : {},
      results: found.map(([owner, position]) => this.result(rankings[owner], position)),
    };
  }

  // How many of those that matched are no weak match: the others come last.
  likely(ranking) {
    let [low, high] = [0, ranking.order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.matchOf(ranking, ranking.order[middle]) === "weak") high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // How well an entry fits; null where nothing was asked.
  matchOf({ query, scores }, position) {
    return query ? this.reasons.match(shown(scores[position])) : null;
  }

  result(ranking, position) {
    const { shelf, query, exact } = ranking;
    const matched = matchedItems(ranking, position, this.rules);
    const made = (shelf.columns.tools ? bundleOf : pageOf)(shelf, position, matched, ranking.scores[position]);
    if (!query) return made;
    ranking.asked ??= this.reasons.asked(query, shelf, ranking.q);
    const because = this.reasons.of(ranking.asked, shelf, position, made.tools.map(({ title }) => title), exact.has(position));
    return { ...made, match: this.matchOf(ranking, position), why: { because } };
  }

  // A page's kind is its type.
  shelvesFor(types) {
    const pages = types.filter((type) => type !== "codebundle");
    return [...(types.includes("codebundle") ? [[this.shelves.codebundles, []]] : []), ...(pages.length ? [[this.shelves.pages, pages]] : [])];
  }

  passing(shelf, asked, kind) {
    const filters = filtersOf(asked, [...shelf.facets.keys()]);
    if (kind.length && !filters.kind.length) filters.kind = kind;
    const mask = new Array(shelf.size).fill(true);
    for (const [name, values] of Object.entries(filters)) {
      if (!values.length) continue;
      const fits = shelf.facets.get(name).mask(values, (value, known) => this.meanings.of(value, known));
      fits.forEach((fit, position) => (mask[position] &&= fit));
    }
    return mask;
  }

  rank(shelf, asked, kind) {
    const q = (asked.get("q") ?? "").split(/\s+/u).filter(Boolean).join(" ").slice(0, this.rules.max_query);
    const passing = this.passing(shelf, asked, kind);
    const positions = [...passing.keys()];
    if (!q) {
      const none = new Float64Array(shelf.size);
      return { shelf, order: positions.filter((at) => passing[at]), scores: none, likeness: none.slice(0, 0), confident: true };
    }
    const query = this.reader.read(q, shelf.vocabulary);
    const exact = new Set(shelf.named(q).filter((position) => passing[position]));
    const wanted = this.wanted(shelf, query, passing);
    const words = new Float64Array(shelf.size);
    shelf.addWords(words, query.words);
    shelf.addWords(words, query.hints, this.rules.hint_weight);
    const vector = this.encoder.encode(query.toEncode);
    const likeness = vector ? shelf.likeness(vector) : new Float64Array(shelf.items.length);
    const meaning = vector ? shelf.best(likeness) : new Float64Array(shelf.size);
    for (const at of positions) if (!(wanted[at] > 0)) words[at] = meaning[at] = 0;
    let matched = positions.filter((at) => words[at] > 0 || meaning[at] >= this.rules.match_threshold || exact.has(at));
    // Where nothing matches, the nearest are shown, and doubted; behind a filter they would seem to be what was filtered for.
    const none = matched.length === 0 && passing.every(Boolean);
    if (none) {
      const nearest = positions.sort((one, other) => meaning[other] - meaning[one] || one - other);
      matched = nearest.slice(0, this.rules.nearest).filter((at) => wanted[at] > 0);
    }

    const trust = Math.max(0, ...meaning) * query.known;
    const ceiling = Math.min(Math.max(trust / this.rules.full_trust, this.rules.least_ceiling), 1);
    const [wordShare, meaningShare] = [scaled(words, 0), scaled(meaning, this.rules.cosine_floor)];
    const scores = words.map((_, at) => (ceiling / 2) * wanted[at] * (wordShare[at] + meaningShare[at]));
    for (const at of exact) scores[at] = exact.size > 1 ? (1 + scores[at]) / 2 : 1;
    const { order, shared } = ordered(shelf, matched, scores, exact);
    const confident = !none && (exact.size > 0 || trust >= this.rules.confident);
    const placed = deprecatedLast(shelf, order, shared, exact);
    return { shelf, q, query, exact, order: placed, scores: shared, likeness, confident, trust, meaning };
  }

  // Platform times effect times quoted for every entry, 0 for those that do not pass the filters.
  wanted(shelf, query, passing) {
    const { changes_penalty: changes, looks_penalty: looks, quoted_penalty: unquoted } = this.rules;
    const left = new Set(query.unwanted.flatMap((word) => shelf.called(this.reader.stemsOf(word), this.reader)));
    const quoted = query.quoted.map((phrase) => shelf.having(phrase));
    const weights = shelf.platforms.map((platforms) => this.platforms.weight(query.wish, platforms));
    return passing.map((passes, at) => {
      if (!passes || left.has(at)) return 0;
      const share = Math.sqrt(shelf.columns.changing?.[at] ?? 0);
      const effect = query.asks ? 1 - looks * (1 - share) : query.names ? 1 : 1 - changes * share;
      const lacking = quoted.filter((has) => !has.has(at)).length;
      return weights[shelf.platformsOf[at]] * effect * unquoted ** lacking;
    });
  }
}

// Scores as 0..1 between `floor` and the best.
function scaled(scores, floor) {
  const top = scores.reduce((best, score) => Math.max(best, score), floor);
  return top > floor ? scores.map((score) => Math.max(score - floor, 0) / (top - floor)) : scores.map(() => 0);
}

// What matched, best first and exact names before all others; twins stand together, with the score of the best of them.
function ordered(shelf, matched, scores, exact) {
  const best = new Float64Array(shelf.size);
  for (const at of matched) best[shelf.twins[at]] = Math.max(best[shelf.twins[at]], scores[at]);
  const shared = scores.map((_, at) => best[shelf.twins[at]]);
  const { twins } = shelf;
  // A score is 1 at most: exact names come before.
  const keys = shared.map((score, at) => rounded(score) + (exact.has(at) ? 2 : 0));
  const order = [...matched].sort((one, other) => keys[other] - keys[one] || twins[one] - twins[other] || one - other);
  return { order, shared };
}

// What is deprecated comes after all others, but for who names it; its scores say the same.
function deprecatedLast(shelf, order, scores, exact) {
  const late = (at) => shelf.columns.deprecated?.[at] && !exact.has(at);
  const [first, last] = [order.filter((at) => !late(at)), order.filter(late)];
  if (first.length && last.length) {
    const least = Math.min(...first.map((at) => scores[at]));
    for (const at of last) scores[at] *= least;
  }
  return [...first, ...last];
}

// The tools, or sections, that match best, as their places in the entry.
function matchedItems({ shelf, likeness }, position, { match_threshold: threshold, tool_margin: margin, shown_tools: most }) {
  const near = shelf.nearItems(likeness, position);
  const least = Math.max(threshold, Math.max(0, ...near.values()) - margin);
  const matched = [...near].filter(([, nearness]) => nearness >= least);
  matched.sort(([one, near1], [other, near2]) => near2 - near1 || one - other);
  return matched.map(([item]) => item).slice(0, most);
}
