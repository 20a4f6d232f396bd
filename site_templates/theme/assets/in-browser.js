// The search in the browser, asked from a page: a worker reads its data when it is first needed. `inBrowser.ready` begins to
// load, `inBrowser.ask` gives an answer in the form of the function's.
/* exported inBrowser */
const inBrowser = (() => {
  let worker;
  let last = 0;
  const waiting = new Map();

  function start() {
    if (worker) return worker;
    worker = new Worker(new URL("assets/browser/worker.js", __md_scope), { type: "module" });
    worker.addEventListener("message", ({ data: { id, answer, why } }) => {
      const [resolve, reject] = waiting.get(id);
      waiting.delete(id);
      if (answer) resolve(answer);
      else reject(new Error(why));
    });
    // A script that is not there, or that this browser does not understand.
    worker.addEventListener("error", () => {
      for (const [, reject] of waiting.values()) reject(new Error("the worker did not start"));
      waiting.clear();
      worker = undefined;
    });
    return worker;
  }

  return {
    ready: () => start().postMessage({}),
    ask(state, { offset = 0, limit = 10, typed = false } = {}) {
      const id = (last += 1);
      const answered = new Promise((...settle) => waiting.set(id, settle));
      start().postMessage({ id, state: String(state), offset, limit, typed });
      return answered;
    },
  };
})();
