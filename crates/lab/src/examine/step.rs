//! The steps that are tried, and which of them rest on others.

/// Something that the kernel may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// A user namespace, `user_namespaces(7)`: what makes everything else possible without root.
    UserNamespace,
    /// The user's own id in that namespace. Ubuntu 24.04 grants the namespace and refuses this.
    IdMaps,
    /// A mount namespace whose mounts nobody else sees.
    MountNamespace,
    /// A network namespace: ports, addresses and routes of its own.
    NetworkNamespace,
    /// The loopback interface of that namespace, switched on.
    LoopbackUp,
    /// The settings below `/proc/sys/net` that a place changes, in its own namespace.
    Settings,
    /// A ring for packets on that loopback, `packet(7)`.
    PacketRing,
    /// Two devices that are each other's wire, `veth(4)`.
    Veth,
    /// A rule that sends 127.0.0.0/8 through one of them, `ip-rule(8)`.
    PolicyRoute,
    /// A process namespace, with which everything inside ends.
    ProcessNamespace,
    /// A `/proc` of that process namespace.
    Proc,
    /// A file system in memory.
    Tmpfs,
    /// A folder shown at another place, read-only.
    BindMount,
    /// A filter of system calls, `seccomp(2)`.
    Seccomp,
    /// Following a child, and reading its memory, `ptrace(2)`.
    Ptrace,
    /// A copy of a child's descriptor, `pidfd_getfd(2)`.
    PidfdGetfd,
    /// Following a process that is not a descendant.
    Attach,
    /// Rules about files and signals, `landlock(7)`.
    Landlock,
    /// A ring for packets on the machine's own interfaces, without any namespace.
    RawCapture,
}

impl Step {
    /// All of them, each after those that it rests on.
    pub const ALL: [Self; 19] = [
        Self::UserNamespace,
        Self::IdMaps,
        Self::NetworkNamespace,
        Self::LoopbackUp,
        Self::Settings,
        Self::PacketRing,
        Self::Veth,
        Self::PolicyRoute,
        Self::MountNamespace,
        Self::ProcessNamespace,
        Self::Proc,
        Self::Tmpfs,
        Self::BindMount,
        Self::Seccomp,
        Self::Ptrace,
        Self::PidfdGetfd,
        Self::Attach,
        Self::Landlock,
        Self::RawCapture,
    ];

    /// Its name for scripts, and in the keys of texts: `user-namespace`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::UserNamespace => "user-namespace",
            Self::IdMaps => "id-maps",
            Self::MountNamespace => "mount-namespace",
            Self::NetworkNamespace => "network-namespace",
            Self::LoopbackUp => "loopback-up",
            Self::Settings => "settings",
            Self::PacketRing => "packet-ring",
            Self::Veth => "veth",
            Self::PolicyRoute => "policy-route",
            Self::ProcessNamespace => "process-namespace",
            Self::Proc => "proc",
            Self::Tmpfs => "tmpfs",
            Self::BindMount => "bind-mount",
            Self::Seccomp => "seccomp",
            Self::Ptrace => "ptrace",
            Self::PidfdGetfd => "pidfd-getfd",
            Self::Attach => "attach",
            Self::Landlock => "landlock",
            Self::RawCapture => "raw-capture",
        }
    }

    /// The steps without which this one can't even be tried, the first one first.
    pub const fn needs(self) -> &'static [Self] {
        const USER: &[Step] = &[Step::UserNamespace];
        const MAPPED: &[Step] = &[Step::UserNamespace, Step::IdMaps];
        const NETWORK: &[Step] = &[Step::UserNamespace, Step::IdMaps, Step::NetworkNamespace];
        const LOOPBACK: &[Step] =
            &[Step::UserNamespace, Step::IdMaps, Step::NetworkNamespace, Step::LoopbackUp];
        const WIRE: &[Step] =
            &[Step::UserNamespace, Step::IdMaps, Step::NetworkNamespace, Step::Veth];
        const MOUNTS: &[Step] = &[Step::UserNamespace, Step::IdMaps, Step::MountNamespace];
        const PROC: &[Step] =
            &[Step::UserNamespace, Step::IdMaps, Step::MountNamespace, Step::ProcessNamespace];
        match self {
            Self::IdMaps => USER,
            Self::MountNamespace | Self::NetworkNamespace | Self::ProcessNamespace => MAPPED,
            Self::LoopbackUp | Self::Settings | Self::Veth => NETWORK,
            Self::PolicyRoute => WIRE,
            Self::PacketRing => LOOPBACK,
            Self::Tmpfs | Self::BindMount => MOUNTS,
            Self::Proc => PROC,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_comes_after_those_that_it_needs() {
        for (place, step) in Step::ALL.iter().enumerate() {
            assert!(step.needs().iter().all(|needed| Step::ALL[..place].contains(needed)));
            let mut keys = Step::ALL.iter().filter(|other| other.key() == step.key());
            assert_eq!(keys.next(), keys.next_back().or(Some(step)), "{step:?}");
        }
    }
}
