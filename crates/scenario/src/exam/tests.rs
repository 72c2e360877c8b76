//! For each kind of question a recording in which its answer stands, and one in which the tempting
//! answer would be false: there it is not asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use socklab_event::{Args, Event, Shutdown, SocketType, Timeline, What};
use socklab_say::{Language, Speaker};
use socklab_timelines::{Sock, Story, recorded, scenes};

use super::draft::Draft;
use super::view::View;
use super::{Candidate, read};

fn drafts(timeline: &Timeline, actor: &str) -> Vec<Draft> {
    read::all(&View::of(timeline, actor, u64::MAX))
}

/// A recording of two programs, the server first, with names that tell them apart.
fn named(file: &str) -> Timeline {
    let mut timeline = recorded(file);
    for (column, name) in timeline.header.columns.iter_mut().zip(["server", "client"]) {
        name.clone_into(&mut column.label);
    }
    timeline
}

/// The questions about a program: by kind, what the key says, the first time.
fn asked(timeline: &Timeline, actor: &str) -> BTreeMap<&'static str, String> {
    let view = View::of(timeline, actor, u64::MAX);
    let timeline = Arc::new(timeline.clone());
    let mut found = BTreeMap::new();
    for draft in read::all(&view) {
        let Some(candidate) = draft.read(&view, "case", &timeline) else { continue };
        check_texts(&candidate);
        let right = &candidate.choices[candidate.right];
        found.entry(candidate.kind).or_insert_with(|| Speaker::ENGLISH.tell(&right.text));
    }
    found
}

/// Every text exists in every language, with all of its values; and the choices differ.
pub(super) fn check_texts(candidate: &Candidate) {
    for language in Language::all() {
        let speaker = Speaker::new(language);
        let choices = candidate.choices.iter().flat_map(|one| [&one.text, &one.why]);
        for sentence in choices.chain([&candidate.ask]) {
            assert!(speaker.knows(&sentence.key), "{}", sentence.key);
            let text = speaker.tell(sentence);
            assert!(!text.is_empty() && !text.contains('{'), "{}: {text}", sentence.key);
        }
        let mut texts: Vec<String> =
            candidate.choices.iter().map(|one| speaker.tell(&one.text)).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), candidate.choices.len(), "{}", candidate.id);
    }
    assert!((3..=4).contains(&candidate.choices.len()), "{}", candidate.id);
    assert!(!candidate.evidence.is_empty(), "{}", candidate.id);
}

/// A server that serves clients of these names one after another; `close` is whether it closes each.
fn served(names: &[&str], backlog: i32, close: bool) -> Timeline {
    let mut story = Story::new();
    let server = story.command("server", "python3 server.py");
    let listener = story.tcp(server);
    story.bind(listener, "*:8888");
    story.listen(listener, backlog);
    for name in names {
        let waiting = story.now();
        let client = story.command(name, name);
        let near = story.tcp(client);
        story.wait(3).connect(near, "127.0.0.1:8888");
        let far = story.since(waiting).accept(listener, near);
        story.send(near, "hola\n");
        story.recv(far, "hola\n");
        story.close(near);
        story.recv(far, "");
        if close {
            story.close(far);
        }
    }
    story.build()
}

#[test]
fn a_receive_that_got_less_than_its_room_is_asked_about_and_a_full_one_is_not() {
    let found = asked(&scenes::upper_tcp(), "server");
    assert_eq!(found["got-less"], "4 bytes");
    // All rooms were filled: that the room decides would be a right answer.
    assert!(!asked(&scenes::poured(5), "server").contains_key("got-less"));
    let real = asked(&named("upper-tcp"), "server");
    assert!(real["got-less"].ends_with("bytes"), "{real:?}");
}

#[test]
fn the_bytes_that_had_been_sent_by_then_are_counted() {
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.send(near, "12345678");
    story.recv_into(far, 8, "12345678");
    story.send(near, "abc");
    story.recv_into(far, 8, "abc");
    story.send(near, "later");
    let timeline = story.build();
    let drafts = drafts(&timeline, "server");
    let draft = drafts.into_iter().find(|draft| draft.kind == "got-less").unwrap();
    let said: Vec<String> =
        draft.choices.iter().map(|one| Speaker::ENGLISH.tell(&one.text)).collect();
    assert_eq!(said, ["3 bytes", "8 bytes", "16 bytes", "2 bytes"]);
    let ask = draft.keyed(0, "case", vec![1], &Arc::new(Timeline::default()), false).unwrap().ask;
    let ask = Speaker::ENGLISH.tell(&ask);
    assert!(ask.contains("had sent 11 bytes") && ask.contains("received 8 before"), "{ask}");
}

#[test]
fn the_call_that_waits_for_a_client_is_the_one_that_was_under_way() {
    assert_eq!(asked(&served(&["alice"], 5, true), "server")["waits-for-client"], "accept");
    // The client connects before anybody waits: whoever says accept would be wrong.
    let mut story = Story::new();
    let (_, listener, _) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client");
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    let far = story.accept(listener, near);
    story.send(near, "x");
    story.recv(far, "x");
    assert!(!asked(&story.build(), "server").contains_key("waits-for-client"));
}

#[test]
fn a_receive_that_began_after_the_send_did_not_wait_for_it() {
    let found = asked(&scenes::upper_tcp(), "server");
    assert_eq!(found["waits-for-data"], "recv");
    assert!(!asked(&scenes::split_and_coalesced(), "server").contains_key("waits-for-data"));
}

/// A client and a server that accepts and reads `late`, or is in its receive already.
fn told(late: bool) -> Timeline {
    let mut story = Story::new();
    let (_, listener, waiting) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client");
    let near = story.tcp(client);
    story.connect(near, "127.0.0.1:12000");
    if !late {
        let far = story.since(waiting).accept(listener, near);
        let asked = story.now();
        story.send(near, "hola");
        story.since(asked).recv(far, "hola");
        return story.build();
    }
    story.send(near, "hola");
    story.wait(5);
    let far = story.accept(listener, near);
    story.recv(far, "hola");
    story.build()
}

#[test]
fn what_came_before_accept_is_asked_only_where_it_did() {
    let found = asked(&told(true), "client");
    assert!(found["connect-before-accept"].contains("had not called accept yet"), "{found:?}");
    assert!(found["send-before-accept"].contains("kernel of server"), "{found:?}");
    assert!(found["send-means"].contains("the kernel has taken 4 bytes"), "{found:?}");
    let found = asked(&told(false), "client");
    for kind in ["connect-before-accept", "send-before-accept", "send-means"] {
        assert!(!found.contains_key(kind), "{kind}");
    }
}

#[test]
fn a_zero_is_the_end_only_where_the_call_that_ended_it_is_known() {
    let found = asked(&served(&["alice"], 5, true), "server");
    assert!(found["zero"].contains("alice had ended its stream"), "{found:?}");
    // The program itself had said that it receives no more.
    let mut story = Story::new();
    let (_, far) = scenes::tcp_pair(&mut story);
    story.shutdown(far, Shutdown::RD);
    story.recv(far, "");
    assert!(!asked(&story.build(), "server").contains_key("zero"));
}

#[test]
fn the_call_that_ends_the_stream_is_the_one_that_did() {
    let ended = |end: fn(&mut Story, Sock) -> u64| {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        end(&mut story, far);
        story.recv(near, "");
        asked(&story.build(), "server").remove("fin-by").unwrap_or_default()
    };
    assert_eq!(ended(|story, far| story.close(far)), "close");
    assert_eq!(ended(|story, far| story.shutdown(far, Shutdown::WR)), "shutdown");
    assert!(ended(|story, far| story.closed_at_exit(far)).contains("none: the kernel closed"));
    // Nobody read the end.
    assert!(!asked(&scenes::upper_tcp(), "server").contains_key("fin-by"));
}

#[test]
fn who_ended_first_is_asked_where_the_other_had_noticed() {
    let found = asked(&served(&["alice"], 5, true), "server");
    assert_eq!(found["first-to-end"], "alice");
    let mut story = Story::new();
    let (near, far) = scenes::tcp_pair(&mut story);
    story.close(far);
    story.recv(near, "");
    story.close(near);
    assert_eq!(asked(&story.build(), "server")["first-to-end"], "your program");
    // Each closes without having noticed the other: the order is chance.
    assert!(!asked(&scenes::upper_tcp(), "server").contains_key("first-to-end"));
    assert!(!asked(&served(&["alice"], 5, false), "server").contains_key("first-to-end"));
}

#[test]
fn descriptors_and_sockets_are_those_of_the_recording() {
    let found = asked(&served(&["alice", "bob"], 5, true), "server");
    assert!(found["first-descriptor"].contains("lowest number"), "{found:?}");
    assert!(found["accept-gives"].contains("the connection with alice alone"), "{found:?}");
    // (In a story no descriptor is used twice.)
    assert_eq!((&*found["which-descriptor"], &*found["open-sockets"]), ("5", "2"));
    // Whoever does not close has one more.
    let found = asked(&served(&["alice", "bob"], 5, false), "server");
    assert_eq!(found["open-sockets"], "3");
    let found = asked(&served(&["alice"], 5, true), "server");
    assert!(!found.contains_key("which-descriptor") && !found.contains_key("open-sockets"));
    // A program that was given a descriptor before has another first one.
    let mut story = Story::new();
    let client = story.command("client", "client");
    story.given(client);
    story.tcp(client);
    assert!(!asked(&story.build(), "client").contains_key("first-descriptor"));
    // Nobody spoke over what accept returned.
    let mut story = Story::new();
    scenes::tcp_pair(&mut story);
    assert!(!asked(&story.build(), "server").contains_key("accept-gives"));
}

#[test]
fn a_backlog_is_asked_about_where_more_clients_were_served() {
    let names = ["a", "b", "c"];
    let found = asked(&served(&names, 2, true), "server");
    assert!(found["backlog"].contains("may wait until accept"), "{found:?}");
    // With as many as that, it might as well be the number of clients.
    assert!(!asked(&served(&names, 3, true), "server").contains_key("backlog"));
}

#[test]
fn a_port_was_chosen_by_the_kernel_only_where_nobody_called_bind() {
    let found = asked(&scenes::upper_tcp(), "server");
    assert!(found["port-of-client"].contains("the kernel, at the connect of client"), "{found:?}");
    let own = asked(&scenes::upper_tcp(), "client");
    assert!(own["own-port"].starts_with("port ") && own["own-port"] != "port 12000", "{own:?}");
    let mut story = Story::new();
    let (_, listener, waiting) = scenes::tcp_server(&mut story);
    let client = story.command("client", "client");
    let near = story.tcp(client);
    story.bind(near, "127.0.0.1:4567");
    story.connect(near, "127.0.0.1:12000");
    let far = story.since(waiting).accept(listener, near);
    story.send(near, "x");
    story.recv(far, "x");
    let timeline = story.build();
    assert!(!asked(&timeline, "server").contains_key("port-of-client"));
    assert!(!asked(&timeline, "client").contains_key("own-port"));
}

#[test]
fn a_socket_without_connect_is_connected_with_nobody() {
    let mut story = Story::new();
    let client = story.command("client", "socket-02");
    story.tcp(client);
    assert_eq!(asked(&story.build(), "client")["not-connected"], "with nobody");
    assert!(!asked(&scenes::upper_tcp(), "client").contains_key("not-connected"));
    assert!(!asked(&scenes::upper_tcp(), "server").contains_key("not-connected"));
}

/// A server of datagrams that hears these clients in turn and answers each.
fn heard(clients: &[(&str, &str)]) -> Timeline {
    let mut story = Story::new();
    let server = story.command("server", "server");
    let bound = story.udp(server);
    story.bind(bound, "*:12000");
    for (name, text) in clients {
        let waiting = story.now();
        let client = story.command(name, name);
        let sock = story.udp(client);
        story.wait(2).sendto(sock, "127.0.0.1:12000", text);
        story.since(waiting).recvfrom(bound, sock, "127.0.0.1", text);
        let port = story.identity(sock).local.as_ref().and_then(|it| it.port()).unwrap();
        story.sendto(bound, &format!("127.0.0.1:{port}"), text);
        story.wait(1).recvfrom(sock, bound, "127.0.0.1", text);
    }
    story.build()
}

#[test]
fn datagrams_are_asked_about_as_they_came() {
    let found = asked(&heard(&[("alice", "hola"), ("bob", "adiós")]), "server");
    assert_eq!((&*found["one-socket"], &*found["each-its-call"]), ("1", "2"));
    assert!(found["whose-address"].starts_with("port ") && found["whose-address"] != "port 12000");
    assert!(found["room-left"].contains("one at a time, whole"), "{found:?}");
    let client = asked(&heard(&[("alice", "hola")]), "alice");
    assert_eq!(client["whose-address"], "port 12000");
    assert!(client["port-at-send"].contains("at the first sendto"), "{client:?}");
    // One client, one datagram: then one socket and one call prove nothing.
    let found = asked(&heard(&[("alice", "hola")]), "server");
    assert!(!found.contains_key("one-socket") && !found.contains_key("each-its-call"));
    // Empty datagrams leave all of the room.
    assert!(!asked(&heard(&[("alice", "")]), "server").contains_key("room-left"));
    // A server has its port from bind, and its client is in its receive when it answers.
    assert!(!found.contains_key("port-at-send") && !found.contains_key("datagram-means"));
    let real = asked(&named("upper-udp"), "server");
    assert!(real.contains_key("whose-address"), "{real:?}");
}

#[test]
fn a_datagram_that_is_received_later_shows_what_a_send_means() {
    let sent = |late: bool| {
        let mut story = Story::new();
        let server = story.command("server", "server");
        let bound = story.udp(server);
        story.bind(bound, "*:12000");
        let waiting = story.now();
        let client = story.command("client", "client");
        let sock = story.udp(client);
        story.sendto(sock, "127.0.0.1:12000", "hola");
        match late {
            true => story.wait(5),
            false => story.since(waiting),
        }
        .recvfrom(bound, sock, "127.0.0.1", "hola");
        asked(&story.build(), "client").remove("datagram-means")
    };
    assert!(sent(true).unwrap().contains("the kernel has taken a datagram of 4 bytes"));
    assert_eq!(sent(false), None);
}

#[test]
fn names_are_asked_for_at_a_name_server_only_where_they_were() {
    let mut story = Story::new();
    let client = story.command("client", "socket-02");
    let resolver = story.udp(client);
    story.connect(resolver, "127.0.0.53:53");
    story.send(
        resolver,
        b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x01\x00\x01",
    );
    story.tcp(client);
    let timeline = story.build();
    let found = asked(&timeline, "client");
    assert_eq!(found["name-server"], "a name server, by UDP, at port 53");
    // What a library does is nobody's own datagram.
    let view = View::of(&timeline, "client", u64::MAX);
    assert_eq!(view.on_sockets(SocketType::DGRAM).count(), 0);
    assert!(!asked(&scenes::upper_udp(), "client").contains_key("name-server"));
}

#[test]
fn of_any_recording_only_what_has_all_its_texts_is_asked() {
    let known = ["crowd", "curl", "http", "refused", "split", "threaded", "upper-tcp", "upper-udp"];
    for name in known {
        let timeline = recorded(name);
        for column in timeline.header.columns.clone() {
            asked(&timeline, &column.label);
        }
    }
    for timeline in [scenes::threaded(), scenes::prefork(), scenes::torn(), scenes::refused()] {
        for actor in ["server", "client", "alice"] {
            asked(&timeline, actor);
        }
    }
}

#[test]
fn what_the_kernel_closes_at_the_end_is_no_call_of_the_program() {
    let timeline = scenes::refused();
    let view = View::of(&timeline, "client", u64::MAX);
    assert!(view.calls().all(|(_, call)| !matches!(call.args, Args::Close)));
    let closes = |event: &&Event| matches!(&event.what, What::Call(it) if it.args == Args::Close);
    assert_eq!(timeline.events.iter().filter(closes).count(), 1);
}
