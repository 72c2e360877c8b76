//! Verdicts on a small timeline made by hand: a client that is refused, then served.
//!
//! Longer than 400 lines, because all of them are about that one timeline.

use socklab_event::{
    Args, Bytes, Call, Column, Endpoint, Errno, Event, Exit, Family, Header, Outcome, Place,
    Process, Protocol, Signal, SocketId, SocketType, Stream, Timeline, What,
};
use socklab_flows::Flows;
use socklab_judge::{
    BytesWanted, CallWanted, CallWord, ExitWanted, Expectation, Fact, Judgement, Mismatch, Range,
    StreamWanted, Subject, TransportWanted, facts, judge,
};
use socklab_timelines::{Story, Who};

const SERVER: u32 = 10;
const CLIENT: u32 = 20;

fn socket(local: u16, peer: u16) -> SocketId {
    SocketId {
        netns: Some(1),
        family: Family::INET,
        kind: SocketType::STREAM,
        protocol: Protocol::TCP,
        local: Some(Endpoint::ip([127, 0, 0, 1], local)),
        peer: Some(Endpoint::ip([127, 0, 0, 1], peer)),
        inode: Some(local.into()),
        peer_inode: None,
    }
}

fn call(process: u32, at: u64, name: &'static str, args: Args, outcome: Outcome) -> Event {
    let (local, peer) = if process == CLIENT { (4000, 80) } else { (80, 4000) };
    let call = Call {
        name: name.into(),
        fd: Some(3),
        socket: Some(socket(local, peer).into()),
        args,
        outcome,
        began: at,
        ended: at + 2_000_000,
        restarts: 0,
        implicit: false,
        source: None,
        counted: None,
    };
    event(process, at, call.into())
}

fn event(process: u32, at: u64, what: What) -> Event {
    Event { seq: at, at, place: Place { host: None, process, thread: process }, what }
}

fn start(process: u32, command: u32, at: u64) -> Event {
    let what = Process::Start {
        command,
        parent: None,
        argv: Vec::new(),
        argv_omitted: 0,
        exe: None,
        attached: false,
    };
    event(process, at, what.into())
}

fn connect() -> Args {
    Args::Connect { address: Endpoint::ip([127, 0, 0, 1], 80) }
}

fn recv(text: &str) -> Args {
    Args::Recv {
        room: 1024,
        bytes: Bytes::whole(text),
        flags: Default::default(),
        got: Default::default(),
        from: None,
        control: Box::default(),
    }
}

fn timeline() -> Timeline {
    let columns = ["server", "client"]
        .map(|label| Column { label: label.to_owned(), argv: Vec::new() })
        .to_vec();
    let events = vec![
        start(SERVER, 0, 1),
        start(CLIENT, 1, 2),
        call(CLIENT, 3, "connect", connect(), Outcome::Error(Errno::ECONNREFUSED)),
        call(CLIENT, 4, "connect", connect(), Outcome::Value(0)),
        call(SERVER, 5, "recvfrom", recv("ho"), Outcome::Value(2)),
        call(SERVER, 6, "read", recv("la"), Outcome::Value(2)),
        call(SERVER, 7, "recvfrom", recv(""), Outcome::Value(0)),
        event(CLIENT, 8, Process::Exit { status: Exit::Code(0) }.into()),
    ];
    Timeline { header: Header { columns, ..Header::default() }, events }
}

fn expect(name: &str, subject: Subject) -> Expectation {
    Expectation {
        name: name.to_owned(),
        depends_on: Vec::new(),
        after: Vec::new(),
        before: Vec::new(),
        same_socket: None,
        times: Range::at_least(1),
        waited: None,
        subject,
    }
}

fn of_call(name: &str, call: CallWanted) -> Expectation {
    expect(name, Subject::Call(Box::new(call)))
}

fn wanted(actor: &str, call: &str) -> CallWanted {
    let word = CallWord::parse(call).expect("a word for calls");
    CallWanted { actor: Some(actor.to_owned()), ..CallWanted::any(word) }
}

fn verdict(expectation: Expectation) -> Judgement {
    judge(&[expectation], &Flows::of(&timeline())).remove(0).outcome
}

#[test]
fn calls_are_found_by_family_result_and_peer() {
    let refused = CallWanted { error: vec![Errno::ECONNREFUSED], ..wanted("client", "connect") };
    assert_eq!(verdict(of_call("refused", refused)), Judgement::Passed);
    let three =
        Expectation { times: Range::exactly(3), ..of_call("three", wanted("server", "recv")) };
    assert_eq!(verdict(three), Judgement::Passed);
    let by_peer = CallWanted { peer: Some("client".to_owned()), ..wanted("server", "recv") };
    assert_eq!(verdict(of_call("peer", by_peer)), Judgement::Passed);
    let end = CallWanted { end: Some(true), ..wanted("server", "recv") };
    assert_eq!(judge(&[of_call("end", end)], &Flows::of(&timeline()))[0].evidence, [7]);
}

#[test]
fn a_failed_verdict_says_why() {
    assert_eq!(
        verdict(of_call("none", wanted("server", "accept"))),
        Judgement::Failed(Mismatch::Nothing)
    );
    let failed = CallWanted { ok: Some(false), ..wanted("server", "recv") };
    let seen = vec![5, 6, 7];
    let difference = Some(socklab_judge::Difference::Succeeded);
    let different = Mismatch::Different { seen, difference };
    assert_eq!(verdict(of_call("failed", failed)), Judgement::Failed(different));
    let never =
        Expectation { times: Range::exactly(0), ..of_call("never", wanted("client", "connect")) };
    let mismatch = Mismatch::Times { wanted: "0".to_owned(), got: 2 };
    assert_eq!(verdict(never), Judgement::Failed(mismatch));
}

#[test]
fn a_stream_is_its_pieces_joined() {
    let stream = |equals: &str| {
        let bytes = BytesWanted { equals: Some(equals.into()), ..BytesWanted::default() };
        let stream = StreamWanted { actor: "server".into(), sent: false, peer: None, bytes };
        expect("stream", Subject::Stream(Box::new(stream)))
    };
    assert_eq!(verdict(stream("hola")), Judgement::Passed);
    let (wrong, hola) = (b"holo".to_vec(), b"hola".to_vec());
    let mismatch = Mismatch::Bytes { wanted: wrong, got: hola, right: 3, total: 4 };
    assert_eq!(verdict(stream("holo")), Judgement::Failed(mismatch));
}

#[test]
fn order_counts_and_dependents_of_a_failure_are_skipped() {
    let first = of_call("first", CallWanted { ok: Some(true), ..wanted("client", "connect") });
    let later = Expectation {
        after: vec!["first".to_owned()],
        ..of_call("later", CallWanted { ok: Some(false), ..wanted("client", "connect") })
    };
    let dependent = Expectation {
        depends_on: vec!["later".to_owned()],
        ..of_call("dependent", wanted("server", "recv"))
    };
    let findings = judge(&[first, later, dependent], &Flows::of(&timeline()));
    assert_eq!(findings[0].outcome, Judgement::Passed);
    assert_eq!(findings[1].outcome, Judgement::Failed(Mismatch::Nothing));
    assert_eq!(findings[2].outcome, Judgement::Skipped { because: "later".to_owned() });
}

#[test]
fn exits_are_distinguished() {
    let exit =
        |actor: &str, wanted| expect("exit", Subject::Exit { actor: actor.to_owned(), wanted });
    assert_eq!(verdict(exit("client", ExitWanted::Code(0))), Judgement::Passed);
    assert_eq!(verdict(exit("server", ExitWanted::Running)), Judgement::Passed);
    let got = Some(Exit::Code(0));
    let mismatch = Judgement::Failed(Mismatch::Exit { got });
    assert_eq!(verdict(exit("client", ExitWanted::Failure)), mismatch);
}

#[test]
fn bytes_that_were_not_recorded_give_no_verdict() {
    let mut timeline = timeline();
    if let What::Call(call) = &mut timeline.events[4].what
        && let Args::Recv { bytes, .. } = &mut call.args
    {
        bytes.total = 5000;
    }
    let bytes = BytesWanted { contains: Some(b"xyz".to_vec()), ..BytesWanted::default() };
    let call = CallWanted { bytes: Some(bytes), ..wanted("server", "recv") };
    let findings = judge(&[of_call("far", call)], &Flows::of(&timeline));
    assert_eq!(findings[0].outcome, Judgement::Unclear);
}

#[test]
fn facts_describe_the_first_piece_of_evidence() {
    let findings =
        judge(&[of_call("refused", wanted("client", "connect"))], &Flows::of(&timeline()));
    let facts = facts(&findings, &Flows::of(&timeline()));
    assert_eq!(facts["refused.error"], Fact::Text("ECONNREFUSED".to_owned()));
    assert_eq!(facts["refused.took"], Fact::Time(2_000_000));
    assert_eq!(facts["refused.count"], Fact::Number(2));
    assert_eq!(facts["refused.port"], Fact::Number(80));
}

fn of_stream(actor: &str, sent: bool, equals: &str) -> Expectation {
    let bytes = BytesWanted { equals: Some(equals.into()), ..BytesWanted::default() };
    let stream = StreamWanted { actor: actor.into(), sent, peer: None, bytes };
    expect("stream", Subject::Stream(Box::new(stream)))
}

#[test]
fn peeked_bytes_count_once() {
    let mut timeline = timeline();
    let mut peek = recv("ho");
    if let Args::Recv { flags, .. } = &mut peek {
        *flags = socklab_event::Flags::from(vec!["MSG_PEEK".into()]);
    }
    timeline.events.insert(4, call(SERVER, 5, "recvfrom", peek, Outcome::Value(2)));
    let found =
        judge(&[of_stream("server", false, "hola")], &Flows::of(&timeline)).remove(0).outcome;
    assert_eq!(found, Judgement::Passed);
}

#[test]
fn bytes_sent_by_sendfile_are_known_from_the_other_end() {
    let file = Args::SendFile { other_fd: 4, asked: 4, into_socket: true };
    let mut timeline = timeline();
    timeline.events.insert(4, call(CLIENT, 4, "sendfile", file, Outcome::Value(4)));
    let sent = |timeline: &Timeline, equals: &str| {
        judge(&[of_stream("client", true, equals)], &Flows::of(timeline)).remove(0).outcome
    };
    assert_eq!(sent(&timeline, "hola"), Judgement::Passed);
    assert!(matches!(sent(&timeline, "holo"), Judgement::Failed(Mismatch::Bytes { .. })));
    // Nobody has received it: its length is known, its content is not.
    timeline.events.truncate(5);
    assert_eq!(sent(&timeline, "hola"), Judgement::Unclear);
    assert!(matches!(sent(&timeline, "adios"), Judgement::Failed(Mismatch::Bytes { .. })));
}

#[test]
fn bytes_the_kernel_did_not_accept_were_not_sent() {
    let send = |total: u64| Args::Send {
        asked: 2,
        bytes: Bytes { sample: b"ho".to_vec(), total },
        flags: Default::default(),
        to: None,
        control: Box::default(),
    };
    let mut timeline = timeline();
    let again = Outcome::Error(Errno::EAGAIN);
    timeline.events.insert(4, call(CLIENT, 4, "sendto", send(0), again));
    timeline.events.insert(5, call(CLIENT, 5, "sendto", send(2), Outcome::Value(2)));
    let found = judge(&[of_stream("client", true, "ho")], &Flows::of(&timeline)).remove(0).outcome;
    assert_eq!(found, Judgement::Passed);
}

#[test]
fn an_unknown_expectation_counts_as_not_met() {
    let dependent = Expectation {
        depends_on: vec!["step".to_owned()],
        ..of_call("dependent", wanted("server", "recv"))
    };
    assert_eq!(verdict(dependent), Judgement::Skipped { because: "step".to_owned() });
}

#[test]
fn an_end_is_that_of_the_programs_last_run_and_not_of_its_children() {
    let mut story = Story::new();
    let server = story.command("server", "server");
    let other = story.command("other", "other");
    story.exit(other, 3);
    story.exit(server, 1);
    // Started again: the same command in a new process, which has a child.
    let again = Who { process: 700, thread: 700 };
    let start = |parent| Process::Start {
        command: 0,
        parent,
        argv: vec!["server".to_owned()],
        argv_omitted: 0,
        exe: None,
        attached: false,
    };
    story.process(again, start(None));
    let child = Who { process: 701, thread: 701 };
    story.process(child, start(Some(700)));
    story.exit(child, 2);
    let ends = |timeline: &Timeline, wanted| {
        let exit = Subject::Exit { actor: "server".to_owned(), wanted };
        judge(&[expect("exit", exit)], &Flows::of(timeline)).remove(0).outcome
    };
    assert_eq!(ends(&story.build(), ExitWanted::Running), Judgement::Passed);
    story.exit(again, 0);
    assert_eq!(ends(&story.build(), ExitWanted::Code(0)), Judgement::Passed);
}

#[test]
fn who_aborts_has_failed_and_who_breaks_has_not_said_so() {
    for (signal, wanted) in [(Signal::ABRT, true), (Signal::SEGV, false), (Signal::PIPE, false)] {
        let mut story = Story::new();
        let server = story.command("server", "server");
        story.killed(server, signal.0);
        let exit = Subject::Exit { actor: "server".to_owned(), wanted: ExitWanted::Failure };
        let finding = judge(&[expect("exit", exit)], &Flows::of(&story.build())).remove(0);
        assert_eq!(finding.outcome == Judgement::Passed, wanted, "{signal}");
    }
}

#[test]
fn the_end_of_a_wrapper_is_that_of_the_program_it_wraps() {
    let ends = |timeline: &Timeline, wanted| {
        let exit = Subject::Exit { actor: "server".to_owned(), wanted };
        judge(&[expect("exit", exit)], &Flows::of(timeline)).remove(0).outcome
    };
    let mut story = Story::new();
    let shell = story.command("server", "sh server.sh");
    let other = story.command("other", "other");
    let wrapped = story.fork(shell);
    story.tcp(other);
    story.tcp(wrapped);
    story.exit(shell, 0);
    assert_eq!(ends(&story.build(), ExitWanted::Running), Judgement::Passed);
    // `wait` without an argument: the shell loses the code.
    story.exit(wrapped, 1);
    assert_eq!(ends(&story.build(), ExitWanted::Failure), Judgement::Passed);
    // A server that forks ends with its first process, whoever calls first.
    let mut story = Story::new();
    let parent = story.command("server", "server");
    let child = story.fork(parent);
    story.tcp(child);
    story.tcp(parent);
    story.exit(child, 1);
    assert_eq!(ends(&story.build(), ExitWanted::Running), Judgement::Passed);
    story.exit(parent, 0);
    assert_eq!(ends(&story.build(), ExitWanted::Code(0)), Judgement::Passed);
}

#[test]
fn a_daemon_goes_on_although_its_first_process_has_ended() {
    let running = |timeline: &Timeline| {
        let exit = Subject::Exit { actor: "server".to_owned(), wanted: ExitWanted::Running };
        judge(&[expect("exit", exit)], &Flows::of(timeline)).remove(0).outcome
    };
    let daemon = |code| {
        let mut story = Story::new();
        let first = story.command("server", "server");
        story.tcp(first);
        let second = story.fork(first);
        story.exit(first, code);
        (story, second)
    };
    let (mut story, second) = daemon(0);
    assert_eq!(running(&story.build()), Judgement::Passed);
    story.exit(second, 0);
    assert_ne!(running(&story.build()), Judgement::Passed);
    // What a program leaves behind when it fails is no daemon.
    let (story, _) = daemon(1);
    assert_ne!(running(&story.build()), Judgement::Passed);
}

#[test]
fn what_a_program_printed_is_joined_until_bytes_are_missing() {
    let mut story = Story::new();
    let server = story.command("server", "server");
    let other = story.command("other", "other");
    let mut print = |who, stream, bytes| story.process(who, Process::Stdio { stream, bytes });
    print(server, Stream::Stdin, Bytes::whole("typed"));
    print(server, Stream::Stdout, Bytes::whole("ho"));
    print(other, Stream::Stdout, Bytes::whole("not mine"));
    print(server, Stream::Stderr, Bytes::whole("err"));
    print(server, Stream::Stdout, Bytes::whole("la"));
    let printed = |timeline: &Timeline, stream, bytes| {
        let output = Subject::Output { actor: "server".to_owned(), stream, bytes };
        judge(&[expect("output", output)], &Flows::of(timeline)).remove(0).outcome
    };
    let equals = |text: &str| BytesWanted { equals: Some(text.into()), ..BytesWanted::default() };
    let timeline = story.build();
    assert_eq!(printed(&timeline, Some(Stream::Stdout), equals("hola")), Judgement::Passed);
    assert_eq!(printed(&timeline, Some(Stream::Stderr), equals("err")), Judgement::Passed);
    assert_eq!(printed(&timeline, None, equals("hoerrla")), Judgement::Passed);
    // What follows a gap has no known place, so it can't be found where it seems to stand.
    let cut = Bytes { sample: b"cut".to_vec(), total: 90 };
    story.process(server, Process::Stdio { stream: Stream::Stderr, bytes: cut });
    let after = Bytes::whole("end");
    story.process(server, Process::Stdio { stream: Stream::Stderr, bytes: after });
    let timeline = story.build();
    let with = |text: &str, total| BytesWanted {
        contains: Some(text.into()),
        length: Some(Range::exactly(total)),
        ..BytesWanted::default()
    };
    let errors = |wanted| printed(&timeline, Some(Stream::Stderr), wanted);
    assert_eq!(errors(with("errcut", 96)), Judgement::Passed);
    assert_eq!(errors(with("cutend", 96)), Judgement::Unclear);
    assert!(matches!(errors(with("errcut", 93)), Judgement::Failed(_)));
}

#[test]
fn an_expectation_names_its_actors() {
    let stream = StreamWanted {
        actor: "a".to_owned(),
        sent: true,
        peer: Some("b".to_owned()),
        bytes: BytesWanted::default(),
    };
    assert_eq!(Subject::Stream(Box::new(stream)).actors(), ["a", "b"]);
    let call = CallWanted { peer: Some("b".to_owned()), ..wanted("a", "recv") };
    assert_eq!(Subject::Call(Box::new(call)).actors(), ["a", "b"]);
    let exit = Subject::Exit { actor: "a".to_owned(), wanted: ExitWanted::Any };
    assert_eq!(exit.actors(), ["a"]);
    assert!(Subject::State(Box::default()).actors().is_empty());
}

#[test]
fn a_transport_has_one_word() {
    for transport in TransportWanted::ALL {
        assert_eq!(TransportWanted::parse(transport.as_str()), Some(transport));
    }
    assert_eq!(TransportWanted::parse("tcp").map(TransportWanted::protocol), Some(Protocol::TCP));
    assert_eq!(TransportWanted::parse("udp").map(|one| one.to_string()), Some("udp".to_owned()));
    assert_eq!(TransportWanted::parse("sctp"), None);
}

#[test]
fn a_connect_that_goes_on_by_itself_is_good_once_it_is_accepted() {
    let pending = |accepted: bool| {
        let mut story = Story::new();
        let server = story.command("server", "s");
        let client = story.command("client", "c");
        let listener = story.tcp(server);
        story.bind(listener, "127.0.0.1:80");
        story.listen(listener, 5);
        let sock = story.tcp(client);
        story.connect(sock, "127.0.0.1:80");
        if accepted {
            story.accept(listener, sock);
        }
        let mut timeline = story.build();
        let calls = timeline.events.iter_mut().filter_map(|event| match &mut event.what {
            What::Call(call) if matches!(call.args, Args::Connect { .. }) => Some(call),
            _ => None,
        });
        calls.for_each(|call| call.outcome = Outcome::Error(Errno::EINPROGRESS));
        let good = CallWanted { ok: Some(true), ..wanted("client", "connect") };
        judge(&[of_call("good", good)], &Flows::of(&timeline)).remove(0).outcome
    };
    assert_eq!(pending(true), Judgement::Passed);
    assert!(matches!(pending(false), Judgement::Failed(Mismatch::Different { .. })));
}
