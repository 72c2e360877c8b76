//! What a program in a sandbox tried that is not its business, and which limits it reached.
//!
//! Only what was seen is said. Interpreters and libraries look for much when they start and find it
//! missing: that is not what a student has written, and is left out.
//!
//! Longer than 400 lines with its tests: each kind of sighting beside what is mistaken for one.

use serde::Serialize;
use socklab_event::{Args, Call, Endpoint, Errno, Event, Outcome, Process, Resource, SocketType};
use socklab_flows::NAME_SERVER_PORT;
use socklab_say::{Argument, Sentence, clean, count};

use crate::outside::{Offered, gone_outside};

/// The kinds of what is seen, with the words that files have for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SightingKind {
    /// It tried to change a file that is not its own.
    WroteOutside,
    /// It tried to reach an address or a socket outside the place.
    NoNetwork,
    /// It had too many processes and threads.
    ForkLimit,
    /// It took too much memory.
    MemoryLimit,
    /// It printed too much.
    OutputLimit,
    /// Its files were too large, too many, or took too much room.
    DiskLimit,
    /// It used too much processor time.
    ProcessorLimit,
    /// It sent signals to processes that are none of its own.
    SignalledOthers,
    /// It made a call that no such program needs.
    ForbiddenCall,
    /// It tried to read what is kept from it.
    ReadSecret,
    /// It ended while processes that it had started went on.
    LeftProcesses,
}

impl SightingKind {
    /// The word for it: `wrote-outside`.
    pub fn word(self) -> &'static str {
        match self {
            Self::WroteOutside => "wrote-outside",
            Self::NoNetwork => "no-network",
            Self::ForkLimit => "fork-limit",
            Self::MemoryLimit => "memory-limit",
            Self::OutputLimit => "output-limit",
            Self::DiskLimit => "disk-limit",
            Self::ProcessorLimit => "processor-limit",
            Self::SignalledOthers => "signalled-others",
            Self::ForbiddenCall => "forbidden-call",
            Self::ReadSecret => "read-secret",
            Self::LeftProcesses => "left-processes",
        }
    }
}

/// Something that was seen, as often as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sighting {
    /// What.
    pub kind: SightingKind,
    /// What it was about: a path, an address, a call, a number of processes, a limit with its unit.
    pub object: String,
    /// How often, at least.
    pub times: u32,
    /// The first events that show it, by `seq`.
    pub evidence: Vec<u64>,
}

/// How many objects of a kind are told apart; all others are this one.
const MOST_OBJECTS: usize = 4;
const OTHERS: &str = "…";
/// How many events are named for one.
const MOST_EVIDENCE: usize = 5;

impl Sighting {
    /// A limit that was reached, as nobody but who watched has seen.
    pub fn of_limit(of: Resource, most: u64) -> Self {
        let (kind, object) = of_limit(of, most);
        Self { kind, object, times: 1, evidence: Vec::new() }
    }

    /// The sentence for a reader.
    pub fn sentence(&self) -> Sentence {
        let key = match self.kind {
            // Not one process, and not a size.
            SightingKind::SignalledOthers if self.object == ALL => "sighting-signalled-all",
            SightingKind::SignalledOthers if self.object == PARENT => "sighting-signalled-parent",
            SightingKind::OutputLimit if !self.object.ends_with(" MiB") => "sighting-output-times",
            SightingKind::WroteOutside => "sighting-wrote-outside",
            SightingKind::NoNetwork => "sighting-no-network",
            SightingKind::ForkLimit => "sighting-fork-limit",
            SightingKind::MemoryLimit => "sighting-memory-limit",
            SightingKind::OutputLimit => "sighting-output-limit",
            SightingKind::DiskLimit if !self.object.ends_with(" MiB") => "sighting-disk-files",
            SightingKind::DiskLimit => "sighting-disk-limit",
            SightingKind::ProcessorLimit => "sighting-processor-limit",
            SightingKind::SignalledOthers => "sighting-signalled-others",
            SightingKind::ForbiddenCall => "sighting-forbidden-call",
            SightingKind::ReadSecret => "sighting-read-secret",
            SightingKind::LeftProcesses => "sighting-left-processes",
        };
        let object = Argument::Text(clean(&self.object));
        let arguments = vec![("object", object), ("times", count(self.times))];
        Sentence { key: key.into(), arguments }
    }
}

/// The target of `kill(2)` that means every process that may be signalled.
const ALL: &str = "-1";
/// What a program knows of the process that has started it, if that is outside.
const PARENT: &str = "0";

/// The calls that send signals.
const SIGNALS: [&str; 6] =
    ["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"];

/// What these events show of the processes that `is_watched` says are the program's. `offered` is what the
/// place has, if it is the place that has answered for names.
pub fn sightings<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    is_watched: impl Fn(u32) -> bool,
    offered: Option<&Offered>,
) -> Vec<Sighting> {
    let events: Vec<&Event> = events.into_iter().collect();
    let mut found = Found::default();
    let mut ring = None;
    let mut is_node = false;
    for event in events.iter().filter(|event| is_watched(event.place.process)) {
        if let Some(call) = event.call() {
            if let Some((kind, object)) = of_call(call) {
                found.add(kind, object, event.seq);
            }
            continue;
        }
        match event.process() {
            Some(Process::Start { exe: Some(exe), .. } | Process::Exec { exe: Some(exe), .. }) => {
                is_node |= exe.rsplit('/').next().is_some_and(|name| name.starts_with("node"));
            }
            Some(Process::Limit { of, most }) => {
                let (kind, object) = of_limit(*of, *most);
                found.add(kind, object, event.seq);
            }
            Some(Process::Attempt { object, reads: true, .. }) if is_looked_for(object) => {}
            Some(Process::Attempt { object, reads: true, .. }) => {
                found.add(SightingKind::ReadSecret, object.clone(), event.seq);
            }
            Some(Process::Attempt { call, object, .. }) => match &**call {
                name if SIGNALS.contains(&name) => {
                    found.add(SightingKind::SignalledOthers, object.clone(), event.seq);
                }
                "io_uring_setup" => ring = ring.or(Some(event.seq)),
                "io_uring_enter" | "io_uring_register" => {}
                name if object.starts_with('/') => {
                    if !is_usual(name, object) {
                        found.add(SightingKind::WroteOutside, object.clone(), event.seq);
                    }
                }
                _ => {
                    let what = match object.is_empty() {
                        true => call.to_string(),
                        false => format!("{call}({object})"),
                    };
                    found.add(SightingKind::ForbiddenCall, what, event.seq);
                }
            },
            _ => {}
        }
    }
    // Node looks whether there are rings when it starts, and goes on without.
    if let Some(seq) = ring.filter(|_| !is_node) {
        found.add(SightingKind::ForbiddenCall, "io_uring_setup".to_owned(), seq);
    }
    if let Some(offered) = offered {
        for (seq, object) in gone_outside(&events, is_watched, offered) {
            found.add(SightingKind::NoNetwork, object, seq);
        }
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<Sighting>);

impl Found {
    fn add(&mut self, kind: SightingKind, object: String, seq: u64) {
        let is_new = !self.0.iter().any(|one| one.kind == kind && one.object == object);
        let many = self.0.iter().filter(|one| one.kind == kind).count() >= MOST_OBJECTS;
        let object = if is_new && many { OTHERS.to_owned() } else { object };
        match self.0.iter_mut().find(|one| one.kind == kind && one.object == object) {
            Some(known) => {
                known.times = known.times.saturating_add(1);
                if known.evidence.len() < MOST_EVIDENCE {
                    known.evidence.push(seq);
                }
            }
            None => self.0.push(Sighting { kind, object, times: 1, evidence: vec![seq] }),
        }
    }
}

fn of_limit(of: Resource, most: u64) -> (SightingKind, String) {
    let mib = || format!("{} MiB", most >> 20);
    match of {
        Resource::Memory => (SightingKind::MemoryLimit, mib()),
        Resource::Processes => (SightingKind::ForkLimit, most.to_string()),
        Resource::Output => (SightingKind::OutputLimit, mib()),
        Resource::Prints => (SightingKind::OutputLimit, most.to_string()),
        Resource::FileSize | Resource::Disk => (SightingKind::DiskLimit, mib()),
        Resource::Files => (SightingKind::DiskLimit, most.to_string()),
        Resource::Processor => {
            (SightingKind::ProcessorLimit, format!("{} s", most / 1_000_000_000))
        }
        // One that this version does not know.
        _ => (SightingKind::DiskLimit, most.to_string()),
    }
}

/// Files that interpreters and libraries try to write, and do without.
fn is_usual(call: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let in_proc = path.starts_with("/proc/")
        && matches!(name, "comm" | "coredump_filter" | "timerslack_ns" | "exec" | "current");
    // A folder that is there already, on the way to one that is not.
    let makes_folder = matches!(call, "mkdir" | "mkdirat");
    let on_the_way = makes_folder
        && (matches!(path, "/" | "/home" | "/root" | "/var/cache")
            || matches!(name, ".cache" | ".config"));
    // The folder of a library in one that all libraries share.
    let is_of_library = ["/.cache/", "/.config/", "/var/cache/"].iter().any(|shared| {
        let below = path.split_once(shared).map(|(_, below)| below);
        let first = below.and_then(|below| below.split('/').next());
        first.is_some_and(|first| LIBRARIES.contains(&first))
    });
    in_proc
        || on_the_way
        || is_of_library
        || path.split('/').any(|part| matches!(part, "__pycache__" | ".java" | ".fontconfig"))
}

/// What libraries call their folders for what they keep and for their settings.
const LIBRARIES: [&str; 16] = [
    "dconf",
    "fontconfig",
    "go",
    "go-build",
    "gstreamer-1.0",
    "ibus",
    "JNA",
    "matplotlib",
    "mesa_shader_cache",
    "mesa_shader_cache_db",
    "node",
    "node-gyp",
    "numba",
    "nvidia",
    "pulse",
    "Python-Eggs",
];

/// Files that interpreters, loaders and tools look for in the folders above their own, and in a home,
/// and those in which the C library looks users and names up.
fn is_looked_for(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let above = ["package.json", "pyvenv.cfg", "Cargo.toml", "go.mod", "go.work", "pom.xml"];
    let in_home = [".gitconfig", ".inputrc", ".profile", ".bashrc", ".hotspotrc"];
    let is_found = above.contains(&name)
        || in_home.contains(&name)
        || name.ends_with(".so")
        || name.contains(".so.")
        || [
            "/node_modules",
            "/.cache",
            "/.cargo/",
            "/.config/",
            "/.rustup/",
            "/.local/",
            "/.m2/",
            "/.pyenv/",
            "/hsperfdata",
        ]
        .iter()
        .any(|one| path.contains(one))
        || is_of_names(path)
        || is_usual("openat", path);
    is_found && !is_token(path)
}

/// True for a file with which its owner is let in somewhere, kept where tools keep their settings.
fn is_token(path: &str) -> bool {
    const FILES: [&str; 8] = [
        "/.cargo/credentials",
        "/.cargo/credentials.toml",
        "/.m2/settings.xml",
        "/.m2/settings-security.xml",
        "/.npmrc",
        "/.cache/huggingface/token",
        "/.config/git/credentials",
        "/.config/hub",
    ];
    const FOLDERS: [&str; 12] = [
        "/.ssh",
        "/.gnupg",
        "/.config/gh",
        "/.config/glab-cli",
        "/.config/gcloud",
        "/.config/op",
        "/.config/rclone",
        "/.config/google-chrome",
        "/.config/chromium",
        "/.config/BraveSoftware",
        "/.config/microsoft-edge",
        "/.local/share/keyrings",
    ];
    let is_in = |folder: &str| {
        let below = path.split_once(folder).map(|(_, below)| below);
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    };
    FILES.iter().any(|file| path.ends_with(file)) || FOLDERS.iter().any(|folder| is_in(folder))
}

/// True for what the C library and its modules for users and names (`nss(5)`) keep outside `/etc`: caches,
/// and the sockets of who knows more.
fn is_of_names(path: &str) -> bool {
    let path = path.strip_prefix("/var").filter(|path| path.starts_with("/run/")).unwrap_or(path);
    [
        "/var/lib/sss/mc",
        "/var/lib/sss/pipes",
        "/run/nscd",
        "/var/lib/nscd",
        "/var/cache/nscd",
        "/var/db/nscd",
        "/run/nslcd",
        "/run/samba/winbindd",
        "/run/systemd/userdb",
        "/run/userdb",
        "/run/host/userdb",
        "/var/lib/extrausers",
        "/var/lib/misc",
    ]
    .iter()
    .any(|place| {
        let below = path.strip_prefix(place);
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    })
}

fn of_call(call: &Call) -> Option<(SightingKind, String)> {
    if let (Args::Socket { kind: SocketType::RAW, .. }, Outcome::Error(Errno::EPERM)) =
        (&call.args, call.outcome)
    {
        return Some((SightingKind::ForbiddenCall, "socket(SOCK_RAW)".to_owned()));
    }
    let to = match &call.args {
        Args::Connect { .. } | Args::Send { .. } | Args::SendMany { .. } => call.peer_address()?,
        _ => return None,
    };
    let error = call.error()?;
    match to {
        Endpoint::Inet { .. } | Endpoint::Inet6 { .. } => {
            let is_own = to.ip_port().is_some_and(|(ip, _)| ip.is_loopback());
            let kind = call.socket.as_ref().map(|socket| socket.kind);
            // Names are looked up by libraries, in datagrams first, and nobody is there to ask.
            let is_look_up =
                to.port() == Some(NAME_SERVER_PORT) && kind != Some(SocketType::STREAM);
            // Nothing is sent: so who asks for the machine's address, and so the C library sorts those
            // of a name (RFC 6724).
            let asks_for_own =
                kind == Some(SocketType::DGRAM) && matches!(call.args, Args::Connect { .. });
            let is_outside = !is_own && !is_look_up && !asks_for_own;
            (is_outside && error == Errno::ENETUNREACH)
                .then(|| (SightingKind::NoNetwork, to.to_string()))
        }
        Endpoint::Unix { path } => {
            let is_outside = path.starts_with("/run/") || path.starts_with("/var/");
            let is_outside = is_outside || DESKTOPS.iter().any(|one| path.contains(one));
            (is_outside && !is_asked_by_libraries(path))
                .then(|| (SightingKind::NoNetwork, path.clone()))
        }
        _ => None,
    }
}

/// Sockets of desktops, and of who keeps keys for their users.
const DESKTOPS: [&str; 4] = ["/.X11-unix/", "/dbus-", "/ssh-", "/.ICE-unix/"];

/// Sockets that the C library and others connect to, if they are there.
fn is_asked_by_libraries(path: &str) -> bool {
    ["/dev/log", "io.systemd.", "/sssd/", "resolve", "/systemd/journal", "/systemd/notify"]
        .iter()
        .any(|one| path.contains(one))
        || is_of_names(path)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use socklab_event::{Bytes, Errno, Family, Flags, Message, Name, Place, Protocol, SocketId};

    use super::*;

    fn event(seq: u64, what: Process) -> Event {
        let place = Place { host: None, process: 7, thread: 7 };
        Event { seq, at: seq, place, what: what.into() }
    }

    fn attempt(call: &'static str, object: &str, error: Option<Errno>) -> Process {
        Process::Attempt { call: Name::of(call), object: object.to_owned(), reads: false, error }
    }

    fn look(object: &str) -> Process {
        let error = Some(Errno::ENOENT);
        Process::Attempt { call: Name::of("openat"), object: object.to_owned(), reads: true, error }
    }

    fn seen(all: Vec<Process>) -> Vec<(&'static str, String, u32)> {
        let events: Vec<Event> =
            all.into_iter().enumerate().map(|(seq, what)| event(seq as u64, what)).collect();
        let found = sightings(&events, |process| process == 7, None);
        assert!(sightings(&events, |_| false, None).is_empty(), "others are not asked about");
        found.into_iter().map(|one| (one.kind.word(), one.object, one.times)).collect()
    }

    #[test]
    fn what_was_tried_is_told_by_its_kind_and_object() {
        let rofs = Some(Errno(30));
        let found = seen(vec![
            attempt("openat", "/etc/passwd", rofs),
            attempt("openat", "/etc/passwd", rofs),
            attempt("kill", "-1", Some(Errno::ESRCH)),
            attempt("ptrace", "", Some(Errno::EPERM)),
            attempt("socket", "AF_PACKET", Some(Errno::EAFNOSUPPORT)),
            Process::Limit { of: Resource::Processes, most: 512 },
            Process::Limit { of: Resource::Output, most: 16 << 20 },
            Process::Limit { of: Resource::Prints, most: 4096 },
            look("/etc/shadow"),
        ]);
        let wanted = [
            ("wrote-outside", "/etc/passwd", 2),
            ("signalled-others", "-1", 1),
            ("forbidden-call", "ptrace", 1),
            ("forbidden-call", "socket(AF_PACKET)", 1),
            ("fork-limit", "512", 1),
            ("output-limit", "16 MiB", 1),
            ("output-limit", "4096", 1),
            ("read-secret", "/etc/shadow", 1),
        ];
        let wanted = wanted.map(|(kind, object, times)| (kind, object.to_owned(), times));
        assert_eq!(found, wanted);
    }

    #[test]
    fn many_objects_of_a_kind_become_one() {
        let paths = (0..20).map(|number| attempt("unlink", &format!("/x{number}"), None));
        let found = seen(paths.collect());
        assert_eq!(found.len(), MOST_OBJECTS + 1);
        assert_eq!(found.last(), Some(&("wrote-outside", OTHERS.to_owned(), 16)));
    }

    #[test]
    fn what_interpreters_and_libraries_do_is_not_told() {
        let rofs = Some(Errno(30));
        let found = seen(vec![
            attempt("mkdir", "/usr/lib/python3/__pycache__", rofs),
            attempt("openat", "/usr/lib/python3/__pycache__/x.pyc.139", rofs),
            attempt("openat", "/proc/self/task/9/comm", rofs),
            attempt("openat", "/proc/self/coredump_filter", rofs),
            attempt("mkdir", "/home", rofs),
            attempt("openat", "/var/cache/fontconfig/x", Some(Errno::ENOENT)),
            look("/home/ana/package.json"),
            look("/home/ana/.local/lib/python3/site-packages"),
            look("/home/ana/lib/libc.so.6"),
            attempt("mkdir", "/home/ana/.config", rofs),
            attempt("mkdir", "/home/ana/.cache/mesa_shader_cache", rofs),
            attempt("openat", "/home/ana/.config/dconf/user", rofs),
            attempt("openat", "/home/ana/.java/fonts/17/fcinfo.properties", rofs),
            look("/home/ana/.config/pip/pip.conf"),
            look("/root/.cargo/config.toml"),
            look("/home/ana/.config/ghostty"),
        ]);
        assert_eq!(found, []);
    }

    #[test]
    fn what_starts_with_the_desktop_is_not_the_settings_of_a_library() {
        for path in [
            "/home/ana/.config/autostart/x.desktop",
            "/home/ana/.config/systemd/user/x.service",
            "/home/ana/.cache/x",
            "/home/ana/.javascript",
            "/var/cache/apt/pkgcache.bin",
        ] {
            let found = seen(vec![attempt("openat", path, Some(Errno(30)))]);
            assert_eq!(found, [("wrote-outside", path.to_owned(), 1)]);
        }
    }

    #[test]
    fn keys_are_secrets_where_tools_keep_their_settings_too() {
        for path in [
            "/home/ana/.npmrc",
            "/root/.cargo/credentials.toml",
            "/home/ana/.m2/settings.xml",
            "/home/ana/.config/gh/hosts.yml",
            "/home/ana/.local/share/keyrings/login.keyring",
            "/home/ana/.config/gcloud",
        ] {
            assert_eq!(seen(vec![look(path)]), [("read-secret", path.to_owned(), 1)]);
        }
    }

    #[test]
    fn who_looks_users_up_reads_no_secret() {
        let places = [
            "/var/lib/sss/mc/passwd",
            "/run/systemd/userdb",
            "/run/nscd/socket",
            "/var/run/nscd/socket",
            "/var/lib/extrausers/passwd",
        ];
        assert_eq!(seen(places.map(look).to_vec()), []);
        // What is beside them is not looked at for a name.
        assert_eq!(seen(vec![look("/var/lib/sss/db/cache.ldb")]).len(), 1);
    }

    #[test]
    fn a_signal_is_told_by_whom_it_was_meant_for() {
        for (object, key) in [
            ("12", "sighting-signalled-others"),
            ("1", "sighting-signalled-others"),
            ("-1", "sighting-signalled-all"),
            ("0", "sighting-signalled-parent"),
        ] {
            for call in SIGNALS {
                let event = event(0, attempt(call, object, None));
                let found = sightings([&event], |_| true, None);
                assert_eq!(found.len(), 1, "{call} {object}");
                assert_eq!(found[0].sentence().key, key);
            }
        }
    }

    #[test]
    fn a_ring_is_told_but_of_node_which_only_looks() {
        let ring = || attempt("io_uring_setup", "", Some(Errno::ENOSYS));
        let exec = |exe: &str| Process::Exec {
            argv: Vec::new(),
            argv_omitted: 0,
            exe: Some(exe.to_owned()),
        };
        assert_eq!(seen(vec![exec("/usr/bin/node"), ring(), ring()]), []);
        assert_eq!(seen(vec![exec("/tmp/server"), ring(), ring()]).len(), 1);
    }

    fn call(args: Args, address: Option<Endpoint>, error: Errno) -> Vec<Sighting> {
        call_on(SocketType::STREAM, args, address, error)
    }

    fn call_on(
        kind: SocketType,
        args: Args,
        address: Option<Endpoint>,
        error: Errno,
    ) -> Vec<Sighting> {
        let call = Call {
            name: Name::of("connect"),
            fd: Some(3),
            socket: Some(Arc::new(SocketId {
                netns: None,
                family: Family::INET,
                kind,
                protocol: Protocol::of(Family::INET, 6),
                local: None,
                peer: None,
                inode: None,
                peer_inode: None,
            })),
            args,
            outcome: Outcome::Error(error),
            began: 1,
            ended: 2,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        };
        assert_eq!(call.peer_address(), address.as_ref());
        let place = Place { host: None, process: 7, thread: 7 };
        let event = Event { seq: 0, at: 2, place, what: call.into() };
        sightings([&event], |_| true, None)
    }

    fn connect(to: Endpoint, error: Errno) -> usize {
        let args = Args::Connect { address: to.clone() };
        call(args, Some(to), error).len()
    }

    #[test]
    fn an_address_outside_is_one_that_no_network_leads_to() {
        let ip = |text: &str, port| Endpoint::ip(text.parse::<std::net::IpAddr>().unwrap(), port);
        assert_eq!(connect(ip("192.0.2.1", 80), Errno::ENETUNREACH), 1);
        assert_eq!(connect(ip("2001:db8::1", 80), Errno::ENETUNREACH), 1);
        // Nobody listens there: that is inside, and an ordinary mistake.
        assert_eq!(connect(ip("127.0.0.1", 80), Errno::ECONNREFUSED), 0);
        assert_eq!(connect(ip("::1", 80), Errno::ENETUNREACH), 0);
        assert_eq!(connect(ip("8.8.8.8", 53), Errno::ENETUNREACH), 1, "a stream");
        let datagrams = |args, to: &Endpoint| {
            call_on(SocketType::DGRAM, args, Some(to.clone()), Errno::ENETUNREACH).len()
        };
        let send = |to: &Endpoint| Args::Send {
            asked: 1,
            bytes: Bytes::default(),
            flags: Flags::default(),
            to: Some(to.clone()),
            control: Box::default(),
        };
        let send_many = |to: &Endpoint| {
            let (got, control) = (Flags::default(), Box::default());
            let message =
                Message { bytes: Bytes::default(), address: Some(to.clone()), got, control };
            Args::SendMany { asked: 2, messages: vec![message], flags: Flags::default() }
        };
        let (server, other) = (ip("10.0.0.1", 53), ip("8.8.8.8", 80));
        assert_eq!(datagrams(send(&server), &server), 0, "a name was looked up");
        assert_eq!(datagrams(send(&other), &other), 1);
        assert_eq!(datagrams(send_many(&other), &other), 1);
        let connect_to = Args::Connect { address: other.clone() };
        assert_eq!(datagrams(connect_to, &other), 0, "it asks which address it has itself");
        let unix = |path: &str| Endpoint::Unix { path: path.to_owned() };
        assert_eq!(connect(unix("/run/docker.sock"), Errno::ENOENT), 1);
        assert_eq!(connect(unix("/tmp/.X11-unix/X0"), Errno::ENOENT), 1);
        assert_eq!(connect(unix("/var/run/nscd/socket"), Errno::ENOENT), 0);
        assert_eq!(connect(unix("/var/lib/sss/pipes/nss"), Errno::ENOENT), 0);
        assert_eq!(connect(unix("/run/nslcd/socket"), Errno::ENOENT), 0);
        assert_eq!(connect(unix("/home/ana/server.sock"), Errno::ENOENT), 0, "its own, perhaps");
        let raw = Args::Socket {
            family: Family::INET,
            kind: SocketType::RAW,
            protocol: Protocol::of(Family::INET, 1),
            flags: Default::default(),
        };
        assert_eq!(call(raw, None, Errno::EPERM).len(), 1);
    }

    #[test]
    fn every_kind_has_a_sentence() {
        for language in socklab_say::Language::all() {
            let speaker = socklab_say::Speaker::new(language);
            for kind in [
                SightingKind::WroteOutside,
                SightingKind::NoNetwork,
                SightingKind::ForkLimit,
                SightingKind::MemoryLimit,
                SightingKind::OutputLimit,
                SightingKind::DiskLimit,
                SightingKind::ProcessorLimit,
                SightingKind::SignalledOthers,
                SightingKind::ForbiddenCall,
                SightingKind::ReadSecret,
                SightingKind::LeftProcesses,
            ] {
                for object in ["x\u{1b}[2J", "-1", "0", "64 MiB"] {
                    let object = object.to_owned();
                    let one = Sighting { kind, object, times: 2, evidence: Vec::new() };
                    let key: Cow<'_, str> = one.sentence().key;
                    assert!(speaker.knows(&key), "{key}");
                    assert!(!speaker.tell(&one.sentence()).contains('\u{1b}'));
                }
            }
        }
    }
}
