// What is searched together, in arrays: all Skill Templates, or all pages of documentation and keywords. The build writes
// it (build/index/browser_files.py); search_fn/index/shelf.py is the function's.
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

export class Shelf {
  // `wordUnit` and `vectorUnit` are what an integer weight of a word, and of a vector's number, is divided by.
  constructor(tensors, encoder, fieldWords, { word_unit: wordUnit, vector_unit: vectorUnit }) {
    const words = linesOf(tensors.words);
    Object.assign(this, tensors, { wordUnit, vectorUnit, dimensions: encoder.dimensions });
    this.columns = JSON.parse(textOf(tensors.columns));
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
    for (const word of words) {
      const row = this.rows.get(word);
      if (row === undefined) continue;
      for (let at = this.starts[row]; at < this.starts[row + 1]; at += 1) {
        scores[this.entries[at]] += (factor * this.weights[at]) / this.wordUnit;
      }
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
    const { vectors, dimensions, vectorUnit } = this;
    const query = Int32Array.from(vector, (value) => Math.round(value * QUERY_UNIT));
    const found = new Float64Array(vectors.length / dimensions);
    for (let passage = 0, at = 0; passage < found.length; passage += 1) {
      // Four sums, which a processor adds to side by side; dimensions are a multiple of four.
      let one = 0;
      let two = 0;
      let three = 0;
      let four = 0;
      for (let place = 0; place < dimensions; place += 4, at += 4) {
        one = (one + Math.imul(vectors[at], query[place])) | 0;
        two = (two + Math.imul(vectors[at + 1], query[place + 1])) | 0;
        three = (three + Math.imul(vectors[at + 2], query[place + 2])) | 0;
        four = (four + Math.imul(vectors[at + 3], query[place + 3])) | 0;
      }
      found[passage] = (one + two + three + four) / (vectorUnit * QUERY_UNIT);
    }
    return found;
  }

  // The greatest cosine of each entry's passages.
  best(likeness) {
    const found = new Float64Array(this.size);
    for (let entry = 0; entry < this.size; entry += 1) {
      let best = -Infinity;
      for (let at = this.passages[entry]; at < this.passages[entry + 1]; at += 1) best = Math.max(best, likeness[at]);
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
