// Words as the build weighs them: search_fn/query/words.py in JavaScript.
// Scripts that put no spaces between words: Thai to Khmer, kana, Han.
const UNSPACED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff";
const LETTER = `(?:(?![${UNSPACED}])[\\p{L}\\p{N}])`;
const COMPOUND = new RegExp(`[${UNSPACED}]+|${LETTER}+(?:[-_]+${LETTER}+)*`, "gu");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const PART = /[\p{L}\p{N}]+/gu;
const HUMP = /[A-Z]{1,2}\d+[a-z]?(?![a-z])|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*/g;
const SHORTEST_HUMP = 3;

export const isUnspaced = (word) => IS_UNSPACED.test(word);

// Each word without accents and separators, with the parts that it is made of; of a script without spaces each two
// neighbours.
export function compounds(text) {
  // A kana's voice mark makes another letter of it.
  const plain = text.normalize("NFKD").replace(/(?![\u3099\u309a])\p{Mn}/gu, "").normalize("NFC");
  return [...plain.matchAll(COMPOUND)].flatMap(([found]) => (isUnspaced(found) ? pairs(found) : [divided(found)]));
}

function pairs(run) {
  const letters = [...run];
  return Array.from({ length: Math.max(letters.length - 1, 1) }, (_, at) => [letters.slice(at, at + 2).join(""), []]);
}

function divided(found) {
  const parts = found.match(PART);
  const lower = parts.map((part) => part.toLowerCase());
  const humps = parts.flatMap(humpsOf).map((hump) => hump.toLowerCase());
  return [lower.join(""), [...new Set(parts.length > 1 ? [...lower, ...humps] : humps)]];
}

function humpsOf(part) {
  if (!/\p{Lu}/u.test(part) && /\p{Ll}/u.test(part)) return [];
  if (/^\p{L}+$/u.test(part) && !/\p{Ll}/u.test(part) && /\p{Lu}/u.test(part)) return [];
  const humps = part.match(HUMP) ?? [];
  if (humps.length === 2 && humps.some((hump) => hump.length < SHORTEST_HUMP)) {
    // A number (`EKS1`), or a product's whim (`gRPC`).
    return humps.filter((hump) => /^\d+$/.test(humps[1]) && hump.length >= SHORTEST_HUMP);
  }
  return humps.length > 1 ? humps : [];
}

const remembered = new Map();

// A word without the endings of number and tense.
export function stem(word) {
  let found = remembered.get(word);
  if (found === undefined) remembered.set(word, (found = stemOf(word)));
  return found;
}

function stemOf(word) {
  if (word.length < 4 || !/^[a-z]+$/i.test(word)) return word;
  if (word.endsWith("ies") && word.length > 4) word = `${word.slice(0, -3)}y`;
  else if (word.endsWith("s") && !/(?:ss|us|is)$/.test(word)) word = word.slice(0, -1);
  for (const ending of ["ing", "ed"]) {
    const root = word.endsWith(ending) ? word.slice(0, -ending.length) : word;
    if (root === word || root.length <= 2 || !/[aeiouy]/.test(root)) continue;
    // A verb made of a noun in -ion seldom means it: what is functioning is no function.
    if (root.endsWith("ion")) return `${root}ing`;
    const last = root.at(-1);
    word = last === root.at(-2) && !"lsz".includes(last) ? root.slice(0, -1) : root;
    break;
  }
  // `scale` has to meet `scaling`, but `plane` not `plan`.
  return word.length > 5 && word.endsWith("e") ? word.slice(0, -1) : word;
}
