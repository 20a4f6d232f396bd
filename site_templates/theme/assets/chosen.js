// The page of the selection: one's own, or that of the address it was sent with (?ids=a/b,c/d). Names come from the list
// of all Skill Templates, the configuration from the file beside each one's JSON. Every text is set as text.
(() => {
  const page = document.querySelector(".selection");
  if (!page) return;
  const part = (name) => page.querySelector(`[data-${name}]`);
  const root = new URL("../", location.href.replace(/[?#].*/, ""));
  const sent = new URLSearchParams(location.search).get("ids");
  const records = new Map(); // by id: what was asked for once
  const configurations = new Map();
  let known = new Map();
  let ids = sent === null ? selection.ids() : selection.sound(sent.split(",").filter(Boolean));
  const address = (some = ids) => `?${new URLSearchParams({ ids: some.join(",") })}`.replaceAll("%2F", "/").replaceAll("%2C", ",");
  const COMPARED = 4;

  async function get(path, read = "json") {
    const answer = await fetch(new URL(path, root));
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer[read]();
  }

  // The roles of several as one: the rules of each file stand behind its "rules:", a comment and three lines each.
  function roleOf(texts) {
    const rules = texts.flatMap((text) => text.slice(text.indexOf("\nrules:\n") + 8).trimEnd().split(/\n(?= {2}# )/));
    const notes = texts.flatMap((text) => text.match(/^# Not read: .*$/gm) ?? []);
    const byRule = new Map();
    for (const rule of rules) {
      const [comment, ...lines] = rule.split("\n");
      const key = lines.join("\n");
      byRule.set(key, [...(byRule.get(key) ?? []), comment]);
    }
    const all = [...byRule].map(([rule, comments]) => [...new Set(comments), rule].join("\n"));
    const kind = texts.some((text) => /^kind: ClusterRole$/m.test(text)) ? "ClusterRole" : "Role";
    const head = ["# What the code of this selection needs on Kubernetes, as far as it could be read.", ...new Set(notes)];
    const meta = ["apiVersion: rbac.authorization.k8s.io/v1", `kind: ${kind}`, "metadata:", '  name: "selection"', "rules:"];
    return texts.length ? `${[...head, ...meta, ...all].join("\n")}\n` : "";
  }

  function policyOf(policies) {
    const byService = new Map();
    for (const { Action, Sid } of policies.flatMap((policy) => policy.Statement)) {
      byService.set(Sid, [...new Set([...(byService.get(Sid) ?? []), ...Action])].sort());
    }
    const Statement = [...byService].sort().map(([Sid, Action]) => ({ Sid, Effect: "Allow", Action, Resource: "*" }));
    return Statement.length ? `${JSON.stringify({ Version: "2012-10-17", Statement }, null, 2)}\n` : "";
  }

  // What cannot be read is named: a role that lacks its rules is no union.
  async function permissions(read) {
    const lost = [];
    const all = async (platform, file, form) => {
      const needing = read.filter((record) => record.permissions.some((one) => one.platform === platform));
      const path = (id) => `api/v1/collections/${id.split("/").map(encodeURIComponent).join("/codebundles/")}/${file}`;
      const found = await Promise.allSettled(needing.map(({ id }) => get(path(id), form)));
      lost.push(...needing.filter((_, at) => found[at].status !== "fulfilled").map(({ id }) => `${id}: ${file}`));
      return found.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
    };
    const role = roleOf(await all("Kubernetes", "kubernetes-role.yaml", "text"));
    const policy = policyOf(await all("AWS", "aws-policy.json"));
    const missing = lost.map((one) => `# ${JSON.stringify(one)} could not be read: load this page again.\n`).join("");
    for (const [name, text] of [["role-yaml", role && missing + role], ["policy-json", policy]]) {
      const shown = document.getElementById(name);
      shown.textContent = text;
      shown.hidden = shown.previousElementSibling.hidden = !text;
    }
    part("permissions").hidden = !(role || policy);
  }

  function row(id) {
    const bundle = known.get(id);
    const remove = element("button", { type: "button", "aria-label": `Remove ${bundle ? bundle.title : id}` }, "Remove");
    remove.addEventListener("click", () => keep(ids.filter((one) => one !== id)));
    if (!bundle) return element("li", {}, element("div", {}, element("code", {}, id), element("p", {}, "It is not in the catalogue any more.")), remove);
    const path = id.split("/").map(encodeURIComponent).join("/");
    const head = element("b", {}, element("a", { href: new URL(`codebundles/${path}/`, root).href }, bundle.title));
    return element(
      "li",
      {},
      element("div", {}, head, " ", accessChip(bundle.access, bundle.source), " ", deprecatedChip(bundle.deprecated), " ", element("code", {}, id), element("p", {}, bundle.description)),
      remove,
    );
  }

  async function show() {
    const here = ids.filter((id) => known.has(id));
    part("chosen").replaceChildren(...ids.map(row));
    part("status").textContent = ids.length
      ? `${ids.length} ${ids.length === 1 ? "Skill Template" : "Skill Templates"}`
      : "Nothing is selected.";
    part("empty").hidden = ids.length > 0;
    part("upgrade").search = address();
    part("compare").hidden = ids.length < 2;
    part("compare").search = address(ids.slice(0, COMPARED));
    part("compare").textContent = ids.length > COMPARED ? `Compare the first ${COMPARED} side by side` : "Compare them side by side";
    part("copy").dataset.copy = new URL(address(), location.href).href;
    part("results").hidden = !here.length;
    const wanted = here.filter((id) => !records.has(id));
    const path = (id) => `api/v1/collections/${id.split("/").map(encodeURIComponent).join("/codebundles/")}.json`;
    const found = await Promise.allSettled(wanted.map((id) => get(path(id))));
    found.forEach((one, at) => one.status === "fulfilled" && records.set(wanted[at], one.value));
    // What was removed in the meantime is not written.
    const read = here.filter((id) => ids.includes(id) && records.has(id)).map((id) => records.get(id));
    const missing = here.filter((id) => !records.has(id));
    // One that has nothing to run has no configuration.
    const running = read.filter((record) => record.runbook_path || record.sli_path || record.templates.length);
    const asked = running.filter(({ id }) => !configurations.has(id));
    const texts = await Promise.allSettled(asked.map(({ id }) => get(path(id).replace(/\.json$/, "/config.yaml"), "text")));
    texts.forEach((one, at) => one.status === "fulfilled" && configurations.set(asked[at].id, one.value));
    missing.push(...running.filter(({ id }) => !configurations.has(id)).map(({ id }) => id));
    const heads = missing.map((id) => `# ${JSON.stringify(id)} could not be read: load this page again.\n`);
    const resources = running.flatMap(({ id }) => configurations.get(id) ?? []);
    document.getElementById("yaml").textContent = heads.join("") + resources.join("---\n");
    document.getElementById("workspace-yaml").textContent = usage.workspaceInfo(read);
    await permissions(read);
    page.querySelectorAll("pre.yaml").forEach(highlight);
  }

  function keep(next) {
    if (sent === null) selection.set(next);
    ids = next;
    if (sent !== null) history.replaceState(null, "", address());
    show();
  }

  part("clear").addEventListener("click", () => keep([]));
  part("take").addEventListener("click", () => {
    selection.set(ids);
    location.assign(location.pathname);
  });
  part("shared").hidden = sent === null;
  for (const button of page.querySelectorAll("[data-download]")) {
    const { from } = button.dataset;
    const text = from ? document.getElementById(from) : button.closest("section").querySelector("pre");
    button.addEventListener("click", () => download(button.dataset.download, text.textContent));
  }

  document.documentElement.classList.remove("arriving");
  part("status").textContent = "Looking it up…";
  readBundleList()
    .then((list) => {
      known = new Map(list.codebundles.map((one) => [one.id, one]));
      return show();
    })
    .catch(() => {
      part("status").textContent = "The catalogue's list could not be read. What you chose is kept; load this page again.";
    });
})();
