// The chat: questions to the function, and its answers.
(() => {
  const page = document.querySelector("[data-chat]");
  if (!page) return;
  const REMEMBERED = 6;
  const [ANSWER, HEALTH] = [40_000, 8_000];
  const part = (name) => page.querySelector(`[data-${name}]`);
  const api = new URL(`${page.dataset.function}/api/v1/chat/`, location.href);
  const form = part("form");
  const box = form.elements.question;
  const talk = [];

  // What the function says. Rejects with the reason in words.
  async function call(path, milliseconds, sent) {
    const headers = { "content-type": "application/json" };
    const post = sent && { method: "POST", headers, body: JSON.stringify(sent) };
    try {
      const response = await fetch(new URL(path, api), { ...post, signal: AbortSignal.timeout(milliseconds) });
      if (response.status === 429) throw "is asked too much just now; wait a minute";
      if (response.status === 404) throw "is not there";
      if (!response.ok) throw `is out of order just now (status ${response.status})`;
      return await response.json();
    } catch (error) {
      if (typeof error === "string") throw error;
      if (error.name === "TimeoutError") throw "took too long";
      throw error instanceof SyntaxError ? "gave no answer that can be read" : "cannot be reached";
    }
  }

  function fail(why, question = "") {
    const search = new URL("search/", ROOT);
    if (question) search.searchParams.set("q", question);
    const words = question ? "Search for the same words" : "Search instead";
    part("notice").hidden = false;
    part("notice").replaceChildren(`The chat ${why}. `, element("a", { href: search.href }, words), ", or ask again.");
  }

  function copyButton(text) {
    if (!navigator.clipboard) return null;
    const button = element("button", { type: "button", class: "copy" }, "Copy");
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(text).then(() => "Copied", () => "Not allowed");
      button.textContent = done;
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
      const href = bundleAddress(one.collection_slug, one.codebundle_slug);
      return element("a", { class: "chip", href }, String(one.codebundle_name));
    });
    const model = answer.query_metadata && answer.query_metadata.llm_enabled && !answer.degraded && !answer.no_match;
    const whose = model ? "In a model's words, out of the sources named. " : "Out of the catalogue, in its own words. ";
    return [
      ...markdown(answer.answer),
      cards.length > 0 && element("p", { class: "sources" }, element("span", {}, "Skill Templates "), ...cards),
      element("p", { class: "engine" }, whose, `Build ${answer.build_id}. `, copyButton(answer.answer)),
    ];
  }

  async function ask(question) {
    part("notice").hidden = true;
    part("examples").hidden = true;
    const asked = tell("user", element("p", {}, question));
    part("status").textContent = "Looking …";
    form.querySelector("button").disabled = true;
    try {
      const history = talk.slice(-REMEMBERED).map(([role, content]) => ({ role, content }));
      const answer = await call("query", ANSWER, { question, conversation_history: history });
      if (typeof answer?.answer !== "string") throw "gave no answer that can be read";
      tell("assistant", ...shown(answer));
      talk.push(["user", question], ["assistant", answer.answer]);
      box.value = "";
      asked.scrollIntoView();
    } catch (error) {
      fail(typeof error === "string" ? error : "gave no answer that can be read", question);
      asked.remove();
      box.value = question;
    } finally {
      part("status").textContent = "";
      form.querySelector("button").disabled = false;
      box.focus({ preventScroll: true });
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (question && !form.querySelector("button").disabled) ask(question);
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
  box.value = (new URLSearchParams(location.search).get("q") || "").slice(0, box.maxLength);
  box.focus();
  // So that nobody writes to a chat that is not there.
  call("health", HEALTH)
    .then((health) => health?.status !== "healthy" && fail("is out of order just now", box.value))
    .catch((why) => fail(why, box.value));
})();
