//! Connections that begin otherwise than by `connect` and `accept`.

use socklab_event::{Args, Bytes, Flags, Outcome};
use socklab_flows::{Cause, Flows, Meaning, Resent};
use socklab_timelines::address;

use super::{Talk, at, fits, seg, tie};

#[test]
fn two_that_ask_each_other_answer_with_their_syn_once_more() {
    let mut talk = Talk::crossed();
    let began = talk.now();
    let arrive = began + 100_000_000;
    let late = |flags, ack| seg(flags, -1, ack).altered("delayed", vec![arrive]);
    let syns = [talk.near(late("SYN", 0)), talk.far(late("SYN", 0))];
    talk.wait(101);
    let answers = [talk.near(seg("SYN,ACK", -1, 0)), talk.far(seg("SYN,ACK", -1, 0))];
    let connects = [(talk.near, "127.0.0.1:12000"), (talk.far, "127.0.0.1:40000")]
        .map(|(sock, to)| talk.story.since(began).connect(sock, to));
    talk.wait(1_000);
    let again = talk.far(seg("SYN,ACK", -1, 0));
    let timeline = talk.story.build();
    let flows = Flows::of(&timeline);
    assert_eq!((flows.connections.len(), flows.ties.conversations.len()), (1, 1), "one of both");
    let [one, other] = at(&flows, connects);
    let connection = &flows.connections[0];
    assert_eq!((connection.connected, connection.crossed), (Some(one), Some(other)));
    assert!(flows.ties.conversations[0].sockets.iter().all(Option::is_some));
    assert_eq!(syns.map(|syn| tie(&flows, syn).cause), [one, other].map(Cause::Call));
    let [near, far] = answers.map(|answer| tie(&flows, answer));
    assert_eq!((&near.meaning, near.again, &far.meaning, far.again), {
        let answer = &Meaning::SynAck;
        (answer, None, answer, None)
    });
    let [near_syn, far_syn] = at(&flows, syns);
    let causes = [near.cause, far.cause];
    assert_eq!(causes, [far_syn, near_syn].map(Cause::Frame), "what came, not a timer");
    assert_eq!((&near.woke, &far.woke), (&vec![other], &vec![one]));
    let again = tie(&flows, again);
    assert_eq!(again.again.map(|again| again.by), Some(Resent::Timer), "but the next is one again");
    fits(&flows);
}

#[test]
fn a_send_may_ask_for_the_connection_and_its_bytes_go_along() {
    for data in ["hola", ""] {
        let mut talk = Talk::new();
        let waits = talk.now();
        let began = talk.now();
        let syn = talk.near(seg("SYN", -1, 0).with(data));
        let answer = talk.far(seg("SYN,ACK", -1, i64::try_from(data.len()).expect("short")));
        let args = Args::Send {
            asked: 4,
            bytes: Bytes::whole("hola"),
            flags: Flags::from_iter(["MSG_FASTOPEN".into()]),
            to: Some(address("127.0.0.1:12000")),
            control: Box::default(),
        };
        talk.story.since(began).on(talk.near, "sendto", args, Outcome::Value(4));
        let sent = talk.story.now();
        let rest =
            if data.is_empty() { seg("PSH,ACK", 0, 0).with("hola") } else { seg("ACK", 4, 0) };
        let completes = talk.near(rest);
        let accept = talk.story.since(waits).accept_as(talk.listener, talk.far);
        let recv = talk.story.recv(talk.far, "hola");
        assert!(sent < talk.now());
        let timeline = talk.story.build();
        let flows = Flows::of(&timeline);
        let send = flows.transfers[0].sent;
        let [accept, recv] = at(&flows, [accept, recv]);
        assert_eq!(flows.connections[0].connected, Some(send));
        assert_eq!(flows.connection_at(recv), Some(0));
        let [first, answer, completes] = [syn, answer, completes].map(|one| tie(&flows, one));
        assert_eq!((&first.meaning, first.cause), (&Meaning::Syn, Cause::Call(send)));
        assert_eq!((&answer.meaning, &answer.woke), (&Meaning::SynAck, &vec![send]));
        let carries = if data.is_empty() { completes } else { first };
        assert_eq!(carries.bytes, 0..4);
        assert_eq!(carries.carries.iter().map(|one| one.sent).collect::<Vec<_>>(), [send]);
        assert_eq!(answer.acknowledges, Some(data.len() as u64));
        assert!(completes.woke.contains(&accept) && completes.again.is_none());
        fits(&flows);
    }
}
