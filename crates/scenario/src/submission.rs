//! A student's program as a command, and where in it the arguments of a case belong.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use socklab_say::Template;

use crate::format::{ARGS, Arguments, Case, Run, Verb};

/// A student's program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Command and arguments, which may have placeholders. The word `{args}` stands for the
    /// arguments of the case.
    pub argv: Vec<String>,
    /// Its working directory; `None` means that of this process.
    pub directory: Option<PathBuf>,
    /// Folders that it needs besides those of the files in `argv`: where its classes are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<PathBuf>,
    /// The language it is written in, as far as that decides about its arguments; may be empty.
    pub language: String,
    /// The exercise's arguments, for cases without their own.
    pub arguments: Arguments,
}

impl Submission {
    /// The folder it works in; empty if that of this process is gone.
    pub(crate) fn folder(&self) -> PathBuf {
        let ours = || std::env::current_dir().unwrap_or_default();
        self.directory.clone().unwrap_or_else(ours)
    }

    /// The command in a case that has these arguments of its own, or none. `None` if the command
    /// does not say where they belong: then nobody knows what the program would do with them.
    pub fn command(&self, own: Option<&Arguments>) -> Option<Vec<String>> {
        let usual = self.arguments.of(&self.language);
        let wanted = own.unwrap_or(&self.arguments).of(&self.language);
        if self.argv.iter().any(|word| word == ARGS) {
            let words = self.argv.iter().flat_map(|word| match word == ARGS {
                true => wanted.to_vec(),
                false => vec![word.clone()],
            });
            return Some(words.collect());
        }
        if wanted == usual {
            return Some(self.argv.clone());
        }
        let before = self.argv.strip_suffix(usual).filter(|before| !before.is_empty());
        if let Some(before) = before.filter(|_| !usual.is_empty()) {
            return Some([before, wanted].concat());
        }
        self.in_place(usual, wanted)
    }

    /// The command with each argument in the place of the usual one, wherever that stands: options
    /// have an order of their own.
    fn in_place(&self, usual: &[String], wanted: &[String]) -> Option<Vec<String>> {
        if usual.len() != wanted.len() {
            return None;
        }
        let mut changes: Vec<(&str, &str, bool)> = Vec::new();
        for (from, to) in usual.iter().zip(wanted).filter(|(from, to)| from != to) {
            if usual.iter().filter(|one| *one == from).count() > 1 {
                return None; // Which of them?
            }
            changes.push((from, to, false));
        }
        let mut argv = self.argv.clone();
        // The first word is the program.
        for word in argv.iter_mut().skip(1) {
            if let Some((_, to, done)) = changes.iter_mut().find(|(from, ..)| word == from) {
                *done = true;
                (*to).clone_into(word);
                continue;
            }
            // As in `--root={dir}`. What a shell might take apart is no part of a word.
            let filled = Template::parse(word).fill(|name| {
                let place = format!("{{{name}}}");
                let change = changes.iter_mut().find(|(from, ..)| *from == place)?;
                let (_, to, done) = change;
                to.chars().all(is_plain).then(|| {
                    *done = true;
                    (*to).to_owned()
                })
            });
            *word = filled;
        }
        changes.iter().all(|(.., done)| *done).then_some(argv)
    }

    /// The arguments of a case for which the command has no place.
    pub fn without_place<'c>(&self, case: &'c Case) -> Option<&'c [String]> {
        let starts = |name: &str| {
            let mut steps = case.scenario.steps.iter();
            steps.any(|step| matches!(&step.verb, Verb::Start { actor, .. } if actor == name))
        };
        let actors = case.scenario.actors.iter();
        let mut own = actors
            .filter(|actor| actor.run == Run::Submission && starts(&actor.name))
            .filter_map(|actor| actor.arguments.as_ref());
        own.find(|own| self.command(Some(own)).is_none()).map(|own| own.of(&self.language))
    }
}

/// True for what has no meaning of its own in a shell.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_./:{}=,+@%".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// What becomes of a command of an exercise with the first arguments, in a case with the second.
    fn becomes(command: &str, usual: &str, own: &[&str]) -> Option<String> {
        let submission = Submission {
            argv: words(command),
            directory: None,
            needs: Vec::new(),
            language: String::new(),
            arguments: Arguments::for_all(words(usual)),
        };
        let own = Arguments::for_all(own.iter().map(|word| (*word).to_owned()).collect());
        submission.command(Some(&own)).map(|argv| argv.join("|"))
    }

    #[test]
    fn the_arguments_of_a_case_stand_where_the_command_says() {
        let own = ["{port}", "{dir}/my www"];
        for (command, wanted) in [
            ("x.py {args}", Some("x.py|{port}|{dir}/my www")),
            ("x.py -v {args} -q", Some("x.py|-v|{port}|{dir}/my www|-q")),
            ("x.py {port} {dir}", Some("x.py|{port}|{dir}/my www")),
            ("x.py {port} {dir} plain", Some("x.py|{port}|{dir}/my www|plain")),
            ("x.py --dir {dir} --port {port}", Some("x.py|--dir|{dir}/my www|--port|{port}")),
            // A shell would take it apart.
            ("sh -c ./x\u{a0}{dir}", None),
            ("x.py {port}", None),
            ("x.py 8080 /srv", None),
            ("x.py", None),
            ("{dir}", None),
        ] {
            let becomes = becomes(command, "{port} {dir}", &own);
            assert_eq!(becomes.as_deref(), wanted, "{command}");
        }
        let plain = becomes("x.py --dir={dir}", "{port} {dir}", &["{port}", "{dir}/www"]);
        assert_eq!(plain.as_deref(), Some("x.py|--dir={dir}/www"));
    }

    #[test]
    fn another_number_of_arguments_belongs_only_where_the_usual_ones_end_the_command() {
        let own = ["{port}", "a b"];
        assert_eq!(becomes("x {port}", "{port}", &own).as_deref(), Some("x|{port}|a b"));
        assert_eq!(becomes("x {port} -v", "{port}", &own), None);
        assert_eq!(becomes("x {args}", "", &own).as_deref(), Some("x|{port}|a b"));
        assert_eq!(becomes("x", "", &own), None);
        assert_eq!(becomes("x {port} {port}", "{port}", &[]).as_deref(), Some("x|{port}"));
        assert_eq!(becomes("x 1 2 3", "1 1", &["1", "2"]), None);
    }

    #[test]
    fn a_case_that_changes_nothing_leaves_any_command_alone() {
        let own = becomes("./start.sh", "{port}", &["{port}"]);
        assert_eq!(own.as_deref(), Some("./start.sh"));
    }
}
