"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const page = JSON.parse(byId("page").textContent);
  const say = (key, values = {}) =>
    page.texts[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  const thousands = (count) => count.toLocaleString("en-US");
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (query) => fold(query).split(/\s+/).filter(Boolean);

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  /* Empty cells go last in both directions; +34… and ids sort as text, plain numbers as numbers. */
  function compare(a, b, direction) {
    if (a === b) return 0;
    if (a === "") return 1;
    if (b === "") return -1;
    return direction * collator.compare(a, b);
  }
  const nextDirection = (th) => (th.getAttribute("aria-sort") === "ascending" ? -1 : 1);
  function markSorted(headers, th, direction) {
    headers.forEach((other) => other.removeAttribute("aria-sort"));
    th.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  }

  /* Theme */
  const themeButton = byId("theme");
  const labelTheme = () => {
    const label = say(window.spaceOdtTheme.isDark() ? "theme_to_light" : "theme_to_dark");
    themeButton.setAttribute("aria-label", label);
    themeButton.title = label;
  };
  themeButton.addEventListener("click", () => { window.spaceOdtTheme.flip(); labelTheme(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", labelTheme);
  labelTheme();

  /* Coverage: search, filter by class, sort */
  const coverage = (() => {
    const table = byId("coverage-table");
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: fold(row.textContent) }));
    const search = byId("coverage-search");
    const pills = [...document.querySelectorAll(".pill")];
    let chosen = "";

    function apply() {
      const wanted = words(search.value);
      let shown = 0;
      for (const { row, text } of rows) {
        const fits = (!chosen || row.dataset.coverage === chosen) && wanted.every((word) => text.includes(word));
        row.hidden = !fits;
        shown += fits;
      }
      byId("coverage-shown").textContent = say("coverage_shown", { shown, total: rows.length });
      byId("coverage-nothing").hidden = shown > 0;
    }
    function choose(name) {
      chosen = name;
      pills.forEach((pill) => pill.setAttribute("aria-pressed", String(pill.dataset.coverage === name)));
      apply();
    }
    function reveal(id) {
      const row = byId(id);
      if (row && row.hidden) { search.value = ""; choose(""); row.scrollIntoView({ block: "center" }); }
    }

    pills.forEach((pill) => pill.addEventListener("click", () => choose(pill.dataset.coverage)));
    search.addEventListener("input", apply);
    document.querySelectorAll(".tally a").forEach((link) =>
      link.addEventListener("click", () => choose(link.dataset.coverage)));

    const headers = [...table.tHead.rows[0].cells];
    const key = (row, place) => row.cells[place].dataset.sort ?? row.cells[place].textContent.trim();
    headers.forEach((th, place) => {
      if ("nosort" in th.dataset) return;
      const label = th.textContent;
      const sort = () => {
        const direction = nextDirection(th);
        markSorted(headers, th, direction);
        rows.sort((a, b) => compare(key(a.row, place), key(b.row, place), direction));
        table.tBodies[0].append(...rows.map(({ row }) => row));
      };
      th.replaceChildren(make("button", { type: "button", onclick: sort, title: say("data_sort", { column: label }) }, label));
    });
    apply();
    return { reveal };
  })();

  /* Tables: one artifact at a time, parsed from its island when it is first opened */
  const viewer = (() => {
    const QUIET = new Set(["raw_json", "raw_keys", "source_method"]);
    const LOOKS_LIKE_ID = /^[A-Za-z0-9_-]{28,}={0,2}(;|$)/;
    const search = byId("view-search");
    const table = byId("view-table");
    const menu = byId("view-columns").querySelector(".menu");
    const links = [...document.querySelectorAll("#pick-list a")];
    const opened = new Map();
    let name = "";
    let data = null;

    function load(artifact) {
      if (!opened.has(artifact)) {
        const island = byId("rows-" + artifact);
        const { columns, rows } = island ? JSON.parse(island.textContent) : { columns: [], rows: [] };
        const raw = columns.indexOf("raw_json");
        const text = (cell) => (cell === null ? "" : typeof cell === "object" ? JSON.stringify(cell) : String(cell));
        opened.set(artifact, {
          columns, raw, sorted: -1, direction: 1, query: "",
          rows: rows.map((cells, place) => ({
            place, cells: cells.map((cell, at) => (at === raw ? cell : text(cell))), text: fold(cells.map(text).join("\n")),
          })),
          usual: new Set(columns.map((_, at) => at)
            .filter((at) => !QUIET.has(columns[at]) && rows.some((row) => row[at] !== ""))),
          shown: null,
        });
      }
      const entry = opened.get(artifact);
      entry.shown ??= new Set(entry.usual);
      return entry;
    }

    function open(artifact) {
      name = artifact;
      data = load(artifact);
      links.forEach((link) => {
        if (link.dataset.artifact === artifact) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
      search.value = data.query;
      byId("view-name").textContent = artifact;
      byId("view-region").scrollTo(0, 0);
      showLinks();
      showMenu();
      render();
    }

    function showLinks() {
      const known = page.artifacts[name];
      const href = (suffix) => `${page.exports}/${encodeURIComponent(name)}.${suffix}`;
      byId("view-links").replaceChildren(
        ...(known.csv ? [make("a", { href: href("csv") }, "CSV"), make("a", { href: href("json") }, "JSON")] : []));
      const cut = byId("view-cut");
      cut.hidden = data.rows.length >= known.rows || !known.csv;
      cut.replaceChildren(
        say("data_cut", { shown: thousands(data.rows.length), total: thousands(known.rows) }) + " ",
        make("a", { href: href("csv") }, say("data_cut_link", { file: `${name}.csv` })), ".");
    }

    function showMenu() {
      const refresh = (columns) => { data.shown = new Set(columns); showMenu(); render(); };
      const button = (label, columns) =>
        make("button", { type: "button", class: "small", onclick: () => refresh(columns) }, label);
      const choices = data.columns.map((column, at) => at).filter((at) => at !== data.raw);
      menu.replaceChildren(
        make("div", { class: "all" }, button(say("data_all_columns"), choices), button(say("data_default_columns"), data.usual)),
        ...choices.map((at) => {
          const box = make("input", { type: "checkbox", checked: data.shown.has(at) });
          box.addEventListener("change", () => { data.shown[box.checked ? "add" : "delete"](at); render(); });
          return make("label", {}, box, data.columns[at]);
        }));
    }

    function headerCell(at) {
      const column = data.columns[at];
      const th = make("th", { scope: "col" });
      if (data.sorted === at) th.setAttribute("aria-sort", data.direction === 1 ? "ascending" : "descending");
      th.append(make("button", {
        type: "button", title: say("data_sort", { column }),
        onclick() {
          data.direction = data.sorted === at ? -data.direction : 1;
          data.sorted = at;
          render();
          table.querySelectorAll("thead button")[[...data.shown].sort((a, b) => a - b).indexOf(at)].focus();
        },
      }, column));
      return th;
    }

    /* Text with the found words marked; built from text nodes, so data never becomes markup. */
    function marked(text, wanted) {
      if (!wanted.length || fold(text).length !== text.length) return [text];
      const folded = fold(text);
      const spans = wanted.map((word) => [folded.indexOf(word), word.length]).filter(([at]) => at >= 0);
      if (!spans.length) return [text];
      const [at, size] = spans[0];
      return [text.slice(0, at), make("mark", {}, text.slice(at, at + size)), text.slice(at + size)];
    }

    function bodyRow(row, columns, wanted) {
      const tr = make("tr");
      if (data.raw >= 0) {
        const label = say("data_raw_show", { row: row.place + 1 });
        const button = make("button", { type: "button", class: "open-row", "aria-expanded": "false", "aria-label": label, title: label }, "{ }");
        button.addEventListener("click", () => toggleRaw(tr, button, row, columns.length + 1));
        tr.append(make("td", { class: "tool" }, button));
      }
      for (const at of columns) {
        const text = row.cells[at];
        tr.append(make("td", { dir: "auto", title: text, class: LOOKS_LIKE_ID.test(text) ? "id" : false }, ...marked(text, wanted)));
      }
      return tr;
    }

    function toggleRaw(tr, button, row, width) {
      const below = tr.nextElementSibling;
      if (below && below.classList.contains("raw")) {
        below.remove();
        button.setAttribute("aria-expanded", "false");
        return;
      }
      button.setAttribute("aria-expanded", "true");
      const raw = row.cells[data.raw];
      const pretty = raw === null || raw === "" ? say("data_raw_absent") : typeof raw === "object" ? JSON.stringify(raw, null, 2) : raw;
      const head = make("div", { class: "raw-head" }, say("data_raw"));
      if (navigator.clipboard && raw) {
        const copy = make("button", { type: "button", class: "small" }, say("data_copy"));
        copy.addEventListener("click", () =>
          navigator.clipboard.writeText(pretty).then(() => { copy.textContent = say("data_copied"); }, () => copy.remove()));
        head.append(copy);
      }
      tr.after(make("tr", { class: "raw" }, make("td", { colspan: String(width) }, head, make("pre", { tabindex: "0" }, pretty))));
    }

    function render() {
      const wanted = words(data.query);
      const columns = [...data.shown].sort((a, b) => a - b);
      let rows = data.rows.filter((row) => wanted.every((word) => row.text.includes(word)));
      if (data.sorted >= 0) {
        rows = [...rows].sort((a, b) => compare(a.cells[data.sorted], b.cells[data.sorted], data.direction));
      }
      const header = make("tr");
      if (data.raw >= 0) header.append(make("th", { scope: "col", class: "tool" }, make("span", { class: "sr" }, say("data_raw"))));
      header.append(...columns.map(headerCell));
      table.replaceChildren(make("thead", {}, header), make("tbody", {}, ...rows.map((row) => bodyRow(row, columns, wanted))));
      byId("view-region").hidden = rows.length === 0;
      const nothing = byId("view-nothing");
      nothing.hidden = rows.length > 0;
      if (!rows.length) {
        const known = page.artifacts[name];
        nothing.replaceChildren(
          data.rows.length ? say("data_no_match", { query: data.query }) + " " : say(known.csv ? "data_empty" : "data_none"),
          ...(data.rows.length ? [make("button", { type: "button", class: "small", onclick: clear }, say("data_clear"))] : []));
      }
      byId("view-shown").textContent = say("data_shown", { shown: thousands(rows.length), total: thousands(data.rows.length) });
    }

    function clear() { search.value = ""; find(); search.focus(); }
    function find() { data.query = search.value; render(); remember(); }
    function remember() {
      const query = data.query ? `?q=${encodeURIComponent(data.query)}` : "";
      history.replaceState(null, "", `#data/${name}${query}`);
    }

    function decode(query) {
      try { return decodeURIComponent(query); } catch { return query; }
    }

    /* #data/people?q=maria opens a table with its search */
    function route() {
      const found = /^#data\/([^?]+)(?:\?q=(.*))?$/.exec(location.hash);
      if (!found || !(found[1] in page.artifacts)) return false;
      const entry = load(found[1]);
      if (found[2] !== undefined) entry.query = decode(found[2]);
      open(found[1]);
      byId("data").scrollIntoView();
      return true;
    }

    search.addEventListener("input", find);
    byId("pick-search").addEventListener("input", (event) => {
      const wanted = words(event.target.value);
      links.forEach((link) => { link.parentElement.hidden = !wanted.every((word) => fold(link.dataset.artifact).includes(word)); });
    });
    document.addEventListener("click", (event) => {
      const chooser = byId("view-columns");
      if (chooser.open && !chooser.contains(event.target)) chooser.open = false;
    });
    const first = links.find((link) => page.artifacts[link.dataset.artifact].rows) ?? links[0];
    return { route, search, start() { if (!route() && first) open(first.dataset.artifact); } };
  })();

  /* Deep links, keys, paper */
  addEventListener("hashchange", () => {
    if (!viewer.route() && location.hash.startsWith("#cov-")) coverage.reveal(location.hash.slice(1));
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      viewer.search.focus();
    } else if (event.key === "Escape" && byId("view-columns").open) {
      byId("view-columns").open = false;
      byId("view-columns").querySelector("summary").focus();
    }
  });
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("#coverage details:not([open]), #v1 details:not([open])")];
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));

  const sections = [...document.querySelectorAll(".topbar a")].map((link) => ({ link, section: byId(link.hash.slice(1)) }));
  const watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (!entry.isIntersecting) return;
    sections.forEach(({ link, section }) => {
      if (section === entry.target) {
        link.setAttribute("aria-current", "true");
        link.closest("ul").scrollLeft = link.offsetLeft - link.closest("ul").offsetLeft - 24;
      } else link.removeAttribute("aria-current");
    });
  }), { rootMargin: "-20% 0px -70% 0px" });
  sections.forEach(({ section }) => section && watch.observe(section));

  if (location.hash.startsWith("#cov-")) coverage.reveal(location.hash.slice(1));
  viewer.start();
})();
