// The page of a Skill Template: where one is on it, addresses of tools to pass on, and its files to look at.
(() => {
  const page = document.querySelector(".bundle");

  // The section in view is marked in the row of sections.
  const links = new Map([...page.querySelectorAll(".jump a")].map((link) => [link.hash.slice(1), link]));
  const heads = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let waiting = false;
  function mark() {
    waiting = false;
    const line = innerHeight / 3;
    // At the page's end no more can be scrolled: there the section that was asked for is it, where it is in view.
    const end = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const asked = end && heads.find((head) => `#${head.id}` === location.hash && head.getBoundingClientRect().top >= 0);
    const at = asked || heads.filter((head) => head.getBoundingClientRect().top < line).at(-1);
    for (const [id, link] of links) {
      const on = at?.id === id;
      if (on === link.hasAttribute("aria-current")) continue;
      if (!on) {
        link.removeAttribute("aria-current");
        continue;
      }
      link.setAttribute("aria-current", "true");
      const row = link.closest("ul");
      row.scrollTo({ left: link.offsetLeft - row.clientWidth / 2 });
    }
  }
  heads.sort((one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }, { passive: true });

  // Search leads to a tool by its line, which changes with the next commit: the address gets the tool's name.
  function settle() {
    const target = hashTarget();
    const tool = target && target.matches(".tools h4") && target.closest("li");
    if (tool) history.replaceState(history.state, "", `#${tool.id}`);
  }
  settle();
  addEventListener("hashchange", settle);

  page.addEventListener("click", async (event) => {
    const link = event.target.closest("a.link");
    if (!link || !navigator.clipboard) return;
    try {
      await navigator.clipboard.writeText(link.href);
      const words = link.textContent;
      link.textContent = "Copied";
      setTimeout(() => (link.textContent = words), 2000);
    } catch {
      // The address stands in the bar.
    }
  });

  for (const button of page.querySelectorAll("[data-save]")) {
    button.hidden = false;
    button.addEventListener("click", () => download(button.dataset.save, document.getElementById(button.dataset.from).textContent));
  }

  // What scrolls can be scrolled by the keyboard.
  for (const block of page.querySelectorAll(".prose :is(pre, table)")) {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
  }

  // A file or the code of a tool, read from the function when somebody asks for it.
  const dialog = element("dialog", { class: "preview", "aria-labelledby": "preview" });
  page.append(dialog);
  async function read(given) {
    const answer = await fetch(`${page.dataset.function}/tools/call`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ tool_name: "get_codebundle_file", arguments: { slug: page.dataset.id, ...given } }),
    });
    const { structured } = answer.ok ? await answer.json() : {};
    if (!structured?.files?.length) throw new Error(`${answer.status}`);
    return structured;
  }

  function shown({ path, lines, from_line: first, to_line: last, text, source_url: source }) {
    const all = first === 1 && last === Number(lines);
    const place = all ? `${lines} lines` : `lines ${first} to ${last} of ${lines}`;
    const address = webAddress(source);
    const name = element("code", {}, path);
    const head = element("h3", {}, address ? element("a", { href: address }, name) : name, " ", element("small", {}, place));
    return [head, element("pre", { tabindex: "0", role: "group", "aria-label": path }, text)];
  }

  async function preview(title, given, elsewhere) {
    const close = element("button", { type: "button" }, "Close");
    close.addEventListener("click", () => dialog.close());
    const body = element("div", {}, element("p", { role: "status" }, "Reading it…"));
    dialog.replaceChildren(element("p", { class: "actions" }, element("b", { id: "preview" }, title), close), body);
    dialog.showModal();
    const source = (text) => element("a", { href: elsewhere }, text);
    try {
      const { files, next_cursor: more } = await read(given);
      const rest = more && element("p", { class: "by" }, "There is more than fits here: ", source("all of it at its source"), ".");
      body.replaceChildren(...files.flatMap(shown), ...(rest ? [rest] : []));
    } catch {
      body.replaceChildren(element("p", {}, "It cannot be read here just now: ", source("read it at its source"), "."));
    }
  }

  for (const button of page.querySelectorAll("[data-preview]")) {
    button.hidden = false;
    const source = button.closest("li").querySelector("a").href;
    button.addEventListener("click", () => preview(button.dataset.preview, { path: button.dataset.preview }, source));
  }
  // Made as it is opened: closed, it takes no room.
  page.addEventListener("toggle", ({ target }) => {
    if (!target.matches?.("details[data-tool]") || target.querySelector("[data-code]")) return;
    const tool = target.closest("li");
    const { copy: name } = tool.querySelector("[data-copy]").dataset;
    const button = element("button", { type: "button", class: "copy", "data-code": "" }, "Show its code");
    button.addEventListener("click", () => preview(tool.querySelector("h4").textContent, { tool: name }, tool.querySelector(".line").href));
    target.append(element("p", {}, button));
  }, true);
})();
