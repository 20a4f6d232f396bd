// YAML in the browser, for the page of one Skill Template and for the selection. Every value stands as a JSON string, which
// is YAML too: no text can be taken for anything else.
/* exported usage */
const usage = (() => {
  // What JSON lets stand, and YAML or an eye does not.
  const UNSEEN = /[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;
  const escaped = (letter) => "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0");
  const quoted = (text) => JSON.stringify(text).replace(UNSEEN, escaped);

  // What RunWhen Local reads of workspaceInfo.yaml to discover resources for these records' bundles alone.
  function workspaceInfo(records) {
    const collections = new Map();
    for (const { codecollection: at, slug } of records) {
      const head = `  - repoURL: ${quoted(at.git_url)}\n    branch: ${quoted(at.git_ref)}\n    codeBundles:\n`;
      collections.set(head, (collections.get(head) || "") + `      - ${quoted(slug)}\n`);
    }
    return "codeCollections:\n" + [...collections].map((one) => one.join("")).join("");
  }

  return { quoted, workspaceInfo };
})();
