// The YAML that puts Skill Templates to use, as build/catalogue/configuration.py writes it with placeholders: for the page of one
// and for the selection. Every value stands as a JSON string, which is YAML too: no text can be taken for anything else.
/* exported usage */
const usage = (() => {
  // What JSON lets stand, and YAML or an eye does not.
  const UNSEEN = /[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;
  const escaped = (letter) => "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0");
  const quoted = (text) => JSON.stringify(text).replace(UNSEEN, escaped);
  const placeholder = (name) => `<${name}>`;
  const plainName = (slug) => slug.toLowerCase().replaceAll("_", "-");

  function provided(title, field, items) {
    if (!items.length) return `  ${title}: []\n`;
    const lines = items.map((one) => `    - name: ${quoted(one.name)}\n      ${field}: ${quoted(one.value)}\n`);
    return `  ${title}:\n${lines.join("")}`;
  }

  // One resource. `bundle` has name (of the SLX), title, location, interval, repo, ref, files {kind: path}, and
  // variables and secrets: [{name, value, used_by}].
  function resource(bundle, kind) {
    const own = (items) => items.filter((one) => one.used_by.includes(kind));
    const monitor = kind === "monitor";
    const run = monitor
      ? `  displayUnitsLong: OK
  displayUnitsShort: ok
  locations:
    - ${quoted(bundle.location)}
  description: ${quoted(bundle.title)}
  intervalStrategy: intermezzo
  intervalSeconds: ${bundle.interval}
`
      : `  location: ${quoted(bundle.location)}\n`;
    return `apiVersion: runwhen.com/v1
kind: ${monitor ? "ServiceLevelIndicator" : "Runbook"}
metadata:
  name: ${quoted(bundle.name)}
spec:
${run}  codeBundle:
    repoUrl: ${quoted(bundle.repo)}
    ref: ${quoted(bundle.ref)}
    pathToRobot: ${quoted(bundle.files[kind])}
${provided("configProvided", "value", own(bundle.variables))}${provided("secretsProvided", "workspaceKey", own(bundle.secrets))}`;
  }

  const resources = (bundle) => ["runbook", "monitor"].filter((kind) => bundle.files[kind]).map((kind) => resource(bundle, kind));

  // The bundle of a record of the API, with placeholders for what only its user knows.
  function ofRecord(record) {
    const left = (one) => !one.required && (one.sensitive || one.default === null || /[$@&%]\{/.test(one.default));
    const asked = (one) => ({ ...one, value: one.required ? placeholder(one.name) : one.default });
    return {
      name: plainName(record.slug),
      title: record.title,
      location: placeholder("location"),
      interval: 300,
      repo: record.codecollection.git_url,
      ref: record.codecollection.git_ref,
      files: { runbook: record.runbook_path, monitor: record.sli_path },
      variables: record.user_variables.filter((one) => !left(one)).map(asked),
      secrets: record.secrets.filter((one) => one.required).map(asked),
    };
  }

  // What RunWhen Local reads of workspaceInfo.yaml to discover resources for these records' bundles alone.
  function workspaceInfo(records) {
    const collections = new Map();
    for (const { codecollection: at, slug } of records) {
      const head = `  - repoURL: ${quoted(at.git_url)}\n    branch: ${quoted(at.git_ref)}\n    codeBundles:\n`;
      collections.set(head, (collections.get(head) || "") + `      - ${quoted(slug)}\n`);
    }
    return "codeCollections:\n" + [...collections].map((one) => one.join("")).join("");
  }

  function download(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  return { resources, ofRecord, workspaceInfo, placeholder, download };
})();
