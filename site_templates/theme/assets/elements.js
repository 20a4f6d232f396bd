// What scripts share that show what they were told: where the site begins, elements made of text alone, addresses, and
// the chips of bundles in the words of FACTS (assets/facts.js, by build.site.facets.script_facts), which pages load that show
// any.
/* exported ROOT, element, bundleAddress, webAddress, platformChips, accessChip, deprecatedChip, titled, hashTarget, download, readParts, readBundleList */
const ROOT = new URL(__md_scope);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter(Boolean));
  return made;
}

function bundleAddress(collection, slug) {
  return new URL(`codebundles/${[collection, slug].map(encodeURIComponent).join("/")}/`, ROOT).href;
}

// The kinds of Kubernetes stand with it.
function platformChips(platforms) {
  const kinds = platforms.filter((name) => FACTS.kinds_of_kubernetes.includes(name));
  return platforms
    .filter((name) => !kinds.includes(name))
    .map((name) => {
      const own = name === "Kubernetes" && kinds.length ? element("small", {}, kinds.join(" ")) : null;
      return element("span", { class: "platform" }, name, own && " ", own);
    });
}

// A level that has no words here is as good as unknown.
function accessChip(level, source) {
  const { words } = FACTS.facets.access;
  const known = Object.hasOwn(words, level) ? level : "unknown";
  const because = Object.hasOwn(FACTS.access_sources, source ?? "") ? FACTS.access_sources[source] : null;
  return element("span", { class: `access ${known}` }, words[known], because && element("small", {}, ` ${because}`));
}

// For what should no longer be used; null for the rest.
function deprecatedChip(deprecated) {
  return deprecated ? element("span", { class: "chip deprecated" }, "Deprecated") : null;
}

// `${NAME}` in a tool's title becomes a plain NAME of its own kind; `shown` makes nodes of the text between.
function titled(title, shown = (text) => [text]) {
  const parts = String(title).split(new RegExp(FACTS.variable));
  return parts.flatMap((text, at) => (at % 2 ? [element("var", {}, text)] : shown(text)));
}

// Null for whatever is no page. The function does not know below which path the site lies: its "/" is the site's root.
function webAddress(text) {
  try {
    const url = new URL(text.replace(/^\/(?!\/)/, ""), ROOT);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

// What the address leads to on this page; null for an address that leads nowhere, or is broken.
function hashTarget() {
  try {
    return document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return null;
  }
}

function download(name, text, type = "application/yaml") {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function readJson(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// A document of the API whose list `name` may be in parts: each but the last has the address of the next, from its own.
async function readParts(address, name) {
  const parts = [];
  for (let at = new URL(address, ROOT); at; ) {
    const part = await readJson(at);
    parts.push(part);
    at = part.next ? new URL(part.next, at) : null;
  }
  return { ...parts[0], [name]: parts.flatMap((part) => part[name]) };
}

// codebundles/list.json, which has every Skill Template with what it is filtered by, read once when it is first needed; of
// a long list the other parts too, all at once.
const readBundleList = (() => {
  let reading = null;
  async function readAll() {
    const first = await readJson(new URL("codebundles/list.json", ROOT));
    const numbers = Array.from({ length: (first.parts ?? 1) - 1 }, (_, at) => at + 2);
    const parts = [first, ...(await Promise.all(numbers.map((number) => readJson(new URL(`codebundles/page/list-${number}.json`, ROOT)))))];
    // A publication came in between.
    if (parts.some((part) => part.build_id !== first.build_id)) throw new Error("parts of two builds");
    return { ...first, codebundles: parts.flatMap((part) => part.codebundles) };
  }
  return () => {
    reading ||= readAll().catch((error) => {
      reading = null;
      throw error;
    });
    return reading;
  };
})();
