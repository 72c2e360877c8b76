"use strict";
// Everything can be read without this: rows are links. Here: keys to move, the chosen row marked.
(() => {
  const rows = [...document.querySelectorAll(".ladder a.row")];
  const chosen = () => rows.findIndex((row) => row.getAttribute("href") === location.hash);
  const mark = () => {
    const at = chosen();
    rows.forEach((row, index) => {
      row.classList.toggle("chosen", index === at);
      if (index === at) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    document.querySelector("aside").scrollTop = 0;
  };
  const choose = (index) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    // Replaced, not pushed: the back button leaves the page, not row after row.
    location.replace(row.getAttribute("href"));
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  addEventListener("hashchange", mark);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
    if (event.key in steps) {
      event.preventDefault();
      choose(chosen() < 0 ? 0 : chosen() + steps[event.key]);
    } else if (event.key === "Escape") {
      location.replace("#");
      document.activeElement?.blur();
    }
  });
  mark();
})();
