// Colours for YAML and JSON, without a change of what stands there: ranges of the text that the style sheet paints. A
// browser that cannot paint ranges shows the text as it is.
/* exported highlight */
const highlight = (() => {
  if (typeof Highlight === "undefined" || !CSS.highlights) return () => {};
  const painted = new Map(["key", "text", "number", "comment"].map((kind) => [kind, new Highlight()]));
  for (const [kind, ranges] of painted) CSS.highlights.set(`yaml-${kind}`, ranges);
  const ranges = new WeakMap(); // by block, what is painted of it
  // A line from its start: a key, then what stands behind it.
  const KEY = /^\s*(?:- )*("(?:[^"\\]|\\.)*"|[^\s#:"'-][^#:]*)(?=:(?:\s|$))/;
  const REST = /(?<comment>(?:^|\s)#.*$)|(?<text>"(?:[^"\\]|\\.)*"?)|(?<number>(?<=[\s:[,-])(?:true|false|null|-?\d+(?:\.\d+)?)(?=[\s,\]]|$))/g;

  function* tokens(text) {
    let start = 0;
    for (const line of text.split("\n")) {
      const key = KEY.exec(line);
      const from = key ? key[0].length : 0;
      if (key) yield ["key", start + from - key[1].length, start + from];
      for (const found of line.slice(from).matchAll(REST)) {
        const [kind] = Object.entries(found.groups).find(([, value]) => value !== undefined);
        const at = start + from + found.index;
        yield [kind, at, at + found[0].length];
      }
      start += line.length + 1;
    }
  }

  return (block) => {
    for (const [kind, range] of ranges.get(block) ?? []) painted.get(kind).delete(range);
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const nodes = [];
    for (let end = 0; walker.nextNode(); end += walker.currentNode.length) nodes.push([walker.currentNode, end]);
    let at = 0;
    // A token may begin in one node and end in another.
    const place = (offset, isEnd) => {
      while (at + 1 < nodes.length && (isEnd ? nodes[at + 1][1] < offset : nodes[at + 1][1] <= offset)) at += 1;
      return [nodes[at][0], offset - nodes[at][1]];
    };
    const made = [];
    for (const [kind, from, to] of tokens(block.textContent)) {
      const range = new Range();
      range.setStart(...place(from, false));
      range.setEnd(...place(to, true));
      painted.get(kind).add(range);
      made.push([kind, range]);
    }
    ranges.set(block, made);
  };
})();
for (const block of document.querySelectorAll("pre.yaml")) highlight(block);
