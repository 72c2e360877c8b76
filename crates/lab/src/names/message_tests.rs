//! Answers, read by somebody else: by the parser of the crate `simple-dns`.

use proptest::prelude::*;
use simple_dns::rdata::RData;
use simple_dns::{Packet, PacketFlag, RCODE};

use super::*;

/// A question with this name and type, as `getaddrinfo` asks it.
fn query(name: &str, kind: u16) -> Vec<u8> {
    let mut bytes = vec![0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    bytes.extend(wire(name));
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 1]);
    bytes
}

/// The same with an OPT record that leaves room for 4096 bytes.
fn extended(name: &str, kind: u16) -> Vec<u8> {
    let mut bytes = query(name, kind);
    bytes[11] = 1;
    bytes.extend([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

fn ask(message: &[u8], names: &Names) -> Vec<u8> {
    answer(message, names, &mut Asked::default(), Over::Udp).expect("an answer").bytes
}

/// Each answer of a message as `name type data`.
fn lines(bytes: &[u8]) -> Vec<String> {
    let packet = Packet::parse(bytes).expect("a message");
    let line = |record: &simple_dns::ResourceRecord<'_>| {
        let data = match &record.rdata {
            RData::A(a) => format!("A {}", Ipv4Addr::from(a.address)),
            RData::AAAA(aaaa) => format!("AAAA {}", Ipv6Addr::from(aaaa.address)),
            RData::CNAME(target) => format!("CNAME {}", target.0),
            RData::PTR(target) => format!("PTR {}", target.0),
            other => format!("{other:?}"),
        };
        format!("{} {data}", record.name)
    };
    packet.answers.iter().map(line).collect()
}

/// The response code and the answers to a question of `getaddrinfo`.
fn asked(name: &str, kind: u16, names: &Names) -> (RCODE, Vec<String>) {
    let query = query(name, kind);
    let bytes = ask(&query, names);
    assert_eq!(bytes[..2], query[..2], "the question's number");
    assert_eq!(bytes[2], 0x85, "an authoritative answer, recursion was desired");
    assert_eq!(bytes[HEADER..query.len()], query[HEADER..], "the question comes back");
    let packet = Packet::parse(&bytes).expect("a message");
    let soa = packet.name_servers.iter().filter(|it| matches!(it.rdata, RData::SOA(_))).count();
    let is_negative = packet.rcode() == RCODE::NameError
        || packet.rcode() == RCODE::NoError
            && packet.answers.last().is_none_or(|last| matches!(last.rdata, RData::CNAME(_)));
    assert_eq!(soa == 1, is_negative, "for how long there is nothing");
    (packet.rcode(), lines(&bytes))
}

fn said(code: RCODE, lines: &[&str]) -> (RCODE, Vec<String>) {
    (code, lines.iter().map(ToString::to_string).collect())
}

#[test]
fn addresses_names_and_their_absence() {
    let names = Names::default();
    let here = said(RCODE::NoError, &["0.uk.pool.ntp.org A 127.0.0.1"]);
    assert_eq!(asked("0.uk.pool.ntp.org", kind::A, &names), here);
    let google = said(RCODE::NoError, &["WWW.google.com A 127.0.0.1"]);
    assert_eq!(asked("WWW.google.com", kind::ANY, &names), google);
    // There is such a name, but it has no address of that kind, no mail server, and nothing of a
    // type that nobody knows.
    for kind in [kind::AAAA, 15, 65, 65_280] {
        let bytes = ask(&query("www.google.com", kind), &names);
        assert_eq!((bytes[3] & 15, &bytes[6..10]), (0, &[0, 0, 0, 1][..]), "{kind}");
    }
    assert_eq!(asked("no-such-name.invalid", kind::A, &names), said(RCODE::NameError, &[]));
    let localhost = said(RCODE::NoError, &["1.0.0.127.in-addr.arpa PTR localhost"]);
    assert_eq!(asked("1.0.0.127.in-addr.arpa", kind::PTR, &names), localhost);
    assert_eq!(asked("1.0.0.127.in-addr.arpa", kind::A, &names), said(RCODE::NoError, &[]));
    let nobody = said(RCODE::NameError, &[]);
    assert_eq!(asked("1.1.168.192.in-addr.arpa", kind::PTR, &names), nobody);
    let six = names.with("six.example", ["2001:db8::1".parse().unwrap()]);
    assert_eq!(asked("six.example", kind::A, &six), said(RCODE::NoError, &[]));
    let line = said(RCODE::NoError, &["six.example AAAA 2001:db8::1"]);
    assert_eq!(asked("six.example", kind::AAAA, &six), line);
    let reversed = format!("1.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(23));
    let (code, lines) = asked(&reversed, kind::PTR, &six);
    assert_eq!((code, lines.len()), (RCODE::NoError, 1));
    assert!(lines[0].ends_with(" PTR six.example"));
}

#[test]
fn an_alias_is_followed_to_the_end_of_its_chain() {
    let names = Names::only_known()
        .entry("www.example.com", Entry::alias_of("web.example.com"))
        .entry("web.example.com", Entry::alias_of("host.example"))
        .with("host.example", [[192, 0, 2, 1].into()])
        .entry("lost.example", Entry::alias_of("nowhere.example"))
        .entry("one.example", Entry::alias_of("other.example"))
        .entry("other.example", Entry::alias_of("one.example"));
    let chain = ["www.example.com CNAME web.example.com", "web.example.com CNAME host.example"];
    let whole = [chain[0], chain[1], "host.example A 192.0.2.1"];
    assert_eq!(asked("www.example.com", kind::A, &names), said(RCODE::NoError, &whole));
    assert_eq!(asked("www.example.com", kind::AAAA, &names), said(RCODE::NoError, &chain));
    let (code, lines) = asked_for_alias("www.example.com", &names);
    assert_eq!((code, lines), said(RCODE::NoError, &chain[..1]));
    let lost = ["lost.example CNAME nowhere.example"];
    assert_eq!(asked("lost.example", kind::A, &names), said(RCODE::NameError, &lost));
    let circle = ask(&query("one.example", kind::A), &names);
    assert_eq!(Packet::parse(&circle).unwrap().rcode(), RCODE::ServerFailure);
}

/// As [`asked`], for the alias itself, which is no negative answer.
fn asked_for_alias(name: &str, names: &Names) -> (RCODE, Vec<String>) {
    let bytes = ask(&query(name, kind::CNAME), names);
    let packet = Packet::parse(&bytes).unwrap();
    assert!(packet.name_servers.is_empty());
    (packet.rcode(), lines(&bytes))
}

#[test]
fn several_addresses_keep_their_order_or_take_turns() {
    let three = [1, 2, 3].map(|last| IpAddr::from([192, 0, 2, last]));
    let names = Names::only_known()
        .with("fixed.example", three)
        .entry("*.turns.example", Entry::at(three).rotating());
    let mut asked = Asked::default();
    let mut first = |name: &str, kind| {
        let bytes = answer(&query(name, kind), &names, &mut asked, Over::Udp).unwrap().bytes;
        assert_eq!(lines(&bytes).len(), if kind == kind::A { 3 } else { 0 });
        lines(&bytes).first().map(|line| line.rsplit('.').next().unwrap().to_owned())
    };
    for turn in ["1", "2", "3", "1"] {
        assert_eq!(first("fixed.example", kind::A).as_deref(), Some("1"));
        // Questions of another type don't take a turn.
        assert_eq!(first("0.turns.example", kind::AAAA), None);
        assert_eq!(first("0.turns.example", kind::A).as_deref(), Some(turn));
    }
}

#[test]
fn trouble_comes_as_it_was_asked_for() {
    let entry = |trouble, asks, first| Entry {
        manner: Manner { trouble: Some(trouble), asks, first, ..Manner::default() },
        ..Entry::at([[192, 0, 2, 1].into()])
    };
    let slow = Manner { delay: Duration::from_millis(300), ..Manner::default() };
    let names = Names::only_known()
        .entry("fails.example", entry(Trouble::Failure, None, Some(2)))
        .entry("refuses.example", entry(Trouble::Refusal, None, None))
        .entry("silent.example", entry(Trouble::Silence, Some(Asks::Ipv6), None))
        .entry("cut.example", entry(Trouble::CutOff, None, None))
        .entry("slow.example", Entry { manner: slow, ..Entry::at([[192, 0, 2, 1].into()]) });
    let mut asked = Asked::default();
    let mut code = |name: &str, kind, over| {
        let answer = answer(&query(name, kind), &names, &mut asked, over)?;
        let packet = Packet::parse(&answer.bytes).unwrap();
        let cut = packet.has_flags(PacketFlag::TRUNCATION);
        Some((packet.rcode(), packet.answers.len(), cut, answer.delay.as_millis()))
    };
    let well = Some((RCODE::NoError, 1, false, 0));
    for expected in [Some((RCODE::ServerFailure, 0, false, 0)); 2].into_iter().chain([well; 2]) {
        assert_eq!(code("fails.example", kind::A, Over::Udp), expected);
    }
    let refused = Some((RCODE::Refused, 0, false, 0));
    assert_eq!(code("refuses.example", kind::A, Over::Tcp), refused);
    assert_eq!(code("silent.example", kind::A, Over::Udp), well);
    assert_eq!(code("silent.example", kind::AAAA, Over::Udp), None);
    assert_eq!(code("cut.example", kind::A, Over::Udp), Some((RCODE::NoError, 0, true, 0)));
    assert_eq!(code("cut.example", kind::A, Over::Tcp), well);
    assert_eq!(code("slow.example", kind::A, Over::Udp), Some((RCODE::NoError, 1, false, 300)));
}

#[test]
fn an_answer_that_does_not_fit_says_so() {
    let many = (1..=100).map(|last| IpAddr::from([127, 0, 0, last]));
    let names = Names::default().with("many.example", many);
    let question = query("many.example", kind::A);
    let bytes = ask(&question, &names);
    assert!(bytes.len() <= 512 && bytes[2] & 2 != 0);
    assert_eq!(lines(&bytes).len(), (512 - question.len()) / 16);
    let whole = answer(&question, &names, &mut Asked::default(), Over::Tcp).unwrap().bytes;
    assert!(whole[2] & 2 == 0 && lines(&whole).len() == 100);
    let bytes = ask(&extended("many.example", kind::A), &names);
    assert!(bytes[2] & 2 == 0 && lines(&bytes).len() == 100);
    assert_eq!(Packet::parse(&bytes).unwrap().opt().unwrap().udp_packet_size, 4096);
}

#[test]
fn what_is_no_question_gets_no_records() {
    let names = Names::default();
    let mut asked = Asked::default();
    assert_eq!(answer(b"", &names, &mut asked, Over::Udp), None);
    let mut response = query("a.example", kind::A);
    response[2] |= 0x80;
    assert_eq!(answer(&response, &names, &mut asked, Over::Udp), None);
    let mut update = query("a.example", kind::A);
    update[2] = 5 << 3;
    assert_eq!(ask(&update, &names)[3] & 15, 4);
    for count in [0, 2] {
        let mut several = query("a.example", kind::A);
        several[5] = count;
        assert_eq!(ask(&several, &names)[3] & 15, 1);
    }
    let mut chaos = query("a.example", kind::A);
    *chaos.last_mut().unwrap() = 3;
    assert_eq!(ask(&chaos, &names)[3] & 15, 5);
    for (kind, code) in [(kind::AXFR, 5), (kind::IXFR, 5), (kind::MAILA, 4), (kind::MAILB, 4)] {
        assert_eq!(ask(&query("a.example", kind), &names)[3] & 15, code);
    }
    let mut future = extended("a.example", kind::A);
    *future.iter_mut().nth_back(4).unwrap() = 1;
    let bytes = ask(&future, &names);
    // BADVERS is 16: 0 in the header, and 1 in the first byte of the time to live of the OPT record.
    let opt = &bytes[bytes.len() - 11..];
    assert_eq!((bytes[3] & 15, opt[2], opt[5], opt[6], bytes[7]), (0, 41, 1, 0, 0));
}

proptest! {
    #[test]
    fn any_bytes_get_a_well_formed_answer_or_none(
        message: Vec<u8>, flags: u8, tcp: bool
    ) {
        let names = Names::default().without("a");
        let over = if tcp { Over::Tcp } else { Over::Udp };
        let mut message = message;
        if let Some(byte) = message.get_mut(2) {
            *byte = flags;
        }
        let mut asked = Asked::default();
        if let Some(Answer { bytes, .. }) = answer(&message, &names, &mut asked, over) {
            prop_assert_eq!(&bytes[..2], &message[..2]);
            prop_assert!(bytes[2] & 0x80 != 0 && bytes.len() < 800);
            // Nobody answers it in turn.
            prop_assert_eq!(answer(&bytes, &names, &mut asked, over), None);
        }
    }

    #[test]
    fn every_name_gets_its_addresses(
        name in "[a-zA-Z0-9-]{1,20}(\\.[a-z0-9_]{1,20}){0,4}", ip: [u8; 4], six: [u8; 16]
    ) {
        let names = Names::all_at(ip.into()).with("*.aaaa", [six.into()]);
        let expected = match names.find(&name) {
            Known::Nothing => said(RCODE::NameError, &[]),
            _ if name.ends_with(".aaaa") => said(RCODE::NoError, &[]),
            _ => said(RCODE::NoError, &[&format!("{name} A {}", Ipv4Addr::from(ip))]),
        };
        prop_assert_eq!(asked(&name, kind::A, &names), expected);
        let six = [format!("{name}.aaaa AAAA {}", Ipv6Addr::from(six))];
        prop_assert_eq!(asked(&format!("{name}.aaaa"), kind::AAAA, &names).1, six);
    }
}
