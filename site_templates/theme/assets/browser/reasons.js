// Why a result stands where it does, in words: search_fn/search/reasons.py in JavaScript.
import { compounds, stem } from "./words.js";

const VARIABLE = /\$\{\s*([^{}]*?)\s*\}/g;
const squeezed = (text) => text.split(/\s+/u).filter(Boolean).join(" ");
const fold = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
const partsOf = (text) => compounds(text).flatMap(([whole, parts]) => (parts.length ? parts : [whole]));
const stemsOf = (text) => new Set(partsOf(text).map(stem));
const meet = (one, other) => [...one].filter((each) => other.has(each));
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

// What a model says an entry is for, each with its kind.
const saidOf = ({ columns }, position) =>
  Object.entries(columns.said ?? {}).flatMap(([kind, texts]) => texts[position].map((text) => [kind, text]));

export class Reasons {
  constructor({ reasons }) {
    Object.assign(this, reasons);
  }

  // How well a result of this score fits.
  match(score) {
    return score >= this.strong ? "strong" : score >= this.partial ? "partial" : "weak";
  }

  // What reasons need of a query: what each of its stems is worth, their sum, what synonyms are worth, and its compounds.
  asked(query, corpus, text) {
    const rarity = (word) => Math.log(1 + corpus.size / Math.max(corpus.entriesOf(word).length, 1));
    const rarities = (words) => new Map(words.map((word) => [word, rarity(word)]));
    const worth = rarities([...query.spelled.keys()].filter((word) => corpus.entriesOf(word).length));
    const synonyms = rarities([...query.words, ...query.hints].filter((word) => !query.spelled.has(word)));
    const names = new Set(compounds(text).map(([whole]) => whole));
    return { worth, whole: sum([...worth.values()]), synonyms, spelled: query.spelled, names };
  }

  // The best reason first. `tools` are the titles of those that matched.
  of(asked, corpus, position, tools, exact) {
    const title = corpus.columns.title[position];
    const found = exact ? [`name: ${title}`] : [];
    const covered = new Set();
    const cover = (text) => stemsOf(text).forEach((word) => covered.add(word));
    const said = this.bestSaid(asked, saidOf(corpus, position));
    if (said) {
      found.push(`${this.said[said[0]]}: ${said[1].slice(0, this.longest)}`);
      cover(said[1]);
    }
    const near = tools.slice(0, 1).map((name) => squeezed(name.replace(VARIABLE, "$1").replaceAll("`", "")).slice(0, this.longest));
    const byWords = near.filter((name) => [asked.worth, asked.synonyms].some((words) => meet(stemsOf(name), words).length));
    for (const name of byWords) {
      found.push(`tool: ${name}`);
      cover(name);
    }
    // A name is said already.
    const inTitle = [...new Set(partsOf(title))].filter((part) => asked.spelled.has(stem(part)));
    if (!exact && inTitle.length) {
      found.push(`title: ${inTitle.slice(0, this.most_words).join(", ")}`);
      cover(title);
    }
    const has = ([word]) => !covered.has(word) && corpus.entriesOf(word).includes(position);
    const there = [...asked.spelled].filter(has).map(([, written]) => written);
    if (!exact && there.length) found.push(`words: ${there.slice(0, this.most_words).join(", ")}`);
    if (!byWords.length) found.push(...near.map((name) => `meaning close to: ${name}`));
    return found.length ? found.slice(0, this.most) : ["close in meaning"];
  }

  // What is said of an entry that is most about the query, with its kind.
  bestSaid(asked, said) {
    let [best, most] = [null, 0];
    const starts = [...asked.worth.keys(), ...asked.synonyms.keys()].map((word) => (word.length > 3 ? word.slice(0, -1) : word));
    for (const [kind, text] of said) {
      if (kind === "alert" && asked.names.has(fold(text))) return [kind, text];
      const folded = text.toLowerCase();
      if (!starts.some((start) => folded.includes(start))) continue;
      const own = this.share(asked, kind, text);
      if (own > most) [best, most] = [[kind, text], own];
    }
    return best;
  }

  // How much of the query a text says, and of two that say as much, how little else; 0 where it is not about it.
  share(asked, kind, text) {
    const own = stemsOf(text);
    const [words, others] = [asked.worth, asked.synonyms].map((known) => meet(own, known).sort());
    const count = words.length + others.length;
    if (!asked.whole || (["alert", "alias"].includes(kind) && count < this.of_name * own.size)) return 0;
    const written = sum(words.map((word) => asked.worth.get(word))) / asked.whole;
    const lacking = sum(others.map((word) => asked.synonyms.get(word))) / asked.whole;
    const share = written + this.synonym * Math.min(lacking, 1 - written);
    const about = share >= this.about && (count > 1 || share >= 1);
    return about ? share + (this.little_else * words.length) / own.size : 0;
  }
}
