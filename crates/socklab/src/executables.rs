//! The programs that a command line can name.

use std::collections::BTreeSet;
use std::env;

use socklab_kernel::executables;
use socklab_say::{Speaker, say};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// There is no such program: perhaps one with a similar name was meant.
pub(crate) fn missing(speaker: Speaker, program: &str) -> Failure {
    let failure =
        Failure::new(ExitReason::No, say!(speaker, "program-not-found", program = program));
    // A path leaves nothing to search for.
    let alike = if program.contains('/') {
        None
    } else {
        alike(program, executables::names(env::var_os("PATH").as_deref()))
    };
    match alike {
        Some(known) => failure.hint(say!(speaker, "did-you-mean", known = known)),
        None => failure,
    }
}

/// The name that a mistyped one stands for, if one is close enough.
fn alike(program: &str, names: BTreeSet<String>) -> Option<String> {
    // One mistake in a short name, two in a long one; two letters in the wrong order are one.
    let allowed = if program.len() < 4 { 0 } else { 1 + usize::from(program.len() > 5) };
    let distances =
        names.into_iter().map(|name| (strsim::damerau_levenshtein(&name, program), name));
    distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_is_guessed_and_another_is_not() {
        let names = || ["python3", "perl", "cat", "python3.11"].map(str::to_owned).into();
        assert_eq!(alike("phyton3", names()).as_deref(), Some("python3"));
        assert_eq!(alike("pyton3", names()).as_deref(), Some("python3"));
        assert_eq!(alike("pyhton3.1", names()).as_deref(), Some("python3.11"));
        assert_eq!(alike("ruby", names()), None);
        assert_eq!(alike("cta", names()), None);
    }
}
