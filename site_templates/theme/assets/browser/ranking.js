// The one search, in the browser: exact names first, then words and meaning fused, grouped to bundles. It is
// search_fn/search/ranking.py, whose constants come with the data; that says why each part is there.
import { filtersOf } from "./facets.js";
import { Reasons } from "./reasons.js";
import { bundleOf, pageOf } from "./results.js";

const rounded = (score) => Math.round(score * 1e6) / 1e6;
// As the function gives scores, by which a match is strong or weak.
const shown = (score) => Math.round(score * 1e4) / 1e4;

export class Search {
  constructor(rules, corpora, encoder, reader, platforms, meanings) {
    Object.assign(this, { rules, corpora, encoder, reader, platforms, meanings, reasons: new Reasons(rules) });
  }

  // `asked` are the parameters of the function's search. Without `facets` none are counted.
  answer(asked, { offset = 0, limit = 10, facets = true } = {}) {
    const types = asked.getAll("types").flatMap((text) => text.split(",")).filter(Boolean);
    const wanted = types.length ? types : ["codebundle"];
    const rankings = this.corporaFor(wanted).map(([corpus, kind]) => this.rank(corpus, asked, kind));
    const first = rankings[0];
    // Of one corpus those that are shown need to be in order, of several all.
    const several = rankings.length > 1;
    let found = rankings.flatMap((ranking, owner) => {
      const order = several ? ranking.first(ranking.matched.length) : ranking.first(offset + limit).slice(offset);
      return order.map((position) => [owner, position]);
    });
    if (several) {
      const score = ([owner, position]) => rounded(rankings[owner].scores[position]);
      found = found.sort((one, other) => score(other) - score(one)).slice(offset, offset + limit);
    }
    const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
    return {
      total: sum(rankings.map(({ matched }) => matched.length)),
      likely: sum(rankings.map((ranking) => this.likely(ranking))),
      confident: rankings.some(({ confident, matched }) => confident && matched.length > 0),
      degraded: false,
      engine: "browser",
      facets: first && facets ? Object.fromEntries([...first.corpus.facets].map(([name, facet]) => [name, facet.counts(first.matched)])) : {},
      results: found.map(([owner, position]) => this.result(rankings[owner], position)),
    };
  }

  // How many of those that matched are no weak match.
  likely({ query, scores, matched }) {
    if (!query) return matched.length;
    let count = 0;
    for (const position of matched) if (shown(scores[position]) >= this.reasons.partial) count += 1;
    return count;
  }

  // How well an entry fits; null where nothing was asked.
  matchOf({ query, scores }, position) {
    return query ? this.reasons.match(shown(scores[position])) : null;
  }

  result(ranking, position) {
    const { corpus, query, exact } = ranking;
    const matched = matchedItems(ranking, position, this.rules);
    const made = (corpus.columns.tools ? bundleOf : pageOf)(corpus, position, matched, ranking.scores[position]);
    if (!query) return made;
    ranking.asked ??= this.reasons.asked(query, corpus, ranking.q);
    const because = this.reasons.of(ranking.asked, corpus, position, made.tools.map(({ title }) => title), exact.has(position));
    return { ...made, match: this.matchOf(ranking, position), why: { because } };
  }

  // A page's kind is its type.
  corporaFor(types) {
    const pages = types.filter((type) => type !== "codebundle");
    return [...(types.includes("codebundle") ? [[this.corpora.codebundles, []]] : []), ...(pages.length ? [[this.corpora.pages, pages]] : [])];
  }

  // 1 for each entry that passes the filters.
  passing(corpus, asked, kind) {
    const filters = filtersOf(asked, [...corpus.facets.keys()]);
    if (kind.length && !filters.kind.length) filters.kind = kind;
    const mask = new Uint8Array(corpus.size).fill(1);
    for (const [name, values] of Object.entries(filters)) {
      if (!values.length) continue;
      const fits = corpus.facets.get(name).mask(values, (value, known) => this.meanings.of(value, known));
      for (let at = 0; at < mask.length; at += 1) if (!fits[at]) mask[at] = 0;
    }
    return mask;
  }

  // `matched` are the positions of all that match, in no order of worth; `first` gives so many of them, best first.
  rank(corpus, asked, kind) {
    const q = (asked.get("q") ?? "").split(/\s+/u).filter(Boolean).join(" ").slice(0, this.rules.max_query);
    const passing = this.passing(corpus, asked, kind);
    const { size } = corpus;
    if (!q) {
      const none = new Float64Array(size);
      const listed = positionsOf(size).filter((at) => passing[at]);
      const first = (count) => listed.slice(0, count);
      return { corpus, matched: listed, first, scores: none, likeness: none.slice(0, 0), confident: true };
    }
    const query = this.reader.read(q, corpus.vocabulary);
    const exact = new Set(corpus.named(q).filter((position) => passing[position]));
    const wanted = this.wanted(corpus, query, passing);
    const words = new Float64Array(size);
    corpus.addWords(words, query.words);
    corpus.addWords(words, query.hints, this.rules.hint_weight);
    const vector = this.encoder.encode(query.toEncode);
    const likeness = vector ? corpus.likeness(vector) : new Float64Array(corpus.items.length);
    const meaning = vector ? corpus.best(likeness) : new Float64Array(size);
    const { match_threshold: threshold, cosine_floor: floor } = this.rules;
    let matched = [];
    for (let at = 0; at < size; at += 1) {
      if (!(wanted[at] > 0)) words[at] = meaning[at] = 0;
      if (words[at] > 0 || meaning[at] >= threshold || exact.has(at)) matched.push(at);
    }
    // Where nothing matches, the nearest are shown, and doubted; behind a filter they would seem to be what was filtered for.
    const none = matched.length === 0 && passing.every(Boolean);
    if (none) {
      const nearest = positionsOf(size).sort((one, other) => meaning[other] - meaning[one] || one - other);
      matched = nearest.slice(0, this.rules.nearest).filter((at) => wanted[at] > 0);
    }

    const [topWords, topMeaning] = [greatest(words, 0), greatest(meaning, floor)];
    const trust = greatest(meaning, 0) * query.known;
    const ceiling = Math.min(Math.max(trust / this.rules.full_trust, this.rules.least_ceiling), 1);
    const scores = new Float64Array(size);
    for (let at = 0; at < size; at += 1) {
      const share = topWords > 0 ? words[at] / topWords : 0;
      const near = topMeaning > floor ? Math.max(meaning[at] - floor, 0) / (topMeaning - floor) : 0;
      scores[at] = (ceiling / 2) * wanted[at] * (share + near);
    }
    for (const at of exact) scores[at] = exact.size > 1 ? (1 + scores[at]) / 2 : 1;
    const { keys, shared } = ordered(corpus, matched, scores, exact);
    const first = (count) => best(matched, count, keys, corpus.twins);
    const confident = !none && (exact.size > 0 || trust >= this.rules.confident);
    lowerDeprecated(corpus, matched, shared, exact);
    return { corpus, q, query, exact, matched, first, scores: shared, likeness, confident, trust, meaning };
  }

  // Platform times effect times quoted for every entry, 0 for those that do not pass the filters.
  wanted(corpus, query, passing) {
    const { changes_penalty: changes, looks_penalty: looks, quoted_penalty: unquoted } = this.rules;
    const quoted = query.quoted.map((phrase) => corpus.having(phrase));
    const weights = corpus.platforms.map((platforms) => this.platforms.weight(query.wish, platforms));
    const found = new Float64Array(corpus.size);
    for (let at = 0; at < found.length; at += 1) {
      if (!passing[at]) continue;
      const root = corpus.changing[at];
      const effect = query.asks ? 1 - looks * (1 - root) : query.names ? 1 : 1 - changes * root;
      found[at] = weights[corpus.platformsOf[at]] * effect;
      for (const has of quoted) if (!has.has(at)) found[at] *= unquoted;
    }
    for (const word of query.unwanted) for (const at of corpus.called(this.reader.stemsOf(word), this.reader)) found[at] = 0;
    return found;
  }
}

const positionsOf = (size) => Array.from({ length: size }, (_, at) => at);

function greatest(scores, floor) {
  let top = floor;
  for (let at = 0; at < scores.length; at += 1) if (scores[at] > top) top = scores[at];
  return top;
}

// What those that matched are put in order by: the best score of their twins, exact names before all others, what is
// deprecated after them.
function ordered(corpus, matched, scores, exact) {
  const { twins } = corpus;
  const most = new Float64Array(corpus.size);
  for (const at of matched) most[twins[at]] = Math.max(most[twins[at]], scores[at]);
  const shared = scores.map((_, at) => most[twins[at]]);
  // A score is 1 at most.
  const keys = new Float64Array(corpus.size);
  for (const at of matched) keys[at] = rounded(shared[at]) + (exact.has(at) ? 2 : corpus.columns.deprecated?.[at] ? -2 : 0);
  return { keys, shared };
}

// So many of the positions, the greatest keys first; twins stand together. What cannot be among them is not sorted.
function best(positions, count, keys, twins) {
  let few = positions;
  if (count < positions.length) {
    const least = Float64Array.from(positions, (at) => keys[at]).sort()[positions.length - Math.max(count, 1)];
    few = positions.filter((at) => keys[at] >= least);
  }
  return [...few].sort((one, other) => keys[other] - keys[one] || twins[one] - twins[other] || one - other).slice(0, count);
}

// The scores of what is deprecated say what the order does: that it comes after all others, but for who names it.
function lowerDeprecated({ columns }, matched, scores, exact) {
  const late = (at) => columns.deprecated?.[at] && !exact.has(at);
  const others = matched.filter((at) => !late(at));
  if (!others.length || others.length === matched.length) return;
  const least = others.reduce((lowest, at) => Math.min(lowest, scores[at]), Infinity);
  for (const at of matched) if (late(at)) scores[at] *= least;
}

// The tools, or sections, that match best, as their places in the entry.
function matchedItems({ corpus, likeness }, position, { match_threshold: threshold, tool_margin: margin, shown_tools: most }) {
  const near = corpus.nearItems(likeness, position);
  const least = Math.max(threshold, Math.max(0, ...near.values()) - margin);
  const matched = [...near].filter(([, nearness]) => nearness >= least);
  matched.sort(([one, near1], [other, near2]) => near2 - near1 || one - other);
  return matched.map(([item]) => item).slice(0, most);
}
