// Values that entries have (platforms, tags, …): filters on them, and counts. As search_fn/index/facets.py has them.
const FACET_VALUES = 30;
const folded = (text) => text.toLowerCase();

export class Facet {
  // `values` has a list for each entry.
  constructor(values) {
    this.values = values;
    this.folded = values.map((own) => new Set(own.map(folded)));
    // Counted by numbers, which stand in one array: those of an entry from its place in `starts` up to the next. The
    // names are sorted, so that of two with one count the lesser number comes first.
    this.names = [...new Set(values.flat())].sort();
    const numbers = new Map(this.names.map((name, number) => [name, number]));
    this.numbers = Uint32Array.from(values.flat(), (value) => numbers.get(value));
    this.starts = new Uint32Array(values.length + 1);
    values.forEach((own, position) => (this.starts[position + 1] = this.starts[position] + own.length));
  }

  all() {
    return this.names;
  }

  // Which entries have one of the wanted values; `meant` reads those that none has.
  mask(wanted, meant) {
    const all = this.all();
    const known = new Set(all.map(folded));
    const unknown = wanted.filter((value) => !known.has(value));
    const mean = new Set([...wanted, ...unknown.flatMap((value) => meant(value, all)).map(folded)]);
    return this.folded.map((own) => [...own].some((value) => mean.has(value)));
  }

  // How many of these entries have each value, the most frequent first.
  counts(positions) {
    const { names, numbers, starts } = this;
    const counts = new Uint32Array(names.length);
    for (const position of positions) {
      for (let at = starts[position], end = starts[position + 1]; at < end; at += 1) counts[numbers[at]] += 1;
    }
    // The least count that is among the first is looked up, so that the others need not be sorted.
    const least = Math.max(counts.slice().sort().at(-FACET_VALUES) ?? 0, 1);
    const found = [];
    for (let number = 0; number < counts.length; number += 1) if (counts[number] >= least) found.push(number);
    found.sort((one, other) => counts[other] - counts[one] || one - other);
    return found.slice(0, FACET_VALUES).map((number) => ({ value: names[number], count: counts[number] }));
  }
}

// Values by facet, folded, of parameters in which a comma separates several.
export function filtersOf(asked, names) {
  const values = (name) => asked.getAll(name).flatMap((text) => text.split(",")).map((one) => folded(one.trim()));
  return Object.fromEntries(names.map((name) => [name, [...new Set(values(name).filter(Boolean))]]));
}

// What a filter's value may mean that nothing is called (search_fn/query/values.py).
export class Meanings {
  constructor({ makers }, reader, synonyms) {
    Object.assign(this, { makers, reader, synonyms });
  }

  of(value, known) {
    if (value.length > 60) return [];
    const mine = spelled(value);
    const maker = this.makers[value.split(/\s+/).join(" ")];
    const phrases = this.synonyms.like(this.reader.stemsOf(value).join(" "));
    return known.filter(
      (each) => mine && (spelled(each) === mine || folded(each) === maker || phrases.has(this.reader.stemsOf(each).join(" "))),
    );
  }
}

function spelled(value) {
  const found = folded(value).replace(/[^\p{L}\p{N}]+/gu, "");
  return found.length > 4 && found.endsWith("s") ? found.slice(0, -1) : found;
}
