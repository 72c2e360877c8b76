//! The lines of source that made the calls, named as people name them: `server.py:12`.

use std::collections::{HashMap, HashSet};

use socklab_event::Call;

/// How the files of a recording's calls are named.
#[derive(Clone, Debug, Default)]
pub struct Lines<'t> {
    names: HashMap<&'t str, &'t str>,
}

impl<'t> Lines<'t> {
    pub(crate) fn of(calls: impl Iterator<Item = &'t Call>) -> Self {
        let files: HashSet<&str> =
            calls.filter_map(|call| Some(&*call.source.as_deref()?.file)).collect();
        let mut of_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for file in &files {
            of_name.entry(tail(file, 1)).or_default().push(file);
        }
        let named = |file: &'t str| {
            let alike = &of_name[tail(file, 1)];
            let alone = |name: &&str| {
                let parts = name.split('/').count();
                alike.iter().filter(|other| tail(other, parts) == *name).count() == 1
            };
            let names = (1..=file.split('/').count()).map(|parts| tail(file, parts));
            (file, names.clone().find(alone).unwrap_or(file))
        };
        Self { names: files.iter().map(|file| named(file)).collect() }
    }

    /// The line that made a call, if it is known: the file's name and the line, `server.py:12`. Of files
    /// with the same name as much of the path is told as it takes to tell them apart.
    pub fn name(&self, call: &Call) -> Option<String> {
        let source = call.source.as_deref()?;
        let file = self.names.get(&*source.file).copied().unwrap_or(&source.file);
        Some(format!("{file}:{}", source.line))
    }
}

/// The last parts of a path.
fn tail(path: &str, parts: usize) -> &str {
    let start = path.rmatch_indices('/').nth(parts.saturating_sub(1));
    start.map_or(path, |(slash, _)| &path[slash + 1..])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use socklab_event::SourceLine;
    use socklab_timelines::scenes;

    use super::*;

    fn names(files: &[&str]) -> Vec<String> {
        let timeline = scenes::upper_tcp();
        let call = timeline.events.iter().find_map(|event| event.call()).expect("a call");
        let at = |file: &&str| {
            let source = SourceLine { file: (*file).to_owned(), line: 7, function: None };
            Call { source: Some(Arc::new(source)), ..call.clone() }
        };
        let calls: Vec<Call> = files.iter().map(at).collect();
        let lines = Lines::of(calls.iter());
        calls.iter().filter_map(|call| lines.name(call)).collect()
    }

    #[test]
    fn a_file_is_named_as_briefly_as_it_can_be_told_from_the_others() {
        assert_eq!(names(&["/home/ana/server.py"]), ["server.py:7"]);
        let two = ["/home/ana/a/main.c", "/home/ana/b/main.c", "/home/ana/b/net.c"];
        assert_eq!(names(&two), ["a/main.c:7", "b/main.c:7", "net.c:7"]);
        // One is the end of the other.
        assert_eq!(names(&["main.c", "/src/main.c"]), ["main.c:7", "src/main.c:7"]);
        assert_eq!(names(&["", "/", "//"]).len(), 3);
    }

    #[test]
    fn a_call_without_a_line_has_no_name() {
        let timeline = scenes::upper_tcp();
        let lines = Flows::of(&timeline).lines;
        let mut calls = timeline.events.iter().filter_map(|event| event.call());
        assert!(calls.all(|call| lines.name(call).is_none()));
    }

    use crate::Flows;
}
