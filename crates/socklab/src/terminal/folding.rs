//! Lines of source code on a terminal that is narrower than they are.

/// A line in rows that are no longer than `width`, broken between words where possible; the second and
/// all further ones are indented a little more. Colours take no room.
pub(crate) fn folded(line: &str, width: usize) -> Vec<String> {
    let mut rest = cells(line.trim_end());
    let own = rest.iter().take_while(|cell| *cell == " ").count();
    let indent = (own + 2).min(width / 2);
    let mut rows = Vec::new();
    loop {
        let room = if rows.is_empty() { width } else { width - indent }.max(1);
        let lead = if rows.is_empty() { String::new() } else { " ".repeat(indent) };
        if rest.len() <= room {
            rows.push(lead + &rest.concat());
            return rows;
        }
        let text = if rows.is_empty() { own } else { 0 };
        let space = rest[..room + 1].iter().rposition(|cell| cell.ends_with(' '));
        let end = space.filter(|at| *at > text).unwrap_or(room);
        let piece: String = rest.drain(..end).collect();
        let blanks = rest.iter().take_while(|cell| cell.ends_with(' ')).count();
        let colours: String = rest.drain(..blanks).map(|cell| cell.replace(' ', "")).collect();
        rows.push(lead + piece.trim_end() + &colours);
    }
}

/// The characters of a line, each with the colours that change before it; the last one also with those
/// that change behind it.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut before): (Vec<String>, String) = (Vec::new(), String::new());
    let mut in_colour = false;
    for char in line.chars() {
        before.push(char);
        match char {
            '\u{1b}' => in_colour = true,
            'm' if in_colour => in_colour = false,
            _ if in_colour => {}
            _ => cells.push(std::mem::take(&mut before)),
        }
    }
    match cells.last_mut() {
        Some(last) => last.push_str(&before),
        None => cells.extend(Some(before).filter(|before| !before.is_empty())),
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_goes_on_below_between_words_and_keeps_its_colours() {
        assert_eq!(folded("  one two three", 10), ["  one two", "    three"]);
        assert_eq!(folded("  one_two_three", 10), ["  one_two_", "    three"]);
        assert_eq!(folded("short", 10), ["short"]);
        assert_eq!(folded("", 10), [""]);
        let painted = "\u{1b}[1mone\u{1b}[0m \u{1b}[35mtwo\u{1b}[0m";
        assert_eq!(folded(painted, 7), [painted]);
        let [first, second] = &folded(painted, 5)[..] else { panic!("two rows") };
        assert!(first.contains("one") && second.contains("two") && second.ends_with("[0m"));
    }
}
