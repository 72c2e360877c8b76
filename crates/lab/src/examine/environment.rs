//! What kind of machine this is, by evidence. Pure.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::clues::Clues;

/// Something that runs containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Container {
    /// Docker, or what behaves like it.
    Docker,
    /// Podman.
    Podman,
    /// Kubernetes.
    Kubernetes,
    /// LXC or Incus.
    Lxc,
    /// `systemd-nspawn(1)`.
    Nspawn,
}

/// The Windows Subsystem for Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wsl {
    /// Its first version, which imitates a kernel and has no namespaces.
    One,
    /// Its second version, a virtual machine with a kernel of Microsoft's.
    Two,
}

/// What kind of machine this is, as far as it matters for what is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// The name of the distribution: `Ubuntu 24.04.1 LTS`.
    pub system: Option<String>,
    /// The kernel's release: `6.8.0-45-generic`.
    pub kernel: String,
    /// The container this runs in, and how that is known.
    pub container: Option<(Container, &'static str)>,
    /// True in a GitHub Codespace, which is a container that others start.
    pub codespaces: bool,
    /// The Windows Subsystem for Linux, and the distribution's name there.
    pub wsl: Option<(Wsl, String)>,
    /// True if a seccomp filter is around this process already.
    pub filtered: bool,
    /// The AppArmor profile that confines this process.
    pub profile: Option<String>,
    /// How `/proc` hides the processes of others, `hidepid` of `proc(5)`.
    pub hidepid: Option<String>,
    /// The settings that could be read.
    pub settings: BTreeMap<&'static str, String>,
    /// True for root, at least in this user namespace.
    pub root: bool,
    /// The file of this program.
    pub program: PathBuf,
}

impl Environment {
    /// Decides by the evidence.
    pub fn of(clues: &Clues) -> Self {
        let file = |path: &str| clues.files.get(path).map(|text| text.trim());
        let system = file("/etc/os-release").and_then(|text| {
            let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
            Some(name.trim_matches('"').to_owned())
        });
        let status = |name: &str| {
            let text = file("/proc/self/status")?;
            text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
        };
        let profile = file("/proc/self/attr/current").map(|text| text.trim_end_matches('\0'));
        let profile = profile.filter(|text| !text.is_empty() && *text != "unconfined");
        Self {
            system,
            kernel: file("/proc/sys/kernel/osrelease").unwrap_or_default().to_owned(),
            container: container(clues),
            codespaces: clues.variables.get("CODESPACES").is_some_and(|value| value == "true"),
            wsl: wsl(clues),
            filtered: status("Seccomp:").is_some_and(|mode| mode == "2"),
            profile: profile.map(str::to_owned),
            hidepid: file("/proc/self/mountinfo").and_then(hidepid),
            settings: clues.settings.clone(),
            root: clues.user == 0,
            program: clues.program.clone(),
        }
    }

    /// The number that a setting has.
    pub(super) fn setting(&self, name: &str) -> Option<u64> {
        self.settings.get(name)?.parse().ok()
    }
}

fn container(clues: &Clues) -> Option<(Container, &'static str)> {
    let variables = &clues.variables;
    if variables.contains_key("KUBERNETES_SERVICE_HOST") {
        return Some((Container::Kubernetes, "KUBERNETES_SERVICE_HOST"));
    }
    for (path, container) in
        [("/run/.containerenv", Container::Podman), ("/.dockerenv", Container::Docker)]
    {
        if clues.files.contains_key(path) {
            return Some((container, path));
        }
    }
    let named = |name: &str| match name.trim() {
        "docker" => Some(Container::Docker),
        "podman" => Some(Container::Podman),
        "lxc" | "lxc-libvirt" => Some(Container::Lxc),
        "systemd-nspawn" => Some(Container::Nspawn),
        _ => None,
    };
    let said = clues.files.get("/run/systemd/container").and_then(|name| named(name));
    if let Some(container) = said {
        return Some((container, "/run/systemd/container"));
    }
    if let Some(container) = variables.get("container").and_then(|name| named(name)) {
        return Some((container, "$container"));
    }
    let groups = clues.files.get("/proc/self/cgroup")?;
    let words = [
        ("kubepods", Container::Kubernetes),
        ("/docker", Container::Docker),
        ("libpod", Container::Podman),
        ("/lxc", Container::Lxc),
    ];
    let found = words.into_iter().find(|(word, _)| groups.contains(word));
    found.map(|(_, container)| (container, "/proc/self/cgroup"))
}

/// Both versions name Microsoft in the kernel's version; the first one with a capital letter, as it
/// is none of Linux's own builds.
fn wsl(clues: &Clues) -> Option<(Wsl, String)> {
    let version = clues.files.get("/proc/version")?;
    let which = match version {
        version if version.contains("microsoft-standard") || version.contains("WSL2") => Wsl::Two,
        version if version.contains("Microsoft") => Wsl::One,
        _ => return None,
    };
    Some((which, clues.variables.get("WSL_DISTRO_NAME").cloned().unwrap_or_default()))
}

/// The option of the mount at `/proc`, if it hides anything.
fn hidepid(mounts: &str) -> Option<String> {
    let line = mounts.lines().rfind(|line| line.split(' ').nth(4) == Some("/proc"))?;
    let value = line.split([' ', ',']).find_map(|option| option.strip_prefix("hidepid="))?;
    (!["0", "off"].contains(&value)).then(|| value.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn clues(files: &[(&'static str, &str)]) -> Clues {
        let files = files.iter().map(|(path, text)| (*path, (*text).to_owned()));
        Clues { files: files.collect(), user: 1000, ..Clues::default() }
    }

    pub(in crate::examine) fn docker() -> Environment {
        let status = "Name:\tsocklab\nSeccomp:\t2\nSeccomp_filters:\t1\n";
        let files = [
            ("/.dockerenv", ""),
            ("/proc/self/status", status),
            ("/proc/self/attr/current", "docker-default (enforce)\n"),
        ];
        Environment::of(&clues(&files))
    }

    pub(in crate::examine) fn ubuntu() -> Environment {
        let mut clues = clues(&[
            ("/etc/os-release", "NAME=\"Ubuntu\"\nPRETTY_NAME=\"Ubuntu 24.04.1 LTS\"\n"),
            ("/proc/sys/kernel/osrelease", "6.8.0-45-generic\n"),
            ("/proc/self/attr/current", "unconfined\n"),
        ]);
        let name = "kernel.apparmor_restrict_unprivileged_userns";
        clues.settings.insert(name, "1".into());
        clues.program = "/home/ana/bin/socklab".into();
        Environment::of(&clues)
    }

    #[test]
    fn a_container_is_known_by_its_traces() {
        let docker = docker();
        assert_eq!(docker.container, Some((Container::Docker, "/.dockerenv")));
        assert!(docker.filtered && !docker.root);
        assert_eq!(docker.profile.as_deref(), Some("docker-default (enforce)"));
        for (files, container) in [
            (("/run/.containerenv", ""), Container::Podman),
            (("/proc/self/cgroup", "0::/kubepods.slice/x"), Container::Kubernetes),
            (("/proc/self/cgroup", "12:pids:/docker/0123"), Container::Docker),
            (("/run/systemd/container", "lxc\n"), Container::Lxc),
        ] {
            let found = Environment::of(&clues(&[files])).container;
            assert_eq!(found, Some((container, files.0)));
        }
        assert_eq!(Environment::of(&clues(&[("/proc/self/cgroup", "0::/")])).container, None);
    }

    #[test]
    fn ubuntu_is_named_and_not_confined() {
        let ubuntu = ubuntu();
        assert_eq!(ubuntu.system.as_deref(), Some("Ubuntu 24.04.1 LTS"));
        assert_eq!((ubuntu.kernel.as_str(), ubuntu.profile), ("6.8.0-45-generic", None));
        assert_eq!((ubuntu.container, ubuntu.wsl, ubuntu.filtered), (None, None, false));
    }

    #[test]
    fn both_versions_of_wsl_are_told_apart() {
        let of = |version| Environment::of(&clues(&[("/proc/version", version)])).wsl;
        let one = "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)";
        let two = "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@1) (gcc)";
        assert_eq!(of(one).map(|(which, _)| which), Some(Wsl::One));
        assert_eq!(of(two).map(|(which, _)| which), Some(Wsl::Two));
        assert_eq!(of("Linux version 6.8.0-45-generic (buildd@lcy02)"), None);
    }

    #[test]
    fn a_codespace_says_so() {
        let mut clues = clues(&[("/.dockerenv", "")]);
        clues.variables.insert("CODESPACES", "true".into());
        assert!(Environment::of(&clues).codespaces);
    }

    #[test]
    fn hidden_processes_are_seen_in_the_mount() {
        let line =
            |options| format!("22 1 0:20 / /proc rw,nosuid shared:5 - proc proc rw,{options}\n");
        let of =
            |options| Environment::of(&clues(&[("/proc/self/mountinfo", &line(options))])).hidepid;
        assert_eq!(of("hidepid=invisible").as_deref(), Some("invisible"));
        assert_eq!(of("gid=4,hidepid=2").as_deref(), Some("2"));
        assert_eq!(of("hidepid=0"), None);
        assert_eq!(of("relatime"), None);
    }
}
