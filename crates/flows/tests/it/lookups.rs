//! Look-ups of names.

use socklab_flows::{Flows, answer, question};
use socklab_timelines::{Story, address};

/// A DNS message that asks for one name, RFC 1035 §4.1.
fn message(name: &str, class: u8) -> Vec<u8> {
    let mut message = b"\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.extend_from_slice(&[0, 0, 1, 0, class]);
    message
}

#[test]
fn only_a_question_for_a_readable_internet_name_is_read() {
    let asked = |name: &str| question(&message(name, 1)).map(|(name, _)| name);
    assert_eq!(asked("a.example").as_deref(), Some("a.example"));
    let longest = "x".repeat(63);
    assert_eq!(asked(&longest), Some(longest));
    // A label is shorter than 64 bytes: the two high bits mean compression.
    assert_eq!(asked(&"x".repeat(64)), None);
    assert_eq!(asked("sp ace.example"), None);
    assert_eq!(asked(""), None, "the root has no name");
    assert_eq!(question(&message("version.bind", 3)), None, "CHAOS is not the internet");
    let mut two = message("a.example", 1);
    two[5] = 2;
    assert_eq!(question(&two), None);
}

#[test]
fn a_question_over_tcp_has_its_length_before_it() {
    for (with_length, read_at_once) in [(true, true), (true, false), (false, true)] {
        let mut story = Story::new();
        let program = story.command("program", "program");
        let resolver = story.tcp(program);
        story.connect(resolver, "10.0.0.53:53");
        let message = message("a.example", 1);
        let length = (message.len() as u16).to_be_bytes();
        let whole = [&length[..], &message].concat();
        story.send(resolver, if with_length { &whole } else { &whole[1..] });
        if read_at_once {
            story.recv(resolver, &whole);
        } else {
            story.recv(resolver, length);
            story.recv(resolver, &message);
        }
        let timeline = story.build();
        let flows = Flows::of(&timeline);
        let names: Vec<&str> =
            flows.lookups.iter().flat_map(|one| &one.names).map(|name| &**name).collect();
        assert_eq!(names, if with_length { &["a.example"][..] } else { &[] });
        assert!(flows.lookups.iter().all(|one| one.answered));
    }
}

#[test]
fn every_type_of_record_is_a_question_of_its_own() {
    let typed = |name: &str, kind: u8| {
        let mut message = message(name, 1);
        let at = message.len() - 3;
        message[at] = kind;
        message
    };
    let mut story = Story::new();
    let program = story.command("program", "program");
    let resolver = story.udp(program);
    story.connect(resolver, "10.0.0.53:53");
    story.send(resolver, typed("a.example", 1));
    story.send(resolver, typed("a.example", 28));
    story.recv(resolver, typed("A.eXample", 1));
    story.send(resolver, typed("a.example", 28));
    story.send(resolver, typed("a.example", 99));
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let lookup = &flows.lookups[0];
    assert_eq!(lookup.names, ["a.example"]);
    let kinds: Vec<String> = lookup.kinds("a.example").map(|kind| kind.to_string()).collect();
    assert_eq!(kinds, ["A", "AAAA", "TYPE99"]);
    let [a, aaaa, _] = &lookup.questions[..] else { panic!("{:?}", lookup.questions) };
    assert!(a.answered.is_some() && aaaa.answered.is_none() && lookup.answered);
    assert_eq!((a.asked.len(), aaaa.asked.len()), (1, 2));
}

#[test]
fn a_lookup_is_the_names_asked_of_a_server_and_whether_it_answered() {
    let mut story = Story::new();
    let program = story.command("program", "program");
    let resolver = story.udp(program);
    story.connect(resolver, "10.0.0.53:53");
    for name in ["a.example", "b.example", "a.example"] {
        story.send(resolver, message(name, 1));
    }
    story.recv(resolver, message("a.example", 1));
    let silent = story.udp(program);
    story.sendto(silent, "10.0.0.54:53", message("c.example", 1));
    let other = story.udp(program);
    story.sendto(other, "10.0.0.53:54", message("d.example", 1));
    let timeline = story.build();
    let flows = Flows::of(&timeline);
    let [answered, unanswered] = &flows.lookups[..] else { panic!("{:?}", flows.lookups) };
    assert_eq!((answered.socket, &answered.server), (0, &address("10.0.0.53:53")));
    assert_eq!(answered.names, ["a.example", "b.example"]);
    assert_eq!((answered.calls.len(), answered.answered), (6, true));
    assert_eq!((unanswered.socket, unanswered.answered), (1, false));
    assert_eq!(unanswered.names, ["c.example"]);
}

#[test]
fn an_answer_is_a_code_and_the_addresses_asked_for() {
    let mut cut = message("a.example", 1);
    cut[2] |= 0x82;
    let kind = |number| socklab_flows::RecordType(number);
    let said = answer(&cut, kind(1)).expect("an answer");
    assert_eq!((said.code, said.cut, said.records, said.addresses.len()), (0, true, 0, 0));
    // An alias, and the address it has.
    let mut alias = message("a.example", 1);
    (alias[2], alias[7]) = (0x81, 2);
    alias.extend_from_slice(b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01b\xc0\x0e");
    alias.extend_from_slice(
        b"\x01b\xc0\x0e\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01",
    );
    let said = answer(&alias, kind(1)).expect("an answer");
    assert_eq!((said.code, said.records), (0, 1));
    assert_eq!(said.addresses, ["192.0.2.1".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(answer(&alias, kind(28)).map(|said| said.records), Some(0));
    for length in 0..alias.len() {
        assert_eq!(answer(&alias[..length], kind(1)), None, "cut after {length}");
    }
    assert_eq!(answer(&message("a.example", 1), kind(1)), None, "a question");
}

proptest::proptest! {
    #[test]
    fn no_message_is_too_much_for_the_reader(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)
    ) {
        let _ = answer(&bytes, socklab_flows::RecordType(1));
        let _ = question(&bytes);
    }
}
