//! Texts that authors write, with places to fill in: `{port}` in a command, `{refused.took}` in an
//! explanation.

use std::borrow::Cow;

/// A text with places. A place is a word in braces, of letters, digits and `.`, `:`, `_`, `-`;
/// every other brace is literal, so that JSON and code need no escaping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'t> {
    pieces: Vec<Piece<'t>>,
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Literal text.
    Text(&'t str),
    /// A place to be filled in.
    Place {
        /// The word between the braces.
        name: &'t str,
        /// The offset of the opening brace in the text, in bytes.
        at: usize,
    },
}

impl<'t> Template<'t> {
    /// Finds the places of a text.
    pub fn parse(text: &'t str) -> Self {
        let mut pieces = Vec::new();
        // `done`: the end of the last piece. `from`: where the search for the next place starts.
        let (mut done, mut from) = (0, 0);
        while let Some(open) = text[from..].find('{').map(|at| at + from) {
            from = open + 1;
            let Some(name) = text[from..].split_once('}').map(|(name, _)| name) else { break };
            if !is_name(name) {
                continue;
            }
            if open > done {
                pieces.push(Piece::Text(&text[done..open]));
            }
            pieces.push(Piece::Place { name, at: open });
            from += name.len() + 1;
            done = from;
        }
        if done < text.len() {
            pieces.push(Piece::Text(&text[done..]));
        }
        Self { pieces }
    }

    /// Its pieces, in order.
    pub fn pieces(&self) -> &[Piece<'t>] {
        &self.pieces
    }

    /// The names of its places, in order.
    pub fn names(&self) -> impl Iterator<Item = &'t str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Place { name, .. } => Some(*name),
            Piece::Text(_) => None,
        })
    }

    /// The text with its places filled in. A place whose name `value` does not know stays
    /// unchanged, braces included. Inserted text is not searched for places.
    pub fn fill<V: Into<Cow<'t, str>>>(
        &self,
        mut value: impl FnMut(&'t str) -> Option<V>,
    ) -> String {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Place { name, .. } => match value(name) {
                    Some(value) => filled.push_str(&value.into()),
                    None => filled.extend(["{", name, "}"]),
                },
            }
        }
        filled
    }
}

fn is_name(word: &str) -> bool {
    let good = |char: char| char.is_ascii_alphanumeric() || ".:_-".contains(char);
    word.starts_with(|char: char| char.is_ascii_alphabetic()) && word.chars().all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_where_they_are() {
        let text = "a{b} {letters:10}é{x.y-z}";
        let template = Template::parse(text);
        assert_eq!(template.names().collect::<Vec<_>>(), ["b", "letters:10", "x.y-z"]);
        for piece in template.pieces() {
            if let Piece::Place { name, at } = piece {
                assert!(text[*at..].starts_with(&format!("{{{name}}}")), "{name} at {at}");
            }
        }
    }

    #[test]
    fn other_braces_are_literal() {
        for text in
            ["", "{", "}", "{}", "{ a }", "{\"k\":1}", "{1}", "{{", "{é}", "{a", "b{a{", "}{"]
        {
            assert_eq!(Template::parse(text).fill(|_| Some("!")), text);
        }
    }

    #[test]
    fn known_places_are_filled_once() {
        let fill = |text| Template::parse(text).fill(|name| (name == "a").then_some("{a}"));
        assert_eq!(fill("{a} {b} {{a}} { {a"), "{a} {b} {{a}} { {a");
        assert_eq!(fill("x{ {a}{a}"), "x{ {a}{a}");
        let count = |text| Template::parse(text).fill(|name| Some(name.len().to_string()));
        assert_eq!(count("{abc}:{port} {{ab}}"), "3:4 {2}");
    }
}
