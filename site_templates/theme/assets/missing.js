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
    fetch(`${encodeURI(root)}api/v1/alerts.json`)
      .then((answer) => answer.json())
      .then(({ alerts }) => alerts.find((one) => folded(one.name) === folded(name) && one.name !== name))
      .then((known) => go(known ? `alerts/${encodeURIComponent(known.name)}/` : `search/?q=${encodeURIComponent(name)}`))
      .catch(() => go(`search/?q=${encodeURIComponent(name)}`));
  }
  const last = path.split("/").filter(Boolean).pop() || "";
  box.value = last.replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim().slice(0, 80);
})();
