//! Embeds the texts: every folder below `locales/` is a language, named by its BCP 47 tag, and
//! every `.ftl` file in it belongs to that language.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Asked when it runs: the sources may have moved since this script was compiled.
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let locales = root.join("locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    let mut languages = String::from("[\n");
    for folder in entries(&locales)?.iter().filter(|entry| entry.is_dir()) {
        println!("cargo::rerun-if-changed={}", folder.display());
        languages += &format!("Locale::new({:?}, &[\n", name(folder));
        let files = entries(folder)?;
        for file in files.iter().filter(|file| file.extension().is_some_and(|it| it == "ftl")) {
            println!("cargo::rerun-if-changed={}", file.display());
            languages += &format!("    ({:?}, include_str!({:?})),\n", name(file), file.display());
        }
        languages += "]),\n";
    }
    languages += "]\n";
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("locales.rs"), languages)
}

/// The entries of a folder, sorted, so that the same folder always gives the same binary.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry?.path().canonicalize());
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
