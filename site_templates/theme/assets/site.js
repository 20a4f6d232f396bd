// On every page: "/" leads to the search box, and buttons that copy.
(() => {
  const typing = (element) => element.isContentEditable || /^(input|select|textarea)$/i.test(element.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    // The page's own box before the header's.
    const boxes = [...document.querySelectorAll("[data-slash]")].filter((box) => box.offsetParent !== null);
    const box = boxes.find((one) => one.closest("main")) || boxes[0];
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // The menu of narrow screens, of the links that the page has: the header's, then the footer's with their headings. Pages
  // of the documentation have the theme's own, with all of their tree.
  const main = document.querySelector(".md-main__inner");
  if (!main.querySelector(".md-sidebar--primary")) {
    const menu = document.createElement("nav");
    menu.className = "drawer md-sidebar md-sidebar--primary";
    menu.hidden = true; // where the screen is wide
    menu.setAttribute("aria-label", "Menu");
    const name = document.createElement("b");
    name.textContent = document.querySelector(".brand").textContent;
    const links = document.querySelectorAll(".tabs a, .footer b, .footer nav a");
    menu.append(name, ...[...links].map((link) => link.cloneNode(true)));
    main.prepend(menu);
  }

  // The theme's box says whether the menu is open, and locks the page behind it. Whoever opens it is led into it, and out
  // again by Escape.
  const [opener, drawer] = [document.querySelector(".to-menu"), document.getElementById("__drawer")];
  const inMenu = () => main.querySelector(".md-sidebar--primary");
  opener.addEventListener("click", () => drawer.click());
  drawer.addEventListener("change", () => {
    opener.setAttribute("aria-expanded", String(drawer.checked));
    if (drawer.checked) [...inMenu().querySelectorAll("a")].find((link) => link.checkVisibility())?.focus({ preventScroll: true });
    else if (inMenu().contains(document.activeElement)) opener.focus();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer.checked) drawer.click();
  });

  // A table of the documentation that is wider than the page scrolls in a box of the theme's, made late.
  addEventListener("load", () => {
    for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  });

  // Where the site is, which the build was not told; what stands within another such part has its own place.
  for (const part of [...document.querySelectorAll("[data-own]")].reverse()) {
    const own = new URL(part.dataset.own, location.href).href.replace(/\/$/, "");
    for (const code of part.querySelectorAll("code, pre")) {
      code.textContent = code.textContent.replace("https://HOST", own);
    }
  }

  // The theme gives each block of code a navigation, without a name, as it comes into view; its one button is enough.
  const unname = () => document.querySelectorAll(".md-code__nav").forEach((nav) => (nav.role = "none"));
  const blocks = new MutationObserver(unname);
  for (const block of document.querySelectorAll("pre")) blocks.observe(block, { childList: true });
  unname();

  if (!navigator.clipboard) return; // only in secure contexts
  for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        const from = document.getElementById(button.dataset.copyFrom);
        await navigator.clipboard.writeText(from ? from.textContent : button.dataset.copy);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => (button.textContent = label), 2000);
    });
  }
})();
