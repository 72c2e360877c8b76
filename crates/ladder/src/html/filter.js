// The language of filters, as the crate `socklab-filter` reads it; `crates/filter/tests/table.json`
// holds the two to each other. A filter is a function that gives 1 for a subject that fits, 0 for one
// that does not, and ½ where that depends on bytes that are not here.
const filters = ({ words: known, alike, texts }) => {
  const units = { ns: 1n, us: 1000n, "\u00b5s": 1000n, "\u03bcs": 1000n, ms: 1000000n, s: 1000000000n, min: 60000000000n };
  const deepest = 50;
  const most = 10n ** 15n;
  const bytesOf = (text) => [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join("");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (Object.hasOwn(values, name) ? values[name] : all));

  // How many letters differ, are missing, or have changed places with their neighbour.
  const distance = (one, other) => {
    const [a, b] = [[...one], [...other]];
    const rows = [b.map((_, at) => at)];
    rows[0].push(b.length);
    a.forEach((letter, i) => {
      const row = [i + 1];
      b.forEach((its, j) => {
        row.push(Math.min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (letter === its ? 0 : 1)));
        const swapped = i > 0 && j > 0 && letter === b[j - 1] && a[i - 1] === its;
        if (swapped) row[j + 1] = Math.min(row[j + 1], rows[i - 1][j - 1] + 1);
      });
      rows.push(row);
    });
    return rows[a.length][b.length];
  };
  const near = (found) => {
    const word = found.toLowerCase();
    const meant = alike.find(([its]) => its === word);
    if (meant) return meant[1];
    const all = known.map((its) => [distance(its, word), its]);
    const [far, its] = all.reduce((best, one) => (one[0] < best[0] ? one : best));
    return far <= ([...word].length < 4 ? 1 : 2) && its !== found ? its : undefined;
  };
  const mistake = (text, from, to, what, wanted) => {
    const found = text.slice(from, to);
    let said = texts[what];
    if (wanted) {
      said = fill(found ? texts.expected : texts.ends, { found, expected: texts.want[wanted] });
      const meant = wanted === "term" && near(found);
      if (meant) said = fill(texts.perhaps, { what: said, near: meant });
    }
    return { from, to, said: fill(said, { found }) };
  };

  const unescaped = (text, start, wrong) => {
    const escape = /\\(?:([nrt0])|(["'\\])|x([\da-fA-F]{2})|u\{([\da-fA-F]{1,6})\}|[^]?)/gu;
    const plain = { n: "\n", r: "\r", t: "\t", 0: "\0" };
    let bytes = "";
    let last = 0;
    for (const found of text.matchAll(escape)) {
      const [all, letter, same, hexadecimal, number] = found;
      const point = number && parseInt(number, 16);
      if (!(letter || same || hexadecimal || number) || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
        // Of what looks like a number, only the beginning is at fault.
        const { length } = [...all].slice(0, 2).join("");
        throw wrong(start + found.index, start + found.index + length, "escape");
      }
      bytes += bytesOf(text.slice(last, found.index));
      if (letter) bytes += plain[letter];
      else if (same) bytes += same;
      else if (hexadecimal) bytes += String.fromCharCode(parseInt(hexadecimal, 16));
      else bytes += bytesOf(String.fromCodePoint(point));
      last = found.index + all.length;
    }
    return bytes + bytesOf(text.slice(last));
  };

  // The filter that a text is. Throws a mistake: from where to where, and what is said about it.
  const parse = (text) => {
    const lexeme = /[ \t\n\r\u00a0\u202f]+|[()]|("(?:\\[^]|[^"\\])*")|"[^]*|[^ \t\n\r\u00a0\u202f()"]+/gu;
    const all = [...text.matchAll(lexeme)].filter(([its]) => !" \t\n\r\u00a0\u202f".includes(its[0]));
    let next = 0;
    let depth = 0;
    const at = (index) => all[index]?.[0];
    const wrong = (from, to, what, wanted) => mistake(text, from, to, what, wanted);
    const wrongWord = (index, what, wanted) => {
      const last = all.at(-1);
      const from = all[index]?.index ?? (last ? last.index + last[0].length : 0);
      return wrong(from, from + (at(index)?.length ?? 0), what, wanted);
    };
    const expected = (wanted) => wrongWord(next, "expected", wanted);
    const take = (word) => at(next) === word && ++next > 0;

    const number = (wanted, least, greatest) => {
      const digits = at(next);
      if (!/^[0-9]+$/.test(digits ?? "") || +digits < least || +digits > greatest) throw expected(wanted);
      next++;
      return +digits;
    };
    const nanoseconds = (word) => {
      const [, whole, part = "0", unit] = /^([0-9]{1,9})(?:[.,]([0-9]{1,12}))?(\D+)$/u.exec(word) ?? [];
      if (!Object.hasOwn(units, unit ?? "")) return undefined;
      const read = BigInt(whole) * units[unit] + (BigInt(part) * units[unit]) / 10n ** BigInt(part.length);
      return read <= most ? Number(read) : undefined;
    };
    const time = () => {
      const [first, index] = [at(next) ?? "", next];
      let read = nanoseconds(first);
      let count = 1;
      if (read === undefined && Object.hasOwn(units, at(next + 1) ?? "")) {
        read = nanoseconds(first + at(next + 1));
        count = 2;
      }
      if (read === undefined) throw expected("time");
      next += count;
      const last = all[next - 1];
      return [read, all[index].index, last.index + last[0].length];
    };
    // A word that is none of the language, or something in quotes, as bytes.
    const free = (wanted, escapes) => {
      const word = at(next);
      if (word === undefined || known.includes(word) || word === "(" || word === ")") throw expected(wanted);
      const { index, 1: quoted } = all[next];
      if (quoted) return unescaped(quoted.slice(1, -1), index + 1, wrong);
      if (word[0] === '"') throw wrongWord(next, "unquoted");
      return escapes ? unescaped(word, index, wrong) : bytesOf(word);
    };
    const name = (wanted) => {
      let read = "";
      const bytes = Uint8Array.from(free(wanted, false), (char) => char.charCodeAt(0));
      try {
        read = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        // Bytes that are no text are no name.
      }
      if (!read) throw expected(wanted);
      next++;
      return read;
    };
    const has = (field, value) => (subject) => +(subject[field] ?? []).includes(value);
    const terms = {
      port: () => has("p", number("port", 1, 65535)),
      host: () => has("h", name("host")),
      fd: () => has("f", number("fd", 0, 2147483647)),
      process: () => has("n", name("process")),
      call: () => has("c", name("call")),
      errors: () => (subject) => +(subject.e ?? false),
      slower: () => {
        const [least] = time();
        return (subject) => +((subject.d ?? -1) > least);
      },
      from: () => {
        const [from] = time();
        const [to, start, end] = take("to") ? time() : [Infinity];
        if (to < from) throw wrong(start, end, "ends_first");
        return (subject) => +(subject.t >= from && subject.b <= to);
      },
      to: () => {
        const [to] = time();
        return (subject) => +(subject.b <= to);
      },
      bytes: () => {
        const some = free("bytes", true);
        if (!some) throw expected("bytes");
        next++;
        return (subject) => {
          if ((subject.s ?? []).some((its) => its.includes(some))) return 1;
          return subject.x ? 0.5 : 0;
        };
      },
    };

    const part = () => {
      const [index, word] = [next, at(next)];
      if (word === undefined) throw expected("term");
      if (depth === deepest && (word === "not" || word === "(")) throw wrongWord(next, "deep");
      depth++;
      let node;
      if (take("not")) {
        const its = part();
        node = (subject) => 1 - its(subject);
      } else if (take("(")) {
        node = any();
        if (!take(")")) throw wrongWord(index, "unclosed");
      } else if (Object.hasOwn(terms, word)) {
        next++;
        node = terms[word]();
      } else throw expected("term");
      depth--;
      return node;
    };
    const every = () => {
      const parts = [part()];
      while (at(next) !== undefined && at(next) !== "or" && at(next) !== ")") {
        take("and");
        parts.push(part());
      }
      return (subject) => Math.min(...parts.map((its) => its(subject)));
    };
    const any = () => {
      const parts = [every()];
      while (take("or")) parts.push(every());
      return (subject) => Math.max(...parts.map((its) => its(subject)));
    };
    const whole = any();
    if (at(next) !== undefined) throw wrongWord(next, "unopened");
    return whole;
  };
  return { parse, fill };
};
