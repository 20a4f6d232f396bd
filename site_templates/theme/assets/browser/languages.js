// What pagers write around an alert is left out, and words of other languages that the field knows become English:
// search_fn/query/pagers.py and languages.py, with their patterns and tables.
import { isUnspaced } from "./words.js";

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export class Languages {
  constructor({ noise, name_label: label, english, grammar }) {
    this.noise = new RegExp(noise, "gi");
    this.label = new RegExp(label, "gi");
    this.english = english;
    this.grammar = new Set(grammar);
    const said = Object.keys(english).sort((one, other) => other.length - one.length || (one < other ? -1 : 1));
    const [before, after] = ["(?<![\\p{L}\\p{N}_])", "(?![\\p{L}\\p{N}_])"];
    this.foreign = new RegExp(said.map((one) => (isUnspaced(one) ? one : `${before}${escaped(one)}${after}`)).join("|"), "giu");
  }

  read(text) {
    const rest = text.replace(this.noise, " ").replace(this.label, " ");
    const plain = /[\p{L}\p{N}_]{2}/u.test(rest) ? rest : text;
    const composed = plain.normalize("NFC");
    const english = composed.replace(this.foreign, (found) => ` ${this.english[found.toLowerCase()] ?? found} `);
    // Words of grammar go only around words of another language: in an English text they may be others.
    return english === composed ? plain : english.replace(/[\p{L}\p{N}_]+/gu, (word) => (this.grammar.has(word.toLowerCase()) ? " " : word));
  }
}
