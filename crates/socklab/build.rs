//! Keeps the binary small: the standard library's debug information would take up a quarter of it,
//! and symbols local to one object file a tenth.

fn main() {
    println!("cargo::rerun-if-changed=link.ld");
    let linux = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if let (true, Ok(folder)) = (linux, std::env::var("CARGO_MANIFEST_DIR")) {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{folder}/link.ld");
        println!("cargo::rustc-link-arg-bins=-Wl,--discard-all");
    }
}
