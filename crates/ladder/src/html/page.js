"use strict";
// The page works without this script, as its rows are links. The script moves by keys, marks the
// chosen row and keeps it in sight.
(() => {
  const of = (place) => [...document.querySelectorAll(place)];
  const drawn = of(".ladder a.row");
  const listed = of(".list a.row");
  const narrow = document.querySelector(".narrow");
  const rows = () => (getComputedStyle(narrow).display === "none" ? drawn : listed);
  const is = (row) => row.getAttribute("href") === location.hash;
  const mark = () => {
    for (const row of [...drawn, ...listed]) {
      row.classList.toggle("chosen", is(row));
      if (is(row)) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    document.querySelector("aside").scrollTop = 0;
    rows().find(is)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const choose = (index) => {
    const all = rows();
    const row = all[Math.max(0, Math.min(all.length - 1, index))];
    if (!row) return;
    // Replace the history entry: the back button should leave the page, not step back through the
    // rows.
    location.replace(row.getAttribute("href"));
    row.focus({ preventScroll: true });
  };
  addEventListener("hashchange", mark);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
    if (event.key in steps) {
      event.preventDefault();
      const chosen = rows().findIndex(is);
      choose(chosen < 0 ? 0 : chosen + steps[event.key]);
    } else if (event.key === "Escape") {
      location.replace("#");
      document.activeElement?.blur();
    }
  });
  // The panel of the row in the address opens once the page is loaded.
  addEventListener("load", mark);
  mark();
})();
