// The chat: questions to the function, and its answers. What it answers is shown as text; of Markdown only paragraphs,
// lists, bold, code and links to pages are understood, and each becomes an element made here.
(() => {
  const page = document.querySelector("[data-chat]");
  if (!page) return;
  const REMEMBERED = 6;
  const SECONDS = 40;
  const part = (name) => page.querySelector(`[data-${name}]`);
  const root = new URL("../", location.href.replace(/[?#].*/, ""));
  const api = new URL(`${page.dataset.function}/api/v1/chat/`, location.href);
  const form = part("form");
  const box = form.elements.question;
  const talk = [];

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function address(text) {
    try {
      const url = new URL(text, root);
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  const plain = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
  const INLINE = /\\[!-/:-@[-`{-~]|`([^`]+)`|\*\*((?:[^*\\]|\\.)+)\*\*|\[((?:[^\]\\]|\\.)*)\]\((?:<([^<>]*)>|([^()\s]*))\)|<(https?:[^<>\s]+)>/g;
  function inline(text) {
    const made = [];
    let end = 0;
    for (const found of text.matchAll(INLINE)) {
      const [whole, code, bold, words, bracketed, href, bare] = found;
      made.push(text.slice(end, found.index));
      end = found.index + whole.length;
      if (code !== undefined) made.push(element("code", {}, code));
      else if (bold !== undefined) made.push(element("b", {}, ...inline(bold)));
      else if (bare !== undefined) made.push(element("a", { href: bare, rel: "nofollow noopener" }, bare));
      else if (words !== undefined) {
        const url = address(bracketed ?? href);
        made.push(url ? element("a", { href: url, rel: "nofollow noopener" }, plain(words)) : plain(words));
      } else made.push(whole[1]);
    }
    made.push(text.slice(end));
    return made.filter((one) => one !== "");
  }

  const ITEM = /^(\s*)(?:[-*]|\d+\.)\s+/;
  function blocks(markdown) {
    const made = [];
    let lines = [];
    let list = null;
    const close = () => {
      if (lines.length) made.push(element("p", {}, ...inline(lines.join(" "))));
      lines = [];
    };
    for (const line of String(markdown).split("\n")) {
      const item = line.match(ITEM);
      const heading = line.match(/^#{1,6}\s+(.*)/);
      if (item) {
        close();
        if (!list) made.push((list = element("ul", { class: "points" })));
        const inner = item[1].length > 1 ? { class: "deep" } : {};
        list.append(element("li", inner, ...inline(line.slice(item[0].length))));
      } else if (!line.trim()) {
        close();
        list = null;
      } else if (heading) {
        close();
        list = null;
        made.push(element("p", {}, element("b", {}, ...inline(heading[1]))));
      } else if (list) {
        list.lastElementChild.append(" ", ...inline(line.replace(/^\s*>?\s*/, "")));
      } else {
        lines.push(line.replace(/^>\s?/, ""));
      }
    }
    close();
    return made;
  }

  function copyButton(text) {
    if (!navigator.clipboard) return null;
    const button = element("button", { type: "button", class: "copy" }, "Copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text).catch(() => {});
      button.textContent = "Copied";
    });
    return button;
  }

  function tell(who, ...content) {
    const made = element("li", { class: who }, element("h2", {}, who === "user" ? "You" : "Answer"), ...content);
    part("talk").append(made);
    return made;
  }

  function shown(answer) {
    const cards = (answer.relevant_tasks || []).slice(0, 5).map((one) => {
      const path = [one.collection_slug, one.codebundle_slug].map(encodeURIComponent).join("/");
      return element("a", { class: "chip", href: new URL(`codebundles/${path}/`, root).href }, String(one.codebundle_name));
    });
    const facts = element("p", { class: "engine" });
    const model = answer.query_metadata && answer.query_metadata.llm_enabled && !answer.degraded;
    facts.append(model ? "In a model's words, out of the sources named. " : "Out of the catalogue, in its own words. ");
    facts.append(`Build ${answer.build_id}. `);
    const copy = copyButton(answer.answer);
    if (copy) facts.append(copy);
    return [
      ...blocks(answer.answer),
      cards.length ? element("p", { class: "sources" }, element("span", {}, "Skill Templates "), ...cards) : null,
      facts,
    ];
  }

  async function send(question) {
    const history = talk.slice(-REMEMBERED).map(([role, content]) => ({ role, content }));
    const response = await fetch(new URL("query", api), {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ question, conversation_history: history }),
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
    if (response.status === 429) throw "is asked too much just now; wait a minute";
    if (response.status === 404) throw "is not there";
    if (!response.ok) throw `is out of order just now (status ${response.status})`;
    const answer = await response.json();
    if (!answer || typeof answer.answer !== "string") throw "gave no answer that can be read";
    return answer;
  }

  async function ask(question) {
    part("notice").hidden = true;
    part("examples").hidden = true;
    tell("user", element("p", {}, question));
    part("status").textContent = "Looking …";
    form.querySelector("button").disabled = true;
    try {
      const answer = await send(question);
      const item = tell("assistant", ...shown(answer));
      talk.push(["user", question], ["assistant", answer.answer]);
      box.value = "";
      item.scrollIntoView({ block: "nearest" });
    } catch (error) {
      const why =
        typeof error === "string" ? error : error.name === "TimeoutError" ? "took too long" : "cannot be reached";
      const search = new URL(`search/?${new URLSearchParams({ q: question })}`, root).href;
      part("notice").hidden = false;
      part("notice").replaceChildren(
        `The chat ${why}. `,
        element("a", { href: search }, "Search for the same words"),
        ", or ask again.",
      );
      part("talk").lastElementChild.remove();
      box.value = question;
    } finally {
      part("status").textContent = "";
      form.querySelector("button").disabled = false;
      box.focus();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (question) ask(question);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  for (const button of page.querySelectorAll("[data-question]")) {
    button.addEventListener("click", () => ask(button.textContent));
  }
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) box.value = asked.slice(0, 2000);
  box.focus();
})();
