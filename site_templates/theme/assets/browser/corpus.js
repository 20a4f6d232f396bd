// What is searched together, in arrays: all Skill Templates, or all pages of documentation and keywords. The build writes
// it (build/index/browser_files.py); search_fn/index/corpus.py is the function's.
import { Facet } from "./facets.js";
import { Vocabulary } from "./spelling.js";
import { linesOf, textOf } from "./tensors.js";
import { stem } from "./words.js";

const QUERY_UNIT = 32767;
const foldName = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

// A name's words without their endings: `Pod Restarts` and `pod-restart` are one.
export function foldNumber(text) {
  const parts = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return parts.map((word) => (word.length > 3 ? stem(word) : word.replace(/s$/, ""))).join("");
}

export class Corpus {
  // `wordUnit` and `vectorUnit` are what an integer weight of a word, and of a vector's number, is divided by.
  constructor(tensors, encoder, fieldWords, { word_unit: wordUnit, vector_unit: vectorUnit }) {
    const words = linesOf(tensors.words);
    Object.assign(this, tensors, { wordUnit, vectorUnit, dimensions: encoder.dimensions });
    this.columns = JSON.parse(textOf(tensors.columns));
    // The vectors' numbers by fours; a file may have them at any address, an array of 32 bits only at some.
    const vectors = tensors.vectors.byteOffset % 4 ? tensors.vectors.slice() : tensors.vectors;
    this.packed = new Int32Array(vectors.buffer, vectors.byteOffset, vectors.length / 4);
    this.size = this.columns.id.length;
    this.vocabulary = new Vocabulary(words, tensors.word_counts, (word) => encoder.hasWord(word), fieldWords);
    // The build writes postings in the order in which stems come among the words.
    this.rows = new Map([...this.vocabulary.stems].map((found, row) => [found, row]));
    this.facets = new Map(Object.entries(this.columns.facets).map(([name, values]) => [name, new Facet(values)]));
    // Few sets of platforms are many entries': `platforms` has each once, `platformsOf` says which is an entry's.
    const sets = this.columns.facets.platform.map((own) => own.join("\n").toLowerCase());
    const numbers = new Map([...new Set(sets)].map((set, number) => [set, number]));
    this.platforms = [...numbers.keys()].map((set) => set.split("\n"));
    this.platformsOf = sets.map((set) => numbers.get(set));
    // The penalty of what changes things goes by the root of its share (search_fn/search/ranking.py).
    this.changing = Float64Array.from({ length: this.size }, (_, at) => Math.sqrt(this.columns.changing?.[at] ?? 0));
    this.names = this.namesBy(foldName);
    this.namesInAnyNumber = this.namesBy(foldNumber);
    this.twins = this.twinsOf();
  }

  slug(position) {
    return this.columns.id[position].replace(/^[^/]*\//, "");
  }

  namesBy(fold) {
    const found = new Map();
    this.columns.id.forEach((id, position) => {
      for (const key of new Set([this.slug(position), this.columns.title[position], id].map(fold))) {
        if (key) found.set(key, [...(found.get(key) ?? []), position]);
      }
    });
    return found;
  }

  // For each entry the first position of its slug: one bundle in several collections has one number.
  twinsOf() {
    const first = new Map();
    return this.columns.id.map((_, position) => {
      const slug = foldName(this.slug(position));
      if (!first.has(slug)) first.set(slug, position);
      return first.get(slug);
    });
  }

  // Where an entry of this name stands: as it is spelled, else in another number.
  named(query) {
    return this.names.get(foldName(query)) ?? this.namesInAnyNumber.get(foldNumber(query)) ?? [];
  }

  // Adds to the entries' scores what these words, as stems, are worth to each (BM25, worked out by the build).
  addWords(scores, words, factor = 1) {
    const { starts, entries, weights } = this;
    // A unit is a power of two: whichever is divided first, the product is the same.
    const unit = factor / this.wordUnit;
    for (const word of words) {
      const row = this.rows.get(word);
      if (row === undefined) continue;
      for (let at = starts[row], end = starts[row + 1]; at < end; at += 1) scores[entries[at]] += weights[at] * unit;
    }
  }

  // The entries that have a word, as a stem, in order.
  entriesOf(word) {
    const row = this.rows.get(word);
    return row === undefined ? [] : this.entries.subarray(this.starts[row], this.starts[row + 1]);
  }

  // Which entries have all of these words, as stems.
  having(words) {
    return words.map((word) => new Set(this.entriesOf(word))).reduce((both, each) => new Set([...both].filter((at) => each.has(at))));
  }

  // Where the entries stand that have these stems in their name, title or tags.
  called(stems, reader) {
    this.labels ??= this.columns.id.map((_, at) => {
      const names = `${this.slug(at)} ${this.columns.title[at]}`;
      return new Set([names, ...this.columns.facets.tag[at]].flatMap((text) => reader.stemsOf(text)));
    });
    return [...this.labels.keys()].filter((at) => stems.length && stems.every((word) => this.labels[at].has(word)));
  }

  // The cosine of every passage. Integers alone are multiplied, which takes half the time of fractions: the query's
  // numbers are rounded to QUERY_UNIT, and no sum of products is beyond 32 bits.
  likeness(vector) {
    const { packed, dimensions, vectorUnit } = this;
    const query = Int32Array.from(vector, (value) => Math.round(value * QUERY_UNIT));
    const found = new Float64Array((packed.length * 4) / dimensions);
    for (let passage = 0, at = 0; passage < found.length; passage += 1) {
      let sum = 0;
      for (let place = 0; place < dimensions; place += 4, at += 1) {
        // Four numbers of eight bits, which one look into memory brings.
        const four = packed[at];
        sum =
          (sum +
            Math.imul((four << 24) >> 24, query[place]) +
            Math.imul((four << 16) >> 24, query[place + 1]) +
            Math.imul((four << 8) >> 24, query[place + 2]) +
            Math.imul(four >> 24, query[place + 3])) |
          0;
      }
      found[passage] = sum / (vectorUnit * QUERY_UNIT);
    }
    return found;
  }

  // The greatest cosine of each entry's passages.
  best(likeness) {
    const { passages } = this;
    const found = new Float64Array(this.size);
    for (let entry = 0; entry < found.length; entry += 1) {
      let best = -Infinity;
      for (let at = passages[entry], end = passages[entry + 1]; at < end; at += 1) if (likeness[at] > best) best = likeness[at];
      found[entry] = best;
    }
    return found;
  }

  // The cosine of each of an entry's tools, or of a page's sections.
  nearItems(likeness, entry) {
    const found = new Map();
    for (let at = this.passages[entry]; at < this.passages[entry + 1]; at += 1) {
      if (this.items[at] >= 0) found.set(this.items[at], likeness[at]);
    }
    return found;
  }
}
