// What scripts share that show what they were told: where the site begins, elements made of text alone, and addresses.
/* exported ROOT, element, bundleAddress, webAddress */
const ROOT = new URL(__md_scope);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter(Boolean));
  return made;
}

function bundleAddress(collection, slug) {
  return new URL(`codebundles/${[collection, slug].map(encodeURIComponent).join("/")}/`, ROOT).href;
}

// Null for whatever is no page. The function does not know below which path the site lies: its "/" is the site's root.
function webAddress(text) {
  try {
    const url = new URL(text.replace(/^\/(?!\/)/, ""), ROOT);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
