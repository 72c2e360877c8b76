//! Renders the part of Markdown that the course uses.

use crate::style;

/// Wraps paragraphs to a width, paints lists, `code` and **strong**, and keeps fenced blocks as they
/// are.
pub(crate) fn render(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut fenced = false;
    let flush = |paragraph: &mut String, out: &mut String| {
        if !paragraph.is_empty() {
            out.push_str(&wrap(paragraph, width));
            paragraph.clear();
        }
    };
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            flush(&mut paragraph, &mut out);
            fenced = !fenced;
        } else if fenced {
            out.push_str(&format!("    {}\n", style::paint(style::COMMAND, line)));
        } else if line.trim().is_empty() {
            flush(&mut paragraph, &mut out);
            out.push('\n');
        } else if line.starts_with("- ") || line.starts_with("| ") {
            flush(&mut paragraph, &mut out);
            paragraph.push_str(line);
        } else if let Some(heading) = heading(line) {
            flush(&mut paragraph, &mut out);
            out.push_str(&format!("{}\n", style::paint(style::STRONG, heading)));
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(&mut paragraph, &mut out);
    out
}

/// The text of a heading, of any level.
fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#').strip_prefix(' ')?;
    line.starts_with('#').then_some(text)
}

/// Keys and what they do, with two spaces between one and the next, wrapped so that each key stays
/// beside what it does.
pub(crate) fn key_line(keys: &str, width: usize) -> String {
    let keys: Vec<String> = keys.split("  ").map(str::to_owned).collect();
    offers(&keys, " ", width)
}

/// What can be pressed, one offer after another with a sign behind each, wrapped so that each stays
/// whole.
pub(crate) fn offers(offers: &[String], sign: &str, width: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for (index, offer) in offers.iter().enumerate() {
        let sign = if index + 1 < offers.len() { sign } else { "" };
        let piece = format!("{offer}{sign}");
        let length = piece.chars().count();
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = piece,
            Some(line) if line.chars().count() + 1 + length <= width => {
                line.push(' ');
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines.join("\n")
}

/// A paragraph that begins with a few words in a style, such as a verdict.
pub(crate) fn after(lead: &str, style: anstyle::Style, text: &str, width: usize) -> String {
    let whole = render(&format!("{lead} {text}"), width);
    match whole.strip_prefix(lead) {
        Some(rest) => format!("{}{rest}", style::paint(style, lead)),
        None => whole,
    }
}

/// Plain text, wrapped to `width` with a hanging indent. The first line is not indented: the caller
/// has already printed something of that width.
pub(crate) fn hanging(text: &str, indent: usize, width: usize) -> String {
    hanging_after(text, indent, indent, width)
}

/// The same behind `before` characters that have been printed.
pub(crate) fn hanging_after(text: &str, before: usize, indent: usize, width: usize) -> String {
    let mut lines = vec![String::new()];
    let (mut used, mut begun) = (before, false);
    for word in text.split_ascii_whitespace() {
        let length = word.chars().count();
        if begun && used + 1 + length > width {
            lines.push(" ".repeat(indent));
            (used, begun) = (indent, false);
        }
        if let Some(line) = lines.last_mut() {
            if begun {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
        }
        used += length;
        begun = true;
    }
    lines.join("\n")
}

/// Wraps one paragraph; a list item is indented from its second line on.
fn wrap(paragraph: &str, width: usize) -> String {
    let indent = if paragraph.starts_with("- ") { "  " } else { "" };
    painted(&lines(paragraph, width, indent).join("\n")) + "\n"
}

/// The painted lines of one paragraph.
pub(crate) fn wrapped(paragraph: &str, width: usize) -> Vec<String> {
    let painted = painted(&lines(paragraph, width, "").join("\n"));
    painted.split('\n').map(str::to_owned).collect()
}

/// Splits a paragraph into lines; all but the first are indented.
pub(crate) fn lines(paragraph: &str, width: usize, indent: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in words(paragraph, width.saturating_sub(indent.len())) {
        let length = shown(&word);
        if used > 0 && used + 1 + length > width {
            lines.push(indent.to_owned());
            used = indent.len();
        } else if used > 0 {
            used += 1;
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
            line.push_str(&word);
        }
        used += length;
    }
    lines
}

/// The words of a paragraph. Code is kept together if it fits on a line: it may be a command to
/// copy.
fn words(paragraph: &str, width: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut code = false;
    for word in paragraph.split_ascii_whitespace() {
        match words.last_mut() {
            Some(last) if code && shown(last) + 1 + shown(word) <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        code ^= word.matches('`').count() % 2 == 1;
    }
    words
}

/// The width of a text once its marks are replaced by colours.
fn shown(text: &str) -> usize {
    text.chars().filter(|c| !matches!(c, '`' | '*')).count()
}

/// Paints `code`, **strong** and *stressed* parts.
fn painted(text: &str) -> String {
    alternating(
        text,
        "`",
        |part| each_line(style::COMMAND, part),
        |plain| {
            let strong = |part: &str| each_line(style::STRONG, part);
            alternating(plain, "**", strong, |plain| {
                let stressed = |part: &str| each_line(anstyle::Style::new().italic(), part);
                alternating(plain, "*", stressed, str::to_owned)
            })
        },
    )
}

/// Text in which a mark begins and ends a part. A mark without its pair is an ordinary character.
fn alternating(
    text: &str,
    mark: &str,
    between: impl Fn(&str) -> String,
    outside: impl Fn(&str) -> String,
) -> String {
    let parts: Vec<&str> = text.split(mark).collect();
    if parts.len().is_multiple_of(2) {
        return outside(text);
    }
    let painted = parts.iter().enumerate().map(|(index, part)| match index % 2 {
        1 => between(part),
        _ => outside(part),
    });
    painted.collect()
}

/// Paints each line separately: pagers lose a style that spans lines.
pub(crate) fn each_line(style: anstyle::Style, text: &str) -> String {
    text.split('\n').map(|line| style::paint(style, line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_wrapped_and_marks_become_colours() {
        let shown = anstream::adapter::strip_str(&render(
            "one two\nthree `four` **five**\n\n- six seven eight",
            12,
        ))
        .to_string();
        assert_eq!(shown, "one two\nthree four\nfive\n\n- six seven\n  eight\n");
    }

    #[test]
    fn headings_of_any_level_are_headings_and_offers_stay_whole() {
        let shown = anstream::adapter::strip_str(&render("# one\n\n## two\n#3", 20)).to_string();
        assert_eq!(shown, "one\n\ntwo\n#3\n");
        let keys = ["n: next", "p: back", "q: leave"].map(str::to_owned);
        assert_eq!(offers(&keys, " ·", 20), "n: next · p: back ·\nq: leave");
        assert_eq!(offers(&keys, " ·", 5), "n: next ·\np: back ·\nq: leave");
    }

    #[test]
    fn a_command_stays_on_one_line_if_it_can() {
        let shown = |text| anstream::adapter::strip_str(&render(text, 14)).to_string();
        assert_eq!(shown("Try `socklab list` now"), "Try\nsocklab list\nnow\n");
        assert_eq!(shown("`socklab what-if list`"), "socklab\nwhat-if list\n");
    }

    #[test]
    fn text_after_a_heading_is_wrapped_with_a_hanging_indent() {
        assert_eq!(hanging("one two three", 3, 11), "one two\n   three");
        assert_eq!(hanging("one-two-three", 3, 11), "one-two-three");
        let shown = after("So it is:", style::GOOD, "one `two` three", 14);
        assert_eq!(anstream::adapter::strip_str(&shown).to_string(), "So it is: one\ntwo three\n");
    }
}
