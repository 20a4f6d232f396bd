// What the theme would write into each page as a script of its own: where this site's settings are kept, and how.
// Loaded in the head; the theme's bundle expects these names.
/* exported __md_scope, __md_hash, __md_get, __md_set */
var __md_scope = new URL(document.currentScript.dataset.base, location);

function __md_hash(text) {
  return [...text].reduce((hash, letter) => (hash << 5) - hash + letter.charCodeAt(0), 0);
}

function __md_get(key, storage, scope) {
  try {
    return JSON.parse((storage || localStorage).getItem((scope || __md_scope).pathname + "." + key));
  } catch {
    return null; // storage that is forbidden, or was written by something else
  }
}

function __md_set(key, value, storage, scope) {
  try {
    (storage || localStorage).setItem((scope || __md_scope).pathname + "." + key, JSON.stringify(value));
  } catch {
    // a choice that cannot be kept still holds for this page
  }
}

// Before anything is painted, so that what needs a script does not appear late and push the page down.
document.documentElement.classList.replace("no-js", "js");

if (__md_get("selection")?.length) document.documentElement.classList.add("chose");

// Buttons that copy stand where they can, before site.js makes them work.
if (navigator.clipboard) document.documentElement.classList.add("copies");

// A page that is asked for something shows its whole list only to throw most of it out: pages.css waits for the filter. A
// field that shows what was asked (data-asked names the parameter) is filled as soon as it is there, before it is painted.
if (location.search) {
  document.documentElement.classList.add("arriving");
  const asked = new URLSearchParams(location.search);
  const fill = () => document.querySelectorAll("[data-asked]").forEach((field) => (field.value ||= asked.get(field.dataset.asked) ?? ""));
  const coming = new MutationObserver(fill);
  coming.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => coming.disconnect());
}

// The reader's colours before the page is painted: light or dark as chosen here, else what their system asks for; and the
// button that goes through the three.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
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
    document.body?.setAttribute("data-md-color-scheme", choice === "system" ? asked : choice);
    const button = document.querySelector(".to-dark");
    if (!button) return;
    button.dataset.choice = choice;
    button.title = `Colours: ${NAMES[choice]}. Switch to ${NAMES[next(choice)]} ones`;
    button.hidden = false;
    coming.disconnect();
  };
  // This stands in the head: neither is there yet.
  const coming = new MutationObserver(paint);
  coming.observe(document, { childList: true, subtree: true });
  addEventListener("click", ({ target }) => {
    if (!target.closest(".to-dark")) return;
    __md_set("__palette", { color: { scheme: next(chosen()) } });
    paint();
  });
  dark.addEventListener("change", paint);
  addEventListener("storage", paint);
})();
