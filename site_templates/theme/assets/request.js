// The request form: shows what there is already, then makes the address of a filled-in issue. The page sends nothing.
(() => {
  const page = document.querySelector("[data-request]");
  if (!page) return;
  const LONGEST = 7000;
  const SHOWN = 5;
  const PATIENCE = 2000;
  const form = page.querySelector("[data-form]");
  const value = (name) => form.elements[name].value.trim();
  const words = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu));
  // What was shown last: whoever reads the issue sees what the reader saw.
  let [near, open] = [[], []];

  function issue() {
    const tools = value("tools").split("\n").filter((line) => line.trim());
    const parts = {
      Platform: value("platform"),
      "What goes wrong, or what should be done": value("problem"),
      Tools: tools.map((line, at) => `${at + 1}. ${line.trim()}`).join("\n"),
      "What healthy looks like": value("healthy"),
      "Anything else": value("more"),
      "Similar CodeBundles": near.map(({ id }) => `- \`${String(id).replaceAll("`", "")}\``).join("\n"),
      "Similar requests": open.map(({ number }) => `- #${Number(number)}`).join("\n"),
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

  function warn() {
    page.querySelector("[data-cut]").hidden = !issue().cut;
  }

  function list(name, items) {
    const section = page.querySelector(`[data-${name}]`);
    section.hidden = items.length === 0;
    section.querySelector("ul").replaceChildren(...items);
  }

  async function get(url) {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response.json();
  }

  let failed = false;
  async function similar(query) {
    const state = new URLSearchParams({ q: query, limit: SHOWN });
    if (!failed) {
      try {
        const { results, confident } = await get(new URL(`${page.dataset.function}/api/v1/search?${state}`, location.href));
        return { confident, results: results.filter((one) => one.type === "codebundle") };
      } catch {
        // A function that failed is not asked again.
        failed = true;
      }
    }
    return inBrowser.ask(state, { limit: SHOWN });
  }

  let requested;
  async function requests(query) {
    if (!page.dataset.open) return [];
    requested ??= get(page.dataset.open);
    const wanted = words(query);
    const scored = (await requested).requests
      .filter((one) => /^https:\/\//.test(one.url))
      .map((one) => [[...words(one.title)].filter((word) => wanted.has(word)).length, one]);
    return scored.filter(([shared]) => shared > 0).sort((a, b) => b[0] - a[0]).slice(0, SHOWN).map(([, one]) => one);
  }

  let latest = 0;
  async function look() {
    const query = `${value("problem")} ${value("platform")}`.trim();
    const own = (latest += 1);
    if (query.length < 4) return;
    const nothing = { confident: false, results: [] };
    const found = await Promise.all([similar(query).catch(() => nothing), requests(query).catch(() => [])]);
    // Whoever typed on has asked again.
    if (own !== latest) return;
    near = found[0].results;
    open = found[1];
    warn();
    // What is only near is not there already.
    page.querySelector("[data-heading]").textContent = found[0].confident ? "There already" : "Closest, perhaps not it";
    const bundle = (one) => element("a", { href: bundleAddress(one.collection, one.slug) }, one.display_name);
    list("similar", near.map((one) => element("li", {}, bundle(one), " ", accessChip(one.access_level, one.access_level_source), element("small", {}, one.description))));
    const request = (one) => element("a", { href: one.url }, `#${one.number} ${one.title}`);
    list("requests", open.map((one) => element("li", {}, request(one))));
  }

  let waiting;
  form.addEventListener("input", () => {
    warn();
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
