//! Long names and command lines, cut in the middle so that they fit and can still be told apart.

use unicode_width::UnicodeWidthChar as _;

const DOTS: char = '…';

/// The text in at most `most` columns of a terminal. What is cut is the middle, because programs are
/// told apart by how their command lines begin and end; where that would look like one of the
/// `others`, it is what comes before the first difference.
pub(crate) fn shortened<'o>(
    text: &str,
    others: impl Iterator<Item = &'o str> + Clone,
    most: usize,
) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let cut = middle(text, most);
    let twins = others.filter(|other| *other != text && middle(other, most) == cut);
    let Some(differs) = twins.map(|other| common(text, other)).max() else { return cut };
    let head = first(text, most / 4);
    let chars: Vec<char> = text.chars().collect();
    // A little of what they have in common shows where the difference is.
    let from = differs.saturating_sub(3).min(chars.len());
    let rest: String = chars[from..].iter().collect();
    let room = most.saturating_sub(width(head) + 1);
    if width(&rest) <= room {
        return format!("{head}{DOTS}{rest}");
    }
    format!("{head}{DOTS}{}{DOTS}", first(&rest, room.saturating_sub(1)))
}

/// The beginning and the end.
fn middle(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let head = first(text, most.saturating_sub(1) * 2 / 5);
    let tail = last(text, most.saturating_sub(1 + width(head)));
    format!("{head}{DOTS}{tail}")
}

/// How many characters two texts have in common at their beginning.
fn common(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
}

/// As much of the beginning as fits.
fn first(text: &str, most: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, char)| {
        used += char.width().unwrap_or(0);
        used > most
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

/// As much of the end as fits.
fn last(text: &str, most: usize) -> &str {
    let mut used = 0;
    let fitting = text.char_indices().rev().take_while(|(_, char)| {
        used += char.width().unwrap_or(0);
        used <= most
    });
    fitting.last().map_or("", |(at, _)| &text[at..])
}

fn width(text: &str) -> usize {
    text.chars().map(|char| char.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str], most: usize) -> Vec<String> {
        let others = || texts.iter().copied();
        texts.iter().map(|text| shortened(text, others(), most)).collect()
    }

    #[test]
    fn the_middle_is_cut() {
        assert_eq!(all(&["short"], 5), ["short"]);
        assert_eq!(
            all(&["python3 -m http.server --bind 127.0.0.1 8000"], 21),
            ["python3 …7.0.0.1 8000"]
        );
    }

    #[test]
    fn what_differs_in_the_middle_is_kept() {
        let long = |name: &str| format!("java -jar app.jar --name={name} --verbose --port=8080");
        let (one, other) = (long("alpha"), long("omega"));
        let cut = all(&[&one, &other], 30);
        assert_eq!(cut, ["java -j…me=alpha --verbose --…", "java -j…me=omega --verbose --…"]);
    }

    #[test]
    fn wide_characters_are_measured() {
        for most in 0..30 {
            for text in all(&["日本語日本語日本語日本語", "日本語日本語x日本語日本語"], most)
            {
                assert!(width(&text) <= most.max(1) + 1, "{most}: {text}");
            }
        }
    }
}
