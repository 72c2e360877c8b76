//! What can be read about the machine without trying anything.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Files that say what kind of machine this is. Of some only the existence counts.
const FILES: [&str; 10] = [
    "/.dockerenv",
    "/run/.containerenv",
    "/run/systemd/container",
    "/proc/version",
    "/proc/sys/kernel/osrelease",
    "/proc/self/status",
    "/proc/self/cgroup",
    "/proc/self/mountinfo",
    "/proc/self/attr/current",
    "/etc/os-release",
];

/// Variables that say where a session runs.
const VARIABLES: [&str; 4] =
    ["CODESPACES", "WSL_DISTRO_NAME", "KUBERNETES_SERVICE_HOST", "container"];

/// The settings that may forbid a step.
pub(super) const SETTINGS: [&str; 7] = [
    "user.max_user_namespaces",
    "user.max_net_namespaces",
    "user.max_mnt_namespaces",
    "user.max_pid_namespaces",
    "kernel.apparmor_restrict_unprivileged_userns",
    "kernel.unprivileged_userns_clone",
    "kernel.yama.ptrace_scope",
];

/// The text of files, settings and variables, as it was read: evidence for an
/// [`Environment`](super::Environment).
#[derive(Clone, Debug, Default)]
pub struct Clues {
    /// Files that exist, by path; empty if they could not be read.
    pub files: BTreeMap<&'static str, String>,
    /// Settings that exist, by name.
    pub settings: BTreeMap<&'static str, String>,
    /// Variables that are set.
    pub variables: BTreeMap<&'static str, String>,
    /// The effective user.
    pub user: u32,
    /// The file of this program.
    pub program: PathBuf,
}

impl Clues {
    /// Reads them.
    pub fn read() -> Self {
        let file = |path: &'static str| {
            fs::symlink_metadata(path).ok()?;
            Some((path, fs::read_to_string(path).unwrap_or_default()))
        };
        let setting = |name: &'static str| Some((name, socklab_kernel::sysctl::read(name).ok()?));
        let variable = |name: &'static str| Some((name, std::env::var(name).ok()?));
        Self {
            files: FILES.into_iter().filter_map(file).collect(),
            settings: SETTINGS.into_iter().filter_map(setting).collect(),
            variables: VARIABLES.into_iter().filter_map(variable).collect(),
            user: rustix::process::geteuid().as_raw(),
            program: std::env::current_exe().unwrap_or_else(|_| "socklab".into()),
        }
    }
}
