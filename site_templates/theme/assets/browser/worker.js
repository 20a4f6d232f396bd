// The search in the browser, on a thread of its own so that typing never waits: reads the data once, then answers.
import { Encoder } from "./encoder.js";
import { Meanings } from "./facets.js";
import { Languages } from "./languages.js";
import { Actions, Marks } from "./marks.js";
import { Platforms } from "./platforms.js";
import { Reader } from "./query.js";
import { Search } from "./ranking.js";
import { Corpus } from "./corpus.js";
import { Suggestions } from "./suggestions.js";
import { Synonyms } from "./synonyms.js";
import { readTensors } from "./tensors.js";

// A file is named by its contents: whichever a browser has under a name is the right one, however old it is.
async function get(name, read, cache = "force-cache") {
  const answer = await fetch(new URL(name, import.meta.url), { cache });
  if (!answer.ok) throw new Error(`${name}: status ${answer.status}`);
  return answer[read]();
}

async function open() {
  const { build_id, files } = await get("files.json", "json", "no-cache");
  const [rules, ...tensors] = await Promise.all([
    get(files.rules, "json"),
    ...["encoder", "codebundles", "pages"].map((name) => get(files[name], "arrayBuffer").then(readTensors)),
  ]);
  const encoder = new Encoder(tensors[0]);
  const synonyms = new Synonyms(rules.synonyms);
  const platforms = new Platforms(rules.platforms);
  const marked = { marks: new Marks(rules.marks), actions: new Actions(rules.actions), languages: new Languages(rules) };
  const reader = new Reader(rules, { synonyms, platforms, ...marked });
  const [codebundles, pages] = tensors.slice(1).map((each) => new Corpus(each, encoder, synonyms.fieldWords, rules));
  const search = new Search(rules, { codebundles, pages }, encoder, reader, platforms, new Meanings(rules, reader, synonyms));
  return { search, suggestions: new Suggestions(search), build_id };
}

let opened;
addEventListener("message", async ({ data: { id, state, offset, limit, typed } }) => {
  try {
    opened ??= open();
    const { search, suggestions, build_id } = await opened;
    if (id === undefined) return;
    const began = performance.now();
    const asked = new URLSearchParams(state);
    const answer = typed ? suggestions.answer(asked.get("q") ?? "", limit) : search.answer(asked, { offset, limit });
    postMessage({ id, answer: { ...answer, build_id, milliseconds: performance.now() - began } });
  } catch (error) {
    // What failed is tried again with the next question.
    opened = undefined;
    if (id !== undefined) postMessage({ id, why: String(error) });
  }
});
