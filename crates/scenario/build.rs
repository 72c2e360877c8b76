//! Compiles the course into the binary: writes a list of every file below `course/questions`,
//! `course/exercises` and `course/lessons`, and of the syllabus.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Asked when it runs: the sources may have moved since this script was compiled.
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let course = root.join("../../course");
    let mut list = String::from("&[\n");
    for kind in ["questions", "exercises", "lessons", "syllabus.toml"] {
        let there = course.join(kind);
        println!("cargo::rerun-if-changed={}", there.display());
        let mut files = Vec::new();
        if there.is_dir() {
            walk(&there, &mut files)?;
        } else if there.is_file() {
            files.push(there);
        }
        files.sort();
        for file in files {
            let name = file.strip_prefix(&course).unwrap_or(&file).to_string_lossy().into_owned();
            let path = file.canonicalize()?;
            list.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", path.display()));
        }
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("course.rs"), list)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
