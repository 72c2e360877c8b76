//! Answers and outputs that came, and were not what was asked for.

use socklab_event::{Args, Bytes, Outcome, Stream};
use socklab_judge::Missed;
use socklab_timelines::{Sock, Story, offered};

use super::{did, pair, prints};

/// A server that reads "hola" and answers with this.
fn answers(answer: &[u8]) -> (Story, Sock, Sock) {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    story.recv(far, "hola");
    story.send(far, answer);
    (story, near, far)
}

fn besides(surplus: &[u8]) -> Option<&'static str> {
    let (story, ..) = answers(&[b"HOLA", surplus].concat());
    let (answer, surplus) = (Bytes::whole(*b"HOLA"), Bytes::whole(surplus));
    let missed = Missed::Besides { peer: "client", answer: &answer, surplus: &surplus };
    did(&story, "server", missed)
}

fn instead(got: &[u8]) -> Option<&'static str> {
    let (story, ..) = answers(got);
    let (expected, got) = (Bytes::whole(*b"HOLA"), Bytes::whole(got));
    let missed = Missed::Instead { peer: "client", expected: &expected, got: &got, skipped: 0 };
    did(&story, "server", missed)
}

#[test]
fn what_stands_behind_an_answer_is_called_what_it_is() {
    assert_eq!(besides(b"\n"), Some("added-line-end"));
    assert_eq!(besides(b"\n\n"), Some("added-bytes"), "not \"added-line-end\"");
    assert_eq!(besides(b"\0\0"), Some("added-zeros"));
    assert_eq!(besides(b"\0x"), Some("added-bytes"), "not \"added-zeros\"");
    assert_eq!(besides(b"HOLA"), Some("sent-twice"));
    assert_eq!(besides(b"HOL"), Some("added-bytes"), "not \"sent-twice\"");
    // A datagram is compared whole.
    assert_eq!(instead(b"HOLA\n"), Some("added-line-end"));
    assert_ne!(instead(b"HOL"), Some("added-bytes"));
}

#[test]
fn what_was_sent_instead_is_called_what_it_is() {
    assert_eq!(instead(b"hola"), Some("sent-unchanged"));
    assert_eq!(instead(b"hOLA"), Some("sent-other"), "not \"sent-unchanged\"");
    // An echo was asked for, and something is missing.
    let (mut story, near, far) = pair();
    story.send(near, "hola HOLA");
    story.recv(far, "hola HOLA");
    story.send(far, "hola");
    let (expected, got) = (Bytes::whole(*b"HOLA"), Bytes::whole(*b"hola"));
    let missed = Missed::Instead { peer: "client", expected: &expected, got: &got, skipped: 0 };
    assert_eq!(did(&story, "server", missed), Some("sent-other"), "not \"sent-unchanged\"");
    assert_eq!(instead(b"b'HOLA'"), Some("sent-notation"));
    assert_eq!(instead(b"b'x"), Some("sent-other"), "not \"sent-notation\"");
    assert_eq!(instead(b"HO"), Some("answered-partly"), "not \"sent-other\"");
}

/// A server that offers its peer "HOLA" and of which the kernel takes this much; then it sends something else.
fn partly(taken: u64, then: &str, missed: Missed<'_>) -> Option<&'static str> {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    story.recv(far, "hola");
    let mut args = offered(b"HOLA");
    if let Args::Send { bytes, .. } = &mut args {
        bytes.total = taken;
    }
    story.on(far, "sendto", args, Outcome::Value(taken.cast_signed()));
    if !then.is_empty() {
        story.send(far, then);
    }
    did(&story, "server", missed)
}

#[test]
fn a_send_that_was_cut_short_is_to_blame_only_where_the_stream_is_wrong() {
    let nothing_more = Missed::Bytes { peer: "client", expected: b"HOLA" };
    assert_eq!(partly(3, "", nothing_more), Some("sent-partly"));
    assert_ne!(partly(3, "A", nothing_more), Some("sent-partly"), "the rest was sent");
    let expected = Bytes::whole(*b"HOLAMUNDO");
    let instead = |got: &Bytes, then: &str| {
        let missed = Missed::Instead { peer: "client", expected: &expected, got, skipped: 0 };
        partly(3, then, missed)
    };
    assert_eq!(instead(&Bytes::whole(*b"HOLMUNDO"), "MUNDO"), Some("sent-partly"));
    assert_eq!(instead(&Bytes::whole(*b"HOL"), ""), Some("sent-partly"));
    // The stream is wrong before, and right there.
    assert_ne!(instead(&Bytes::whole(*b"HOxMUNDO"), "MUNDO"), Some("sent-partly"));
    assert_ne!(instead(&Bytes::whole(*b"HOLAMUNDA"), "AMUNDA"), Some("sent-partly"));
    // Of a long answer, the part where it differs is shown.
    let (expected, got) = (Bytes::whole(*b"LAMUNDO"), Bytes::whole(*b"LMUNDO"));
    for (skipped, rule) in [(2, "sent-partly"), (20, "sent-other")] {
        let missed = Missed::Instead { peer: "client", expected: &expected, got: &got, skipped };
        let is_it = partly(3, "MUNDO", missed) == Some("sent-partly");
        assert_eq!(is_it, rule == "sent-partly", "behind {skipped} bytes");
    }
}

/// A client that has read this much of "HOLA." and printed that.
fn output(read: &str, printed: &str) -> Option<&'static str> {
    let (mut story, near, far) = pair();
    story.send(near, "hola");
    story.recv(far, "hola");
    story.send(far, "HOLA.");
    story.recv_into(near, read.len() as u64, read);
    prints(&mut story, near.who, Stream::Stdout, printed);
    did(&story, "client", Missed::Output { expected: b"HOLA" })
}

#[test]
fn who_has_read_what_it_should_print_has_read_enough() {
    assert_eq!(output("HO", "HO"), Some("read-less"));
    assert_ne!(output("HOLA", "HO"), Some("read-less"));
}

#[test]
fn what_was_printed_is_called_what_it_is() {
    assert_eq!(output("HOLA", "hola"), Some("printed-other"));
    assert_eq!(output("HOLA", "HOLA\n"), None, "not \"printed-other\" nor \"printed-more\"");
    assert_eq!(output("HOLA", "HOLA\u{7f}"), Some("printed-more"));
    assert_eq!(output("HOLA", "HOLA HOLA"), Some("printed-twice"));
    assert_ne!(output("HOLA", "HOLA HOL"), Some("printed-twice"));
}

#[test]
fn a_client_that_logs_what_it_also_sends_did_not_only_print_it() {
    use socklab_event::Process;
    for (sends, wanted) in [(false, Some("printed-typed")), (true, None)] {
        let (mut story, near, _) = pair();
        let typed = Process::Stdio { stream: Stream::Stdin, bytes: Bytes::whole(*b"hola\n") };
        story.process(near.who, typed);
        prints(&mut story, near.who, Stream::Stdout, "hola\n");
        if sends {
            story.send(near, "hola");
        }
        assert_eq!(did(&story, "client", Missed::Bytes { peer: "server", expected: b"" }), wanted);
    }
}
