//! A container such as Docker's refuses `pidfd_getfd`. The recording shows the same all the same.

use std::ffi::OsString;

use socklab_event::{Args, Event, Notice, Protocol};
use socklab_prerequisites::not_run;

use crate::tracees::{calls, notices, prepare, record_one};

/// Makes `pidfd_getfd` fail with EPERM in the calling thread and in all that it starts, as Docker's
/// default profile does.
fn refuse_duplicates() {
    let step = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let (load, equal, verdict) = (
        libc::BPF_LD | libc::BPF_W | libc::BPF_ABS,
        libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
        libc::BPF_RET | libc::BPF_K,
    );
    let mut filter = [
        step(load, 0, 0, 0),
        step(equal, 0, 1, libc::SYS_pidfd_getfd as u32),
        step(verdict, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        step(verdict, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program describes `filter`, which the kernel copies.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let mode = libc::SECCOMP_MODE_FILTER;
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program), 0);
    }
}

fn recorded(argv: &[OsString], refuse: bool) -> Vec<Event> {
    let argv = argv.to_vec();
    // The filter applies to this thread only.
    let recording = std::thread::spawn(move || {
        if refuse {
            refuse_duplicates();
        }
        let (events, summary) = record_one(argv);
        assert_eq!(summary.shell_code(), 0);
        events
    });
    recording.join().expect("a recording")
}

/// What is known of the socket of each call. A TCP socket that is bound to a port of the kernel's
/// choice is in no table until it listens.
fn known(events: &[Event]) -> Vec<String> {
    let known = calls(events).map(|call| {
        let socket = call.socket.as_ref();
        let tcp = socket.is_some_and(|socket| socket.protocol == Protocol::TCP);
        let unlisted = tcp
            && matches!(
                call.args,
                Args::Bind { .. } | Args::SetOption { .. } | Args::LocalName { .. }
            );
        let socket = socket.map(|one| {
            let local = one.local.as_ref().filter(|_| !unlisted).map(|local| local.port());
            let addresses = (local.map(|port| port.is_some()), one.peer.is_some());
            (one.family, one.kind, one.protocol, addresses, one.peer_inode.is_some())
        });
        format!("{} {socket:?}", call.name)
    });
    let mut known: Vec<String> = known.collect();
    // Threads and processes may take turns in another order.
    known.sort();
    known
}

fn compare(name: &str) {
    let argv = match prepare(name, &[]) {
        Ok(argv) => argv,
        Err(needs) => not_run!(needs),
    };
    let (free, refused) = (recorded(&argv, false), recorded(&argv, true));
    assert_eq!(known(&free), known(&refused), "{name}");
    let told = |events: &[Event]| {
        notices(events).any(|notice| matches!(notice, Notice::NoDuplicates { .. }))
    };
    assert_eq!((told(&free), told(&refused)), (false, true));
}

#[test]
fn tcp_without_duplicates() {
    compare("tcp_pair.py");
}

#[test]
fn udp_without_duplicates() {
    compare("udp_pair.py");
}

#[test]
fn unix_sockets_without_duplicates() {
    compare("unix_sockets.py");
}

#[test]
fn an_event_loop_without_duplicates() {
    compare("epoll_server.c");
}

#[test]
fn both_ends_of_a_connection_are_found_without_duplicates() {
    let argv = match prepare("tcp_pair.py", &[]) {
        Ok(argv) => argv,
        Err(needs) => not_run!(needs),
    };
    let events = recorded(&argv, true);
    let socket = |name: &str| {
        let call = calls(&events).find(|call| call.name == name).expect("the call");
        call.socket.clone().expect("its socket")
    };
    let (client, server) = (socket("connect"), socket("accept4"));
    assert!(client.is_other_end_of(&server), "{client:#?}\n{server:#?}");
}
