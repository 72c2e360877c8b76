//! Sets `--cfg has_arch` if the tracer knows the processor it is built for.
//!
//! It does if there is a file for the processor in `src/arch`. Otherwise everything that touches a
//! tracee is left out, and recording fails with `Error::Architecture`. `SOCKLAB_NO_ARCH=1` builds
//! the crate that way on a known processor, so that this case can be tested.

use std::env;

/// The processors that have a file in `src/arch`.
const KNOWN: [&str; 1] = ["x86_64"];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(has_arch)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SOCKLAB_NO_ARCH");
    let target = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    if KNOWN.contains(&target.as_str()) && env::var_os("SOCKLAB_NO_ARCH").is_none() {
        println!("cargo::rustc-cfg=has_arch");
    }
}
