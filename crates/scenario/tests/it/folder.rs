//! A course folder with one question, for tests to change.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use socklab_scenario::Course;

/// A course with one question in a folder of its own, which is removed when this is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn with(toml: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("socklab-loader-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let question = folder.join("questions/01-one");
        fs::create_dir_all(&question).expect("a folder");
        fs::write(question.join("question.toml"), toml).expect("write");
        for language in socklab_scenario::LANGUAGES {
            fs::write(question.join(format!("{language}.md")), "# T\n\n## a\nx\n\n## next\ny\n")
                .expect("write");
        }
        Self(folder)
    }

    pub(crate) fn course(&self) -> Course {
        Course::in_folder(&self.0).expect("read")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) const GOOD: &str = r#"format_version = 1
[[actor]]
name = "server"
run = ["tcp-server"]
[[peer]]
name = "alice"
[[step]]
start = "server"
until = "listening"
[[step]]
peer = "alice"
do = [{ connect = "server" }, { send = "hola" }, "close"]
[[choice]]
id = "a"
en = "A"
es = "A"
[[outcome]]
answer = "a"
[[outcome.when]]
name = "seen"
actor = "server"
call = "recv"
equals = "hola"
"#;

/// The programs of the course.
pub(crate) const PROGRAMS: [&str; 21] = [
    "basics-01",
    "basics-02",
    "basics-03",
    "basics-04",
    "basics-05",
    "socket-01",
    "socket-02",
    "socket-03",
    "socket-04",
    "socket-05",
    "server-01",
    "server-02",
    "server-03",
    "server-04",
    "server-05",
    "udp-client",
    "udp-server",
    "tcp-client",
    "tcp-server",
    "echo-server",
    "echo-client",
];

/// The mistakes in an exercise with these files, and in a shared `gaps.toml`.
pub(crate) fn linted(files: &[(&str, &str)]) -> Vec<String> {
    lint(files, &[])
}

/// The mistakes in an exercise that lacks these files.
pub(crate) fn linted_without(missing: &[&str]) -> Vec<String> {
    lint(&[], missing)
}

fn lint(files: &[(&str, &str)], missing: &[&str]) -> Vec<String> {
    let exercise = "format_version = 1\n[[actor]]\nname = \"server\"\nsubmission = true\n\
         [[case]]\nname = \"up\"\ntitle = { en = \"up\", es = \"va\" }\n\
         step = [{ start = \"server\", until = \"listening\" }]\n";
    let mut all = std::collections::BTreeMap::from([
        ("exercises/mine/exercise.toml", exercise),
        ("exercises/mine/en.md", "# Mine\n"),
        ("exercises/mine/es.md", "# Lo mío\n"),
        ("exercises/mine/solution.py", "# GAP bind\nbind()\n# END\n"),
        ("exercises/mine/solution.rs", "// GAP bind\nbind();\n// END\n"),
        ("exercises/mine/solution.c", "/* GAP bind */\nbind();\n/* END */\n"),
    ]);
    all.extend(files.iter().copied());
    all.retain(|path, _| !missing.contains(path));
    let files = all.into_iter().map(|(path, text)| (path, text.as_bytes().to_vec()));
    let linted = Course::of(files).lint(&PROGRAMS);
    linted
        .mistakes
        .iter()
        .map(|mistake| mistake.to_string().replace("course/exercises/", ""))
        .collect()
}

/// A course with one question, in memory.
pub(crate) fn of(toml: &str) -> Course {
    let prose = b"# T\n\n## a\nx\n".to_vec();
    Course::of([
        ("questions/01-one/question.toml", toml.as_bytes().to_vec()),
        ("questions/01-one/en.md", prose.clone()),
        ("questions/01-one/es.md", prose),
    ])
}
