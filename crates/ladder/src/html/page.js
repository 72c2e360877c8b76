"use strict";
// The page works without this script, as its rows are links. The script moves by keys, marks the
// chosen row and keeps it in sight. With it, Tab leaves the rows at once: only one can be tabbed to.
(() => {
  const of = (place) => [...document.querySelectorAll(place)];
  const drawn = of(".ladder a.row");
  const listed = of(".list a.row");
  const main = document.querySelector("main");
  const narrow = document.querySelector(".narrow");
  const all = () => (getComputedStyle(narrow).display === "none" ? drawn : listed);
  // A filter takes rows out.
  const isShown = (row) => !row.closest(".out");
  const rows = () => all().filter(isShown);
  const at = (row) => row.getAttribute("href").slice(1);
  const is = (row) => "#" + at(row) === location.hash;
  // The row that Tab leads to: the chosen one, or the one that was left last.
  let last = 0;
  const mark = (scrolls) => {
    for (const side of [drawn, listed]) {
      const chosen = side.findIndex(is);
      if (chosen >= 0) last = chosen;
      if (side[last] && !isShown(side[last])) last = Math.max(0, side.findIndex(isShown));
      side.forEach((row, index) => {
        row.classList.toggle("chosen", index === chosen);
        row.setAttribute("tabindex", index === last ? "0" : "-1");
        row.setAttribute("aria-expanded", String(index === chosen));
        row.setAttribute("aria-controls", at(row));
      });
    }
    if (!scrolls) return;
    document.querySelector("aside").scrollTop = 0;
    rows().find(is)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const choose = (index) => {
    const shown = rows();
    const row = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (!row) return;
    // Replace the history entry: the back button should leave the page, not step back through the
    // rows.
    location.replace(row.getAttribute("href"));
    row.focus({ preventScroll: true });
  };
  const close = () => {
    if (!all().some(is)) return;
    location.replace("#");
    all()[last]?.focus({ preventScroll: true });
  };
  addEventListener("hashchange", mark);
  addEventListener("filtered", () => mark(false));
  addEventListener("click", (event) => {
    if (!event.target.closest?.(".close")) return;
    event.preventDefault();
    close();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      close();
      return;
    }
    // Elsewhere these keys scroll, or belong to whatever has the focus.
    const row = event.target.closest?.("a.row");
    const nowhere = event.target === document.body;
    if (!row && !nowhere && event.target !== main) return;
    const [step, jump] = [{ ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }, { Home: 0, End: Infinity }];
    const from = row ? rows().indexOf(row) : rows().findIndex(is);
    if (event.key in step) choose(from < 0 ? Math.max(0, rows().indexOf(all()[last])) : from + step[event.key]);
    else if (row && event.key in jump) choose(jump[event.key]);
    else {
      // It is not the page that scrolls, but this part of it.
      if (nowhere) main.focus({ preventScroll: true });
      return;
    }
    event.preventDefault();
  });
  const keys = document.getElementById("keys");
  keys.hidden = false;
  // The panel of the row in the address opens once the page is loaded.
  addEventListener("load", mark);
  mark(true);
})();
