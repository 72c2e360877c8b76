//! What keys do.

use ratatui_core::style::Modifier;
use socklab_event::Timeline;
use socklab_screen::{Key, Progress, Stage, Wish};
use socklab_timelines::any_timeline;
use socklab_timelines::scenes::{crowd, upper_tcp};

use super::Screen;

#[test]
fn each_conversation_has_its_own_calls() {
    let screen = Screen::of(crowd(8), 80, 24);
    let parts = screen.parts();
    assert_eq!(parts.len(), 8);
    let all = screen.timeline.events.len();
    assert!(parts.iter().all(|part| *part > 4 && *part < all), "{parts:?} of {all}");
}

#[test]
fn several_conversations_become_one_ladder() {
    let mut screen = Screen::of(crowd(8), 120, 40);
    screen.type_in("  ");
    assert_eq!(screen.text(120, 40).matches("\n*").count(), 2);
    assert_eq!(screen.press(Key::Enter), Wish::Plan);
    assert_eq!(screen.view.wanted().keys.len(), 2);
    assert_eq!(screen.press(Key::Escape), Wish::Plan);
    assert_eq!(screen.view.wanted().keys.len(), 0);
    assert_eq!(screen.press(Key::Escape), Wish::Quit);
}

#[test]
fn a_filter_leaves_the_conversations_that_fit() {
    let mut screen = Screen::of(crowd(8), 80, 24);
    screen.press(Key::Char('/'));
    screen.type_in("port 1");
    assert_eq!(screen.press(Key::Enter), Wish::Plan);
    assert!(screen.text(80, 24).contains("No conversation fits"), "{}", screen.text(80, 24));
    screen.press(Key::Char('/'));
    "port 1".chars().for_each(|_| {
        screen.press(Key::Backspace);
    });
    assert_eq!(screen.press(Key::Enter), Wish::Plan);
    assert_eq!(screen.view.wanted().filter, None);
    assert!(!screen.text(80, 24).contains("No conversation fits"));
}

#[test]
fn the_cursor_follows_the_end_until_it_is_moved() {
    let whole = upper_tcp();
    let half =
        Timeline { events: whole.events[..whole.events.len() - 4].to_vec(), ..whole.clone() };
    let mut screen = Screen::of(half, 80, 24);
    screen.view.progress(Progress::default());
    screen.press(Key::Enter);
    let follows = "follows the end";
    assert!(screen.text(80, 24).contains(follows), "{}", screen.text(80, 24));
    let cursor = |screen: &Screen| {
        let text = screen.text(80, 24);
        text.lines().position(|line| line.starts_with('>')).unwrap()
    };
    let before = cursor(&screen);
    screen.timeline = whole;
    screen.plan();
    assert!(cursor(&screen) > before);
    screen.press(Key::Up);
    assert!(!screen.text(80, 24).contains(follows));
    let stays = cursor(&screen);
    screen.plan();
    assert_eq!(cursor(&screen), stays);
    screen.press(Key::Char('f'));
    assert!(screen.text(80, 24).contains(follows));
}

#[test]
fn nothing_has_a_colour_where_none_is_wanted() {
    let mut screen = Screen::of(upper_tcp(), 80, 24);
    screen.view = screen.view.clone().colour(false);
    screen.press(Key::Enter);
    let buffer = screen.buffer(80, 24);
    let plain = |cell: &ratatui_core::buffer::Cell| {
        cell.fg == ratatui_core::style::Color::Reset && cell.bg == ratatui_core::style::Color::Reset
    };
    assert!(buffer.content().iter().all(plain));
    let chosen = buffer.content().iter().any(|cell| cell.modifier.contains(Modifier::REVERSED));
    assert!(chosen);
}

/// Whatever is recorded, whatever is pressed, however large the terminal is.
#[test]
fn no_key_on_any_recording_causes_a_panic() {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let keys = [
        Key::Enter,
        Key::Down,
        Key::Char('x'),
        Key::Char('n'),
        Key::Escape,
        Key::Char('d'),
        Key::End,
        Key::Char('d'),
        Key::PageDown,
        Key::Escape,
        Key::Char('?'),
        Key::Up,
        Key::Char('q'),
        Key::Char('/'),
        Key::Char('p'),
        Key::Enter,
        Key::Escape,
        Key::Escape,
        Key::Char(' '),
        Key::Char('s'),
        Key::Char('a'),
        Key::Enter,
    ];
    for (columns, lines) in [(80, 24), (41, 9), (3, 1), (160, 50)] {
        for _ in 0..12 {
            let timeline = any_timeline(40).new_tree(&mut runner).unwrap().current();
            let mut screen = Screen::of(timeline, columns, lines);
            for key in keys {
                screen.press(key);
                screen.text(columns, lines);
            }
            screen.view.progress(Progress { events: 1, stage: Stage::Reading(7), thinking: true });
            screen.view.resize(columns / 2, lines + 3);
            screen.plan();
            screen.text(columns / 2, lines + 3);
        }
    }
}
