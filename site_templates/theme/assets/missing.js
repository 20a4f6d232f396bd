// The page of errors: the words of the address that is not there may be what was looked for.
(() => {
  const box = document.querySelector(".big-search input");
  let path = location.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // as it stands, then
  }
  const last = path.split("/").filter(Boolean).pop() || "";
  box.value = last.replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim().slice(0, 80);
})();
