// What a query marks: words that are not wanted (`-redis`, `!redis`, `NOT redis`), and phrases in quotes; and whether it asks
// for something to be done. search_fn/query/marks.py and actions.py, with their patterns and tables.
export class Marks {
  constructor({ unwanted, states, command, shortest, quoted, most_quotes: most, most_words: beside }) {
    Object.assign(this, { shortest, most, beside, states: new Set(states), command: new RegExp(command) });
    this.unwanted = new RegExp(unwanted, "g");
    this.quoted = new RegExp(quoted, "g");
  }

  read(text) {
    const count = (phrase) => phrase.split(/\s+/u).filter(Boolean).length;
    // In a longer text a single word in quotes is a name of whoever asks.
    const isPhrase = (phrase) => count(text) <= this.beside + 1 || count(phrase) > 1;
    const quoted = [...text.matchAll(this.quoted)].map((found) => found[1]).filter(isPhrase).slice(0, this.most);
    const found = this.command.test(text) ? [] : [...text.matchAll(this.unwanted)].filter((one) => this.leavesOut(one));
    let rest = text;
    for (const one of [...found].reverse()) {
      rest = `${rest.slice(0, one.index)} ${rest.slice(one.index + one[0].length)}`;
    }
    if (!found.length || !/[\p{L}\p{N}_]{2}/u.test(rest)) return { text, unwanted: [], quoted };
    return { text: rest, unwanted: [...new Set(found.map((one) => one[2]))], quoted };
  }

  leavesOut([, shouted, word]) {
    if (!shouted) return word.length >= this.shortest;
    const loud = word === word.toUpperCase() && word !== word.toLowerCase();
    return !this.states.has(word.toLowerCase()) && (!loud || word.length <= this.shortest);
  }
}

export class Actions {
  constructor({ actions, before, who, few_words: few }) {
    Object.assign(this, { few, actions: new Set(actions), before: new Set(before), who: new Set(who) });
  }

  // Whether words, in small letters and in the order of the query, ask for something to be done.
  asks(words) {
    return words.some((word, at) => {
      if (this.who.has(words[at - 1]) && this.actions.has(word.replace(/s$/, ""))) return true;
      if (!this.actions.has(word)) return false;
      return words.length <= this.few || at === 0 || this.before.has(words[at - 1]);
    });
  }
}
