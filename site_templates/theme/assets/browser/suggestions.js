// Results while somebody types: the last word may be the beginning of one. Skill Templates come first, then documentation
// and keywords.
const PAGES = 3;
const COMPLETIONS = 2;

export class Suggestions {
  constructor(search) {
    this.search = search;
  }

  answer(typed, limit) {
    const texts = this.completed(typed);
    const found = new Map();
    for (const q of texts) {
      for (const one of this.search.answer(new URLSearchParams({ q }), { limit, facets: false }).results) {
        if (!(found.get(one.id)?.score >= one.score)) found.set(one.id, one);
      }
    }
    const bundles = [...found.values()].sort((one, other) => other.score - one.score).slice(0, limit);
    const asked = new URLSearchParams({ q: texts.at(-1), types: "documentation,library" });
    const { results: pages, confident } = this.search.answer(asked, { limit: PAGES, facets: false });
    return { results: [...bundles, ...(confident ? pages : [])] };
  }

  // What was typed, and what it may become: its last word with the most frequent words that begin so. A beginning that is
  // no word is not searched for itself, since its letters would be repaired to another word's.
  completed(typed) {
    const { vocabulary } = this.search.corpora.codebundles;
    const [, before, last] = typed.match(/^(.*?)([a-z0-9]*)$/is);
    const word = last.toLowerCase();
    const longer = word ? vocabulary.beginning(word, (one) => one !== word).slice(0, COMPLETIONS) : [];
    return [...(longer.length && !vocabulary.knows(word) ? [] : [typed]), ...longer.map((one) => before + one)];
  }
}
