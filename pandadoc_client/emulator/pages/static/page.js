// What htmx leaves to a page: the drawer, copying, where the focus goes, and messages to a page that frames this one.
(() => {
  const byId = (id) => document.getElementById(id);
  const say = (text) => { const place = byId("result"); if (place) place.textContent = text; };
  let opener = "", fallback = "", done = "";

  const tell = () => {
    const place = document.querySelector("[data-message]");
    if (place && window.parent !== window) {
      const message = {type: place.dataset.message, payload: {uuid: place.dataset.uuid || null}};
      window.parent.postMessage(message, "*");
    }
  };

  const close = () => {
    const drawer = byId("detail");
    if (drawer && drawer.childElementCount) {
      drawer.replaceChildren();
      byId(opener)?.focus();
    }
  };

  document.addEventListener("focusin", ({target}) => { fallback = target.dataset?.fallback || ""; });
  document.addEventListener("submit", ({target}) => { done = target.dataset.done || ""; }, true);
  document.addEventListener("keydown", ({key}) => { if (key === "Escape") close(); });
  document.addEventListener("click", async ({target}) => {
    if (target.closest("[data-close]")) close();
    const link = target.closest("a[hx-target='#detail']");
    if (link) opener = link.id;
    const copy = target.closest("[data-copy]");
    if (copy) {
      try {
        await navigator.clipboard.writeText(byId(copy.dataset.copy).textContent);
        say("Copied.");
        copy.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(byId(copy.dataset.copy));
        say("The browser does not let the page copy; the command is selected.");
      }
    }
  });

  document.addEventListener("htmx:after:swap", ({detail: {ctx}}) => {
    const source = ctx.sourceElement, target = ctx.target;
    byId("connection")?.replaceChildren();
    if (target?.id === "detail") target.querySelector("h2")?.focus();
    if (done && ctx.request?.method === "POST") {
      say(ctx.response?.raw?.ok === false ? "It was refused." : done);
      done = "";
    }
    if (document.activeElement === document.body && fallback) byId(fallback)?.focus();
    if (source?.closest?.("#signing") || target?.id === "signing") {
      byId("signing")?.querySelector("[autofocus]")?.focus();
      tell();
    }
  });
  document.addEventListener("htmx:error", () => {
    const place = byId("connection");
    if (place && !place.textContent) place.textContent = "The emulator does not answer.";
  });
  tell();
})();
