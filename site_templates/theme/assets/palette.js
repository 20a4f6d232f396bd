// The reader's colours before the page is painted: light or dark as chosen here, else what their system asks for; and the
// button that goes through the three.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector(".to-dark");
  // First the one that is another, so that the first click is seen; then the same as the system's, to stay; then back.
  const next = (choice) => {
    const [same, other] = dark.matches ? ["slate", "default"] : ["default", "slate"];
    return { system: other, [other]: same, [same]: "system" }[choice];
  };
  const NAMES = { system: "your system's", default: "light", slate: "dark" };
  const chosen = () => {
    const kept = __md_get("__palette")?.color?.scheme;
    return ["default", "slate"].includes(kept) ? kept : "system";
  };
  const paint = () => {
    const choice = chosen();
    const asked = dark.matches ? "slate" : "default";
    document.body.setAttribute("data-md-color-scheme", choice === "system" ? asked : choice);
    button.dataset.choice = choice;
    button.title = `Colours: ${NAMES[choice]}. Switch to ${NAMES[next(choice)]} ones`;
  };
  button.addEventListener("click", () => {
    __md_set("__palette", { color: { scheme: next(chosen()) } });
    paint();
  });
  dark.addEventListener("change", paint);
  addEventListener("storage", paint);
  button.hidden = false;
  paint();
})();
