//! Unit tests inside a network namespace of their own, where all ports are free and packets may be
//! looked at. A process with several threads, such as the test harness, can't enter one; but the
//! child that it forks can, before it executes the test's program again for this one test.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::{env, fs, thread};

use rustix::thread::UnshareFlags;

use crate::sys;

/// The variable that says that this process is inside.
const WITHIN: &str = "SOCKLAB_LAB_TEST_WITHIN";

/// True inside a network namespace in which `lo` is up. Elsewhere the calling test is run once more,
/// inside, and has to pass there; then the answer is false, and the caller has nothing more to do.
pub(crate) fn own_network() -> bool {
    if env::var_os(WITHIN).is_some() {
        sys::loopback_up().expect("lo goes up in a namespace of ours");
        return true;
    }
    let test = thread::current().name().expect("the harness names its threads").to_owned();
    let mut command = Command::new(env::current_exe().expect("our path"));
    command.args(["--exact", &test, "--nocapture"]).env(WITHIN, "1");
    let user = rustix::process::geteuid().as_raw();
    let group = rustix::process::getegid().as_raw();
    let maps = [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", format!("0 {user} 1")),
        ("/proc/self/gid_map", format!("0 {group} 1")),
    ];
    let enter = move || -> io::Result<()> {
        sys::unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNET)?;
        maps.iter().try_for_each(|(path, text)| fs::write(path, text))
    };
    // SAFETY: the child makes system calls, and `fs::write` of a short path allocates nothing.
    unsafe { command.pre_exec(enter) };
    match command.output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned()
                + &String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{test}, inside:\n{said}");
            assert!(said.contains("1 passed"), "{test} was not run inside:\n{said}");
        }
        Err(error) => socklab_prerequisites::say_not_run(&test, &format!("namespaces ({error})")),
    }
    false
}
