//! Finds words in braces that stand for nothing: `{prt}` would reach a program as it is written.

use socklab_say::{Piece, Template, sentence};

use super::places::Places;
use crate::format::{ARGS, LANGUAGES, LoadError, nearest};
use crate::variables::{BYTES, ROUND, Variables};

/// Fields whose words are given to a program, which may use braces in its own way.
const COMMANDS: [&str; 4] = ["run", "arguments", "env", "stdin"];

/// Finds places such as `{prt}` that nothing is filled into. In what a program is given, braces may
/// be its own (`${HOME}`, a line of code): there, only a likely misspelling counts.
pub(super) fn lint_placeholders(places: &Places<'_>, mistakes: &mut Vec<LoadError>) {
    for (around, text, span) in places.texts() {
        let is_prose = |name: &&str| LANGUAGES.contains(name);
        // What readers are told has places of its own: `{refused.error}`.
        if around.iter().any(is_prose) || around.contains(&"by_hand") {
            continue;
        }
        let command = around.iter().any(|name| COMMANDS.contains(name));
        // A program's input may be any bytes; its command line is text.
        let words = command && !around.contains(&"stdin");
        for piece in Template::parse(text).pieces() {
            let Piece::Place { name, at } = *piece else { continue };
            let word = name.split(':').next().unwrap_or(name);
            let shell = text[..at].ends_with('$');
            // In steps the loader looks for it.
            let outside = word == ROUND && !around.contains(&"step");
            if text == ARGS || !command && ARGS == format!("{{{name}}}") {
                mistakes.push(places.at(span.clone(), sentence!("mistake-args-here")));
                continue;
            }
            if words && BYTES.contains(&word) && name != word && !shell {
                let what = sentence!("mistake-place-bytes", found = name);
                mistakes.push(places.at(span.clone(), what));
                continue;
            }
            if shell || Variables::PLACES.contains(&word) && !outside {
                continue;
            }
            if outside {
                mistakes.push(places.at(span.clone(), sentence!("mistake-round")));
                continue;
            }
            let near = nearest(word, &Variables::PLACES);
            if command && near.is_none() {
                continue;
            }
            let known = Variables::PLACES.map(|word| format!("{{{word}}}")).join(", ");
            let what = sentence!("mistake-unknown-place", found = name, known = known);
            mistakes.push(places.at(span.clone(), what));
        }
    }
}
