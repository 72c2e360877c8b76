//! A server of the submission and a client who talks to it, as short timelines.

use socklab_event::{Shutdown, Timeline};
use socklab_grade::cluster::{CaseForm, Evidence, Form, Harm, Observed, observe};
use socklab_grade::{
    Assignment, CaseState, Counted, FORMAT_VERSION, Gradebook, Graded, State, Student, Used,
};
use socklab_timelines::{Sock, Story, Who};

/// What happens in a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line<'a> {
    /// The client sends.
    Client(&'a str),
    /// The client ends its stream.
    Finish,
    /// The server receives.
    Gets(&'a str),
    /// The server reads the end of the stream.
    GetsEnd,
    /// The server sends.
    Server(&'a str),
    /// The client receives.
    ClientGets(&'a str),
    /// The server closes.
    Closes,
}

/// A server that somebody called `alice` has connected to.
pub(crate) fn accepted(story: &mut Story) -> (Who, Sock, Sock) {
    let server = story.command("server", "python3 server.py");
    let listener = story.tcp(server);
    story.bind(listener, "*:12000");
    story.listen(listener, 5);
    let alice = story.command("alice", "peer");
    let near = story.tcp(alice);
    story.connect(near, "127.0.0.1:12000");
    let far = story.accept(listener, near);
    (server, near, far)
}

/// The conversation of a server with `alice`.
pub(crate) fn conversation(lines: &[Line<'_>]) -> Timeline {
    let mut story = Story::new();
    let (_, near, far) = accepted(&mut story);
    for line in lines {
        story.wait(3);
        match *line {
            Line::Client(text) => story.send(near, text),
            Line::Finish => story.shutdown(near, Shutdown::WR),
            Line::Gets(text) => story.recv(far, text),
            Line::GetsEnd => story.recv(far, ""),
            Line::Server(text) => story.send(far, text),
            Line::ClientGets(text) => story.recv(near, text),
            Line::Closes => story.close(far),
        };
    }
    story.build()
}

pub(crate) fn seen(timeline: &Timeline, state: CaseState) -> Observed {
    harmful(timeline, state, None)
}

pub(crate) fn harmful(timeline: &Timeline, state: CaseState, harm: Option<Harm>) -> Observed {
    let submission = &["server"];
    observe(&Evidence { case: "echo", state, timeline, submission, harm })
}

/// What others see in a conversation.
pub(crate) fn form_of(lines: &[Line<'_>]) -> CaseForm {
    seen(&conversation(lines), CaseState::Passed).case
}

/// A submission whose only case is this conversation.
pub(crate) fn submission(lines: &[Line<'_>], state: CaseState) -> Form {
    Form::of_cases(vec![seen(&conversation(lines), state)])
}

/// A book of these submissions, grouped.
pub(crate) fn book(forms: &[(&str, Form)]) -> Gradebook {
    let assignment = Assignment {
        exercise: "echo-server".into(),
        title: "Echo".into(),
        language: "en".into(),
        socklab: "0".into(),
        exercise_sha256: String::new(),
        pack: None,
        seed: 1,
        counted: Counted::Core,
        exam: None,
        started: "2026-01-01T00:00:00Z".into(),
        cases: Vec::new(),
    };
    let results = forms.iter().map(|(id, form)| Graded {
        student: Student { id: (*id).to_owned(), ..Student::default() },
        state: State::Graded,
        why: None,
        attempt: None,
        language: String::new(),
        file: String::new(),
        sha256: String::new(),
        compiler: String::new(),
        points: None,
        cases: Vec::new(),
        sightings: Vec::new(),
        unsafe_because: None,
        used: Used::default(),
        retries: 0,
        group: None,
        comment: None,
        exam: None,
        form: Some(form.clone()),
    });
    let results = results.collect();
    let mut book = Gradebook { format_version: FORMAT_VERSION, assignment, results };
    book.note_groups();
    book
}
