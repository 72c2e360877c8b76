// Shows only the rows that a filter asks for: in the list, and in the drawing, whose other rows move
// up.
((data) => {
  const { parse, fill } = filters(data);
  const of = (place) => [...document.querySelectorAll(place)];
  const [form, field, told] = [".filter", ".filter input", ".filter output"].map((its) => document.querySelector(its));
  const [drawn, listed] = [of(".ladder [role=listitem]"), of(".list > .item")];
  const svg = document.querySelector(".drawing svg");
  const box = svg.viewBox.baseVal;
  const heightOf = box.height;
  // Where each row begins; it ends where the next one does.
  const tops = drawn.map((row) => {
    // A line that tells of a silence stands above its row.
    const silence = row.querySelector(".silence")?.getAttribute("d");
    return silence ? +/ (\S+)H/.exec(silence)[1] - 9 : row.querySelector(".hit").y.baseVal.value;
  });
  const below = [...tops.slice(1), heightOf - 20];
  // What is drawn beside the rows, as it was.
  const shapes = of(".drawing svg > g:first-child > :not(g, defs)").map((shape) => {
    const read = (name) => +(shape.getAttribute(name) ?? 0);
    return { shape, path: shape.getAttribute("d"), y: read("y"), height: read("height"), tall: shape.matches(".decisive, .proof") };
  });
  const times = drawn.map((its) => its.querySelector(".faint.small")?.textContent);
  let out = new Set();

  const row = (y) => tops.findLastIndex((top) => top <= y);
  const moved = (y) => tops.reduce((sum, top, index) => sum - (out.has(index) && y > top ? Math.min(y, below[index]) - top : 0), y);
  // The drawing without the rows that are out: whatever stood in one of them goes with it.
  const draw = () => {
    let before;
    drawn.forEach((its, index) => {
      its.classList.toggle("out", out.has(index));
      if (!out.has(index)) {
        // A time that several rows have stands in the first of them.
        for (const row of [its, listed[index]]) row.classList.toggle("dated", times[index] !== before);
        before = times[index];
      }
      // It tells of the time between two rows: without one of them, it would tell of another time.
      const alone = out.has(index - 1) || out.has(index);
      its.querySelector(".silent")?.classList.toggle("out", alone);
      const above = listed[index].previousElementSibling;
      if (above?.matches(".silence")) above.classList.toggle("out", alone);
      its.setAttribute("transform", `translate(0 ${moved(tops[index]) - tops[index]})`);
    });
    for (const { shape, path, y, height, tall } of shapes) {
      const rail = path && /^M(\S+) (\S+)V(\S+)$/.exec(path);
      if (rail) {
        const [from, to] = [moved(+rail[2]), moved(+rail[3])];
        shape.setAttribute("d", `M${rail[1]} ${from}V${to}`);
        continue;
      }
      const start = path ? +/^M\S+ (\S+?)[HC]/.exec(path)[1] : y + (tall ? 0 : height / 2);
      shape.classList.toggle("out", out.has(row(start)));
      const by = (at) => moved(tops[row(at)] ?? at) - (tops[row(at)] ?? at);
      if (!path) shape.setAttribute("y", y + by(start));
      else {
        // Points are pairs, but for the end of a level line.
        let place = 0;
        shape.setAttribute("d", path.replace(/-?[\d.]+/g, (its) => (place++ % 2 ? +its + by(+its) : its)));
      }
    }
    const left = moved(heightOf);
    box.height = left;
    svg.setAttribute("height", left);
    listed.forEach((its, index) => its.classList.toggle("out", out.has(index)));
    dispatchEvent(new Event("filtered"));
  };
  const number = (its) => String(its).replace(/\B(?=(\d{3})+$)/g, String(its).length >= data.grouped ? data.group : "");
  const apply = () => {
    const text = field.value;
    let filter;
    field.setAttribute("aria-invalid", "false");
    told.className = "";
    told.textContent = "";
    if (text.trim()) {
      try {
        filter = parse(text);
      } catch (mistake) {
        if (!mistake.said) throw mistake;
        // Whoever has not finished typing has made no mistake yet.
        if (mistake.from < mistake.to) {
          field.setAttribute("aria-invalid", "true");
          told.className = "wrong";
        }
        const mark = document.createElement("mark");
        mark.textContent = text.slice(mistake.from, mistake.to) || "\u2423";
        const quote = document.createElement("code");
        quote.append(text.slice(0, mistake.from), mark, text.slice(mistake.to));
        told.append(quote, mistake.said);
        // The rows stay as they are until there is a filter again.
        return;
      }
    }
    out = new Set();
    if (filter) {
      const verdicts = data.rows.map((its, index) => {
        const best = Math.max(0, ...its.map((subject) => filter(data.subjects[subject])));
        return Math.max(best, data.more.includes(index) ? 0.5 : 0);
      });
      const shown = verdicts.map((its) => its === 1);
      // A message has two ends.
      for (const [one, other] of data.ties) {
        if (verdicts[one] === 1 || verdicts[other] === 1) shown[one] = shown[other] = true;
      }
      shown.forEach((its, index) => its || out.add(index));
      const unsure = verdicts.filter((its, index) => its === 0.5 && !shown[index]).length;
      const all = shown.length;
      told.textContent = fill(data.texts.rows, { shown: number(all - out.size), all: number(all) });
      if (unsure) told.textContent += " " + fill(data.texts.unsure, { n: number(unsure) });
    }
    draw();
  };
  const clear = () => {
    field.value = "";
    apply();
  };
  field.addEventListener("input", apply);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    // Escape also closes the details, but not from here.
    event.stopPropagation();
    event.preventDefault();
    if (field.value) clear();
    else field.blur();
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
  // A link to a row that is out, such as that of an explanation, brings all of them back.
  addEventListener("hashchange", () => {
    const index = /^#(?:row|link|item)-(\d+)$/.exec(location.hash)?.[1];
    if (out.has(+(index ?? -1))) clear();
  });
  form.hidden = false;
  // A browser may keep what was typed when a page is loaded again.
  if (field.value) apply();
})(DATA);
