//! Which socket an address reaches.

use socklab_event::{Args, Bytes, Errno, Headers, OptionValue, Outcome, Protocol, Transport, What};
use socklab_flows::Flows;
use socklab_timelines::{Sock, Story, address, frame};

use crate::position::peer_inode;

/// A story with a datagram socket bound to each address in its network namespace.
fn bound(sockets: &[(u64, &str)]) -> (Story, Vec<Option<u64>>) {
    let mut story = Story::new();
    let inodes = sockets.iter().map(|(netns, address)| {
        let program = story.command("server", "server");
        let sock = story.udp(program);
        story.identity(sock).netns = Some(*netns);
        story.bind(sock, address);
        story.identity(sock).inode
    });
    let inodes = inodes.collect();
    (story, inodes)
}

fn client(story: &mut Story) -> Sock {
    let client = story.command("client", "client");
    story.udp(client)
}

/// Which of the sockets a datagram to an address from namespace 1 reaches.
fn reached(sockets: &[(u64, &str)], to: &str) -> Option<usize> {
    let (mut story, inodes) = bound(sockets);
    let here = client(&mut story);
    let sent = story.sendto(here, to, "hola");
    let timeline = story.build();
    let inode = peer_inode(&Flows::of(&timeline), sent)?;
    inodes.iter().position(|one| *one == Some(inode))
}

#[test]
fn the_socket_bound_to_the_exact_address_receives() {
    assert_eq!(reached(&[(1, "*:9"), (1, "127.0.0.1:9")], "127.0.0.1:9"), Some(1));
    assert_eq!(reached(&[(1, "127.0.0.1:9"), (1, "*:9")], "127.0.0.1:9"), Some(0));
    assert_eq!(reached(&[(1, "127.0.0.1:9"), (1, "127.0.0.2:9")], "127.0.0.2:9"), Some(1));
    assert_eq!(reached(&[(1, "127.0.0.1:9"), (1, "*:8")], "127.0.0.3:9"), None);
    assert_eq!(reached(&[(1, "*:9"), (1, "*:9")], "127.0.0.1:9"), None, "either of them");
    let exact = [(1, "*:9"), (1, "127.0.0.1:9"), (1, "127.0.0.1:9"), (1, "*:9")];
    assert_eq!(reached(&exact, "127.0.0.1:9"), None, "either of the two");
}

#[test]
fn the_unspecified_address_is_this_machine() {
    assert_eq!(reached(&[(2, "*:9"), (1, "127.0.0.1:9")], "0.0.0.0:9"), Some(1));
    assert_eq!(reached(&[(2, "*:9"), (2, "127.0.0.1:9")], "0.0.0.0:9"), None);
}

#[test]
fn an_address_of_the_other_family_is_another_address() {
    assert_eq!(reached(&[(1, "*:9")], "[::1]:9"), None, "0.0.0.0 is IPv4 alone");
    assert_eq!(reached(&[(1, "[::1]:9")], "127.0.0.1:9"), None);
    assert_eq!(reached(&[(1, "[::]:9")], "127.0.0.1:9"), Some(0), ":: takes both");
    assert_eq!(reached(&[(1, "[::]:9")], "[::1]:9"), Some(0));
    assert_eq!(reached(&[(1, "*:9")], "[::ffff:127.0.0.1]:9"), Some(0), "IPv4 in other clothes");
}

#[test]
fn a_socket_for_ipv6_alone_is_not_reached_over_ipv4() {
    let mut story = Story::new();
    let program = story.command("server", "server");
    let bound = story.udp(program);
    let (level, option) = ("SOL_IPV6".into(), "IPV6_V6ONLY".into());
    let args = Args::SetOption { level, option, value: OptionValue::Int(1) };
    story.on(bound, "setsockopt", args, Outcome::Value(0));
    story.bind(bound, "[::]:9");
    let here = client(&mut story);
    let sent = ["127.0.0.1:9", "[::1]:9"].map(|to| story.sendto(here, to, "hola"));
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(sent.map(|sent| peer_inode(&flows, sent).is_some()), [false, true]);
}

#[test]
fn an_address_of_another_host_leads_into_its_namespace() {
    assert_eq!(reached(&[(2, "10.0.0.2:9"), (3, "10.0.0.3:9")], "10.0.0.3:9"), Some(1));
    assert_eq!(reached(&[(2, "127.0.0.1:9"), (1, "127.0.0.1:9")], "127.0.0.1:9"), Some(1));
    assert_eq!(reached(&[(2, "127.0.0.1:9")], "127.0.0.1:9"), None, "loopback leads nowhere else");
    assert_eq!(reached(&[(2, "*:9")], "10.0.0.2:9"), None, "whose address it is, nobody knows");
    assert_eq!(reached(&[(2, "*:9")], "224.0.0.1:9"), Some(0), "groups span hosts");
}

/// Which of the sockets, each alone in its namespace, a datagram from a client with port 40000 in
/// namespace 1 reaches at 10.0.0.2:9, if frames went between hosts of these names.
fn reached_over_frames(sockets: &[(u64, &str)], frames: &[[(&str, &str); 2]]) -> Option<usize> {
    let (mut story, inodes) = bound(sockets);
    let here = client(&mut story);
    story.identity(here).netns = Some(1);
    story.bind(here, "0.0.0.0:40000");
    let sent = story.sendto(here, "10.0.0.2:9", "hola");
    for [(_, source), (_, destination)] in frames {
        let headers = Headers {
            source: address(source),
            destination: address(destination),
            protocol: Protocol::UDP,
            transport: Transport::Udp,
            payload: Bytes::whole("other"),
            fragment: None,
        };
        frame(&mut story, headers, None);
    }
    let mut timeline = story.build();
    let all = timeline.events.iter_mut().filter_map(|event| match &mut event.what {
        What::Frame(frame) => Some(frame),
        _ => None,
    });
    for (frame, [(from, _), (to, _)]) in all.zip(frames) {
        (frame.from, frame.to) = ((*from).to_owned(), Some((*to).to_owned()));
    }
    let inode = peer_inode(&Flows::of(&timeline), sent)?;
    inodes.iter().position(|one| *one == Some(inode))
}

#[test]
fn frames_tell_whose_an_address_is() {
    let there = [("client", "10.0.0.1:40000"), ("server", "10.0.0.2:9")];
    let elsewhere = [("client", "10.0.0.1:40000"), ("other", "10.0.0.2:9")];
    let answer = [("server", "10.0.0.3:9"), ("client", "10.0.0.1:40000")];
    assert_eq!(reached_over_frames(&[(2, "*:9")], &[]), None, "nobody knows");
    assert_eq!(reached_over_frames(&[(2, "*:9")], &[there]), Some(0));
    // Two hosts with such a port: the recorded socket is that of one of them only.
    assert_eq!(reached_over_frames(&[(2, "*:9")], &[elsewhere, answer]), None);
    // Two recorded sockets have the port, and only one of them is told apart by its address.
    assert_eq!(reached_over_frames(&[(2, "*:9"), (3, "*:9")], &[there]), None);
    assert_eq!(
        reached_over_frames(&[(2, "*:9"), (3, "10.0.0.2:7"), (3, "*:9")], &[there]),
        Some(2)
    );
}

#[test]
fn a_datagram_reaches_no_stream_and_no_later_socket() {
    let mut story = Story::new();
    let server = story.command("server", "server");
    let listener = story.tcp(server);
    story.bind(listener, "127.0.0.1:9");
    story.listen(listener, 5);
    let here = client(&mut story);
    let early = story.sendto(here, "127.0.0.1:9", "hola");
    let late = story.udp(server);
    story.bind(late, "127.0.0.1:9");
    let second = story.sendto(here, "127.0.0.1:9", "hola");
    // Nor is a datagram socket a peer for a stream.
    let stream = story.tcp(here.who);
    let args = Args::Connect { address: address("127.0.0.1:9") };
    let connect = story.on(stream, "connect", args, Outcome::Error(Errno::ETIMEDOUT));
    let [listener, late] = [listener, late].map(|sock| story.identity(sock).inode);
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    assert_eq!(peer_inode(&flows, early), None);
    assert_eq!(peer_inode(&flows, second), late);
    assert_eq!(peer_inode(&flows, connect), listener);
}
