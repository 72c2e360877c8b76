//! How to change what a machine refuses. Pure.

use std::path::PathBuf;

use super::environment::{Container, Environment, Wsl};
use super::step::Step;
use super::trial::{Finding, Outcome};

/// Something that a person can do so that more is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Start the container with these options.
    StartContainer {
        /// What runs it.
        container: Container,
        /// The options of `docker run`.
        options: Vec<&'static str>,
    },
    /// Have the codespace's container started with these options.
    Devcontainer {
        /// The options of `docker run`.
        options: Vec<&'static str>,
    },
    /// Let AppArmor allow user namespaces to this program.
    AllowProgram {
        /// The program's file.
        program: PathBuf,
    },
    /// Change a setting, `sysctl(8)`.
    Set {
        /// The setting.
        name: &'static str,
        /// What it should be.
        value: &'static str,
    },
    /// Change a setting that the running kernel does not allow to be changed, and start it anew.
    SetAndReboot {
        /// The setting.
        name: &'static str,
        /// What it should be.
        value: &'static str,
    },
    /// Let `/proc` show the processes of others.
    ShowProcesses,
    /// Have a `/proc` that can be written to.
    WritableProc,
    /// Convert the distribution to the second version of the Windows Subsystem for Linux.
    ConvertToWsl2 {
        /// Its name.
        distribution: String,
    },
    /// Update the kernel of the Windows Subsystem for Linux.
    UpdateWsl,
    /// Load a part of the kernel.
    LoadModule {
        /// Which.
        module: &'static str,
    },
    /// This kernel is too old, or was built without it.
    NewerKernel,
    /// Root may do it.
    AsRoot,
    /// Whoever administers the machine knows why: nothing that can be seen from here forbids it.
    AskAdministrator,
}

/// How to change what was refused: each remedy once, with the steps that it is for. Those for what
/// nobody needs, because something else does as well, are left out.
pub fn remedies(findings: &[Finding], environment: &Environment) -> Vec<(Remedy, Vec<Step>)> {
    let is_refused = |step| {
        let refused =
            |outcome: &Outcome| matches!(outcome, Outcome::Refused { .. } | Outcome::Killed(_));
        findings.iter().any(|finding| finding.step == step && refused(&finding.outcome))
    };
    let mut found: Vec<(Remedy, Vec<Step>)> = Vec::new();
    let mut add = |remedy: Remedy, step: Step| {
        for (known, steps) in &mut found {
            if merge(known, &remedy) {
                steps.push(step);
                return;
            }
        }
        found.push((remedy, vec![step]));
    };
    for finding in findings {
        let errno = match finding.outcome {
            Outcome::Works(_) | Outcome::NotTried(_) => continue,
            // What kills instead of refusing is a filter.
            Outcome::Killed(_) => libc::EPERM,
            Outcome::Refused { errno, .. } => errno,
        };
        // Packets come from the private loopback, or will when there is one.
        if finding.step == Step::RawCapture && !is_refused(Step::PacketRing) {
            continue;
        }
        if let Some(remedy) = remedy(finding.step, errno, environment) {
            add(remedy, finding.step);
        }
    }
    if environment.hidepid.is_some() {
        add(Remedy::ShowProcesses, Step::Attach);
    }
    found
}

/// True if both are the same remedy; then the first one has the options of both.
fn merge(known: &mut Remedy, other: &Remedy) -> bool {
    match (&mut *known, other) {
        (Remedy::StartContainer { options, .. }, Remedy::StartContainer { options: more, .. })
        | (Remedy::Devcontainer { options }, Remedy::Devcontainer { options: more }) => {
            let new: Vec<_> = more.iter().filter(|it| !options.contains(it)).copied().collect();
            options.extend(new);
            true
        }
        (known, other) => known == other,
    }
}

/// A setting with a value that keeps ordinary users from making namespaces.
pub(crate) struct Forbidding {
    pub(crate) name: &'static str,
    /// The value that forbids.
    pub(crate) value: u64,
    /// What it forbids.
    step: Step,
    /// A value that allows it; `None` if there is something better than to change the setting.
    better: Option<&'static str>,
}

/// All of them.
pub(crate) const FORBIDDING: [Forbidding; 6] = {
    const fn limit(name: &'static str, step: Step) -> Forbidding {
        Forbidding { name, value: 0, step, better: Some("10000") }
    }
    [
        limit("user.max_user_namespaces", Step::UserNamespace),
        Forbidding {
            name: "kernel.unprivileged_userns_clone",
            value: 0,
            step: Step::UserNamespace,
            better: Some("1"),
        },
        Forbidding {
            name: "kernel.apparmor_restrict_unprivileged_userns",
            value: 1,
            step: Step::UserNamespace,
            better: None,
        },
        limit("user.max_net_namespaces", Step::NetworkNamespace),
        limit("user.max_mnt_namespaces", Step::MountNamespace),
        limit("user.max_pid_namespaces", Step::ProcessNamespace),
    ]
};

const NO_FILTER: &str = "--security-opt seccomp=unconfined";
const NO_PROFILE: &str = "--security-opt apparmor=unconfined";
const WHOLE_PROC: &str = "--security-opt systempaths=unconfined";
const MAY_TRACE: &str = "--cap-add=SYS_PTRACE";
const MAY_CAPTURE: &str = "--cap-add=NET_RAW";

fn remedy(step: Step, errno: i32, environment: &Environment) -> Option<Remedy> {
    if let Some((Wsl::One, distribution)) = &environment.wsl {
        return Some(Remedy::ConvertToWsl2 { distribution: distribution.clone() });
    }
    if let Some(remedy) = by_setting(step, environment) {
        return Some(remedy);
    }
    let unknown = [libc::ENOSYS, libc::EINVAL, libc::EOPNOTSUPP, libc::EAFNOSUPPORT];
    if unknown.contains(&errno) {
        return match step {
            // What it adds is small, and no reason to change a kernel.
            Step::Landlock => None,
            _ if environment.wsl.is_some() => Some(Remedy::UpdateWsl),
            Step::PacketRing | Step::RawCapture => Some(Remedy::LoadModule { module: "af_packet" }),
            Step::Veth => Some(Remedy::LoadModule { module: "veth" }),
            _ => Some(Remedy::NewerKernel),
        };
    }
    if let Some((container, _)) = environment.container
        && let Some(option) = option_for(step, errno, environment)
    {
        let options = vec![option];
        return Some(match environment.codespaces {
            true => Remedy::Devcontainer { options },
            false => Remedy::StartContainer { container, options },
        });
    }
    match step {
        Step::RawCapture if !environment.root => Some(Remedy::AsRoot),
        Step::Attach if !environment.root => Some(Remedy::AsRoot),
        Step::Landlock => None,
        Step::IdMaps if is_about_files(errno) => Some(Remedy::WritableProc),
        _ => Some(Remedy::AskAdministrator),
    }
}

/// Whether a file is missing, or may not be written because of where it is.
fn is_about_files(errno: i32) -> bool {
    [libc::EROFS, libc::ENOENT, libc::ENOTDIR].contains(&errno)
}

/// A setting that forbids a step, and its change.
fn by_setting(step: Step, environment: &Environment) -> Option<Remedy> {
    if matches!(step, Step::Ptrace | Step::PidfdGetfd | Step::Attach) {
        let name = "kernel.yama.ptrace_scope";
        return match (environment.setting(name)?, step) {
            (0, _) => None,
            // Only children may be followed: enough for all but `trace -p`, which root may use.
            (1, Step::Attach) => Some(Remedy::AsRoot).filter(|_| !environment.root),
            (1, _) => None,
            (2, _) => Some(Remedy::Set { name, value: "1" }),
            (_, _) => Some(Remedy::SetAndReboot { name, value: "1" }),
        };
    }
    // Nothing is wrong with a namespace whose maps are refused but what is wrong with a namespace.
    let step = if step == Step::IdMaps { Step::UserNamespace } else { step };
    let forbids = |setting: &&Forbidding| {
        setting.step == step && environment.setting(setting.name) == Some(setting.value)
    };
    let setting = FORBIDDING.iter().find(forbids)?;
    Some(match setting.better {
        Some(value) => Remedy::Set { name: setting.name, value },
        None => Remedy::AllowProgram { program: environment.program.clone() },
    })
}

/// The option with which a container allows a step.
fn option_for(step: Step, errno: i32, environment: &Environment) -> Option<&'static str> {
    match step {
        // Docker's profile refuses mounts with EACCES; its filter refuses all namespaces.
        Step::MountNamespace | Step::Tmpfs | Step::BindMount | Step::Proc
            if errno == libc::EACCES && environment.profile.is_some() =>
        {
            Some(NO_PROFILE)
        }
        // What hides parts of /proc also forbids a new one, and makes the settings read-only.
        Step::Proc | Step::Settings => Some(WHOLE_PROC),
        // The maps are files of /proc: no filter answers like this.
        Step::IdMaps if is_about_files(errno) => Some(WHOLE_PROC),
        Step::Ptrace | Step::PidfdGetfd | Step::Attach => Some(MAY_TRACE),
        Step::RawCapture => environment.root.then_some(MAY_CAPTURE),
        Step::Landlock => None,
        _ => Some(NO_FILTER),
    }
}

impl Remedy {
    /// Its name for scripts, and in the keys of texts.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::StartContainer { .. } => "start-container",
            Self::Devcontainer { .. } => "devcontainer",
            Self::AllowProgram { .. } => "allow-program",
            Self::Set { .. } => "set",
            Self::SetAndReboot { .. } => "set-and-reboot",
            Self::ShowProcesses => "show-processes",
            Self::WritableProc => "writable-proc",
            Self::ConvertToWsl2 { .. } => "convert-to-wsl2",
            Self::UpdateWsl => "update-wsl",
            Self::LoadModule { .. } => "load-module",
            Self::NewerKernel => "newer-kernel",
            Self::AsRoot => "as-root",
            Self::AskAdministrator => "ask-administrator",
        }
    }

    /// What can be typed, or put into a file, word for word; one line each. Empty if there is
    /// nothing of the kind.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::StartContainer { container, options } => {
                let engine = if *container == Container::Podman { "podman" } else { "docker" };
                // A line for each, as a terminal may be narrow; the last one ends the command.
                let options = options.join(" \\\n  ");
                let line = format!("{engine} run {options} IMAGE");
                line.lines().map(str::to_owned).collect()
            }
            Self::Devcontainer { options } => {
                let words = options.iter().flat_map(|option| option.split(' '));
                let words: Vec<_> = words.map(|word| format!("\"{word}\"")).collect();
                let pairs = words.chunks(2).map(|pair| format!("    {}", pair.join(", ")));
                let list = pairs.collect::<Vec<_>>().join(",\n");
                format!("\"runArgs\": [\n{list}\n]").lines().map(str::to_owned).collect()
            }
            Self::AllowProgram { program } => {
                let program = program.display();
                let profile = format!(
                    "sudo tee /etc/apparmor.d/socklab <<'END'\n\
                     abi <abi/4.0>,\n\
                     include <tunables/global>\n\
                     profile socklab \"{program}\" flags=(unconfined) {{\n\
                     \x20 userns,\n\
                     }}\n\
                     END\n\
                     sudo apparmor_parser -r /etc/apparmor.d/socklab"
                );
                profile.lines().map(str::to_owned).collect()
            }
            Self::Set { name, value } => vec![
                format!("echo {name}={value} |"),
                "  sudo tee /etc/sysctl.d/90-socklab.conf".to_owned(),
                "sudo sysctl --system".to_owned(),
            ],
            Self::SetAndReboot { name, value } => vec![
                format!("grep -r {name} /etc/sysctl.d /etc/sysctl.conf"),
                format!("echo {name}={value} |"),
                "  sudo tee /etc/sysctl.d/90-socklab.conf".to_owned(),
                "sudo reboot".to_owned(),
            ],
            Self::ShowProcesses => vec!["sudo mount -o remount,hidepid=0 /proc".to_owned()],
            Self::WritableProc => vec![
                "sudo mount -o remount,rw /proc ||".to_owned(),
                "  sudo mount -t proc proc /proc".to_owned(),
            ],
            Self::ConvertToWsl2 { distribution } => {
                let distribution = if distribution.is_empty() { "NAME" } else { distribution };
                vec![format!("wsl.exe --set-version {distribution} 2")]
            }
            Self::UpdateWsl => {
                vec!["wsl.exe --update".to_owned(), "wsl.exe --shutdown".to_owned()]
            }
            Self::LoadModule { module } => vec![format!("sudo modprobe {module}")],
            Self::NewerKernel | Self::AsRoot | Self::AskAdministrator => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
