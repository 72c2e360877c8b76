"use strict";
// The page works without this script, as its rows are links. The script moves by keys and marks the
// chosen row.
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
    // Replace the history entry: the back button should leave the page, not step back through the
    // rows.
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
