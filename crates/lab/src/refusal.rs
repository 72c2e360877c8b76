//! Why a private loopback could not be had.

use std::fs;
use std::io;

/// The step that the kernel refused.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {source}{}", .knob.as_ref().map(|knob| format!(" ({knob})")).unwrap_or_default())]
pub struct Refusal {
    /// The system call and its object: `unshare CLONE_NEWUSER`.
    pub step: &'static str,
    /// What the kernel said.
    pub source: io::Error,
    /// The setting that most likely did it: `user.max_user_namespaces = 0`.
    pub knob: Option<String>,
}

impl Refusal {
    pub(crate) fn new(step: &'static str, source: io::Error) -> Self {
        Self { step, source, knob: knob() }
    }
}

/// The first setting that forbids user namespaces to ordinary users here.
fn knob() -> Option<String> {
    let read = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let forbids = [
        ("user.max_user_namespaces", "/proc/sys/user/max_user_namespaces", "0"),
        ("user.max_net_namespaces", "/proc/sys/user/max_net_namespaces", "0"),
        (
            "kernel.apparmor_restrict_unprivileged_userns",
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
        ),
        ("kernel.unprivileged_userns_clone", "/proc/sys/kernel/unprivileged_userns_clone", "0"),
    ];
    forbids
        .into_iter()
        .find(|(_, path, bad)| read(path).as_deref() == Some(*bad))
        .map(|(name, _, bad)| format!("{name} = {bad}"))
}
