//! `comments.toml`: written as a template, and nothing that a teacher wrote is lost.

use proptest::prelude::*;
use socklab_grade::cluster::{Comment, Comments, CommentsError, Form};
use socklab_grade::{CaseState, State};
use socklab_say::Speaker;

use crate::stage::Line::{Client, ClientGets, Gets, Server};
use crate::stage::{book, submission};

const SPEAKER: Speaker = Speaker::ENGLISH;

/// Answers with so many of four bytes.
fn answers(count: usize) -> Form {
    let answer = &"hola"[..count];
    let lines = [Client("hola"), Gets("hola"), Server(answer), ClientGets(answer)];
    submission(&lines, CaseState::Failed)
}

#[test]
fn a_template_has_every_group_and_can_be_read_again() {
    let book = book(&[("ana", answers(2)), ("luis", answers(2)), ("eva", answers(1))]);
    let comments = Comments::for_groups(&book, None, SPEAKER);
    let text = comments.text(SPEAKER);
    assert!(text.starts_with("# "), "{text}");
    assert_eq!(Comments::read(&text).unwrap(), comments);
    assert_eq!(comments.groups[0].members, ["ana", "luis"]);
    assert!(comments.groups.iter().all(|one| one.comment.is_empty() && !one.about.is_empty()));
}

#[test]
fn a_comment_goes_to_all_members_and_stays_when_the_class_is_graded_again() {
    let mut book = book(&[("ana", answers(2)), ("luis", answers(2)), ("eva", answers(1))]);
    let mut comments = Comments::for_groups(&book, None, SPEAKER);
    comments.groups[0].comment = "Look at \"half\".\nTwice.".to_owned();
    let comments = Comments::read(&comments.text(SPEAKER)).unwrap();
    let again = Comments::for_groups(&book, Some(&comments), SPEAKER);
    assert_eq!(again, comments);
    book.note_comments(&again);
    let said: Vec<_> = book.results.iter().map(|one| one.comment.as_deref()).collect();
    let comment = Some("Look at \"half\".\nTwice.");
    assert_eq!(said, [comment, comment, None]);
}

#[test]
fn a_comment_follows_its_members_if_their_group_is_no_more() {
    let before = book(&[("ana", answers(2)), ("luis", answers(2)), ("eva", answers(1))]);
    let mut comments = Comments::for_groups(&before, None, SPEAKER);
    comments.groups[0].comment = "half".to_owned();
    comments.groups[1].comment = "a quarter".to_owned();
    // A case was corrected: all behave otherwise, two as before together, and eva joins them.
    let now = book(&[("ana", answers(3)), ("luis", answers(3)), ("eva", answers(3))]);
    let carried = Comments::for_groups(&now, Some(&comments), SPEAKER);
    assert_eq!(carried.groups.len(), 1);
    assert_eq!(carried.groups[0].comment, "half");
    let former: Vec<_> = carried.former.iter().map(|one| one.comment.as_str()).collect();
    assert_eq!(former, ["a quarter"], "nothing is lost");
    // And back again: what was kept returns to its group.
    let back = Comments::for_groups(&before, Some(&carried), SPEAKER);
    assert_eq!(back.groups[1].comment, "a quarter");
}

#[test]
fn a_comment_stays_with_its_group_when_members_leave_it() {
    let before = book(&[("ana", answers(2)), ("luis", answers(2))]);
    let mut comments = Comments::for_groups(&before, None, SPEAKER);
    comments.groups[0].comment = "half".to_owned();
    let now = book(&[("ana", answers(2)), ("luis", answers(4))]);
    let kept = Comments::for_groups(&now, Some(&comments), SPEAKER);
    let said = |id: &str| kept.groups.iter().find(|one| one.members == [id]).unwrap();
    assert_eq!((said("ana").comment.as_str(), said("luis").comment.as_str()), ("half", ""));
}

#[test]
fn a_mistake_is_reported_with_its_line() {
    let unknown = Comments::read("format_version = 1\n\n[[group]]\nname = \"a\"\ncoment = \"x\"\n");
    let error = unknown.unwrap_err().to_string();
    assert!(error.contains("line 5") && error.contains("coment"), "{error}");
    assert!(matches!(Comments::read("format_version = 2"), Err(CommentsError::Version(2))));
    let twice = "format_version = 1\n[[group]]\nname = \"a\"\n[[group]]\nname = \"a\"\n";
    assert!(matches!(Comments::read(twice), Err(CommentsError::Twice(_))));
}

#[test]
fn groups_of_what_was_not_run_have_comments_too() {
    let mut book = book(&[("ana", Form::of_state(State::NoSubmission))]);
    let mut comments = Comments::for_groups(&book, None, SPEAKER);
    comments.groups[0].comment = "Please hand it in again.".to_owned();
    book.note_comments(&comments);
    assert!(book.results[0].comment.is_some());
}

fn comment() -> impl Strategy<Value = Comment> {
    (
        any::<String>(),
        any::<String>(),
        any::<String>(),
        prop::collection::vec(any::<String>(), 0..3),
    )
        .prop_map(|(name, about, comment, members)| Comment { name, about, comment, members })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_again(mut groups in prop::collection::vec(comment(), 0..4)) {
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups.dedup_by(|a, b| a.name == b.name);
        let comments = Comments { format_version: 1, groups, former: vec![] };
        prop_assert_eq!(Comments::read(&comments.text(SPEAKER)).unwrap(), comments);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = Comments::read(&text);
    }
}
