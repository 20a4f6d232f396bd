// Two to four Skill Templates side by side (?ids=a/b,c/d), from the JSON of each. Every text is set as text.
(() => {
  const MOST = 4;
  // Of a long list the cell shows these, the rest is folded.
  const SHOWN = 6;
  const page = document.querySelector(".compare");
  const part = (name) => page.querySelector(`[data-${name}]`);
  const table = page.querySelector("table");
  const asked = (new URLSearchParams(location.search).get("ids") ?? "").split(",").map((id) => id.trim());
  const named = [...new Set(asked.filter(Boolean))];
  let ids = named.slice(0, MOST);
  const records = new Map();
  const address = (some) => `?${new URLSearchParams({ ids: some.join(",") })}`.replaceAll("%2F", "/").replaceAll("%2C", ",");

  async function read(id) {
    const path = `api/v1/collections/${id.split("/").map(encodeURIComponent).join("/codebundles/")}.json`;
    const answer = await fetch(new URL(path, ROOT));
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  const count = (number, one) => `${number} ${number === 1 ? one : `${one}s`}`;
  const code = (text) => element("code", {}, text);
  const none = () => element("span", { class: "none" }, "none");

  // A list as it is read: the first few, and how many more.
  function listed(items, shown = (item) => [item]) {
    if (!items.length) return [none()];
    const rows = items.map((item) => element("li", {}, ...shown(item)));
    const more = rows.length > SHOWN + 1 ? rows.splice(SHOWN) : [];
    const rest = more.length && element("details", {}, element("summary", {}, `${more.length} more`), element("ul", {}, ...more));
    return [element("ul", {}, ...rows), rest];
  }

  function day(date) {
    const [, year, month, day_] = /^(\d{4})-(\d\d)-(\d\d)/.exec(date ?? "") ?? [];
    return year ? `${Number(day_)} ${FACTS.months[month - 1]} ${year}` : "unknown";
  }

  const toolsOf = (record, kind) => record.tools.filter((tool) => tool.kind === kind);
  const tool = ({ title, effect }) => [...titled(title), effect === "changes" && element("b", { class: "changes" }, " changes things")];
  const toolList = (tools) => (tools.length ? [count(tools.length, "tool"), ...listed(tools, tool)] : [none()]);
  const requiredOf = (record) => record.user_variables.filter((one) => one.required);
  const optionalOf = (record) => record.user_variables.filter((one) => !one.required);

  // What is said of each: a heading, what is shown of a record, and the text by which two are told apart.
  const ROWS = [
    ["What it is for", (one) => [one.description || "No description."]],
    ["Access", (one) => [accessChip(one.access_level, one.access_level_source)]],
    [FACTS.facets.effect.label, (one) => [FACTS.facets.effect.words[one.effect] ?? "unknown"]],
    ["Platforms", (one) => platformChips(one.platforms)],
    ["Comes up for (a model says)", (one) => listed(one.ai?.symptoms ?? [])],
    ["Runbook tools", (one) => toolList(toolsOf(one, "runbook"))],
    ["Monitor tools", (one) => toolList(toolsOf(one, "monitor"))],
    ["Required variables", (one) => listed(requiredOf(one), ({ name }) => [code(name)])],
    ["Optional variables", (one) => [optionalOf(one).length ? count(optionalOf(one).length, "variable") : none()]],
    ["Secrets", (one) => listed(one.secrets, ({ name, required }) => [code(name), required ? null : " optional"])],
    ["Permissions", (one) => listed(one.permissions, ({ platform, permission }) => [code(permission), ` on ${platform}`])],
    ["Data it reads", (one) => listed(Object.values(one.data_classifications), ({ label }) => [label])],
    ["Set up", (one) => [one.configuration_type.has_generation_rules ? `discovered automatically, for ${one.configuration_type.resource_types.join(", ") || "what its rules say"}` : "by hand"]],
    ["Last changed", (one) => [day(one.history?.last_own_date)]],
    ["Release", (one) => [one.release ? code(one.release) : none()]],
    ["Tests", (one) => [one.tests.in_ci ? "in its folder, run in CI" : one.tests.present ? "in its folder" : "none in its folder"]],
    ["CodeCollection", (one) => [element("a", { href: new URL(`collections/${encodeURIComponent(one.codecollection.slug)}/`, ROOT).href }, one.codecollection.name)]],
    ["Problems", (one) => [one.problems.length ? count(one.problems.length, "problem") : none()]],
  ];

  function column(record) {
    const remove = element("button", { type: "button", class: "copy", "aria-label": `Remove ${record.title}` }, "Remove");
    remove.addEventListener("click", () => {
      ids = ids.filter((id) => id !== record.id);
      history.replaceState(null, "", address(ids));
      show();
      part("status").focus();
    });
    const link = element("a", { href: bundleAddress(record.codecollection.slug, record.slug) }, record.title);
    return element("th", { scope: "col" }, link, " ", deprecatedChip(record.deprecated), code(record.id), remove);
  }

  function row([heading, shown], found) {
    const cells = found.map((record) => {
      const cell = element("td", {});
      // The name stands with each where the table has become a list.
      cell.append(element("b", { class: "whose", "aria-hidden": "true" }, record.title), ...shown(record).filter(Boolean));
      return cell;
    });
    const texts = new Set(cells.map((cell) => cell.textContent.slice(cell.firstChild.textContent.length)));
    const made = element("tr", {}, element("th", { scope: "row" }, heading), ...cells);
    made.classList.toggle("same", texts.size < 2 && found.length > 1);
    return made;
  }

  function show() {
    const found = ids.map((id) => records.get(id)).filter(Boolean);
    const lost = ids.filter((id) => !records.has(id));
    const said = [];
    if (!ids.length) said.push("Nothing is named in the address: ?ids=collection/name,collection/name names two to four.");
    else if (found.length === 1) said.push("One Skill Template: name another to compare it with.");
    else if (found.length) said.push(`${found.length} Skill Templates.`);
    if (lost.length) said.push(`Not in the catalogue, or not readable just now: ${lost.join(", ")}.`);
    if (named.length > MOST) said.push(`${MOST} can stand side by side; left out: ${named.slice(MOST).join(", ")}.`);
    part("status").textContent = said.join(" ");
    part("results").hidden = !found.length;
    table.tHead.replaceChildren(element("tr", {}, element("td", {}), ...found.map(column)));
    table.tBodies[0].replaceChildren(...ROWS.map((one) => row(one, found)));
    part("copy").dataset.copy = new URL(address(ids), location.href).href;
    document.title = found.length ? document.title.replace(/^.*? - /, `Compare ${found.map(({ title }) => title).join(", ")} - `) : document.title;
  }

  const differing = () => table.classList.toggle("differing", part("differing").checked);
  part("differing").addEventListener("change", differing);
  part("status").tabIndex = -1;
  part("status").textContent = ids.length ? "Reading them…" : "";
  Promise.allSettled(ids.map(read)).then((answers) => {
    answers.forEach((one, at) => one.status === "fulfilled" && records.set(ids[at], one.value));
    // A browser may keep the box checked over a reload.
    differing();
    show();
  });
})();
