//! Puts other comments into a source, and nothing but comments: whole lines, which are wrapped again,
//! and those behind code on the same line.

use super::code::Code;

/// How long a line with a comment may become.
const WIDTH: usize = 100;

/// Lines that are one comment.
struct Block<'t> {
    indent: &'t str,
    /// Before its first line, before the others, and behind its last line.
    marks: [String; 3],
    /// What its lines say.
    rows: Vec<&'t str>,
}

/// The source with other comments. `said` gets what each comment says, a paragraph at a time, and
/// returns what to say instead; where it returns `None`, the source stays as it is.
pub(super) fn with_comments(
    code: Code,
    source: &str,
    said: &mut dyn FnMut(&str) -> Option<String>,
) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let mut text = String::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(block) = Block::begins(code, &lines[at..]) {
            let end = at + block.rows.len();
            match block.with(said) {
                Some(new) => text += &new,
                None => lines[at..end].iter().for_each(|line| text += &format!("{line}\n")),
            }
            at = end;
        } else {
            let new = behind_code(code, lines[at], said);
            text += new.as_deref().unwrap_or(lines[at]);
            text.push('\n');
            at += 1;
        }
    }
    text
}

impl<'t> Block<'t> {
    /// The comment that begins in the first of these lines, if one does.
    fn begins(code: Code, lines: &[&'t str]) -> Option<Self> {
        let (indent, line) = cut(lines.first()?);
        if code == Code::C && line.starts_with("/*") {
            return Self::between_marks(indent, lines);
        }
        // What a function does is said in a text that Python does not use.
        let quotes = "\"\"\"";
        if code == Code::Python
            && let Some(row) = line.trim_end().strip_prefix(quotes)
        {
            let rows = vec![row.strip_suffix(quotes)?];
            return Some(Self { indent, marks: [quotes, "", quotes].map(str::to_owned), rows });
        }
        let marks: &[&str] = match code {
            Code::Python => &["#"],
            Code::Rust => &["///", "//!", "//"],
            Code::C | Code::Java => &["//"],
        };
        let of = |line: &'t str, mark: &str| {
            let row = line.strip_prefix(mark)?;
            (row.is_empty() || row.starts_with(' ')).then(|| row.trim())
        };
        let mark = marks.iter().find(|mark| of(line, mark).is_some())?;
        let rows = lines.iter().map_while(|line| match cut(line) {
            (same, line) if same == indent => of(line, mark),
            _ => None,
        });
        let marks = [format!("{mark} "), format!("{mark} "), String::new()];
        Some(Self { indent, marks, rows: rows.collect() })
    }

    /// A comment between `/*` and `*/`, if nothing follows it.
    fn between_marks(indent: &'t str, lines: &[&'t str]) -> Option<Self> {
        let last = lines.iter().position(|line| line.contains("*/"))?;
        lines[last].trim_end().strip_suffix("*/").filter(|row| !row.contains("*/"))?;
        let rows = lines[..=last].iter().enumerate().map(|(at, line)| {
            let row = line.trim();
            let row = row.strip_prefix(if at == 0 { "/*" } else { "*" }).unwrap_or(row);
            row.strip_suffix("*/").unwrap_or(row).trim()
        });
        let marks = ["/* ".to_owned(), " * ".to_owned(), " */".to_owned()];
        Some(Self { indent, marks, rows: rows.collect() })
    }

    /// The comment with other words; `None` if all stay the same.
    fn with(&self, said: &mut dyn FnMut(&str) -> Option<String>) -> Option<String> {
        let [first, next, end] = &self.marks;
        let room = WIDTH.saturating_sub(self.indent.len() + next.len() + end.len());
        let mut changed = false;
        let mut rows: Vec<String> = Vec::new();
        for (at, paragraph) in self.rows.split(|row| row.is_empty()).enumerate() {
            if at > 0 {
                rows.push(String::new());
            }
            match said_of(&paragraph.join(" "), end, said) {
                Some(new) => {
                    changed = true;
                    rows.extend(wrapped(&new, room));
                }
                None => rows.extend(paragraph.iter().map(|row| (*row).to_owned())),
            }
        }
        let last = rows.len().saturating_sub(1);
        let line = |(at, row): (usize, &String)| {
            let mark = if at == 0 { first } else { next };
            let end = if at == last { end.as_str() } else { "" };
            format!("{}{}\n", self.indent, format!("{mark}{row}{end}").trim_end())
        };
        changed.then(|| rows.iter().enumerate().map(line).collect())
    }
}

/// The line with another comment behind its code, if it has one and another was given.
fn behind_code(
    code: Code,
    line: &str,
    said: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<String> {
    let (mark, end) = match code {
        Code::Python => (" # ", ""),
        Code::Rust | Code::Java => (" // ", ""),
        Code::C => (" /* ", " */"),
    };
    let (before, comment) = line.rsplit_once(mark)?;
    let in_text = before.matches('"').count() % 2 == 1;
    let comment = comment.strip_suffix(end).filter(|_| !in_text && !before.trim().is_empty())?;
    said_of(comment, end, said).map(|new| format!("{before}{mark}{new}{end}"))
}

/// What to say instead of a comment; nothing that would end the comment before its end.
fn said_of(
    comment: &str,
    end: &str,
    said: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<String> {
    let asked = !comment.is_empty();
    let new = asked.then(|| said(comment))??;
    (!new.contains('\n') && (end.is_empty() || !new.contains(end.trim()))).then_some(new)
}

/// White space at the beginning of a line, and the rest.
fn cut(line: &str) -> (&str, &str) {
    line.split_at(line.len() - line.trim_start().len())
}

/// The text in lines of at most `room` characters, if its words allow that.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Course, ItemKind};

    fn loud(code: Code, source: &str) -> String {
        with_comments(code, source, &mut |comment| Some(comment.to_uppercase()))
    }

    #[test]
    fn only_comments_change() {
        let python = "# a b\n# c\n#\n# d\nx = \"e # f\"  # g\n    # h\n#i\n  \"\"\"j\"\"\"\n";
        assert_eq!(
            loud(Code::Python, python),
            "# A B C\n#\n# D\nx = \"e # f\"  # G\n    # H\n#i\n  \"\"\"J\"\"\"\n"
        );
        let c = "/* a\n *\n * b c\n * d */\nint x; /* e */\n/* f */ int y;\n  /* g\n   * h */\n";
        assert_eq!(
            loud(Code::C, c),
            "/* A\n *\n * B C D */\nint x; /* E */\n/* f */ int y;\n  /* G H */\n"
        );
        let rust = "/// a\n// b\nlet u = \"http://c\"; // d\n#[e]\n";
        assert_eq!(loud(Code::Rust, rust), "/// A\n// B\nlet u = \"http://c\"; // D\n#[e]\n");
    }

    #[test]
    fn long_comments_are_wrapped_and_none_ends_early() {
        let long = with_comments(Code::C, "    /* a */\n", &mut |_| Some("word ".repeat(30) + "."));
        assert_eq!(long.lines().count(), 2, "{long}");
        assert!(long.lines().all(|line| line.chars().count() <= WIDTH), "{long}");
        assert!(long.lines().nth(1).unwrap().starts_with("     * word"), "{long}");
        let early = with_comments(Code::C, "/* a */\n", &mut |_| Some("*/ int x; /*".to_owned()));
        assert_eq!(early, "/* a */\n");
    }

    #[test]
    fn without_other_words_a_solution_stays_as_it_is() {
        let course = Course::built_in();
        for exercise in course.folders(ItemKind::Exercise) {
            for code in Code::OFFERED {
                let file = format!("exercises/{exercise}/solution.{}", code.extension());
                let Some(text) = course.file(&file) else { continue };
                let text = String::from_utf8_lossy(text);
                assert_eq!(with_comments(code, &text, &mut |_| None), text, "{file}");
            }
        }
    }
}
