// The page of errors: the words of the address that is not there may be what was looked for.
(() => {
  const box = document.querySelector(".big-search input");
  let path = location.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // as it stands, then
  }
  // A rule's runbook_url may spell an alert otherwise, or name one that nobody knows.
  const alert = path.match(/^(.*\/)alerts\/([A-Za-z0-9 _-]{1,100})\/?$/);
  if (alert) {
    const [, root, name] = alert;
    const folded = (text) => text.toLowerCase().replace(/[\s_-]+/g, "");
    const go = (to) => location.replace(`${encodeURI(root)}${to}`);
    readParts(`${encodeURI(root)}api/v1/alerts.json`, "alerts")
      .then(({ alerts }) => alerts.find((one) => folded(one.name) === folded(name) && one.name !== name))
      .then((known) => go(known ? `alerts/${encodeURIComponent(known.name)}/` : `search/?q=${encodeURIComponent(name)}`))
      .catch(() => go(`search/?q=${encodeURIComponent(name)}`));
  }
  const last = path.split("/").filter(Boolean).pop() || "";
  const asked = last.replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim().slice(0, 80);

  // Elsewhere the words of an address may mean nothing here.
  if (path.includes("/codebundles/")) box.value = asked;

  // What has a name like it: as many pairs of letters in common as can be, which a letter that is wrong changes little.
  const pairs = (text) => {
    const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
    return new Set([...letters].slice(1).map((letter, at) => letters[at] + letter));
  };
  const wanted = pairs(asked);
  const alike = (text) => {
    const found = pairs(text);
    const shared = [...wanted].filter((pair) => found.has(pair)).length;
    return (2 * shared) / (wanted.size + found.size || 1);
  };
  const hits = document.querySelector("[data-hits]");
  if (wanted.size < 2) return;
  readBundleList()
    .then(({ codebundles }) => {
      const rated = codebundles.map((one) => ({ one, score: Math.max(alike(one.id.split("/").pop()), alike(one.title)) }));
      const best = rated.filter(({ score }) => score > 0.4).sort((a, b) => b.score - a.score).slice(0, 5);
      for (const { one } of best) {
        const row = document.createElement("li");
        const link = document.createElement("a");
        link.href = new URL(`${one.id.split("/").map(encodeURIComponent).join("/")}/`, new URL(hits.dataset.pages, location.href));
        link.textContent = one.title;
        const about = document.createElement("small");
        about.textContent = one.description;
        row.append(link, about);
        hits.querySelector("ul").append(row);
      }
      hits.hidden = best.length === 0;
      if (best.length) box.value = asked;
    })
    .catch(() => {}); // the search box stays
})();
