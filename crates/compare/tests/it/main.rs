//! Runs beside each other: what chance does is no difference, and what a program does is.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use socklab_compare::{Comparison, TextStyle};
use socklab_event::{
    Args, Endpoint, Errno, Event, Flags, Name, Outcome, Process, Shutdown, SocketId, Timeline,
    Wait, What,
};
use socklab_say::{Language, Speaker};
use socklab_timelines::{Sock, Story, any_timeline, offered, recorded, scenes};

fn compare(a: &Timeline, b: &Timeline) -> Comparison {
    Comparison::of(a, b, Speaker::ENGLISH)
}

#[track_caller]
fn same(a: &Timeline, b: &Timeline, why: &str) {
    let comparison = compare(a, b);
    assert_eq!(comparison.sentence, None, "{why}: {:#?}", comparison.rows);
    assert!(comparison.rows.iter().all(|row| row.is_same), "{why}");
}

#[track_caller]
fn first(a: &Timeline, b: &Timeline) -> String {
    compare(a, b).sentence.expect("a difference")
}

fn all_scenes() -> Vec<(&'static str, Timeline)> {
    vec![
        ("upper_tcp", scenes::upper_tcp()),
        ("upper_udp", scenes::upper_udp()),
        ("threaded", scenes::threaded()),
        ("refused", scenes::refused()),
        ("http", scenes::http()),
        ("split", scenes::split_and_coalesced()),
        ("torn", scenes::torn()),
        ("prefork", scenes::prefork()),
        ("crowd", scenes::crowd(20)),
        ("recorded crowd", recorded("crowd")),
        ("recorded curl", recorded("curl")),
        ("recorded http", recorded("http")),
        ("recorded threaded", recorded("threaded")),
        ("recorded upper", recorded("upper-tcp")),
        ("recorded upper, UDP", recorded("upper-udp")),
        ("recorded packets", recorded("packets-nagle")),
    ]
}

/// The same run with other process ids, descriptors, inodes, times, and ports that the kernel chose.
fn moved(timeline: &Timeline, by: u16) -> Timeline {
    let mut chosen: BTreeSet<u16> = BTreeSet::new();
    for event in &timeline.events {
        let Some(call) = event.call() else { continue };
        if let Args::Bind { address } | Args::Connect { address } = &call.args {
            chosen.extend(address.port());
        }
    }
    let port = |port: u16| if chosen.contains(&port) || port < 20_000 { port } else { port ^ by };
    let address = |address: &mut Endpoint| match address {
        Endpoint::Inet { port: own, .. } | Endpoint::Inet6 { port: own, .. } => *own = port(*own),
        _ => {}
    };
    let socket = |socket: &mut Arc<SocketId>| {
        let socket = Arc::make_mut(socket);
        socket.local.iter_mut().chain(&mut socket.peer).for_each(address);
        for inode in socket.inode.iter_mut().chain(&mut socket.peer_inode) {
            *inode += u64::from(by);
        }
    };
    let time = |time: &mut u64| *time = *time * 3 + u64::from(by);
    let mut moved = timeline.clone();
    moved.events.retain(|event| event.frame().is_none());
    for Event { at, place, what, .. } in &mut moved.events {
        time(at);
        place.process += u32::from(by);
        place.thread += u32::from(by);
        match what {
            What::Process(process) => match &mut **process {
                Process::Start { parent: Some(parent), .. } => *parent += u32::from(by),
                Process::Ready { socket: own, .. } => socket(own),
                _ => {}
            },
            What::Call(call) => {
                time(&mut call.began);
                time(&mut call.ended);
                call.fd.iter_mut().for_each(|fd| *fd += 100);
                call.socket.iter_mut().for_each(socket);
                let creates = call.new_fd().is_some();
                if let (true, socklab_event::Outcome::Value(fd)) = (creates, &mut call.outcome) {
                    *fd += 100;
                }
                match &mut call.args {
                    Args::Accept { peer, listener, .. } => {
                        peer.iter_mut().for_each(address);
                        listener.iter_mut().for_each(socket);
                    }
                    Args::Recv { from: Some(from), .. } => address(from),
                    Args::Send { to: Some(to), .. } => address(to),
                    Args::LocalName { address: Some(own) }
                    | Args::PeerName { address: Some(own) } => {
                        address(own);
                    }
                    Args::Socketpair { fds, second, .. } => {
                        fds.iter_mut().for_each(|fd| *fd += 100);
                        second.iter_mut().for_each(socket);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    moved
}

#[test]
fn a_run_is_the_same_as_itself() {
    for (name, timeline) in all_scenes() {
        same(&timeline, &timeline, name);
    }
}

#[test]
fn numbers_and_times_are_no_difference() {
    for (name, timeline) in all_scenes() {
        for by in [1, 5, 64] {
            same(&timeline, &moved(&timeline, by), name);
            same(&moved(&timeline, by), &timeline, name);
        }
    }
}

/// A server with a thread for each of two clients. `first`: who says something first; `cut`: whether what
/// bob says comes in two pieces.
fn two_clients(first: usize, cut: bool) -> Timeline {
    let mut story = Story::new();
    let (server, listener, _) = scenes::tcp_server(&mut story);
    let clients = ["alice", "bob"].map(|name| story.command(name, &format!("nc {name}")));
    let mut ends: Vec<_> = clients.iter().map(|client| Some(story.tcp(*client))).collect();
    let words = [("hola", "HOLA"), ("chao", "CHAO")];
    for index in [first, 1 - first] {
        let Some(near) = ends[index].take() else { continue };
        story.connect(near, "127.0.0.1:12000");
        let far = story.accept(listener, near);
        let far = far.by(story.thread(server));
        let (said, answer) = words[index];
        story.send(near, said);
        if cut && index == 1 {
            for piece in [0..1, 1..4] {
                story.recv(far, &said[piece.clone()]);
                story.send(far, &answer[piece]);
            }
            story.recv(near, &answer[..3]);
            story.recv(near, &answer[3..]);
        } else {
            story.recv(far, said);
            story.send(far, answer);
            story.recv(near, answer);
        }
        story.close(near);
        story.recv(far, "");
        story.close(far);
        story.exit(near.who, 0);
    }
    story.build()
}

#[test]
fn who_comes_first_and_how_bytes_are_cut_is_chance() {
    let one = two_clients(0, false);
    for other in [two_clients(1, false), two_clients(0, true), two_clients(1, true)] {
        same(&one, &other, "two clients at once");
        same(&other, &one, "two clients at once");
    }
}

/// The upper-case server, whose one client says two words.
fn talk(sends: &[&str], answer: &str, told: bool) -> Timeline {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    for piece in sends {
        story.send(near, piece);
    }
    story.recv(far, sends.concat());
    if told {
        story.send(far, answer);
        story.recv(near, answer);
    }
    story.close(far);
    story.close(near);
    story.exit(near.who, 0);
    story.build()
}

#[test]
fn the_first_difference_is_told_in_both_languages() {
    let a = talk(&["hola, "], "HOLA, ", true);
    assert_eq!(
        first(&a, &talk(&["hola; "], "HOLA; ", true)),
        "client differs first: in a it sends 6 bytes: “hola, ”; in b it sends 6 bytes: “hola; ” (connection 1)."
    );
    assert_eq!(
        first(&a, &talk(&["ho", "la, "], "HOLA, ", true)),
        "client differs first: in a it sends 6 bytes: “hola, ”; in b it sends 6 bytes: “hola, ”, in 2 sends \
         (2 + 4) (connection 1)."
    );
    assert_eq!(
        first(&a, &talk(&["hola, "], "", false)),
        "server differs first: in a it sends 6 bytes: “HOLA, ”; in b it closes the socket (connection 1, after 6 \
         bytes received)."
    );
    let spanish = Speaker::new(Language::find("es").expect("Spanish"));
    let other = talk(&["hola, "], "", false);
    let comparison = Comparison::of(&a, &other, spanish);
    assert_eq!(
        comparison.summary(spanish),
        "La primera diferencia es de server: en a envía 6 bytes: «HOLA, »; en b cierra el socket (conexión 1, \
         tras recibir 6 bytes)."
    );
    let style = TextStyle { width: 90, ascii: false, all: false };
    insta::assert_snapshot!("spanish", comparison.to_text(["a.jsonl", "b.jsonl"], style, spanish));
    let english = compare(&a, &other);
    let style = TextStyle { width: 60, ascii: true, all: true };
    insta::assert_snapshot!(
        "english",
        english.to_text(["a.jsonl", "b.jsonl"], style, Speaker::ENGLISH)
    );
    let page = english.to_html(["a.jsonl", "<b>.jsonl"], false, Speaker::ENGLISH);
    assert!(page.contains("&lt;b&gt;.jsonl") && !page.contains("<b>"), "{page}");
}

/// A client that leaves unheard, and a server that greets it. `greets`: not at all, in time, or when the connection is
/// cut already.
fn unheard(greets: Option<bool>) -> Timeline {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    if greets == Some(true) {
        story.send(far, "Welcome\n");
    }
    story.close(near);
    if greets == Some(false) {
        story.fail(far, "sendto", offered(b"Welcome\n"), Errno::ECONNRESET.0);
    }
    story.close(far);
    story.exit(near.who, 0);
    story.build()
}

#[test]
fn a_send_that_finds_the_connection_cut_is_one() {
    let (early, late, never) = (unheard(Some(true)), unheard(Some(false)), unheard(None));
    same(&early, &late, "when the connection is cut is chance");
    same(&late, &early, "when the connection is cut is chance");
    assert_eq!(
        first(&late, &never),
        "server differs first: in a it fails in send with ECONNRESET; in b it closes the socket (connection 1)."
    );
    assert_eq!(
        first(&never, &late),
        "server differs first: in a it closes the socket; in b it fails in send with ECONNRESET (connection 1)."
    );
}

#[test]
fn who_sends_after_its_own_shutdown_is_no_victim() {
    let talks_on = |talks_on: bool| {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        story.shutdown(far, Shutdown::WR);
        if talks_on {
            story.fail(far, "sendto", offered(b"and"), Errno::EPIPE.0);
        }
        story.recv(near, "");
        story.close(near);
        story.recv(far, "");
        story.close(far);
        story.build()
    };
    assert_eq!(
        first(&talks_on(true), &talks_on(false)),
        "server differs first: in a it fails in send with EPIPE; in b it reads the end of the stream (connection 1)."
    );
}

/// How a server learns that there is no room for more.
#[derive(Clone, Copy, Debug, PartialEq)]
enum NoRoom {
    /// It does not.
    Unnoticed,
    /// `EAGAIN`.
    Refused,
    /// Its last send is not taken whole.
    Short,
    /// `poll` does not say that the socket is writable.
    Polled,
    /// Its last send does not return.
    Waits,
}

/// A server that sends pieces until there is no room for more, and then leaves; its client begins to read only then.
fn poured(pieces: usize, piece: &[u8], room: NoRoom) -> Timeline {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    let mut sent = 0;
    let poll = |story: &mut Story, far: Sock, is_writable: bool| {
        let socket = Some(Arc::new(story.identity(far).clone()));
        let wants: Flags = [Name::of("POLLOUT")].into_iter().collect();
        let got = if is_writable { wants.clone() } else { Flags::default() };
        let waits = vec![Wait { fd: far.fd, wants, got, socket }];
        let args = Args::Poll { waits, timeout: None };
        story.call(far.who, "poll", None, None, args, Outcome::Value(i64::from(is_writable)));
    };
    for _ in 0..pieces {
        if room == NoRoom::Polled {
            // There was none for a while.
            poll(&mut story, far, false);
            poll(&mut story, far, true);
        }
        story.send(far, piece);
        sent += piece.len();
    }
    match room {
        NoRoom::Unnoticed => {}
        NoRoom::Refused => {
            story.fail(far, "sendto", offered(piece), Errno::EAGAIN.0);
        }
        NoRoom::Short => {
            let mut args = offered(&piece[..1]);
            if let Args::Send { asked, .. } = &mut args {
                *asked = piece.len() as u64;
            }
            story.on(far, "sendto", args, Outcome::Value(1));
            sent += 1;
        }
        NoRoom::Polled => poll(&mut story, far, false),
        NoRoom::Waits => {
            story.unfinished(far, "sendto", offered(piece));
        }
    }
    if room != NoRoom::Waits {
        story.close(far);
    }
    let mut left = sent;
    while left > 0 {
        let next = left.min(piece.len());
        story.recv(near, &piece[..next]);
        left -= next;
    }
    story.build()
}

#[test]
fn how_much_fits_in_the_buffers_is_chance() {
    for room in [NoRoom::Refused, NoRoom::Short, NoRoom::Polled, NoRoom::Waits] {
        let (a, b) = (poured(3, b"water", room), poured(5, b"water", room));
        same(&a, &b, &format!("{room:?}"));
        same(&b, &a, &format!("{room:?}"));
        let notes: Vec<String> =
            compare(&a, &b).notes.iter().map(|note| Speaker::ENGLISH.tell(note)).collect();
        let (fit, more) = if room == NoRoom::Short { (16, 26) } else { (15, 25) };
        assert_eq!(
            notes,
            [format!(
                "In both recordings, the kernel's buffers were full when server stopped sending on connection 1: how \
                 many bytes fit ({fit} and {more}) is not compared."
            )]
        );
        // As far as both have it, it is compared.
        assert_eq!(compare(&a, &poured(3, b"water", room)).notes, []);
        let other = first(&a, &poured(5, b"wader", room));
        assert!(other.contains("“wader"), "{room:?}: {other}");
        let smaller = first(&a, &poured(5, b"wate", room));
        assert!(smaller.contains("“waterw") && smaller.contains("“watewa"), "{room:?}: {smaller}");
    }
}

#[test]
fn who_stops_sending_by_itself_is_not_left_without_room() {
    for room in [NoRoom::Refused, NoRoom::Short, NoRoom::Polled] {
        let (full, other) = (poured(5, b"water", room), poured(3, b"water", NoRoom::Unnoticed));
        let told = first(&full, &other);
        assert!(told.contains("“waterwater") && told.contains("in b it sends 15 bytes"), "{told}");
        assert!(compare(&other, &full).sentence.is_some(), "{room:?}");
    }
    let (a, b) = (poured(3, b"water", NoRoom::Unnoticed), poured(5, b"water", NoRoom::Unnoticed));
    assert!(compare(&a, &b).sentence.is_some());
}

#[test]
fn what_is_cut_off_is_not_compared() {
    let whole = scenes::upper_tcp();
    let mut cut = whole.clone();
    cut.events.truncate(12);
    let last = cut.events.last().expect("an event");
    let (seq, at, place) = (last.seq + 1, last.at, last.place.clone());
    let what = socklab_event::Notice::EndMissing.into();
    cut.events.push(Event { seq, at, place, what });
    let comparison = compare(&whole, &cut);
    assert_eq!(comparison.sentence, None, "{:#?}", comparison.rows);
    assert_eq!(comparison.notes.len(), 1);
    let note = Speaker::ENGLISH.tell(&comparison.notes[0]);
    assert!(note.starts_with("Recording b is not complete from event 12 on"), "{note}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_run_is_the_same_as_itself(timeline in any_timeline(60)) {
        let comparison = compare(&timeline, &timeline);
        prop_assert_eq!(comparison.sentence, None);
    }

    #[test]
    fn any_two_runs_can_be_compared(a in any_timeline(40), b in any_timeline(40)) {
        let there = compare(&a, &b);
        let back = compare(&b, &a);
        prop_assert_eq!(there.first.is_some(), back.first.is_some());
        prop_assert_eq!(there.first.is_some(), there.sentence.is_some());
        let style = TextStyle { width: 80, ascii: true, all: true };
        prop_assert!(there.to_text(["a", "b"], style, Speaker::ENGLISH).is_ascii());
        there.to_html(["a", "b"], true, Speaker::ENGLISH);
    }
}
