//! What messages are called: where that is certain, and nowhere else.

use insta::assert_snapshot;
use socklab_ladder::{HtmlStyle, Ladder, Options, TextStyle};
use socklab_say::{Language, Speaker};
use socklab_timelines::{Sock, Story};

/// A record of TLS.
fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    [
        &[kind, 3, 3][..],
        &u16::try_from(payload.len()).expect("a short record").to_be_bytes(),
        payload,
    ]
    .concat()
}

/// A message of a handshake, in a record of its own.
fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a short record").to_be_bytes();
    record(22, &[&[kind][..], &length[1..], body].concat())
}

/// A hello, with what follows the random and the session.
fn hello(kind: u8, rest: &[u8], extensions: &[u8]) -> Vec<u8> {
    let length = u16::try_from(extensions.len()).expect("a short record").to_be_bytes();
    handshake(kind, &[&[3, 3][..], &[7; 32], &[0], rest, &length, extensions].concat())
}

fn client_hello() -> Vec<u8> {
    let name = b"\0\0\0\x0d\0\x0b\0\0\x08uni.test";
    let inside = b"\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1";
    let versions = b"\0\x2b\0\x05\x04\x03\x04\x03\x03";
    hello(1, b"\0\x02\x13\x02\x01\0", &[&name[..], inside, versions].concat())
}

fn server_hello() -> Vec<u8> {
    hello(2, b"\x13\x02\0", b"\0\x2b\0\x02\x03\x04")
}

/// A client and a server that are connected.
fn connected(port: u16) -> (Story, Sock, Sock) {
    let mut story = Story::new();
    let server = story.command("server", "server");
    let client = story.command("client", "client");
    let listener = story.tcp(server);
    story.bind(listener, &format!("127.0.0.1:{port}"));
    story.listen(listener, 5);
    let socket = story.tcp(client);
    story.connect(socket, &format!("127.0.0.1:{port}"));
    let accepted = story.accept(listener, socket);
    (story, socket, accepted)
}

/// One message, sent and received.
fn says(story: &mut Story, [from, to]: [Sock; 2], bytes: &[u8]) {
    story.send(from, bytes);
    story.recv(to, bytes);
}

fn closed((mut story, client, server): (Story, Sock, Sock)) -> Story {
    story.close(client);
    story.recv(server, b"");
    story.close(server);
    story
}

/// A client that does not know who signed the server's certificate.
fn unknown_authority() -> Story {
    let (mut story, client, server) = connected(8443);
    let hello = client_hello();
    story.send(client, &hello);
    // As OpenSSL reads: the header of a record, then the record.
    story.recv_into(server, 5, &hello[..5]);
    story.recv(server, &hello[5..]);
    let flight = [server_hello(), record(20, &[1]), record(23, &[9; 800])].concat();
    says(&mut story, [server, client], &flight);
    says(&mut story, [client, server], &record(21, &[2, 48]));
    closed((story, client, server))
}

fn drawn(story: &Story, speaker: Speaker, columns: usize) -> String {
    Ladder::of(&story.build(), &Options::new(speaker)).to_text(&TextStyle::new(columns))
}

fn spanish() -> Speaker {
    Speaker::new(Language::find("es").expect("Spanish"))
}

#[test]
fn an_alert_has_its_name() {
    let story = unknown_authority();
    assert_snapshot!("tls-80", drawn(&story, Speaker::ENGLISH, 80));
    assert_snapshot!("tls-120", drawn(&story, Speaker::ENGLISH, 120));
    assert_snapshot!("tls-80-es", drawn(&story, spanish(), 80));
}

#[test]
fn a_page_has_the_fields_of_a_message() {
    let ladder = Ladder::of(&unknown_authority().build(), &Options::new(Speaker::ENGLISH));
    let page = ladder.to_html(&HtmlStyle::default());
    for fact in ["uni.test", "1.3, 1.2", "h2, http/1.1", "TLS_AES_256_GCM_SHA384", "800 B"] {
        assert!(
            page.contains(&format!("<dd>{fact}</dd>")) || page.contains(&format!(">{fact}</dd>")),
            "{fact}"
        );
    }
}

#[test]
fn frames_of_http_2_have_names() {
    let (mut story, client, server) = connected(8080);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    says(&mut story, [client, server], preface);
    says(&mut story, [client, server], b"\0\0\x01\x01\x05\0\0\0\x01\x82");
    says(&mut story, [server, client], b"\0\0\0\x04\0\0\0\0\0\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08");
    let story = closed((story, client, server));
    assert_snapshot!("http-2-100", drawn(&story, Speaker::ENGLISH, 100));
}

/// What the tempting reading would call something that it is not.
#[test]
fn what_is_not_certain_has_no_name() {
    let drawn = |(story, ..): (Story, Sock, Sock)| drawn(&story, Speaker::ENGLISH, 140);
    let (mut story, client, server) = connected(443);
    says(&mut story, [client, server], b"hola, this is port 443");
    says(&mut story, [client, server], &client_hello());
    assert!(!drawn((story, client, server)).contains("TLS"), "it did not begin so");
    let (mut story, client, server) = connected(443);
    says(&mut story, [client, server], &[&b"\x16\x03\x01\x00\x30"[..], &[0xee; 48]].concat());
    assert!(!drawn((story, client, server)).contains("TLS"), "no hello in the record");
    let (mut story, client, server) = connected(8080);
    says(&mut story, [client, server], b"PRI * HTTP/2.0\r\n\r\n");
    assert!(!drawn((story, client, server)).contains("preface"), "half of it");
    let (mut story, client, server) = connected(8080);
    says(&mut story, [client, server], &client_hello());
    says(&mut story, [server, client], b"\x17\x03\x03\x00\x14aaaaaaaaaaaaaaaaaaaa");
    let text = drawn((story, client, server));
    assert_eq!(text.matches("encrypted").count(), 0, "without a hello of the server: {text}");
}

/// A program that was attached to is in the middle of its conversation.
#[test]
fn a_stream_whose_beginning_was_not_recorded_is_not_named() {
    let mut story = Story::new();
    let client = story.command("client", "client");
    let sock = story.given(client);
    story.send(sock, client_hello());
    let text = drawn(&story, Speaker::ENGLISH, 120);
    assert!(text.contains("send") && !text.contains("TLS"), "{text}");
}
