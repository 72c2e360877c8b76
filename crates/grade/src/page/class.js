"use strict";
// The page can be read without this script. The script sorts and narrows the table down, and shows
// what happened in a cell without leaving the page. Nothing here makes markup out of text.
(() => {
  const id = (name) => document.getElementById(name);
  const all = (place, within = document) => [...within.querySelectorAll(place)];
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const words = id("all").dataset;
  const table = id("grades");
  const body = table.tBodies[0];
  const heads = all("thead th", table);
  const rows = all("tr", body);
  const keys = id("keys");
  keys.textContent = " " + words.keys;
  keys.hidden = false;

  // Sorting. Rows that compare as equal keep the order that they have.
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const texts = rows.map((row) =>
    [...row.cells].map((cell) => cell.dataset.sort ?? cell.textContent.trim()));
  rows.forEach((row, index) => (row.sorted = texts[index]));
  const sort = (head) => {
    const column = heads.indexOf(head);
    const was = head.getAttribute("aria-sort");
    const numbers = rows.every((row) => row.cells[column].dataset.sort !== undefined);
    const flags = numbers && !head.matches(".number, .case");
    const way = was ? (was === "ascending" ? -1 : 1) : flags ? -1 : 1;
    const order = [...body.rows].sort((one, other) => {
      const [a, b] = [one.sorted[column], other.sorted[column]];
      if (numbers) return way * (a - b);
      // What is empty comes last, whichever way.
      if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
      return way * collator.compare(a, b);
    });
    body.append(...order);
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
    reach();
  };
  for (const head of heads) {
    const name = head.querySelector("span") ?? head;
    const button = make("button", name.textContent.trim(), { type: "button" });
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
  }

  // Narrowing down.
  const find = id("find");
  const selects = ["by-state", "by-case", "by-group"].map(id);
  const [byState, byCase, byGroup] = selects;
  const boxes = ["only-late", "only-seen"].map(id);
  const [onlyLate, onlySeen] = boxes;
  const bars = all(".histogram a");
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  rows.forEach((row) => (row.found = fold(row.cells[0].textContent)));
  const caseOf = heads.findIndex((head) => head.classList.contains("case"));
  let points = "";
  const within = (row) => {
    if (points === "" || points === "?") return points === "" || row.dataset.points === "?";
    const [from, to] = points.split("-").map(Number);
    return row.dataset.points !== "?" && row.dataset.points >= from && row.dataset.points <= to;
  };
  const fits = (row, text) =>
    row.found.includes(text) &&
    within(row) &&
    (!byState.value || row.dataset.state === byState.value) &&
    (!byCase.value || row.cells[caseOf + Number(byCase.value)].matches(".failed, .timeout")) &&
    (!byGroup?.value || row.dataset.group === byGroup.value) &&
    (!onlyLate?.checked || "late" in row.dataset) &&
    (!onlySeen?.checked || "seen" in row.dataset);
  const narrow = () => {
    const text = fold(find.value.trim());
    let shown = 0;
    for (const row of rows) {
      row.hidden = !fits(row, text);
      if (!row.hidden) shown += 1;
    }
    id("shown").textContent = id("shown").dataset.text.replace("#", shown);
    id("none").hidden = shown > 0 || rows.length === 0;
    for (const bar of bars) {
      bar.setAttribute("aria-pressed", String(bar.dataset.points === points));
    }
    heads.slice(caseOf).forEach((head, index) => {
      if (caseOf >= 0) head.classList.toggle("chosen", byCase.value === String(index));
    });
    reach();
  };
  const everybody = () => {
    find.value = "";
    points = "";
    for (const one of selects) if (one) one.value = "";
    for (const one of boxes) if (one) one.checked = false;
  };
  find.addEventListener("input", narrow);
  for (const one of [...selects, ...boxes]) one?.addEventListener("change", narrow);
  id("everybody").addEventListener("click", () => {
    everybody();
    narrow();
  });
  id("filters").hidden = false;
  const show = (event, choose) => {
    event.preventDefault();
    choose();
    narrow();
    id("matrix").scrollIntoView({ block: "start" });
  };
  for (const bar of bars) {
    bar.setAttribute("role", "button");
    const choose = (event) => {
      event.preventDefault();
      points = points === bar.dataset.points ? "" : bar.dataset.points;
      narrow();
    };
    bar.addEventListener("click", choose);
    bar.addEventListener("keydown", (event) => {
      if (event.key === " ") choose(event);
    });
  }
  for (const link of all("a[data-case]")) {
    link.addEventListener("click", (event) => show(event, () => {
      everybody();
      byCase.value = link.dataset.case;
    }));
  }
  for (const link of all("a[data-group]")) {
    link.addEventListener("click", (event) => show(event, () => {
      everybody();
      byGroup.value = link.dataset.group;
    }));
  }

  // Moving in the table. Tab leads to one cell, and from there past the table.
  const links = () => [...body.rows].filter((row) => !row.hidden).map((row) => all("a", row));
  let last = null;
  function reach() {
    const there = all("a", body);
    if (!last || last.closest("tr").hidden) last = links().flat()[0] ?? null;
    for (const link of there) link.tabIndex = link === last ? 0 : -1;
  }
  body.addEventListener("focusin", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    if (last) last.tabIndex = -1;
    last = link;
    link.tabIndex = 0;
  });
  const cellOf = (link) => link.closest("td, th");
  // The next link in a direction, past cells that have none.
  const step = (link, down, right) => {
    let cell = cellOf(link);
    let row = cell.parentElement;
    let column = cell.cellIndex;
    for (;;) {
      if (right) {
        column += right;
      } else {
        do row = down > 0 ? row.nextElementSibling : row.previousElementSibling;
        while (row?.hidden);
      }
      const next = row?.cells[column];
      if (!next) return null;
      const found = next.querySelector("a");
      if (found) return found;
    }
  };
  const steps = {
    ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1],
  };
  body.addEventListener("keydown", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    let to = null;
    if (event.key in steps) to = step(link, ...steps[event.key]);
    else if (event.key === "Home") to = all("a", link.closest("tr"))[0];
    else if (event.key === "End") to = all("a", link.closest("tr")).pop();
    else return;
    event.preventDefault();
    to?.focus();
  });

  // What happened, without leaving the table.
  const dialog = make("dialog", "", { "aria-labelledby": "what" });
  const header = make("header");
  const title = make("h2", "", { id: "what" });
  const close = make("button", words.close, { type: "button" });
  header.append(title, close);
  const inside = make("div", "", { class: "inside", tabindex: "0" });
  const footer = make("footer");
  const files = make("p", "", { class: "files" });
  const moves = [
    ["←", words.previousCase, 0, -1], ["→", words.nextCase, 0, 1],
    ["↑", words.previousStudent, -1, 0], ["↓", words.nextStudent, 1, 0],
  ].map(([sign, name, down, right]) => {
    const button = make("button", sign, { type: "button", title: name, "aria-label": name });
    button.addEventListener("click", () => move(down, right));
    return { button, down, right };
  });
  footer.append(files, ...moves.map((move) => move.button));
  dialog.append(header, inside, footer);
  document.querySelector("main").append(dialog);
  let current = null;
  // The next cell in a direction with something to tell.
  const telling = (link, down, right) => {
    let to = link;
    do to = step(to, down, right);
    while (to && !to.dataset.note);
    return to;
  };
  const open = (link) => {
    current = link;
    const note = id(link.dataset.note);
    const row = link.closest("tr");
    const cell = cellOf(link);
    const who = row.querySelector("a[data-who]");
    title.replaceChildren(make("bdi", who.textContent));
    const isCase = cell.classList.contains("case");
    if (isCase) {
      const mark = make("span", link.textContent, { class: "sign " + [...cell.classList].pop() });
      const sub = make("small");
      sub.append(mark, heads[cell.cellIndex].textContent + " · " + heads[cell.cellIndex].title);
      title.append(sub);
    }
    const copy = note.cloneNode(true);
    for (const one of [copy, ...all("[id]", copy)]) one.removeAttribute("id");
    const linked = all(".files a", copy);
    all(".files", copy).forEach((one) => one.remove());
    if (!isCase) all("article", copy).forEach((one) => one.remove());
    inside.replaceChildren(...copy.childNodes);
    inside.scrollTop = 0;
    const report = make("a", words.report, { href: who.getAttribute("href") });
    files.replaceChildren(...(isCase ? linked : []), report);
    for (const { button, down, right } of moves) button.disabled = !telling(link, down, right);
    if (!dialog.open) dialog.showModal();
  };
  const move = (down, right) => {
    const to = telling(current, down, right);
    if (to) open(to);
  };
  table.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-note]");
    // Another tab or window is the reader's wish.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link);
  });
  dialog.addEventListener("keydown", (event) => {
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    // The text scrolls if it has the focus and is longer than its place.
    const scrolls = event.target === inside && inside.scrollHeight > inside.clientHeight;
    const [down, right] = steps[event.key];
    if ((scrolls && down) || event.target.closest("pre")) return;
    event.preventDefault();
    move(down, right);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => current?.focus());

  // A link to what is in a closed part opens it.
  const unfold = () => {
    const target = location.hash.length > 1 && id(decodeURIComponent(location.hash.slice(1)));
    const part = target && target.closest("details");
    if (!part) return;
    part.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  narrow();
  unfold();
})();
