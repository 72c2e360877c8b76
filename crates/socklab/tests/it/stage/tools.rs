//! The tools of others: where they are, and what a test does without them.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where a tool is, if it is there for this user.
pub(crate) fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // Servers such as chronyd live where only root looks by default.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let mut candidates = folders.map(|folder| folder.join(tool));
    candidates.find(|file| {
        let usable = rustix::fs::access(file, rustix::fs::Access::EXEC_OK);
        file.is_file() && usable.is_ok()
    })
}

static NOT_RUN: AtomicUsize = AtomicUsize::new(0);

/// Says that a test could not run. `eprintln!` would be captured, and nobody would know.
pub(crate) fn say_not_run(here: &str, needs: &str) {
    let test = here.trim_end_matches("::here");
    let count = NOT_RUN.fetch_add(1, Ordering::Relaxed) + 1;
    let _ = writeln!(std::io::stderr(), "not run: {test} needs {needs} (so far: {count})");
}

/// Ends the test that it stands in, and says loudly what that test lacks.
macro_rules! not_run {
    ($needs:expr) => {{
        fn here() {}
        return $crate::stage::say_not_run(std::any::type_name_of_val(&here), $needs);
    }};
}
pub(crate) use not_run;

/// The path of a tool, as text. Where the tool is missing, the test says so, and ends.
macro_rules! need {
    ($tool:expr) => {
        match $crate::stage::find($tool) {
            Some(path) => path.to_string_lossy().into_owned(),
            None => $crate::stage::not_run!($tool),
        }
    };
}
pub(crate) use need;
