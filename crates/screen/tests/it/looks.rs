//! How the screens look.

use socklab_screen::Key;
use socklab_timelines::scenes::{crowd, http, refused, upper_tcp, upper_udp, wired};

use super::Screen;

#[test]
fn the_list() {
    for (columns, lines) in [(80, 24), (160, 50)] {
        let screen = Screen::of(crowd(30), columns, lines);
        insta::assert_snapshot!(format!("list_{columns}"), screen.text(columns, lines));
    }
    insta::assert_snapshot!("list_refused", Screen::of(refused(), 80, 10).text(80, 10));
    insta::assert_snapshot!("list_spanish", Screen::spanish(upper_udp(), 80, 10).text(80, 10));
}

#[test]
fn a_narrow_list_tells_who_talks_with_whom() {
    let narrow = [44, 60, 70].map(|columns| Screen::of(crowd(3), columns, 10).text(columns, 10));
    insta::assert_snapshot!(narrow.join("\n"));
}

#[test]
fn a_ladder() {
    for (columns, lines) in [(80, 24), (160, 50)] {
        let mut screen = Screen::of(upper_tcp(), columns, lines);
        screen.press(Key::Enter);
        screen.press(Key::Down);
        insta::assert_snapshot!(format!("ladder_{columns}"), screen.text(columns, lines));
    }
    let mut screen = Screen::of(wired(), 80, 24);
    screen.press(Key::Enter);
    insta::assert_snapshot!("ladder_packets", screen.text(80, 24));
}

#[test]
fn a_message_as_text_and_in_hexadecimal() {
    let mut screen = Screen::of(http(), 80, 24);
    screen.press(Key::Enter);
    screen.press(Key::Home);
    screen.press(Key::Enter);
    for _ in 0..20 {
        if screen.text(80, 24).contains("bytes:") {
            break;
        }
        screen.press(Key::Char('n'));
    }
    insta::assert_snapshot!("message_text", screen.text(80, 24));
    screen.press(Key::Char('x'));
    insta::assert_snapshot!("message_hex", screen.text(80, 24));
}

#[test]
fn two_messages_beside_each_other() {
    for (columns, lines) in [(80, 24), (160, 50)] {
        let mut screen = Screen::of(upper_tcp(), columns, lines);
        screen.press(Key::Enter);
        screen.press(Key::Home);
        let mut marked = 0;
        for _ in 0..30 {
            screen.press(Key::Enter);
            let has_bytes = screen.text(columns, lines).contains("bytes:");
            screen.press(Key::Escape);
            if has_bytes {
                screen.press(Key::Char('d'));
                marked += 1;
            }
            if marked == 2 {
                break;
            }
            screen.press(Key::Down);
        }
        insta::assert_snapshot!(format!("difference_{columns}"), screen.text(columns, lines));
    }
}

#[test]
fn a_filter_and_what_is_wrong_with_it() {
    let mut screen = Screen::of(crowd(5), 80, 24);
    screen.press(Key::Char('/'));
    screen.type_in("port 1 or prot 2");
    screen.press(Key::Enter);
    insta::assert_snapshot!("filter_wrong", screen.text(80, 24));
}

#[test]
fn the_help() {
    let mut screen = Screen::of(upper_tcp(), 80, 24);
    screen.press(Key::Char('?'));
    insta::assert_snapshot!("help", screen.text(80, 24));
    let mut screen = Screen::spanish(upper_tcp(), 80, 24);
    screen.press(Key::Char('?'));
    insta::assert_snapshot!("help_spanish", screen.text(80, 24));
}
