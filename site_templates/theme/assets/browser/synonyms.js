// What the field says in several ways: search_fn/query/synonyms.py. A phrase is its stems with a blank between.
export class Synonyms {
  // `lines` are meanings, each a list of phrases.
  constructor(lines) {
    this.others = new Map();
    for (const phrases of lines) {
      for (const phrase of phrases) {
        const others = phrases.filter((other) => other !== phrase).flatMap((other) => other.split(" "));
        this.others.set(phrase, [...(this.others.get(phrase) ?? []), ...others]);
      }
    }
    this.lines = lines;
    this.fieldWords = new Set([...this.others.keys()].flatMap((phrase) => phrase.split(" ")));
    this.longest = Math.max(1, ...[...this.others.keys()].map((phrase) => phrase.split(" ").length));
  }

  // The words that phrases among `words` (stems) can be said with, and the words of those phrases.
  of(words) {
    const [others, said] = [new Set(), new Set()];
    for (let at = 0; at < words.length; ) {
      let length = Math.min(this.longest, words.length - at);
      while (length > 0 && !this.others.has(words.slice(at, at + length).join(" "))) length -= 1;
      for (const word of words.slice(at, at + length)) said.add(word);
      for (const word of this.others.get(words.slice(at, at + length).join(" ")) ?? []) others.add(word);
      at += Math.max(length, 1);
    }
    return { others, said };
  }

  // All phrases that are on a line with this one.
  like(phrase) {
    return new Set(this.lines.filter((line) => line.includes(phrase)).flat());
  }
}
