//! SVG and HTML: well-formed, complete, and safe for hostile input.

use socklab_ladder::{HtmlStyle, Ladder, Options, SvgStyle, Theme};
use socklab_timelines::{Story, scenes};

fn ladder(timeline: &socklab_event::Timeline) -> Ladder {
    Ladder::of(timeline, &Options::default())
}

/// A timeline full of markup: in names, arguments, data and notices.
fn hostile() -> socklab_event::Timeline {
    let mut story = Story::new();
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'";
    let who = story.command(evil, &format!("{evil} --flag"));
    let sock = story.tcp(who);
    story.connect(sock, "127.0.0.1:80");
    story.send(sock, evil);
    story.recv(sock, format!("]]>--><svg onload=x>{evil}"));
    story.what(who, socklab_event::Notice::ForeignAbi { abi: evil.to_owned() });
    story.build()
}

#[test]
fn hostile_payloads_stay_text() {
    let ladder = ladder(&hostile());
    let page = ladder.to_html(&HtmlStyle::default());
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<img").count(), 0);
    let svg = ladder.to_svg(&SvgStyle::default());
    let tree = roxmltree::Document::parse(&svg).unwrap();
    assert!(
        tree.descendants().all(|node| !node.has_tag_name("script") && !node.has_tag_name("img"))
    );
}

#[test]
fn nothing_is_fetched() {
    let page = ladder(&scenes::http()).to_html(&HtmlStyle::default());
    let own = page.replace("http://www.w3.org/2000/svg", "");
    for word in ["http://", "https://", "@import", "url(http", "<link", "<iframe"] {
        assert!(!own.contains(word), "{word}");
    }
    assert!(page.contains("default-src &#39;none&#39;"));
}

#[test]
fn every_row_opens() {
    let ladder = ladder(&scenes::split_and_coalesced());
    let page = ladder.to_html(&HtmlStyle::default());
    for index in 0..ladder.rows.len() {
        assert!(page.contains(&format!("href=\"#row-{index}\"")), "{index}");
        assert!(page.contains(&format!("id=\"row-{index}\"")), "{index}");
    }
    assert!(page.contains("6f 6e 65 20 6c 6f 6e 67"), "no hexdump");
}

#[test]
fn an_error_says_what_it_means() {
    let page = ladder(&scenes::refused()).to_html(&HtmlStyle::default());
    assert!(page.contains("ECONNREFUSED (111): connection refused: nobody listens there"));
}

#[test]
fn the_requested_theme_is_used() {
    let ladder = ladder(&scenes::upper_tcp());
    let svg = |theme| ladder.to_svg(&SvgStyle::default().theme(theme));
    assert!(svg(Theme::Auto).contains("prefers-color-scheme:dark"));
    assert!(!svg(Theme::Light).contains("prefers-color-scheme"));
    assert_ne!(svg(Theme::Light), svg(Theme::Dark));
}

#[test]
fn pictures() {
    insta::assert_snapshot!(
        "tcp_upper_case",
        ladder(&scenes::upper_tcp()).to_svg(&SvgStyle::default())
    );
    let split = ladder(&scenes::split_and_coalesced());
    insta::assert_snapshot!("split_and_coalesced", split.to_svg(&SvgStyle::default()));
}

#[test]
fn the_model_can_be_serialised() {
    let ladder = ladder(&scenes::threaded());
    let value = serde_json::to_value(&ladder).unwrap();
    assert_eq!(value["participants"].as_array().unwrap().len(), 4);
}
