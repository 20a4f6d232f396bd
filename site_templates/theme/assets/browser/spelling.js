// Repair of words that the corpus does not know, as search_fn/query/spelling.py does it.
import { stem } from "./words.js";

const [SHORTEST, LONGEST, TWO_SLIPS, SHORTEST_PART] = [5, 30, 7, 3];
const REMEMBERED = 4096;

export class Vocabulary {
  // `words` are sorted; `counts` say how many bundles have each. `isWord` says of others whether they are right.
  constructor(words, counts, isWord, fieldWords) {
    Object.assign(this, { words, isWord, fieldWords });
    this.counts = new Map(words.map((word, at) => [word, counts[at]]));
    this.stems = new Set(words.map(stem));
    this.remembered = new Map();
  }

  knows(word) {
    return this.counts.has(word) || this.stems.has(stem(word));
  }

  // The words that an unknown word was meant to be; itself where it is like nothing here.
  repair(word) {
    if (!this.remembered.has(word)) {
      if (this.remembered.size >= REMEMBERED) this.remembered.clear();
      this.remembered.set(word, this.meant(word));
    }
    return this.remembered.get(word);
  }

  meant(word) {
    if (word.length < SHORTEST || word.length > LONGEST || !/^[a-z]+$/i.test(word) || this.knows(word)) return [word];
    if (this.isWord(word) || this.isWord(stem(word))) return [word];
    const [slips, near] = this.fieldWords.has(stem(word)) ? [0, ""] : this.nearest(word);
    if (slips === 1) return [near];
    const begun = this.begun(word);
    if (begun) return [begun];
    const split = this.split(word);
    return split.length ? split : [near || word];
  }

  // Known words that begin so, the most frequent first.
  beginning(start, mayBe = () => true) {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle] < start) low = middle + 1;
      else high = middle;
    }
    const found = [];
    for (; low < this.words.length && this.words[low].startsWith(start); low += 1) {
      if (mayBe(this.words[low])) found.push(this.words[low]);
    }
    const count = (word) => this.counts.get(word);
    return found.sort((one, other) => count(other) - count(one) || (other > one ? 1 : -1));
  }

  begun(word) {
    const fits = (known) => known.length >= SHORTEST && known.length <= LONGEST && known.length < 2 * word.length && /^[a-z]+$/.test(known);
    return this.beginning(word, fits)[0] ?? "";
  }

  // Two or three known words, the split whose rarest word is most frequent, fewer words first.
  split(word) {
    const cuts = [];
    for (let end = SHORTEST_PART; end <= word.length - SHORTEST_PART; end += 1) cuts.push([word.slice(0, end), word.slice(end)]);
    let splits = cuts.filter((cut) => cut.every((part) => this.counts.has(part)));
    if (!splits.length) {
      splits = cuts.filter(([head]) => this.counts.has(head)).map(([head, rest]) => [head, ...this.split(rest)]);
      splits = splits.filter((parts) => parts.length === 3);
    }
    const rarest = (parts) => Math.min(...parts.map((part) => this.counts.get(part)));
    const later = (one, other) => {
      const at = one.findIndex((part, place) => part !== other[place]);
      return at >= 0 && one[at] > other[at];
    };
    let best = [];
    for (const parts of splits) {
      const more = best.length ? rarest(parts) - rarest(best) : 1;
      if (more > 0 || (more === 0 && later(parts, best))) best = parts;
    }
    return best;
  }

  // The known word with the fewest slips between, the more frequent of several, and how many.
  nearest(word) {
    const most = word.length >= TWO_SLIPS ? 2 : 1;
    let best = [most + 1, 0, ""];
    const better = (one, other) => {
      const at = one.findIndex((value, place) => value !== other[place]);
      return at >= 0 && one[at] < other[at];
    };
    const letters = lettersOf(word);
    for (const [known, own] of this.table(word.length - most, word.length + most)) {
      // A slip adds, drops or changes a letter: what differs by more letters need not be compared.
      if (apart(letters, own) > 2 * most) continue;
      const slips = distance(word, known, most);
      // The first letter is seldom wrong; two slips of which it is one are rather another word.
      if (slips > most || (slips > 1 && known[0] !== word[0])) continue;
      const found = [slips, -this.counts.get(known), known];
      if (better(found, best)) best = found;
    }
    return [best[0], best[2]];
  }

  // Words of these lengths, with how often each letter is in them.
  *table(from, to) {
    if (!this.byLength) {
      this.byLength = new Map();
      for (const word of this.words) {
        if (word.length < SHORTEST || word.length > LONGEST || !/^[a-z]+$/.test(word)) continue;
        if (!this.byLength.has(word.length)) this.byLength.set(word.length, []);
        this.byLength.get(word.length).push([word, lettersOf(word)]);
      }
    }
    for (let length = from; length <= to; length += 1) yield* this.byLength.get(length) ?? [];
  }
}

function lettersOf(word) {
  const counts = new Int8Array(26);
  for (let at = 0; at < word.length; at += 1) counts[word.charCodeAt(at) - 97] += 1;
  return counts;
}

function apart(one, other) {
  let sum = 0;
  for (let at = 0; at < 26; at += 1) sum += Math.abs(one[at] - other[at]);
  return sum;
}

// Letters added, dropped, changed, or swapped with a neighbour (Damerau-Levenshtein); at most `most` + 1.
export function distance(a, b, most) {
  let [before, row] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const older = before;
    before = row;
    row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + Number(a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, older[j - 2] + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
  }
  return Math.min(row.at(-1), most + 1);
}
