// The reader's colours before the page is painted: the choice made here, else what their system asks for.
(() => {
  const kept = __md_get("__palette");
  const color = kept && typeof kept.color === "object" && kept.color;
  if (color) {
    for (const [name, value] of Object.entries(color)) {
      document.body.setAttribute("data-md-color-" + name, value);
    }
  } else if (matchMedia("(prefers-color-scheme: dark)").matches) {
    document.body.setAttribute("data-md-color-scheme", "slate");
  }
})();
