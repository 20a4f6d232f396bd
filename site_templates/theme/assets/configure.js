// The form on a Skill Template's page: its YAML follows what is typed. Nothing is sent; what is typed is kept until the tab
// is closed, and stands in an address where somebody asks for one. What belongs to secrets does neither.
(() => {
  const form = document.querySelector(".configure");
  if (!form) return;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const output = document.getElementById("yaml");
  const status = form.querySelector("[role=status]");
  const interval = document.getElementById("use-interval");
  // The version that is run, which the address keeps by its kind.
  const ref = document.getElementById("use-ref");
  // By attributes of our own: a variable may have any name, and a form takes its fields' names for its own properties.
  const provided = [...form.querySelectorAll("[data-name]")];
  const variables = provided.filter((field) => field.dataset.secret === undefined);
  const secrets = provided.filter((field) => field.dataset.secret !== undefined);
  const words = [...form.querySelectorAll("[data-word]")];
  // In the order of the page, where those that must be filled in come first.
  const fields = [...form.querySelectorAll(".field :is(input, select, textarea)")].filter((field) => !field.disabled && field !== ref);
  // What may be filled in is marked in the YAML: v:NAME and s:NAME are a variable and a secret, rv: one without quotes, w:
  // what the words say; ref is the version; +v:KIND is the end of a list of variables, in which more may stand. A letter
  // alone marks what stands there as <NAME>.
  const gaps = [...output.querySelectorAll("[data-gap]")].map((node) => {
    const [gap, shown] = [node.dataset.gap, node.textContent];
    return { node, gap: gap.length === 1 ? `${gap}:${shown.slice(1, -1)}` : gap, shown };
  });
  // Where templates take each other's place, the documents of the chosen one alone are in the YAML.
  const choice = document.getElementById("use-choice");
  const documents = [...output.querySelectorAll(".document")];
  let chosen = null;
  const first = new Map(fields.map((field) => [field, field.value]));
  const LONGEST = 200;

  // A stranger's pattern is tried where it cannot run away: short, no repeated group, few choices, a short value. One
  // that does not fit the variable's own default or example is no pattern of its values.
  function fits(field) {
    const { pattern } = field.dataset;
    if (!pattern || pattern.length > LONGEST || field.value.length > LONGEST) return true;
    const many = (signs) => (pattern.match(signs) || []).length;
    if (/\)[*+{]|\\[1-9k]/.test(pattern) || many(/[*+{]/g) > 2 || many(/[?|]/g) > 8) return true;
    try {
      const known = [field.defaultValue, field.dataset.example].filter((text) => text && text.length <= LONGEST);
      const test = new RegExp(pattern);
      return (field.dataset.name && known.some((text) => !test.test(text))) || test.test(field.value);
    } catch {
      return true;
    }
  }

  function complaint(field) {
    if (!field.value.trim()) return field.required ? "This is required." : "";
    if (field.dataset.secret !== undefined && !/^\S{1,200}$/.test(field.value))
      return "This is the name of a key in your workspace: no spaces, and never the secret itself.";
    return fits(field) ? "" : `This does not fit the pattern ${field.dataset.pattern}`;
  }

  function tell(field, text = complaint(field)) {
    const id = `${field.id}-e`;
    let note = document.getElementById(id);
    if (!note) {
      if (!text) return;
      note = document.createElement("small");
      note.id = id;
      note.className = "wrong";
      field.after(note);
      field.setAttribute("aria-describedby", `${field.dataset.name ? `${field.id}-d ` : ""}${id}`);
    }
    note.textContent = text;
    note.hidden = !text;
    field.setAttribute("aria-invalid", String(Boolean(text)));
  }

  const called = (all) => new Map(all.map((field) => [field.dataset.name, field]));
  const named = { v: called(variables), s: called(secrets), w: new Map(words.map((field) => [field.dataset.word, field])) };
  const typed = (field) => field && !field.disabled && field.value !== first.get(field);
  const inside = (text) => usage.quoted(text).slice(1, -1);

  // What stands in a gap: as the file has it, until something is typed.
  function filled({ gap, shown }) {
    if (gap === "ref") return ref.selectedIndex > 0 ? inside(ref.selectedOptions[0].dataset.ref) : shown;
    if (gap === "interval") return typed(interval) && !complaint(interval) ? interval.value : shown;
    const bare = gap.startsWith("r");
    const [letter, name] = [gap[bare ? 1 : 0], gap.slice(bare ? 3 : 2)];
    const field = named[letter]?.get(name);
    if (!typed(field) || (!field.value && (field.required || letter !== "v"))) return shown;
    return bare ? usage.quoted(field.value) : inside(field.value);
  }

  // Variables or secrets of a kind of robot file that are typed and have no gap in this list: they come at its end.
  function added({ gap, shown }, known) {
    const [letter, kind] = gap.slice(1).split(":");
    const key = letter === "v" ? "value" : "workspaceKey";
    const more = [...named[letter].values()].filter((field) => typed(field) && field.value && !known.has(field.dataset.name));
    const own = more.filter((field) => field.dataset.used.split(" ").includes(kind));
    const lines = own.map((field) => `\n    - name: ${usage.quoted(field.dataset.name)}\n      ${key}: ${usage.quoted(field.value)}`);
    return lines.join("") || shown;
  }

  const said = (field) => field.closest(".field").querySelector("label :is(code, b)").textContent;

  // One way to each field that is left: a name that leads there.
  function toField(field) {
    const button = element("button", { type: "button", class: "copy" }, said(field));
    button.addEventListener("click", () => go(field));
    return button;
  }

  function go(field) {
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  }

  // What is left, in words: `copied` where somebody has just taken the YAML.
  function report(copied = "") {
    const open = fields.filter((field) => complaint(field) && !field.closest(".field").hidden);
    const count = open.length === 1 ? "1 gap" : `${open.length} gaps`;
    const head = unknown + (copied ? `${copied} with ${count}: ` : `${open.length} to fill in or correct: `);
    const text = open.length ? head + open.map(said).join(", ") : unknown + (copied ? `${copied}, nothing is missing.` : "Nothing is missing.");
    // Only what changes is read out.
    if (status.textContent === text) return;
    const names = open.flatMap((field, at) => [at ? ", " : head, toField(field)]);
    status.replaceChildren(...(names.length ? names : [text]));
    status.classList.toggle("complete", !open.length);
    status.classList.toggle("lacking", Boolean(copied && open.length));
  }

  // The text of a gap as a value, which stands within quotes or has its own.
  function meant(shown) {
    try {
      return String(JSON.parse(shown.startsWith('"') ? shown : `"${shown}"`));
    } catch {
      return shown;
    }
  }

  // Fields are those of the chosen documents: each has the value that these write, or none where they ask for one.
  function choose() {
    chosen = choice.value;
    const number = choice.selectedOptions[0].dataset.choice;
    const own = documents.filter(({ dataset }) => !dataset.choices || dataset.choices.split(" ").includes(number));
    output.replaceChildren(...own);
    const named = (field) => gaps.filter(({ gap }) => gap.replace(/^r/, "") === keyOf(field));
    for (const field of fields) {
      const all = named(field);
      const here = all.filter(({ node }) => node.isConnected);
      field.closest(".field").hidden = all.length > 0 && !here.length;
      if (!here.length || field.dataset.name === undefined || field.dataset.secret !== undefined) continue;
      const texts = [...new Set(here.map(({ shown }) => meant(shown)))];
      const asks = texts.some((text) => /<[^<>\n]+>/.test(text));
      const value = asks || texts.length > 1 ? "" : texts[0];
      const untouched = !typed(field);
      field.required = asks;
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) continue;
      if (field.tagName === "TEXTAREA") field.placeholder = texts.length > 1 && !asks ? `as its templates write it: ${texts.join(" or ")}` : "";
      if (untouched) field.value = value;
      first.set(field, value);
    }
  }

  function write() {
    if (choice && choice.value !== chosen) choose();
    const known = { v: new Set(), s: new Set() };
    for (const one of gaps) {
      if (one.gap.startsWith("+")) {
        const letter = one.gap[1];
        one.node.textContent = added(one, known[letter]);
        known[letter].clear();
        continue;
      }
      one.node.textContent = filled(one);
      const [, letter, name] = one.gap.match(/^r?([vs]):([^]*)$/) ?? [];
      if (letter) known[letter].add(name);
    }
    for (const one of gaps) one.node.classList.toggle("open", one.node.textContent === one.shown && /<[^<>]+>/.test(one.shown));
    highlight(output);
    report();
  }

  // What is kept and shared, by v:NAME, w:WORD, "interval" and "choice": never what belongs to secrets.
  const KEPT = `configure:${form.dataset.id}`;
  const MARK = "#values?";
  const LONGEST_ADDRESS = 8000;
  const open = fields.filter((field) => field.dataset.secret === undefined);
  const keyOf = ({ dataset, id }) => (dataset.name !== undefined ? `v:${dataset.name}` : dataset.word !== undefined ? `w:${dataset.word}` : id === "use-interval" ? "interval" : id === "use-choice" ? "choice" : "");
  const values = () => open.filter((field) => typed(field) && field.value.trim()).map((field) => [keyOf(field), field.value]);

  function take(pairs) {
    const given = new Map(pairs);
    let taken = 0;
    for (const field of open) {
      const value = given.get(keyOf(field));
      if (typeof value !== "string" || value.length > 5000) continue;
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) continue;
      field.value = value;
      taken += 1;
    }
    return taken;
  }

  function keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(values()));
    } catch {
      // A browser that keeps nothing: the form works as before.
    }
  }

  function kept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
      return Array.isArray(found) ? found.filter((pair) => Array.isArray(pair) && pair.length === 2) : [];
    } catch {
      return [];
    }
  }

  function clear() {
    for (const field of fields) {
      field.value = first.get(field);
      if (field.hasAttribute("aria-invalid")) tell(field, "");
    }
    part("shared").hidden = true;
    keep();
    write();
  }

  // An address with values comes from anybody: they are shown as what they are.
  function arrive() {
    if (!location.hash.startsWith(MARK)) return;
    const taken = take([...new URLSearchParams(location.hash.slice(MARK.length))]);
    part("shared").hidden = !taken;
    history.replaceState(null, "", `${location.pathname}${location.search}#configure`);
    byHand();
    form.scrollIntoView();
    keep();
    write();
  }

  // Where there are two ways, what lies in the form is shown when somebody is led there.
  const ways = [...document.querySelectorAll(".ways input")];
  const hand = ways.find((way) => way.value === "hand");
  const WAY = `way:${form.dataset.id}`;
  function byHand() {
    if (hand) hand.checked = true;
  }
  function follow() {
    const target = hashTarget();
    if (!target || !form.contains(target)) return;
    byHand();
    const fold = target.closest("details");
    if (fold) fold.open = true;
    target.scrollIntoView();
  }
  for (const way of ways) {
    way.addEventListener("change", () => {
      try {
        sessionStorage.setItem(WAY, way.value);
      } catch {
        // As above.
      }
    });
  }
  try {
    if (sessionStorage.getItem(WAY) === "hand") byHand();
  } catch {
    // As above.
  }

  const kinds = [...ref.options].map((option) => option.value);
  const address = new URL(location.href);
  const asked = address.searchParams.get("ref");
  const unknown = asked === null || kinds.includes(asked) ? "" : `There is no version "${asked.slice(0, 40)}" to choose: ${kinds.join(", ")}. `;
  ref.value = kinds.includes(asked) ? asked : kinds[0];
  ref.addEventListener("change", () => {
    if (ref.selectedIndex > 0) address.searchParams.set("ref", ref.value);
    else address.searchParams.delete("ref");
    address.hash = location.hash;
    history.replaceState(null, "", address);
    write();
  });

  form.addEventListener("input", (event) => {
    if (event.target.hasAttribute("aria-invalid")) tell(event.target);
    keep();
    write();
  });
  form.addEventListener("change", (event) => tell(event.target));
  form.addEventListener("submit", (event) => event.preventDefault());
  // Whoever takes the YAML is shown what it lacks.
  function taken(words) {
    fields.forEach((field) => tell(field));
    report(words);
  }
  const save = part("download");
  save.hidden = false;
  save.addEventListener("click", () => {
    download(`${form.dataset.id.split("/")[1]}.yaml`, output.textContent);
    taken("Saved");
  });
  async function copy(text, words) {
    try {
      await navigator.clipboard.writeText(text);
      taken(words);
    } catch {
      status.textContent = "The browser does not allow copying: select the text instead.";
    }
  }
  if (navigator.clipboard) {
    part("take").hidden = part("share").hidden = false;
    part("take").addEventListener("click", () => copy(output.textContent, "Copied"));
    part("share").addEventListener("click", () => {
      const here = location.href.replace(/#.*/, "");
      const address = `${here}${MARK}${new URLSearchParams(values())}`;
      if (address.length > LONGEST_ADDRESS) status.textContent = "These values are too long for an address: send the YAML.";
      else copy(address, "Address copied, without secrets,");
    });
  }
  form.querySelector("[data-clear]").addEventListener("click", clear);
  output.addEventListener("click", (event) => {
    const node = event.target.closest("i.open");
    const { gap } = gaps.find((one) => one.node === node) ?? {};
    const field = gap && (named[gap.replace(/^r/, "")[0]]?.get(gap.replace(/^r/, "").slice(2)) ?? null);
    // A selection of text is not a wish to go elsewhere.
    if (field && !String(getSelection())) go(field);
  });
  for (const field of provided) field.setAttribute("aria-describedby", `${field.id}-d`);
  take(kept());
  write();
  arrive();
  follow();
  addEventListener("hashchange", () => {
    arrive();
    follow();
  });
})();
