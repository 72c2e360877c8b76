//! Turns the words of a command line into the programs to trace.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use socklab_kernel::Entrance;
use socklab_say::{Speaker, say};
use socklab_trace::Stdio;

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// One program to trace.
#[derive(Default)]
pub(crate) struct TracedProgram {
    pub(crate) argv: Vec<OsString>,
    pub(crate) label: Option<String>,
    pub(crate) input: Stdio,
    /// Where standard output and error both go; `None` to inherit socklab's own.
    pub(crate) output: Option<File>,
    /// The way into the host it runs in, if that is another than ours.
    pub(crate) entrance: Option<Box<dyn Entrance>>,
    /// The name of the host it runs on, if that is in a lab.
    pub(crate) host: Option<String>,
}

impl fmt::Debug for TracedProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedProgram").field("argv", &self.argv).finish_non_exhaustive()
    }
}

impl TracedProgram {
    /// The command line as a person would type it: the program without its folder.
    pub(super) fn line(&self) -> String {
        let words = self.argv.iter().enumerate().map(|(index, word)| match index {
            0 => Path::new(word).file_name().unwrap_or(word).to_string_lossy(),
            _ => word.to_string_lossy(),
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Parses the commands. The words after `--` are one command, taken literally. Before it, each word
/// is a whole command line, as in `trace 'tcp-server 9000' 'tcp-client localhost 9000'`; but if no
/// word contains a space and not all are course programs (`trace curl localhost`), the words
/// together are one command.
pub(super) fn parse(
    speaker: Speaker,
    lines: &[String],
    words: &[OsString],
) -> Result<Vec<TracedProgram>> {
    let mut commands = Vec::new();
    let each_is_one = lines.iter().any(|line| line.contains(char::is_whitespace))
        || lines.iter().all(|line| programs::find(line).is_some());
    if each_is_one {
        for line in lines {
            let words = shlex::split(line).filter(|words| !words.is_empty());
            let words = words.ok_or_else(|| {
                Failure::new(ExitReason::Usage, say!(speaker, "bad-command-line", line = line))
            })?;
            commands.push(program(words.into_iter().map(OsString::from).collect())?);
        }
    } else if !lines.is_empty() {
        commands.push(program(lines.iter().map(OsString::from).collect())?);
    }
    if !words.is_empty() {
        commands.push(program(words.to_vec())?);
    }
    Ok(commands)
}

/// One command, taken literally; a program of the course is run by this binary.
pub(crate) fn program(argv: Vec<OsString>) -> Result<TracedProgram> {
    let words: Vec<_> = argv.iter().filter_map(|word| word.to_str()).collect();
    // `socklab run NAME`, as in the manual, must work even if socklab is not in PATH.
    if let ["socklab", "run", name, ..] = words.as_slice()
        && let Some(known) = programs::find(name)
    {
        return course_program(known, &argv[3..]);
    }
    if let Some(known) = words.first().and_then(|name| programs::find(name)) {
        return course_program(known, &argv[1..]);
    }
    let own = words.first() == Some(&"socklab");
    let mut argv = argv;
    if own {
        argv[0] = own_path()?;
    }
    Ok(TracedProgram { argv, ..TracedProgram::default() })
}

/// A program of the course, run by this binary.
pub(crate) fn course_program(
    known: &programs::Program,
    arguments: &[OsString],
) -> Result<TracedProgram> {
    let mut argv = vec![own_path()?, "run".into(), known.name.into()];
    argv.extend_from_slice(arguments);
    Ok(TracedProgram { argv, label: Some(known.name.to_string()), ..TracedProgram::default() })
}

fn own_path() -> Result<OsString> {
    Ok(std::env::current_exe().context("readlink /proc/self/exe")?.into_os_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(lines: &[&str], words: &[&str]) -> Vec<Vec<String>> {
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let commands = parse(Speaker::ENGLISH, &lines, &words).unwrap();
        let text = |word: &OsString| word.to_str().unwrap().to_string();
        commands.iter().map(|command| command.argv.iter().map(text).collect()).collect()
    }

    #[test]
    fn quoted_lines_are_commands_and_single_words_are_one_command() {
        let pair = parsed(&["python3 server.py", "python3 client.py 'a b'"], &[]);
        assert_eq!(pair, [vec!["python3", "server.py"], vec!["python3", "client.py", "a b"]]);
        assert_eq!(parsed(&["curl", "localhost"], &[]), [["curl", "localhost"]]);
        assert_eq!(parsed(&[], &["nc", "-l"]), [["nc", "-l"]]);
        assert_eq!(parsed(&["nc -l 1"], &["curl", "x y"]).len(), 2);
    }

    #[test]
    fn programs_of_the_course_are_run_by_this_binary() {
        let pair = parsed(&["tcp-server", "UDPClient.py"], &[]);
        assert_eq!(pair[0][1..], ["run", "tcp-server"]);
        assert_eq!(pair[1][1..], ["run", "udp-client"]);
        let lab = parsed(&["socklab run server-03 9000"], &[]);
        assert_eq!(lab[0][1..], ["run", "server-03", "9000"]);
        assert_eq!(parsed(&["socklab serve http"], &[])[0][1..], ["serve", "http"]);
    }

    #[test]
    fn an_open_quote_is_a_usage_error() {
        assert!(parse(Speaker::ENGLISH, &["echo 'a b".to_string()], &[]).is_err());
    }
}
