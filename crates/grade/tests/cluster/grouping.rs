//! Groups, the nearest ones, and the experiment that tells two apart.

use socklab_grade::cluster::{Difference, Form, Harm, distance, experiment, groups_text};
use socklab_grade::{CaseState, State};
use socklab_say::{Language, Speaker};

use crate::stage::Line::{Client, ClientGets, Gets, Server};
use crate::stage::{book, submission};

fn echo() -> Form {
    let lines = [Client("hola"), Gets("hola"), Server("hola"), ClientGets("hola")];
    submission(&lines, CaseState::Passed)
}

fn cuts() -> Form {
    let lines = [Client("hola"), Gets("hola"), Server("hol"), ClientGets("hol")];
    submission(&lines, CaseState::Failed)
}

fn class() -> Vec<(&'static str, Form)> {
    let piecewise = [
        Client("abcd"),
        Gets("ab"),
        Server("ab"),
        ClientGets("ab"),
        Gets("cd"),
        Server("cd"),
        ClientGets("cd"),
    ];
    vec![
        ("student-01", cuts()),
        ("student-02", echo()),
        ("student-03", submission(&piecewise, CaseState::Passed)),
        ("student-04", Form::of_state(State::NoSubmission)),
    ]
}

#[test]
fn those_who_behave_alike_are_one_group() {
    let book = book(&class());
    let groups = book.groups();
    let members: Vec<_> = groups.iter().map(|group| group.members.clone()).collect();
    assert_eq!(
        members,
        [vec!["student-02", "student-03"], vec!["student-01"], vec!["student-04"],]
    );
    assert_eq!(groups.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(book.results[1].group, book.results[2].group);
    assert_eq!(groups[0].nearest[0].group, 1);
    assert_eq!(groups[0].nearest[0].distance, 2);
    assert_eq!(groups[0].nearest[0].cases, ["echo"]);
    assert!(groups[2].nearest.is_empty(), "what was not run is near nothing");
}

#[test]
fn the_first_row_that_differs_tells_two_groups_apart() {
    let found = experiment(&echo(), &cuts()).unwrap();
    assert_eq!(found.case.as_deref(), Some("echo"));
    assert!(matches!(found.difference, Difference::Row { turn: 1, talk: 1, .. }), "{found:?}");
    let text = found.text([1, 2], Speaker::ENGLISH);
    assert_eq!(
        text,
        "To see it, run echo: in answer to turn 1 of alice, group 1 sends all that it got; \
         group 2 sends bytes 1 to 3 of the 4 that it got."
    );
    let spanish = Speaker::new(Language::find("es").unwrap());
    assert_eq!(
        found.text([1, 2], spanish),
        "Para verlo, ejecuta echo: en respuesta al turno 1 de alice, el grupo 1 envía todo lo que \
         recibió; el grupo 2 envía los bytes 1 a 3 de los 4 que recibió."
    );
    assert_eq!(experiment(&echo(), &echo()), None);
    assert_eq!(distance(&echo(), &echo()), Some((0, vec![])));
}

#[test]
fn the_text_for_a_terminal_names_groups_members_and_neighbours() {
    let mut class = class();
    class.push(("\x1b[2Jana", echo()));
    let book = book(&class);
    for language in Language::all() {
        let text = groups_text(&book, Speaker::new(language));
        assert!(!text.contains('\x1b') && !text.contains("[cluster-"), "{text}");
        let name = book.results[0].group.as_deref().unwrap();
        for part in [name, "student-01", "student-04", "echo"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn every_difference_has_words_in_every_language() {
    let mut background = echo();
    background.traits.insert(socklab_grade::cluster::Trait::Background);
    let mut limited = cuts();
    limited.cases[0].harm = Some(Harm::Memory);
    let none = Form::of_state(State::DoesNotCompile);
    let forms = [echo(), cuts(), background, limited, none];
    for language in Language::all() {
        let speaker = Speaker::new(language);
        for one in &forms {
            for other in forms.iter().filter(|other| *other != one) {
                let found = experiment(one, other).unwrap();
                let back = experiment(other, one).unwrap();
                let texts = [found.text([1, 2], speaker), back.text([2, 1], speaker)];
                assert!(!texts.concat().contains("[cluster-"), "{texts:?}");
                assert_ne!(texts[0], texts[1]);
            }
        }
    }
}
