use proptest::prelude::*;

use super::*;
use crate::tls::cipher_name;

fn whole(bytes: &[u8]) -> Content {
    Content::of([(0, bytes)], bytes.len() as u64).unwrap()
}

fn units(client: &[u8], server: &[u8]) -> [Vec<Unit>; 2] {
    read([&whole(client), &whole(server)])
}

/// One line for each unit.
fn told(units: &[Unit]) -> Vec<String> {
    let one = |unit: &Unit| {
        let what = match &unit.what {
            What::Request { method, target, minor } => format!("{method} {target} 1.{minor}"),
            What::Response { status, reason, .. } => format!("{status} {reason}"),
            What::Body { chunked: true, .. } => "chunks".to_owned(),
            What::Body { until_end, .. } => {
                format!("body{}", if *until_end { " until end" } else { "" })
            }
            What::Tls(Record::Handshake(messages)) => {
                let name = |message: &Option<Handshake>| match message {
                    None => "rest".to_owned(),
                    Some(Handshake::ClientHello(_)) => "ClientHello".to_owned(),
                    Some(Handshake::ServerHello(hello)) => {
                        format!("ServerHello {}", cipher_name(hello.cipher).unwrap())
                    }
                    Some(Handshake::Other(kind)) => format!("handshake {kind}"),
                };
                messages.iter().map(name).collect::<Vec<_>>().join("+")
            }
            What::Tls(Record::Alert(alert)) => format!("alert {}", alert.description),
            What::Tls(Record::ChangeCipherSpec) => "CCS".to_owned(),
            What::Tls(Record::Encrypted { length, version, kind }) => {
                let version = version.map_or("?".to_owned(), |version| version.to_string());
                format!("{kind:?} {length} in {version}")
            }
            What::Tls(Record::Unknown(kind)) => format!("{kind:?}?"),
            What::Preface => "preface".to_owned(),
            What::Frame(frame) => format!("{} {}", frame.name().unwrap_or("?"), frame.stream),
            What::Dns(message) => format!("DNS {}", message.name),
        };
        format!("{what} {}..{}", unit.bytes.start, unit.bytes.end)
    };
    units.iter().map(one).collect()
}

fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &u16::try_from(payload.len()).unwrap().to_be_bytes(), payload].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &u32::try_from(body.len()).unwrap().to_be_bytes()[1..], body].concat()
}

fn hello() -> Vec<u8> {
    record(22, &message(1, &crate::tls::tests_hello::client()))
}

#[test]
fn a_connection_that_is_kept_alive() {
    let client =
        b"GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 4\r\n\r\nhola\
                   HEAD /c HTTP/1.1\r\n\r\n";
    let server = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHTTP/1.1 200\
                   HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n\
                   4\r\nhola\r\n0\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\n";
    let [client, server] = units(client, server);
    assert_eq!(
        told(&client),
        ["GET /a 1.1 0..28", "POST /b 1.1 28..67", "body 67..71", "HEAD /c 1.1 71..91"]
    );
    assert_eq!(
        told(&server),
        [
            "200 OK 0..39",
            "body 39..51",
            "100 Continue 51..76",
            "201 Created 76..128",
            "chunks 128..142",
            "404 Not Found 142..188"
        ],
        "what looks like a status line in a body is none"
    );
}

#[test]
fn an_old_server_ends_the_body_with_the_stream() {
    let [_, server] =
        units(b"GET / HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\nHTTP/1.0 404 No\r\n\r\n");
    assert_eq!(told(&server), ["200 OK 0..19", "body until end 19..38"]);
}

#[test]
fn without_the_request_a_response_says_nothing_of_what_follows() {
    let [_, server] = units(
        b"hello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n",
    );
    assert_eq!(told(&server), ["200 OK 0..38"]);
    let [client, server] = units(
        b"CONNECT a:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nhi",
    );
    assert_eq!(told(&client), ["CONNECT a:443 1.1 0..26"]);
    assert_eq!(told(&server), ["200 OK 0..19"], "another protocol begins");
}

#[test]
fn text_that_is_no_start_line_is_nothing() {
    for text in
        ["hola\n", "GET /\r\n", "get lost HTTP\r\n", "GET / HTTP/1.1", "220 mail.test ESMTP\r\n"]
    {
        assert_eq!(units(text.as_bytes(), text.as_bytes()), [vec![], vec![]], "{text}");
    }
}

#[test]
fn a_gap_hides_what_is_behind_it() {
    let head = b"POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n";
    let next = b"GET /next HTTP/1.1\r\n\r\n";
    let at = head.len() as u64 + 5000;
    let end = at + next.len() as u64;
    let content = Content::of([(0, &head[..]), (at, &next[..])], end).unwrap();
    let [client, _] = read([&content, &Content::default()]);
    assert_eq!(told(&client)[2], "GET /next 1.1 5041..5063", "the length leads over the gap");
    let chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nff\r\nabc";
    let content = Content::of([(0, &chunked[..]), (900, &next[..])], 922).unwrap();
    let [client, _] = read([&content, &Content::default()]);
    assert_eq!(told(&client).len(), 2, "where the chunk ends was not recorded");
}

#[test]
fn pieces_that_contradict_each_other_are_nothing() {
    assert!(Content::of([(0, &b"hola"[..]), (2, b"la!")], 5).is_some());
    assert!(Content::of([(0, &b"hola"[..]), (2, b"li!")], 5).is_none());
}

#[test]
fn tls_1_3() {
    let client = [hello(), record(20, &[1]), record(23, &[7; 53]), record(23, &[7; 90])].concat();
    let server = record(22, &message(2, &crate::tls::tests_hello::server(Some(0x0304), None)));
    let server = [server, record(20, &[1]), record(23, &[8; 1200])].concat();
    let [client, server] = units(&client, &server);
    let told_server = told(&server);
    assert_eq!(
        told(&client)[1..],
        [
            "CCS 104..110",
            "ApplicationData 53 in 1.3 110..168",
            "ApplicationData 90 in 1.3 168..263"
        ]
    );
    assert!(told_server[0].starts_with("ServerHello TLS_AES_256_GCM_SHA384"), "{told_server:?}");
    assert!(told_server[2].starts_with("ApplicationData 1200 in 1.3"), "{told_server:?}");
}

#[test]
fn tls_1_2() {
    let hello_message = message(2, &crate::tls::tests_hello::server(None, None));
    let long = message(11, &[5; 3000]);
    // Two records for three messages.
    let all = [hello_message, long, message(14, b"")].concat();
    let server = [record(22, &all[..2000]), record(22, &all[2000..])].concat();
    let server = [server, record(20, &[1]), record(22, &[0; 40]), record(21, &[9; 26])].concat();
    let client =
        [hello(), record(22, &message(16, &[1; 66])), record(20, &[1]), record(22, &[1; 40])]
            .concat();
    let [client, server] = units(&client, &server);
    assert_eq!(
        told(&client)[1..],
        ["handshake 16 104..179", "CCS 179..185", "Handshake 40 in 1.2 185..230"]
    );
    assert_eq!(
        told(&server)[1..],
        [
            "rest+handshake 14 2005..3060",
            "CCS 3060..3066",
            "Handshake 40 in 1.2 3066..3111",
            "Alert 26 in 1.2 3111..3142"
        ]
    );
}

#[test]
fn a_server_may_refuse_at_once() {
    let [client, server] = units(&hello(), &record(21, &[2, 70]));
    assert_eq!((client.len(), told(&server)), (1, vec!["alert 70 0..7".to_owned()]));
}

#[test]
fn what_begins_like_a_record_and_is_none_is_nothing() {
    let mut broken = hello();
    broken[45] = 7; // The length of the session is now far too large.
    let alone = record(21, &[2, 48]);
    for (bytes, why) in [
        (&b"\x16\x03 binary that is something else"[..], "no record"),
        (&broken, "no hello in it"),
        (&record(22, &message(2, &[0; 70])), "no hello of a client"),
        (&alone, "an alert alone"),
        (&record(23, &[0; 40]), "encrypted from the beginning"),
    ] {
        assert_eq!(units(bytes, b""), [vec![], vec![]], "{why}");
    }
    let [_, server] = units(&hello(), b"HTTP/1.0 400 Bad request\r\n\r\n");
    assert_eq!(server, [], "a plain server answers in its own protocol");
    assert_eq!(units(b"hola", &alone)[1], []);
}

#[test]
fn a_record_whose_end_was_not_recorded_is_still_counted() {
    let hello = hello();
    let far = hello.len() as u64 + 5 + 9000;
    let data = [record(23, &[1; 9000])[..100].to_vec(), record(23, &[1; 20])].concat();
    let content = Content::of(
        [(0, &hello[..]), (hello.len() as u64, &data[..100]), (far, &data[100..])],
        far + 25,
    );
    let [client, _] = read([&content.unwrap(), &Content::default()]);
    assert_eq!(
        told(&client)[1..],
        ["ApplicationData 9000 in ? 104..9109", "ApplicationData 20 in ? 9109..9134"]
    );
}

#[test]
fn http_2() {
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    let headers = b"\0\0\x01\x01\x05\0\0\0\x01\x82";
    let client = [crate::http2::PREFACE, settings, headers].concat();
    let server = [&settings[..], b"\0\0\x04\0\x01\0\0\0\x01hola"].concat();
    let [own, other] = units(&client, &server);
    assert_eq!(told(&own), ["preface 0..24", "SETTINGS 0 24..33", "HEADERS 1 33..43"]);
    assert_eq!(told(&other), ["SETTINGS 0 0..9", "DATA 1 9..22"]);
    assert_eq!(units(&client[..20], &server), [vec![], vec![]], "half a preface");
    assert_eq!(units(b"hola", &server)[1], [], "a server alone could be anything");
    let [_, other] = units(&client, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_eq!(other, []);
}

#[test]
fn http_2_after_an_upgrade() {
    let client = [b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", crate::http2::PREFACE].concat();
    let server = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let [client, server] = units(&client, server);
    assert_eq!(told(&client)[1], "preface 32..56");
    assert_eq!(told(&server)[1], "SETTINGS 0 50..59");
}

#[test]
fn name_servers_over_tcp() {
    let question = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x01\0\x01";
    let sized = [&[0, 24][..], question].concat();
    let [client, _] = units(&sized, b"");
    assert_eq!(told(&client), ["DNS a.test 0..26"]);
    assert_eq!(units(b"\0\x04hola", b""), [vec![], vec![]]);
}

proptest! {
    /// Whatever comes, what is named is in order and does not overlap.
    #[test]
    fn any_bytes(
        begin in prop::sample::select(vec![0_usize, 1, 2, 3, 4]),
        pieces in prop::collection::vec((0_u64..400, prop::collection::vec(any::<u8>(), 0..80)), 0..6),
        change in (any::<prop::sample::Index>(), any::<u8>()),
    ) {
        let mut first = match begin {
            0 => hello(),
            1 => crate::http2::PREFACE.to_vec(),
            2 => b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n".to_vec(),
            3 => record(22, &message(2, &crate::tls::tests_hello::server(Some(0x304), Some(b"\x02h2")))),
            _ => b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".to_vec(),
        };
        let at = change.0.index(first.len());
        first[at] ^= change.1;
        let base = first.len() as u64;
        let later = pieces.iter().map(|(at, bytes)| (base + at, &bytes[..]));
        let Some(content) = Content::of([(0, &first[..])].into_iter().chain(later), 600) else {
            return Ok(());
        };
        for units in read([&content, &content]) {
            for pair in units.windows(2) {
                prop_assert!(pair[0].bytes.end <= pair[1].bytes.start, "{pair:?}");
            }
            prop_assert!(units.iter().all(|unit| unit.bytes.start < unit.bytes.end));
        }
    }

    #[test]
    fn any_hello(bytes in prop::collection::vec(any::<u8>(), 0..200), more in 0_usize..50) {
        let content = [message(1, &bytes), vec![0; more]].concat();
        let _ = units(&record(22, &content), &record(22, &message(2, &bytes)));
    }
}
