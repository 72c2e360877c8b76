//! SVG and HTML: well-formed, complete, and safe for hostile input.

use socklab_flows::Flows;
use socklab_ladder::{HtmlStyle, Ladder, Options, SvgStyle, Theme};
use socklab_summary::Summary;
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

/// The page with the figures of the same recording.
fn with_figures(timeline: &socklab_event::Timeline) -> String {
    let summary = Summary::of(&Flows::of(timeline));
    ladder(timeline).to_html(&HtmlStyle::default().summary(summary))
}

#[test]
fn figures_stand_above_the_rows_and_lead_to_them() {
    let page = with_figures(&scenes::wired());
    assert_eq!(socklab_pages::faults(&page), Vec::<String>::new());
    let figures = page.find("class=\"figures\"").expect("figures");
    assert!(figures < page.find("id=\"rows\"").expect("rows"));
    let section = &page[figures..page[figures..].find("</section>").expect("an end") + figures];
    assert!(section.contains("client → server") && section.contains("href=\"#row-"), "{section}");
    assert!(section.contains("usecs/call"), "{section}");
    // Without scripts they open, too.
    assert!(section.contains("<summary>"), "{section}");
}

#[test]
fn hostile_names_in_figures_stay_text() {
    let page = with_figures(&hostile());
    assert_eq!((page.matches("<script").count(), page.matches("<img").count()), (1, 0));
    assert_eq!(socklab_pages::faults(&page), Vec::<String>::new());
}

#[test]
fn a_page_of_nothing_has_no_figures() {
    assert!(!with_figures(&Story::new().build()).contains("class=\"figures\""));
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
fn a_page_with_much_data_shows_its_beginnings() {
    let page = |bytes: usize| {
        let mut story = Story::new();
        let who = story.command("client", "client");
        let sock = story.tcp(who);
        story.connect(sock, "127.0.0.1:80");
        story.send(sock, "x".repeat(bytes));
        ladder(&story.build()).to_html(&HtmlStyle::default())
    };
    // A dump has 16 bytes in a line.
    let lines = |page: &str| page.matches(&"78 ".repeat(8)).count() / 2;
    let much = page(70_000);
    assert!(much.contains(": the first 1,024 of 70,000</h3>"));
    assert_eq!(lines(&much), 1024 / 16);
    let little = page(60_000);
    assert!(little.contains(">60,000 bytes</h3>"));
    assert_eq!(lines(&little), 60_000 / 16);
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

#[test]
fn folds_open_up_to_a_limit_that_is_stated() {
    let page = |timeline| ladder(&timeline).to_html(&HtmlStyle::default());
    let few = page(scenes::busy_loop(100));
    assert!(few.contains("The 99 folded calls"), "{few}");
    assert_eq!(few.matches("<tr>").count(), 1 + 99, "a head and the calls");
    assert!(!few.contains("Only the first"), "all are listed");
    let many = page(scenes::busy_loop(10_000));
    assert!(many.contains("The 9,999 folded calls"));
    assert!(many.contains("Only the first 200 are listed"));
    assert_eq!(many.matches("<tr>").count(), 1 + 200);
    assert!(many.len() < 200_000, "{} bytes", many.len());
}

#[test]
fn a_page_is_a_list_in_a_narrow_window_and_gives_the_panel_only_the_room_it_needs() {
    let ladder = ladder(&scenes::split_and_coalesced());
    let page = ladder.to_html(&HtmlStyle::default());
    let body = socklab_pages::body(&page);
    let tree = roxmltree::Document::parse(&body).unwrap();
    let list = tree.descendants().find(|node| node.attribute("class") == Some("list")).unwrap();
    let links: Vec<_> = list.descendants().filter_map(|node| node.attribute("href")).collect();
    let rows: Vec<String> = (0..ladder.rows.len()).map(|row| format!("#row-{row}")).collect();
    assert_eq!(links, rows, "one item for each row");
    let text: String = list.descendants().filter_map(|node| node.text()).collect();
    assert!(text.contains("connect(3, 127.0.0.1:12000)") && text.contains("→ server"), "{text}");
    // Closing the panel leads back to its row, in the drawing or in the list.
    for (class, back) in [("close drawn", "#link-0"), ("close listed", "#item-0")] {
        let close = tree.descendants().find(|node| node.attribute("class") == Some(class)).unwrap();
        let named = (close.attribute("href"), close.attribute("aria-label"));
        assert_eq!(named, (Some(back), Some("Close")));
    }
    // The panel takes room only while a row is open: beside the drawing, or as high as it needs.
    assert!(page.contains("body:has(.detail:target){grid-template:minmax(0,1fr) fit-content(45%)"));
    assert!(!page.contains("42%"));
}

#[test]
fn a_duration_reads_the_same_in_the_drawing_and_in_the_details() {
    let mut story = Story::new();
    let (near, far) = socklab_timelines::scenes::tcp_pair(&mut story);
    let waiting = story.now();
    story.wait(501).send(far, "late");
    story.since(waiting).recv(near, "late");
    let args = socklab_event::Args::Poll { waits: Vec::new(), timeout: Some(2_500_000_000) };
    story.call(near.who, "poll", None, None, args, socklab_event::Outcome::Value(0));
    let options = Options::default().detail(socklab_ladder::Detail::All);
    let page = Ladder::of(&story.build(), &options).to_html(&HtmlStyle::default());
    assert!(page.contains("waits 501 ms") && page.contains("(501 ms)"), "{page}");
    assert!(page.contains("<dt>timeout</dt>\n<dd class=\"\">2.5 s</dd>"), "{page}");
}
