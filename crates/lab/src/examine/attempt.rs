//! How each step is tried, in a process that ends afterwards.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::io::Errno;
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_bind_recursive, mount_change};
use rustix::thread::UnshareFlags;
use socklab_kernel::sysctl;

use super::step::Step;
use super::tracee;
use crate::namespace::Network;
use crate::netlink::{Fork, LinkChange, Netlink, Plug, Policy, Route};
use crate::private::{self, Ids};
use crate::sandbox;
use crate::sys::{self, Forked};
use crate::wire::WireRefusal;
use crate::wire::ring::{Ring, RingOptions};

/// What the kernel refused.
#[derive(Debug)]
pub(super) struct Refused {
    /// The call, and what it was made on.
    pub(super) call: Cow<'static, str>,
    pub(super) errno: Errno,
}

impl Refused {
    /// For `map_err`, when this call failed.
    pub(super) fn of<E: Into<io::Error>>(call: &'static str) -> impl FnOnce(E) -> Self {
        move |error| {
            let errno = Errno::from_io_error(&error.into()).unwrap_or(Errno::IO);
            Self { call: call.into(), errno }
        }
    }
}

impl From<WireRefusal> for Refused {
    fn from(refusal: WireRefusal) -> Self {
        let errno = Errno::from_io_error(&refusal.source).unwrap_or(Errno::IO);
        Self { call: refusal.step, errno }
    }
}

/// Settings of a network namespace that a place changes, and their value there.
const SETTINGS: [(&str, &str, &str); 2] = [
    ("write net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_unprivileged_port_start", "0"),
    ("write net.ipv4.conf.all.accept_local", "net.ipv4.conf.all.accept_local", "1"),
];

/// Tries a step. The steps that it needs have been tried in this process, successfully; `ids` are
/// those that it had before.
pub(super) fn try_step(step: Step, ids: Ids) -> Result<(), Refused> {
    match step {
        Step::UserNamespace => unshare(UnshareFlags::NEWUSER, "unshare CLONE_NEWUSER"),
        Step::IdMaps => {
            ids.map().map_err(|refusal| Refused::of(writing(refusal.step))(refusal.source))
        }
        Step::MountNamespace => {
            unshare(UnshareFlags::NEWNS, "unshare CLONE_NEWNS")?;
            let flags = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
            mount_change("/", flags).map_err(Refused::of("mount --make-rprivate /"))
        }
        Step::NetworkNamespace => unshare(UnshareFlags::NEWNET, "unshare CLONE_NEWNET"),
        Step::LoopbackUp => sys::loopback_up().map_err(Refused::of("ioctl SIOCSIFFLAGS lo")),
        Step::Settings => SETTINGS.into_iter().try_for_each(|(call, name, value)| {
            sysctl::write(name, value).map_err(Refused::of(call))
        }),
        Step::PacketRing | Step::RawCapture => {
            // What takes time is not its size.
            let small = RingOptions { size: 64 << 10, ..RingOptions::default() };
            Ok(Ring::open(None, small).map(drop)?)
        }
        Step::Veth => make_veth(),
        Step::PolicyRoute => route_by_policy(),
        Step::ProcessNamespace => unshare(UnshareFlags::NEWPID, "unshare CLONE_NEWPID"),
        Step::Proc => in_child("mount proc /proc", private::mount_proc),
        Step::Tmpfs => mount_tmpfs(),
        Step::BindMount => {
            mount_bind_recursive("/etc", "/etc").map_err(Refused::of("mount --bind /etc /etc"))?;
            sys::make_read_only(c"/etc").map_err(Refused::of("mount_setattr /etc"))
        }
        Step::Seccomp => {
            rustix::thread::set_no_new_privs(true)
                .map_err(Refused::of("prctl PR_SET_NO_NEW_PRIVS"))?;
            let allow = libc::sock_filter {
                code: (libc::BPF_RET | libc::BPF_K) as u16,
                jt: 0,
                jf: 0,
                k: libc::SECCOMP_RET_ALLOW,
            };
            let filter = libc::sock_fprog { len: 1, filter: (&raw const allow).cast_mut() };
            sandbox::raw::install_filter(&filter)
                .map_err(Refused::of("seccomp SECCOMP_SET_MODE_FILTER"))
        }
        Step::Ptrace => tracee::follow_a_child(),
        Step::PidfdGetfd => tracee::copy_a_descriptor(),
        Step::Attach => tracee::attach_to_a_stranger(),
        Step::Landlock => sandbox::raw::landlock_version()
            .map(drop)
            .map_err(Refused::of("landlock_create_ruleset")),
    }
}

/// Two devices, of which both ends are here.
const ENDS: [Plug<'_>; 2] = [
    Plug { name: "try0", index: 1000, mac: [2, 0, 0, 0, 0, 1], mtu: 1500 },
    Plug { name: "try1", index: 1001, mac: [2, 0, 0, 0, 0, 2], mtu: 1500 },
];
/// A routing table that nobody else uses.
const TABLE: u8 = 100;

fn make_veth() -> Result<(), Refused> {
    let here = Network::current().map_err(Refused::of("open /proc/thread-self/ns/net"))?;
    let [ours, theirs] = &ENDS;
    Ok(Netlink::open()?.add_veth(ours, theirs, here.as_fd())?)
}

fn route_by_policy() -> Result<(), Refused> {
    let loopback = [127, 0, 0, 0];
    let mut netlink = Netlink::open()?;
    let up = LinkChange { up: Some(true), ..LinkChange::default() };
    ENDS.iter().try_for_each(|end| netlink.change_link(end.index, &up))?;
    netlink.add_route(&Route {
        fork: Fork::Out,
        table: TABLE,
        to: (loopback.into(), 8),
        device: ENDS[0].index,
        via: None,
        source: None,
    })?;
    let to = Some((loopback, 8));
    Ok(netlink.add_policy(&Policy { preference: 5, to, only_ours: true, table: TABLE })?)
}

fn unshare(flags: UnshareFlags, call: &'static str) -> Result<(), Refused> {
    sys::unshare(flags).map_err(Refused::of(call))
}

/// The call on a file of which only the name is known.
fn writing(path: &'static str) -> &'static str {
    match path {
        "/proc/self/setgroups" => "write /proc/self/setgroups",
        "/proc/self/uid_map" => "write /proc/self/uid_map",
        "/proc/self/gid_map" => "write /proc/self/gid_map",
        other => other,
    }
}

fn mount_tmpfs() -> Result<(), Refused> {
    let is_folder = |path: &&Path| fs::metadata(path).is_ok_and(|about| about.is_dir());
    let folders = ["/srv", "/media", "/mnt", "/opt", "/tmp"].map(Path::new);
    let folder = folders.iter().copied().find(|path| is_folder(path)).unwrap_or(Path::new("/"));
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", folder, "tmpfs", flags, c"size=64k,mode=755").map_err(Refused::of("mount tmpfs"))
}

/// Does something in a child, the first process of the process namespace that was made last. Its
/// exit code is the number of the error.
fn in_child(call: &'static str, does: fn() -> io::Result<()>) -> Result<(), Refused> {
    match sys::fork().map_err(Refused::of("fork"))? {
        Forked::Child => {
            let error = does().err();
            let errno = error.map_or(0, |error| error.raw_os_error().unwrap_or(libc::EIO));
            sys::exit_now(errno)
        }
        Forked::Parent(child) => match sys::wait(child).map_err(Refused::of("waitpid"))? {
            0 => Ok(()),
            errno => Err(Refused { call: call.into(), errno: Errno::from_raw_os_error(errno) }),
        },
    }
}
