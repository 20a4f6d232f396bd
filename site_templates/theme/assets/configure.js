// The form on a Skill Template's page: its YAML follows what is typed. Nothing is sent or kept.
(() => {
  const form = document.querySelector(".configure");
  if (!form) return;
  const output = document.getElementById("yaml");
  const status = form.querySelector("[role=status]");
  const [name, location, interval, version] = ["name", "location", "interval", "ref"].map((one) => document.getElementById(`use-${one}`));
  // By attributes of our own: a variable may have any name, and a form takes its fields' names for its own properties.
  const provided = [...form.querySelectorAll("[data-name]")];
  const variables = provided.filter((field) => field.dataset.secret === undefined);
  const secrets = provided.filter((field) => field.dataset.secret !== undefined);
  const fields = [name, location, interval, ...provided].filter((field) => field && !field.disabled);
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

  // What a field stands for in the YAML; undefined where the variable keeps its default.
  function value(field) {
    if (field.value) return field.value;
    if (field.required) return usage.placeholder(field.dataset.name || field.id.slice("use-".length));
    return field.dataset.left === undefined && field.dataset.secret === undefined ? "" : undefined;
  }

  function write() {
    const named = (all) =>
      all
        .map((field) => ({ name: field.dataset.name, used_by: field.dataset.used.split(" "), value: value(field) }))
        .filter((one) => one.value !== undefined);
    const { title, repo, runbook, monitor } = form.dataset;
    const bundle = {
      name: value(name),
      title,
      location: value(location),
      // A number, or the one that is proposed.
      interval: interval && !complaint(interval) ? interval.value : 300,
      repo,
      ref: version.value,
      files: { runbook, monitor },
      variables: named(variables),
      secrets: named(secrets),
    };
    output.textContent = usage.resources(bundle).join("---\n");
    const open = fields.filter((field) => complaint(field)).length;
    status.textContent = open ? `${open} ${open === 1 ? "field is" : "fields are"} still to be filled in or mended.` : "Complete.";
  }

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
