// What is in codebundles/list.json, which has every Skill Template with what it is filtered by; elements.js reads it.
/* exported valuesOf, tableRow */

// What a tool has of its own; of the other facets it has what its bundle has.
const OF_TOOL = { access: (tool) => tool[3], effect: (tool) => tool[4], kind: ([kind]) => kind };

// One value, several, none, or yes and no, as a list; build.site.facets does the same.
function valuesOf(name, bundle, tool) {
  const value = tool && OF_TOOL[name] ? OF_TOOL[name](tool) : bundle[FACTS.facets[name].key];
  return typeof value === "boolean" ? [value ? "yes" : "no"] : [value ?? []].flat();
}

// A Skill Template, or a tool of one, as a row of what is exported.
function tableRow(bundle, tool) {
  const count = (kind) => bundle.tools.filter(([own]) => own === kind).length;
  const [collection, slug] = bundle.id.split("/");
  const url = bundleAddress(collection, slug);
  if (tool) {
    const [kind, title, line, access, effect] = tool;
    return { id: bundle.id, kind, tool: title, access, effect, url: `${url}#${kind}-${line}` };
  }
  const { id, title, description, platforms, access, source, effect, tags, resources, author, changed, added } = bundle;
  const facts = { id, title, description, platforms, access, access_level_source: source, effect };
  const tools = { runbook_tools: count("runbook"), monitor_tools: count("monitor") };
  return { ...facts, ...tools, tags, resource_types: resources, author, changed, added, url };
}
