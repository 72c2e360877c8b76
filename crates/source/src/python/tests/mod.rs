mod hostile;
mod image;
mod layouts;
mod live;
mod tables;

use std::path::PathBuf;
use std::process::Command;

/// The interpreters that are installed: at least `python3` is, wherever all tests are run.
fn interpreters() -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = vec!["python3".into()];
    names.extend((8..=14).map(|minor| format!("python3.{minor}").into()));
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv")));
    if let Some(versions) = pyenv.and_then(|root| root.join("versions").read_dir().ok()) {
        names.extend(versions.flatten().map(|version| version.path().join("bin/python3")));
    }
    // By what they really are: the same may have several names.
    let asked = "import sys; print(sys.implementation.name, sys.version_info[1], hasattr(sys, 'gettotalrefcount'), \
                 sys.base_exec_prefix, sys.executable)";
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for name in names {
        let Ok(output) = Command::new(&name).args(["-c", asked]).output() else { continue };
        let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let supported = (8..=14).any(|minor| told.starts_with(&format!("cpython {minor} False ")));
        if output.status.success() && supported && found.iter().all(|(it, _)| *it != told) {
            found.push((told, name));
        }
    }
    if found.is_empty() {
        socklab_prerequisites::say_not_run("lines of Python", "python3 3.8 to 3.14");
    }
    found.into_iter().map(|(_, name)| name).collect()
}
