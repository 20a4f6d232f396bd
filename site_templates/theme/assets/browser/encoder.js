// The static encoder: a text is the mean of its tokens' vectors, which the encoder itself made. Tokens are those of BERT's
// uncased WordPiece (search_fn/encoder/wordpiece.py).
import { linesOf } from "./tensors.js";

const [MAX_TOKENS, LONGEST_WORD] = [256, 100];
// What BERT leaves out: control, format and private characters, but for what ends lines and tabs.
const DROPPED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\uFFFD]/gu;
const WORD = /[\p{P}$+<=>^`|~]|[\p{Script=Han}]|[^\s\p{P}$+<=>^`|~\p{Script=Han}]+/gu;

export class Encoder {
  constructor({ vocabulary, vectors }) {
    const pieces = linesOf(vocabulary);
    this.ids = new Map(pieces.map((piece, id) => [piece, id]));
    this.unknown = this.ids.get("[UNK]");
    this.longest = Math.max(...pieces.map((piece) => piece.length));
    this.vectors = vectors;
    this.dimensions = vectors.length / pieces.length;
  }

  hasWord(word) {
    return this.ids.has(word);
  }

  // The text's vector, of length 1, or null where no token is known.
  encode(text) {
    const vector = new Float64Array(this.dimensions);
    for (const id of this.tokens(text)) {
      const row = id * this.dimensions;
      for (let at = 0; at < this.dimensions; at += 1) vector[at] += this.vectors[row + at];
    }
    const length = Math.hypot(...vector);
    return length ? vector.map((value) => value / length) : null;
  }

  tokens(text) {
    const bare = text.replace(DROPPED, "").normalize("NFD").replace(/\p{Mn}/gu, "");
    // Letter by letter: of a whole word the sigma at its end would be another.
    const plain = Array.from(bare, (letter) => letter.toLowerCase()).join("");
    const found = [];
    for (const [word] of plain.matchAll(WORD)) {
      found.push(...this.piecesOf(word));
      // Two of a text's tokens are those of its start and its end.
      if (found.length >= MAX_TOKENS - 2) return found.slice(0, MAX_TOKENS - 2);
    }
    return found;
  }

  // The longest known piece from the left, repeatedly; a word with a rest that has none is the unknown token, which says
  // nothing but counts.
  piecesOf(word) {
    if (word.length > LONGEST_WORD) return [this.unknown];
    const found = [];
    for (let start = 0; start < word.length; ) {
      let end = Math.min(word.length, start + this.longest);
      const prefix = start ? "##" : "";
      while (end > start && !this.ids.has(prefix + word.slice(start, end))) end -= 1;
      if (end === start) return [this.unknown];
      found.push(this.ids.get(prefix + word.slice(start, end)));
      start = end;
    }
    return found;
  }
}
