// The reader's colours before the page is painted: the choice made here, else what their system asks for; and the button
// that chooses the others.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector(".to-dark");
  const paint = () => {
    const kept = __md_get("__palette")?.color?.scheme;
    const scheme = ["default", "slate"].includes(kept) ? kept : dark.matches ? "slate" : "default";
    document.body.setAttribute("data-md-color-scheme", scheme);
    button.title = `Switch to ${scheme === "slate" ? "light" : "dark"} colours`;
    return scheme;
  };
  button.addEventListener("click", () => {
    __md_set("__palette", { color: { scheme: paint() === "slate" ? "default" : "slate" } });
    paint();
  });
  dark.addEventListener("change", paint);
  addEventListener("storage", paint);
  button.hidden = false;
  paint();
})();
