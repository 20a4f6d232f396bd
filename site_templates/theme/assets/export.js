// Takes along what a list shows: as a table, as JSON, as a question to the API, or into the selection. `rows` gives what is
// shown, as plain objects with an `id`; `query` gives the same as a question to the API: its address, or why there is none.
/* exported exportMenu */
function exportMenu(page, { name, rows, query }) {
  const part = (one) => page.querySelector(`[data-${one}]`);
  const menu = part("export");
  const add = part("add");
  const link = part("api-query");
  const status = part("exported");

  // A cell of a spreadsheet that begins like a formula is one, whoever wrote it.
  function cell(value) {
    const text = [value ?? ""].flat().join("; ");
    return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  }

  function table(all) {
    const names = Object.keys(all[0] ?? {});
    const lines = [names.join(","), ...all.map((row) => names.map((one) => cell(row[one])).join(","))];
    // Spreadsheets take it for UTF-8 by this sign, and end lines so.
    return `\ufeff${lines.join("\r\n")}\r\n`;
  }

  const forms = {
    csv: ["text/csv", table],
    json: ["application/json", (all) => `${JSON.stringify(all, null, 2)}\n`],
  };

  function close() {
    menu.open = false;
  }

  menu.addEventListener("click", async ({ target }) => {
    const form = forms[target.dataset.as];
    if (!form) return;
    try {
      const [type, write] = form;
      download(`${name}.${target.dataset.as}`, write(await rows()), type);
      close();
      menu.querySelector("summary").focus();
    } catch {
      status.textContent = "It could not be read. Try again in a moment.";
    }
  });
  menu.addEventListener("toggle", () => {
    status.textContent = "";
    if (!menu.open) return;
    const { path, why } = query();
    link.hidden = Boolean(why);
    if (why) status.textContent = why;
    else link.href = new URL(path, new URL(menu.dataset.api, location.href)).href;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", ({ target }) => menu.contains(target) || close());
  add.addEventListener("click", async () => {
    try {
      const ids = [...new Set((await rows()).map(({ id }) => id))];
      selection.set([...selection.ids(), ...ids]);
    } catch {
      // The page says what could not be read.
    }
  });

  // How many Skill Templates are shown, for the button that selects all of them.
  function show(shown) {
    add.textContent = `Select all ${quantity(shown)}`;
    add.disabled = shown > selection.most;
    add.title = add.disabled ? `A selection holds ${selection.most} at most: filter first` : "";
    add.hidden = shown === 0;
    menu.hidden = shown === 0;
  }

  show(Number(add.dataset.add));
  return show;
}
