// The form on a Skill Template's page: its YAML follows what is typed. Nothing is sent or kept.
(() => {
  const form = document.querySelector(".configure");
  if (!form) return;
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
  const fields = [...words, interval, ...provided].filter((field) => field && !field.disabled);
  // What may be filled in is marked in the YAML: v:NAME and s:NAME are a variable and a secret, rv: one without quotes, w:
  // what the words say; ref is the version; +v:KIND is the end of a list of variables, in which more may stand. A letter alone marks what
  // stands there as <NAME>.
  const gaps = [...output.querySelectorAll("[data-gap]")].map((node) => {
    const [gap, shown] = [node.dataset.gap, node.textContent];
    return { node, gap: gap.length === 1 ? `${gap}:${shown.slice(1, -1)}` : gap, shown };
  });
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

  function tell(field) {
    const text = complaint(field);
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

  function write() {
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
    const open = fields.filter((field) => complaint(field)).length;
    const told = open ? `${open} ${open === 1 ? "field is" : "fields are"} still to be filled in or mended.` : "Complete.";
    status.textContent = `${unknown}${told}`;
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
  });

  form.addEventListener("input", (event) => {
    if (event.target.hasAttribute("aria-invalid")) tell(event.target);
    write();
  });
  form.addEventListener("change", (event) => tell(event.target));
  // Whoever takes the YAML is shown what it lacks.
  form.querySelector(".actions").addEventListener("click", (event) => {
    if (event.target.closest("button")) fields.forEach(tell);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  const save = form.querySelector("[data-download]");
  save.hidden = false;
  save.addEventListener("click", () => usage.download(`${form.dataset.id.split("/")[1]}.yaml`, output.textContent));
  for (const field of provided) field.setAttribute("aria-describedby", `${field.id}-d`);
  write();
})();
