mod hostile;
mod image;
mod layouts;
mod live;
mod tables;

/// The interpreters that are installed: at least `python3` is, wherever all tests are run.
fn interpreters() -> Vec<String> {
    let found = socklab_prerequisites::pythons(8..=14);
    if found.is_empty() {
        socklab_prerequisites::say_not_run("lines of Python", "python3 3.8 to 3.14");
    }
    found
}
