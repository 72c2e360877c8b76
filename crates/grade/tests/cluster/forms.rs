//! What the form of a case keeps, and what it does not.

use socklab_event::{Args, Errno, Outcome, Shutdown};
use socklab_grade::CaseState;
use socklab_grade::cluster::{Act, Change, Form, Harm, Own, Piece};
use socklab_timelines::{Story, address, got};

use crate::stage::Line::{Client, ClientGets, Closes, Finish, Gets, GetsEnd, Server};
use crate::stage::{Line, accepted, form_of, harmful, seen, submission};

const ECHO: [Line<'_>; 8] = [
    Client("hola\n"),
    Gets("hola\n"),
    Server("hola\n"),
    ClientGets("hola\n"),
    Finish,
    GetsEnd,
    Closes,
    ClientGets(""),
];

fn acts(lines: &[Line<'_>], turn: u32) -> Vec<Act> {
    let form = form_of(lines);
    let [talk] = &form.talks[..] else { panic!("{form:?}") };
    let found = talk.turns.iter().find(|it| (it.first..it.first + it.times).contains(&turn));
    found.map_or_else(Vec::new, |turn| turn.did.clone())
}

#[test]
fn how_bytes_are_cut_does_not_matter() {
    let piecewise = [
        Client("hola\n"),
        Gets("ho"),
        Server("h"),
        Server("o"),
        ClientGets("ho"),
        Gets("la\n"),
        Server("la\n"),
        ClientGets("la\n"),
        Finish,
        GetsEnd,
        Closes,
        ClientGets(""),
    ];
    assert_eq!(form_of(&ECHO), form_of(&piecewise));
    let whole = vec![Act::Sends(vec![Piece::Whole(Change::Same)])];
    assert_eq!((acts(&ECHO, 1), acts(&ECHO, 2)), (whole, vec![Act::Ends]));
}

#[test]
fn what_was_said_does_not_matter_but_what_became_of_it() {
    let said = |word: &'static str, answer: &'static str| {
        form_of(&[Client(word), Gets(word), Server(answer), ClientGets(answer)])
    };
    assert_eq!(said("abcdef", "abcdef"), said("uvwxyz", "uvwxyz"));
    assert_ne!(said("abcdef", "abcdef"), said("abcdef", "abcde"));
    assert_ne!(said("abcdef", "abcdef"), said("abcdef", "ABCDEF"));
    assert_eq!(said("abcdef", "ABCDEF"), said("ghijkl", "GHIJKL"));
    let answer = |answer| match &acts(&[Client("abcdef"), Gets("abcdef"), Server(answer)], 1)[..] {
        [Act::Sends(pieces)] => pieces.clone(),
        other => panic!("{other:?}"),
    };
    let whole = || Piece::Whole(Change::Same);
    assert_eq!(answer("abcdefabcdef"), [whole(), whole()]);
    assert_eq!(answer("abcdef\0"), [whole(), Piece::Own(Own::Zeros)]);
    assert_eq!(answer("> abcdef"), [Piece::Own(Own::Other), whole()]);
    // By chance it begins as what it got does.
    assert_eq!(answer("a greeting"), [Piece::Own(Own::Other)]);
    assert_eq!(said("ab", "ab\0"), said("xy", "xy\0"));
    assert_eq!(answer("HTTP/1.1 200 OK\r\n\r\nabcdef"), [Piece::Own(Own::Http(200))]);
    let part = Piece::Part { from: 0, to: 3, of: 6, change: Change::Same };
    assert_eq!(answer("abc"), [part]);
}

#[test]
fn what_is_done_belongs_to_what_was_known() {
    // The same bytes and the same end, but before the client had ended its stream.
    let early = [
        Client("hola\n"),
        Gets("hola\n"),
        Server("hola\n"),
        Closes,
        ClientGets("hola\n"),
        ClientGets(""),
        Finish,
    ];
    assert_eq!(acts(&early, 1).last(), Some(&Act::Ends));
    assert_ne!(form_of(&early), form_of(&ECHO));
    let greets = [Server("hi"), ClientGets("hi"), Client("a"), Gets("a")];
    assert_eq!(acts(&greets, 0), [Act::Sends(vec![Piece::Own(Own::Other)])]);
    // What comes first on the clock is chance: the server has read nothing yet.
    let late = [Client("a"), Server("hi"), ClientGets("hi"), Gets("a")];
    assert_eq!(acts(&late, 0), acts(&greets, 0));
}

#[test]
fn the_end_of_a_stream_counts_in_a_passed_case_if_the_other_end_sees_it() {
    let spoken = [Client("hola\n"), Gets("hola\n"), Server("hola\n"), ClientGets("hola\n")];
    let with = |more: &[Line<'static>]| form_of(&[&spoken[..], more].concat());
    // Whether the server closes before the case is over is chance, if nobody looks.
    assert_eq!(with(&[Closes]), with(&[]));
    // The client looks when the case is over: what the server does then is not recorded any more.
    assert_eq!(with(&[Closes, ClientGets("")]), with(&[ClientGets("")]));
    assert_ne!(with(&[ClientGets("")]), with(&[]));
}

#[test]
fn who_waits_in_vain_is_seen() {
    let mut story = Story::new();
    let (_, near, far) = accepted(&mut story);
    story.send(near, "ho");
    story.recv(far, "ho");
    story.unfinished(near, "recvfrom", got(2, b""));
    let form = seen(&story.build(), CaseState::Failed).case;
    assert_eq!(form.talks[0].turns[0].did, [Act::Waited]);
}

/// What becomes of a second client of a server that serves one and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Second {
    /// Nobody listens any more.
    Refused,
    /// It stands in the queue when the listening socket is closed.
    ResetInQueue,
    /// It is accepted, and then the server ends.
    Accepted,
    /// It stands in the queue to the end.
    Waits,
}

#[test]
fn a_connection_that_was_never_accepted_is_no_conversation() {
    let form = |second: Second| {
        let mut story = Story::new();
        let server = story.command("server", "python3 server.py");
        let listener = story.tcp(server);
        story.bind(listener, "*:12000");
        story.listen(listener, 5);
        let alice = story.command("alice", "peer");
        let near = story.tcp(alice);
        story.connect(near, "127.0.0.1:12000");
        let far = story.accept(listener, near);
        story.send(near, "hola");
        story.recv(far, "hola");
        story.close(far);
        story.recv(near, "");
        let bob = story.command("bob", "peer");
        let bob = story.tcp(bob);
        if second == Second::Refused {
            story.closed_at_exit(listener);
            story.exit(server, 0);
            let args = Args::Connect { address: address("127.0.0.1:12000") };
            story.fail(bob, "connect", args, Errno::ECONNREFUSED.0);
        } else {
            story.connect(bob, "127.0.0.1:12000");
            story.send(bob, "hola");
        }
        match second {
            Second::Refused => {}
            Second::ResetInQueue => {
                story.closed_at_exit(listener);
                story.exit(server, 0);
                story.fail(bob, "recvfrom", got(9, b""), Errno::ECONNRESET.0);
            }
            Second::Accepted => {
                let other = story.accept(listener, bob);
                story.closed_at_exit(other);
                story.exit(server, 0);
                story.fail(bob, "recvfrom", got(9, b""), Errno::ECONNRESET.0);
            }
            Second::Waits => {
                story.unfinished(bob, "recvfrom", got(9, b""));
            }
        }
        seen(&story.build(), CaseState::Failed).case
    };
    assert_eq!(form(Second::Refused), form(Second::ResetInQueue));
    let all = [Second::ResetInQueue, Second::Accepted, Second::Waits].map(form);
    assert!(all[0] != all[1] && all[0] != all[2] && all[1] != all[2], "{all:?}");
}

#[test]
fn what_a_killed_program_did_last_is_chance() {
    let killed = |answers: bool| {
        let mut story = Story::new();
        let (server, near, far) = accepted(&mut story);
        story.send(near, "hola");
        if answers {
            story.recv(far, "hola");
            story.send(far, "hola");
        }
        story.closed_at_exit(far);
        story.killed(server, 9);
        seen(&story.build(), CaseState::Passed)
    };
    assert_eq!(killed(true).case, killed(false).case);
}

#[test]
fn what_somebody_who_resets_would_have_got_is_chance() {
    let reset = |answers: bool| {
        let mut story = Story::new();
        let (_, near, far) = accepted(&mut story);
        story.send(near, "hola");
        story.shutdown(near, Shutdown::WR);
        let value = socklab_event::OptionValue::Linger(Some(0));
        let (level, option) = ("SOL_SOCKET".into(), "SO_LINGER".into());
        let args = Args::SetOption { level, option, value };
        story.on(near, "setsockopt", args, Outcome::Value(0));
        story.close(near);
        story.recv(far, "hola");
        if answers {
            story.send(far, "hola");
        } else {
            story.fail(far, "sendto", socklab_timelines::offered(b"hola"), Errno::EPIPE.0);
        }
        seen(&story.build(), CaseState::Passed).case
    };
    assert_eq!(reset(true), reset(false));
    assert_eq!(reset(true).talks, []);
}

#[test]
fn harm_is_all_that_counts_from_its_case_on() {
    let conversation = |answers: bool| {
        let mut story = Story::new();
        let (server, near, far) = accepted(&mut story);
        story.send(near, "hola");
        if answers {
            story.recv(far, "hola");
            story.send(far, "hola");
        }
        story.killed(server, 9);
        story.build()
    };
    let case = |answers, state, harm| harmful(&conversation(answers), state, harm);
    let (failed, passed) = (CaseState::Failed, CaseState::Passed);
    let first = |answers, state| case(answers, state, Some(Harm::Memory));
    assert_eq!(first(true, failed), first(false, CaseState::Timeout));
    // Another kind, or a verdict that differs, is something else.
    assert_ne!(first(true, failed), case(true, failed, Some(Harm::Disk)));
    assert_ne!(first(true, failed), first(true, passed));
    // A later case ends early or late.
    let two = |later| Form::of_cases(vec![first(true, failed), later]);
    let form = two(case(true, passed, None));
    assert_eq!(form, two(case(false, failed, Some(Harm::Memory))));
    assert_eq!(form.harm(), Some(("echo", Harm::Memory)));
    // An earlier one counts, with all that happened in it.
    let after = |earlier| Form::of_cases(vec![earlier, first(true, failed)]);
    let good = || seen(&crate::stage::conversation(&ECHO), passed);
    let other = || seen(&crate::stage::conversation(&ECHO[..3]), passed);
    assert_eq!(after(good()).digest(), after(good()).digest());
    assert_ne!(after(good()).digest(), after(other()).digest());
}

#[test]
fn what_goes_on_after_its_command_is_in_the_background() {
    let daemon = |forks: bool| {
        let mut story = Story::new();
        let server = story.command("server", "python3 server.py");
        let listener = story.tcp(server);
        story.bind(listener, "*:12000");
        story.listen(listener, 5);
        let listener = if forks {
            let child = story.fork(server);
            story.exit(server, 0);
            listener.by(child)
        } else {
            listener
        };
        let alice = story.command("alice", "peer");
        let near = story.tcp(alice);
        story.connect(near, "127.0.0.1:12000");
        story.accept(listener, near);
        seen(&story.build(), CaseState::Passed)
    };
    assert!(daemon(true).background && !daemon(false).background);
    assert_eq!(daemon(true).case, daemon(false).case);
}

#[test]
fn a_form_stays_small() {
    let mut lines = Vec::new();
    for round in 0..200 {
        // Another answer each time, so that no two turns are alike.
        let word = &"abcdefghijklmnopqrstuvwxyz"[..3 + round % 20];
        let part = &word[..1 + round % 3];
        lines.extend([Client(word), Gets(word), Server(part), ClientGets(part)]);
    }
    let form = submission(&lines, CaseState::Passed);
    assert_ne!(form.cases[0].rest, 0, "something was left out");
    let size = serde_json::to_string(&form).unwrap().len();
    assert!(size < 8000, "{size}");
    let other = submission(&lines[..lines.len() - 4], CaseState::Passed);
    assert_ne!(form.digest(), other.digest(), "what is left out counts");
    let again: Form = serde_json::from_str(&serde_json::to_string(&form).unwrap()).unwrap();
    assert_eq!(again, form);
}
