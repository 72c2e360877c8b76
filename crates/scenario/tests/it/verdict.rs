//! Verdicts on recordings: a case passes only if it was recorded to its end.

use socklab_event::Timeline;
use socklab_scenario::{
    Awaited, CaseState, Course, Isolation, LimitReached, NamesUsed, PacketsUsed, PlaceUsed,
    Recording, StepEnd, StepTrouble, Trouble, Variables, Verdict, format,
};
use socklab_timelines::Story;

const EXERCISE: &str = r#"format_version = 1
[[actor]]
name = "server"
submission = true
[[peer]]
name = "alice"
[[case]]
name = "answers"
title = { en = "answers", es = "responde" }
[[case.step]]
start = "server"
[[case.step]]
name = "answer"
peer = "alice"
do = [{ connect = "server" }, { expect = "hola" }]
background = true
[[case.expect]]
depends_on = ["answer"]
actor = "server"
exit = "running"
"#;

fn case() -> format::Case {
    case_of(EXERCISE)
}

fn case_of(toml: &str) -> format::Case {
    let files = [
        ("exercises/mine/exercise.toml", toml),
        ("exercises/mine/en.md", "# Mine\n"),
        ("exercises/mine/es.md", "# Lo mío\n"),
    ];
    let files = files.map(|(path, text)| (path, text.as_bytes().to_vec()));
    Course::of(files).exercise("mine").expect("an exercise").cases.remove(0)
}

fn judged(answer: StepEnd, trouble: Option<Trouble>) -> Verdict {
    case().judge(&recording(answer, trouble))
}

fn recording(answer: StepEnd, trouble: Option<Trouble>) -> Recording {
    Recording {
        header: Default::default(),
        events: Vec::new(),
        steps: vec![StepEnd::Done, answer],
        names: NamesUsed::Place,
        place: PlaceUsed::Machine { because: None },
        packets: PacketsUsed::NotWanted,
        rules: Vec::new(),
        beside: 0,
        isolation: Isolation::NotNeeded,
        variables: Variables::sample(1),
        present: Vec::new(),
        over: 0,
        starved_ms: 0,
        memory: 0,
        second: false,
        own_port: None,
        stretched_ms: 0,
        restless: false,
        still: Vec::new(),
        trouble,
    }
}

#[test]
fn only_a_program_that_is_late_on_a_busy_machine_gets_more_time() {
    let late = StepTrouble::TimedOut {
        who: "server".to_owned(),
        awaited: Awaited::OneOf(vec![format::Until::Listening]),
        after_ms: 5000,
        blocked_in: None,
        stuck: false,
    };
    let gone = StepTrouble::NotRunning { who: "server".to_owned() };
    for (end, starved_ms, wanted) in [
        (StepEnd::Failed(late.clone()), 5000, true),
        (StepEnd::Unfinished, 5000, true),
        (StepEnd::Failed(late), 20, false),
        (StepEnd::Failed(gone), 5000, false),
        (StepEnd::Done, 5000, false),
    ] {
        let recording = Recording { starved_ms, ..recording(end, None) };
        assert_eq!(recording.is_late_and_starved(), wanted, "{recording:?}");
        assert_eq!(recording.is_to_run_again(|| false), wanted, "{recording:?}");
    }
    // The machine as a whole was busy, which a program of its threads may not have felt.
    for (end, trouble, wanted) in [
        (StepEnd::Unfinished, None, true),
        (StepEnd::Unfinished, Some(Trouble::OutOfMemory), false),
        (StepEnd::Done, None, false),
    ] {
        assert_eq!(recording(end, trouble).is_to_run_again(|| true), wanted);
    }
    // The scenario went on before a program was calm.
    for (starved_ms, wanted) in [(5000, true), (20, false)] {
        let recording = Recording { starved_ms, restless: true, ..recording(StepEnd::Done, None) };
        assert_eq!(recording.is_late_and_starved(), wanted);
    }
}

#[test]
fn a_step_in_the_background_is_judged() {
    assert_eq!(judged(StepEnd::Done, None).state, CaseState::Passed);
    let unfinished = judged(StepEnd::Unfinished, None);
    assert_eq!((unfinished.state, unfinished.points), (CaseState::Timeout, 0));
    assert!(matches!(unfinished.step, Some((1, StepTrouble::TimedOut { .. }))));
    let gone = StepTrouble::NotRunning { who: "alice".to_owned() };
    assert_eq!(judged(StepEnd::Failed(gone), None).state, CaseState::Failed);
    let disturbed = Trouble::Disturbed { who: "alice".to_owned() };
    assert_eq!(judged(StepEnd::Done, Some(disturbed)).state, CaseState::Failed);
}

#[test]
fn a_limit_is_why_a_case_failed_and_fails_none_by_itself() {
    let limit = || Trouble::Limit { who: "server".to_owned(), limit: LimitReached::Output(1) };
    let done = judged(StepEnd::Done, Some(limit()));
    assert_eq!((done.state, done.trouble), (CaseState::Passed, None));
    let gone = StepTrouble::NotRunning { who: "server".to_owned() };
    for end in [StepEnd::Failed(gone), StepEnd::Unfinished, StepEnd::NotReached] {
        let failed = judged(end, Some(limit()));
        assert_eq!(failed.state, CaseState::Failed);
        assert!(matches!(failed.trouble, Some(Trouble::Limit { .. })));
    }
}

#[test]
fn an_expectation_that_depends_on_a_step_is_judged_if_the_step_is_done() {
    let done = judged(StepEnd::Done, None);
    assert_eq!(done.findings[0].outcome, socklab_judge::Judgement::Passed);
    let gone = StepTrouble::NotRunning { who: "alice".to_owned() };
    let failed = judged(StepEnd::Failed(gone), None);
    let because = "answer".to_owned();
    assert_eq!(failed.findings[0].outcome, socklab_judge::Judgement::Skipped { because });
}

/// A submission that asks a name server, and does nothing else.
fn asks_for_a_name() -> Timeline {
    let mut story = Story::new();
    let client = story.command("server", "s");
    let sock = story.udp(client);
    story.connect(sock, "127.0.0.1:53");
    let question = b"\xab\xcd\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01";
    story.send(sock, question);
    story.build()
}

#[test]
fn a_name_that_the_place_could_not_answer_for_is_nobodys_fault() {
    let gone = StepTrouble::NotRunning { who: "server".to_owned() };
    let state = |names: NamesUsed, timeline: Timeline, end: StepEnd| {
        let recording = Recording { names, events: timeline.events, ..recording(end, None) };
        case().judge(&recording).state
    };
    let machine = || NamesUsed::Machine { because: "mount /etc/hosts: no".to_owned() };
    let (done, failed) = (StepEnd::Done, StepEnd::Failed(gone));
    assert_eq!(state(machine(), asks_for_a_name(), failed.clone()), CaseState::InfraError);
    assert_eq!(state(machine(), Timeline::default(), failed.clone()), CaseState::Failed);
    assert_eq!(state(machine(), asks_for_a_name(), done), CaseState::Passed);
    assert_eq!(state(NamesUsed::Place, asks_for_a_name(), failed), CaseState::Failed);
}

#[test]
fn look_ups_are_a_librarys_business_unless_the_scenario_answers_them() {
    let sent = EXERCISE.replace("exit = \"running\"", "stream = \"sent\"\nlength = 29");
    let case = case_of(&sent);
    let state = |names: NamesUsed| {
        let Timeline { header, events, .. } = asks_for_a_name();
        case.judge(&Recording { names, header, events, ..recording(StepEnd::Done, None) }).state
    };
    assert_eq!(state(NamesUsed::Place), CaseState::Failed);
    assert_eq!(state(NamesUsed::Scenario), CaseState::Passed);
}
