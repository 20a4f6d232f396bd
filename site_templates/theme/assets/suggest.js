// Every box that searches the whole site, not those that filter a list: what is found shows below it as one types, from
// the search in the browser. Arrow keys choose, Enter opens what is chosen or asks the search page, Escape closes. (The
// pattern is ARIA's combobox with a listbox.)
(() => {
  const SHOWN = 6;
  const KINDS = { codebundle: "Skill Template", documentation: "Documentation", library: "Keywords" };
  let boxes = 0;

  function address(one) {
    return one.type === "codebundle" ? bundleAddress(one.collection, one.slug) : webAddress(one.url);
  }

  function attach(box) {
    const form = box.form;
    const name = `suggestions-${(boxes += 1)}`;
    const list = element("ul", { role: "listbox", id: name, class: "suggestions", "aria-label": "What is found", hidden: "" });
    const status = element("span", { role: "status", class: "unseen" });
    form.append(list, status);
    for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": name })) {
      box.setAttribute(key, value);
    }
    let chosen = -1;
    let latest = 0;

    function choose(at) {
      const options = [...list.children];
      chosen = at;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
      if (options[at]) {
        box.setAttribute("aria-activedescendant", options[at].id);
        options[at].scrollIntoView({ block: "nearest" });
      } else {
        box.removeAttribute("aria-activedescendant");
      }
    }

    function close() {
      latest += 1;
      list.hidden = true;
      box.setAttribute("aria-expanded", "false");
      choose(-1);
      status.textContent = "";
    }

    function optionOf(one, at) {
      const option = element(
        "li",
        { role: "option", id: `${name}-${at}`, "aria-selected": "false" },
        element("b", {}, String(one.display_name)),
        " ",
        element("small", {}, one.type === "codebundle" ? one.id : KINDS[one.type] ?? one.type),
      );
      option.dataset.href = address(one) ?? "";
      return option;
    }

    async function look() {
      const typed = box.value.trim();
      const own = (latest += 1);
      if (!typed) return close();
      let found;
      try {
        found = await inBrowser.ask(new URLSearchParams({ q: box.value.trimStart() }), { limit: SHOWN, typed: true });
      } catch {
        return; // The search page says what is out of order.
      }
      // Whoever typed on has asked again.
      if (own !== latest || document.activeElement !== box) return;
      const options = found.results.filter(address).map(optionOf);
      // Who chose while a search was under way chose it by what it is, not by its place.
      const before = list.children[chosen]?.dataset.href;
      list.replaceChildren(...options);
      list.hidden = options.length === 0;
      box.setAttribute("aria-expanded", String(options.length > 0));
      choose(before ? options.findIndex((option) => option.dataset.href === before) : -1);
      const number = options.length === 1 ? "1 result" : `${options.length} results`;
      status.textContent = options.length ? `${number}; choose one with the arrow keys` : "Nothing is found yet";
    }

    box.setAttribute("aria-expanded", "false");
    box.addEventListener("input", look);
    box.addEventListener("blur", close);
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      const last = list.children.length - 1;
      const moves = { ArrowDown: chosen < last ? chosen + 1 : -1, ArrowUp: chosen < 0 ? last : chosen - 1 };
      if (event.key in moves) choose(moves[event.key]);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.href);
      else return;
      event.preventDefault();
    });
    // Before the box loses its focus, which closes the list.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.href);
    });
  }

  document.querySelectorAll(":is(.site-search, .big-search) input[name=q]").forEach((box) => attach(box));
})();
