//! Leaves the standard library's debug information out of the binary: it would be a third of it, and
//! nobody looks for the lines of the standard library.

fn main() {
    println!("cargo::rerun-if-changed=link.ld");
    let linux = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if let (true, Ok(folder)) = (linux, std::env::var("CARGO_MANIFEST_DIR")) {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{folder}/link.ld");
    }
}
