
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  all("form[hidden]").forEach((form) => { form.hidden = false; });

  // What proves a finding is text until the finding is opened. It was escaped when the page was made.
  const unpack = (details) => {
    const packed = details.querySelector(":scope > noscript");
    if (!packed) return;
    const template = document.createElement("template");
    template.innerHTML = packed.textContent;
    packed.replaceWith(template.content);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.open) unpack(event.target);
  }, true);

  const entities = { amp: "&", lt: "<", gt: ">", quot: "\"", "#39": "'", "#35": "#", "#58": ":" };
  const plain = (html) => html.replace(/<[^>]*>/g, " ").replace(/&(#?\w+);/g, (_, name) => entities[name] || "");
  const words = (element) => {
    const packed = element.querySelector("noscript");
    const text = element.textContent;
    return (packed ? plain(text) : text).toLowerCase();
  };

  // The filters of the findings.
  const form = byId("filters");
  const items = all(".finding").map((element) => ({ element, text: null }));
  const names = ["check", "reach", "module"];
  const search = byId("q");
  const severities = form ? all("[name=severity]", form) : [];
  const excepted = form && form.querySelector("[name=excepted]");
  const status = byId("shown");

  const apply = () => {
    const on = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    const chosen = names.map((name) => [name, byId("by-" + name)]).filter(([, list]) => list && list.value);
    const query = search.value.trim().toLowerCase();
    let shown = 0;
    let held = 0;
    for (const item of items) {
      const data = item.element.dataset;
      let passes = on.has(data.severity) && chosen.every(([name, list]) => data[name] === list.value);
      if (passes && query) {
        if (item.text === null) item.text = words(item.element);
        passes = item.text.includes(query);
      }
      if (passes && "excepted" in data && excepted && !excepted.checked) {
        held += 1;
        passes = false;
      }
      item.element.hidden = !passes;
      if (passes) shown += 1;
    }
    byId("none").hidden = shown > 0;
    status.textContent = "Showing " + shown + " of " + items.length + " findings"
      + (held > 0 ? "; " + held + " waived or known not shown" : "");
  };

  // The state of the filters is the fragment, so that a link can carry it.
  const write = () => {
    const state = new URLSearchParams();
    const on = severities.filter((box) => box.checked).map((box) => box.value);
    if (on.length < severities.length) state.set("severity", on.join(","));
    for (const name of names) {
      const list = byId("by-" + name);
      if (list && list.value) state.set(name, list.value);
    }
    if (search.value.trim()) state.set("q", search.value.trim());
    if (excepted && excepted.checked) state.set("excepted", "show");
    const text = state.toString();
    try {
      history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
    } catch (error) { /* A page without an address of its own has no state to keep. */ }
  };
  const read = (text) => {
    const state = new URLSearchParams(text);
    const on = state.has("severity") ? state.get("severity").split(",") : null;
    severities.forEach((box) => { box.checked = !on || on.includes(box.value); });
    for (const name of names) {
      const list = byId("by-" + name);
      if (!list) continue;
      list.value = state.get(name) || "";
      if (list.selectedIndex < 0) list.value = "";
    }
    search.value = state.get("q") || "";
    if (excepted) excepted.checked = state.get("excepted") === "show";
    apply();
  };
  const follow = () => {
    const fragment = location.hash.slice(1);
    if (form && fragment.includes("=")) {
      read(fragment);
      return;
    }
    if (form && !fragment) return;
    let target = null;
    try { target = byId(decodeURIComponent(fragment)); } catch (error) { /* It names nothing. */ }
    if (!target) return;
    const details = target.matches("details") ? target : target.querySelector(":scope > details");
    if (details && (target === details || target.matches(".finding"))) {
      target.hidden = false;
      details.open = true;
      target.scrollIntoView();
    }
  };

  if (form) {
    let timer = 0;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => { apply(); write(); });
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => { apply(); write(); }, 150);
    });
    byId("reset").addEventListener("click", () => { read(""); write(); });
    // A thousand at a time: more than that nobody reads, and the page stays quick.
    byId("unfold").addEventListener("click", () => {
      const closed = items.filter((item) => !item.element.hidden && !item.element.firstElementChild.open);
      closed.slice(0, 1000).forEach((item) => { item.element.firstElementChild.open = true; });
      if (closed.length > 1000) status.textContent += "; opened 1000, press again for more";
    });
    byId("fold").addEventListener("click", () => {
      all(".finding > details[open]").forEach((details) => { details.open = false; });
    });
    apply();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-filter]");
    if (!link || !form) return;
    event.preventDefault();
    read(link.dataset.filter);
    write();
    const heading = byId("findings-title");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    byId("findings").scrollIntoView();
  });
  window.addEventListener("hashchange", follow);
  follow();

  // Tables: a button in each heading sorts, a field filters.
  const key = (row, column) => {
    const cell = row.cells[column];
    const value = cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
    return /^\d+$/.test(value) ? Number(value) : value.toLowerCase();
  };
  const before = (a, b) => {
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };
  all("table.sortable").forEach((table) => {
    const heads = all("thead th", table);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = Array.from(body.rows).map((row) => [key(row, column), row]);
        rows.sort((a, b) => (down ? before(b[0], a[0]) : before(a[0], b[0])));
        body.append(...rows.map((pair) => pair[1]));
      });
    });
  });
  all("input[data-table]").forEach((input) => {
    const table = byId(input.dataset.table);
    const told = byId(input.dataset.table + "-shown");
    const rows = Array.from(table.tBodies[0].rows);
    const filter = () => {
      const query = input.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(query);
        if (!row.hidden) shown += 1;
      }
      told.textContent = "Showing " + shown + " of " + rows.length;
    };
    input.form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", filter);
    filter();
  });
})();
