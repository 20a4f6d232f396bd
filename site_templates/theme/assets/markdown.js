// The little Markdown in which the function answers, as elements: paragraphs, lists, headings, quotes, bold, code, and
// links to pages. Whatever else it holds is text.
/* exported markdown */
const markdown = (() => {
  const plain = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
  const INLINE =
    /\\[!-/:-@[-`{-~]|`([^`]+)`|\*\*((?:[^*\\]|\\.)+)\*\*|\[((?:[^\]\\]|\\.)*)\]\((?:<([^<>]*)>|([^()\s]*))\)|<(https?:[^<>\s]+)>/g;
  const ITEM = /^(\s*)(?:[-*]|(\d{1,9})\.)\s+/;

  function link(url, words) {
    return url ? element("a", { href: url, rel: "nofollow noopener" }, words) : words;
  }

  function inline(text) {
    const made = [];
    let end = 0;
    for (const found of text.matchAll(INLINE)) {
      const [whole, code, bold, words, bracketed, href, bare] = found;
      made.push(text.slice(end, found.index));
      end = found.index + whole.length;
      if (code !== undefined) made.push(element("code", {}, code));
      else if (bold !== undefined) made.push(element("b", {}, ...inline(bold)));
      else if (bare !== undefined) made.push(link(webAddress(bare), bare));
      else if (words !== undefined) made.push(link(webAddress(bracketed ?? href), plain(words)));
      else made.push(whole[1]);
    }
    return [...made, text.slice(end)];
  }

  return (text) => {
    const made = [];
    let lines = [];
    let lists = []; // those that are open, the inner one last
    let fenced = null;
    function close() {
      if (lines.length) made.push(element("p", {}, ...inline(lines.join(" "))));
      lines = [];
    }
    function add([whole, indent, number], line) {
      const depth = indent.length > 1 && lists.length ? 1 : 0;
      lists = lists.slice(0, depth + 1);
      if (!lists[depth]) {
        lists[depth] = number ? element("ol", { start: number }) : element("ul");
        if (depth) lists[0].lastElementChild.append(lists[1]);
        else made.push(lists[0]);
      }
      lists[depth].append(element("li", {}, ...inline(line.slice(whole.length))));
    }
    for (const line of text.split("\n")) {
      const item = line.match(ITEM);
      const heading = line.match(/^#{1,6}\s+(.*)/);
      if (/^\s*```/.test(line)) {
        close();
        if (fenced) fenced = null;
        else made.push((fenced = element("pre")));
      } else if (fenced) {
        fenced.append(`${line}\n`);
      } else if (item) {
        close();
        add(item, line);
      } else if (heading || !line.trim()) {
        close();
        lists = [];
        if (heading) made.push(element("p", {}, element("b", {}, ...inline(heading[1]))));
      } else if (lists.length) {
        lists.at(-1).lastElementChild.append(" ", ...inline(line.trim()));
      } else {
        lines.push(line.replace(/^>\s?/, ""));
      }
    }
    close();
    return made;
  };
})();
