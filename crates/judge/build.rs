//! Lists the programs in `fixtures/provoke`, each of which becomes a test of its own.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Asked when it runs: the sources may have moved since this script was compiled.
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let folder = root.join("../../fixtures/provoke");
    println!("cargo::rerun-if-changed={}", folder.display());
    // The published package does not contain them.
    let files =
        if folder.is_dir() { fs::read_dir(folder)?.collect::<Result<_, _>>()? } else { Vec::new() };
    let paths = files.iter().map(fs::DirEntry::path);
    let programs = paths.filter(|path| path.extension().is_some_and(|extension| extension == "py"));
    let mut rules: Vec<_> =
        programs.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    rules.sort();
    let mut list = String::from("provoked! {\n");
    // `pair.py` is a module that the others share.
    for rule in rules.iter().filter(|rule| *rule != "pair") {
        list += &format!("    {} {rule:?},\n", rule.replace('-', "_"));
    }
    list += "}\n";
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("provoked.rs"), list)
}
