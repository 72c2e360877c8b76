//! What the reader has done so far: a plain file, one thing a line, `KIND NAME REST`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Everything done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    lines: Vec<(String, String, String)>,
}

impl Progress {
    /// What the file says; nothing if there is none.
    pub(crate) fn load() -> Self {
        let text = file().and_then(|file| fs::read_to_string(file).ok());
        Self::parse(&text.unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let mut words = line.splitn(3, ' ').map(str::to_owned);
            Some((words.next()?, words.next()?, words.next().unwrap_or_default()))
        };
        Self { lines: text.lines().filter_map(line).collect() }
    }

    /// What is noted about one thing.
    pub(crate) fn get(&self, kind: &str, name: &str) -> Option<&str> {
        let found = self.lines.iter().find(|line| line.0 == kind && line.1 == name);
        found.map(|line| line.2.as_str())
    }

    /// Notes something, over what was noted before, and writes the file. Other lines stay, also
    /// those that another socklab has written meanwhile.
    pub(crate) fn note(kind: &str, name: &str, rest: &str) -> io::Result<()> {
        let Some(file) = file() else { return Ok(()) };
        let mut progress = Self::load();
        progress.lines.retain(|line| line.0 != kind || line.1 != name);
        progress.lines.push((kind.to_owned(), name.to_owned(), rest.replace('\n', " ")));
        progress.lines.sort();
        write(&file, &progress.text())
    }

    fn text(&self) -> String {
        self.lines.iter().map(|(kind, name, rest)| format!("{kind} {name} {rest}\n")).collect()
    }
}

/// As a whole or not at all: a reader never sees half a file.
fn write(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = file.with_extension(format!("{}.new", std::process::id()));
    fs::write(&fresh, text)?;
    fs::rename(fresh, file)
}

/// `socklab/progress` below `XDG_STATE_HOME`, which is `~/.local/state` where it is not set.
fn file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = set("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/state")))?;
    Some(state.join("socklab/progress"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_as_they_are() {
        let text = "exercise echo-server 6/6 4/13 /home/a b/echo-server.py\nquestion 03 right\n";
        let progress = Progress::parse(text);
        assert_eq!(progress.text(), text);
        assert_eq!(progress.get("question", "03"), Some("right"));
        assert!(progress.get("exercise", "echo-server").unwrap().ends_with("/home/a b/echo-server.py"));
        assert_eq!(progress.get("exercise", "03"), None);
    }
}
