// What a query says: its words, repaired, their synonyms, the platforms it wishes for, the text to encode. As
// search_fn/query/read.py reads it.
import { compounds, isUnspaced, stem } from "./words.js";

// The repairs that one query is worth: beyond, it is an error's text, whose names are no slips.
const REPAIRS = 6;
const NUMBER = /^(?:v?\d{1,2}|v?\d{4,})$/;
const OWN = /https?:\/\/\S+|\bv?\d+(?:\.\d+)+\S*/gi;
const HUMPED = /\b[A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*\b|\b[A-Z]{2,}[a-z][A-Za-z0-9]*\b/g;
// The name of a variable or a secret: who writes one looks for what has it, whatever that does.
const IDENTIFIER = /\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/;
const PARTICIPLE = /^[\p{L}\p{N}_]{2,}(?:ing|ed)$/u;
const squeezed = (text) => text.split(/\s+/u).filter(Boolean).join(" ");

export class Reader {
  constructor(rules, { synonyms, platforms, marks, actions, languages }) {
    Object.assign(this, { synonyms, platforms, marks, actions, languages, longest: rules.longest_word });
    this.stopWords = new Set(rules.stop_words);
    this.beforeStates = new Set(rules.before_states);
  }

  // The stems of a text's words that mean something.
  stemsOf(text) {
    const parts = compounds(text).flatMap(([whole, own]) => (own.length ? own : [whole]));
    return parts.filter((part) => !this.stopWords.has(part)).map(stem);
  }

  read(text, vocabulary) {
    const marks = this.marks.read(text);
    const names = marks.unwanted.filter((word) => this.platforms.has(word));
    const wish = this.platforms.read([this.languages.read(marks.text), ...names.map((name) => `not ${name}`)].join(" "));
    const [wholes, found, repaired, parted] = [[], [], new Map(), new Map()];
    // Words of scripts without spaces, and all as they are meant.
    const [othersWritten, said, spelled] = [[], [], new Map()];
    const [known, states] = [new Set(), new Set()];
    let before = "";
    let tried = 0;
    for (const [whole, parts] of compounds(wish.text)) {
      if (this.beforeStates.has(before) && PARTICIPLE.test(whole)) states.add(stem(whole));
      before = whole;
      said.push(whole);
      if (parts.length && whole.length <= this.longest) {
        parted.set(whole, parts.join(" "));
        if (vocabulary.knows(whole)) wholes.push(stem(whole));
      }
      for (const word of parts.length ? parts : [whole]) {
        if (this.stopWords.has(word) || word.length > this.longest || NUMBER.test(word)) continue;
        let meant = [word];
        if (!vocabulary.knows(word) && tried < REPAIRS) {
          tried += 1;
          meant = vocabulary.repair(word);
        }
        if (meant.length !== 1 || meant[0] !== word) {
          repaired.set(word, meant.join(" "));
          if (whole === word) said.splice(-1, 1, ...meant);
        }
        if (isUnspaced(word)) {
          // The corpus is English: that it lacks them tells nothing of what is asked.
          othersWritten.push(word);
          continue;
        }
        found.push(...meant.map(stem));
        for (const part of meant) if (!spelled.has(stem(part))) spelled.set(stem(part), part);
        for (const part of meant) if (vocabulary.knows(part)) known.add(stem(part));
      }
    }
    const { others, said: phrases } = this.synonyms.of(found);
    const unique = new Set(found);
    let written = new Set([...[...unique].filter((word) => !states.has(word)), ...wholes, ...othersWritten]);
    if (!written.size) written = unique;
    let hints = [...new Set([...unique, ...others])].filter((word) => !written.has(word));
    // Who writes one word says nothing else by which bundles that call it otherwise could be told.
    if (unique.size + othersWritten.length === 1) [written, hints] = [new Set([...written, ...hints]), []];
    const share = (words, knows) => words.filter(knows).length / Math.max(words.length, 1);
    return {
      words: [...written],
      hints,
      spelled,
      known: unique.size
        ? share([...unique], (word) => known.has(word) || phrases.has(word))
        : share(othersWritten, (word) => vocabulary.knows(word)),
      asks: this.actions.asks(said),
      names: IDENTIFIER.test(text),
      wish,
      unwanted: marks.unwanted.filter((word) => !names.includes(word)),
      quoted: marks.quoted.map((phrase) => this.stemsOf(phrase)).filter((phrase) => phrase.length),
      toEncode: this.toEncode(wish.text, repaired, parted),
    };
  }

  // For the encoder, which reads `KubeJobFailed` better with its parts behind it.
  toEncode(text, repaired, parted) {
    if (parted.size) text = text.replace(HUMPED, (name) => `${name} ${parted.get(name.toLowerCase()) ?? ""}`);
    if (repaired.size) {
      const slips = new RegExp(`(?<![a-z0-9])(?:${[...repaired.keys()].join("|")})(?![a-z0-9])`, "gi");
      text = text.replace(slips, (slip) => repaired.get(slip.toLowerCase()) ?? slip);
    }
    return squeezed(text.replace(OWN, " ")) || text;
  }
}
