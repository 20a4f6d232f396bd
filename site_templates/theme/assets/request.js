// The request form: shows what there is already, then makes the address of a filled-in issue. The page sends nothing.
(() => {
  const page = document.querySelector("[data-request]");
  if (!page) return;
  const LONGEST = 7000;
  const SHOWN = 5;
  const form = page.querySelector("[data-form]");
  const root = new URL("../", location.href.replace(/[?#].*/, ""));
  const value = (name) => form.elements[name].value.trim();

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function issue() {
    const tools = value("tools").split("\n").filter((line) => line.trim());
    const parts = {
      Platform: value("platform"),
      "What goes wrong, or what should be done": value("problem"),
      Tools: tools.map((line, at) => `${at + 1}. ${line.trim()}`).join("\n"),
      "What healthy looks like": value("healthy"),
      "Anything else": value("more"),
    };
    const body = Object.entries(parts)
      .filter(([, text]) => text)
      .map(([heading, text]) => `## ${heading}\n\n${text}`)
      .join("\n\n");
    const { issues, label } = page.dataset;
    const title = `[${label}] - ${value("platform").slice(0, 50)}`;
    const address = (text) => `${issues}/new?${new URLSearchParams({ title, labels: label, body: text })}`;
    let kept = [...body];
    while (address(kept.join("")).length > LONGEST) kept = kept.slice(0, Math.floor(kept.length * 0.9));
    const cut = kept.length < [...body].length;
    return { url: address(cut ? `${kept.join("").trimEnd()}…` : body), cut };
  }

  function list(name, items) {
    const section = page.querySelector(`[data-${name}]`);
    section.hidden = items.length === 0;
    section.querySelector("ul").replaceChildren(...items);
  }

  let browser;
  async function similar(query) {
    const url = new URL(`${page.dataset.function}/api/v1/search`, location.href);
    url.search = new URLSearchParams({ q: query, limit: SHOWN });
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (!response.ok) throw new Error();
      return (await response.json()).results.filter((one) => one.type === "codebundle");
    } catch {
      browser ??= import("./fallback.js").then((module) => module.open(root));
      return (await browser)(new URLSearchParams({ q: query }), 0, SHOWN).results;
    }
  }

  let requested;
  async function requests(query) {
    if (!page.dataset.open) return [];
    requested ??= fetch(page.dataset.open)
      .then((response) => (response.ok ? response.json() : { requests: [] }))
      .catch(() => ({ requests: [] }));
    const words = new Set(query.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) || []);
    const scored = (await requested).requests.map((one) => {
      const own = one.title.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) || [];
      return [own.filter((word) => words.has(word)).length, one];
    });
    return scored.filter(([shared]) => shared > 0).sort((a, b) => b[0] - a[0]).slice(0, SHOWN).map(([, one]) => one);
  }

  let latest = 0;
  async function look() {
    const query = `${value("problem")} ${value("platform")}`.trim();
    const own = (latest += 1);
    if (query.length < 4) return;
    const [found, open] = await Promise.all([similar(query).catch(() => []), requests(query)]);
    // Whoever typed on has asked again.
    if (own !== latest) return;
    list(
      "similar",
      found.map((one) => {
        const path = [one.collection, one.slug].map(encodeURIComponent).join("/");
        const link = element("a", { href: new URL(`codebundles/${path}/`, root).href }, one.display_name);
        return element("li", {}, link, element("small", {}, one.description || ""));
      }),
    );
    list(
      "requests",
      open
        .filter((one) => /^https:\/\//.test(one.url))
        .map((one) => element("li", {}, element("a", { href: one.url }, `#${one.number} ${one.title}`))),
    );
  }

  let waiting;
  form.addEventListener("input", () => {
    page.querySelector("[data-cut]").hidden = !issue().cut;
    clearTimeout(waiting);
    waiting = setTimeout(look, 400);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    window.open(issue().url, "_blank", "noopener");
  });

  const asked = new URLSearchParams(location.search);
  for (const name of ["problem", "platform"]) if (asked.get(name)) form.elements[name].value = asked.get(name).slice(0, 2000);
  look();
})();
