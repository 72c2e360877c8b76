//! The two runs as a page: a table with a on the left, b on the right.

use socklab_ladder::{Theme, Xml, page_colors};
use socklab_say::{Speaker, count, say};

use crate::Told;
use crate::comparison::Comparison;

const STYLE: &str = "body{background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif;\
margin:2rem auto;max-width:75rem;padding:0 1rem}table{border-collapse:collapse;width:100%;\
table-layout:fixed}td,th{border:1px solid var(--edge);padding:.2rem .5rem;text-align:left;\
vertical-align:top;overflow-wrap:anywhere}td{font-family:ui-monospace,monospace;font-size:13px}\
.place{background:var(--card);font-weight:600}.differs{border-left:4px solid var(--wrong)}\
.same{color:var(--faint)}";

impl Comparison {
    /// A page that needs nothing else. `titles` are the names of the recordings.
    pub fn to_html(&self, titles: [&str; 2], all: bool, speaker: Speaker) -> String {
        let mut page = Xml::default();
        let with = |name: &'static str, value: &str| (name, value.to_owned());
        let title = say!(speaker, "diff-title", a = titles[0], b = titles[1]);
        page.raw("<!doctype html>\n");
        page.open("html", &[with("lang", speaker.language().tag())]);
        page.open("head", &[]);
        page.empty("meta", &[with("charset", "utf-8")]);
        let policy = "default-src 'none'; style-src 'unsafe-inline'";
        page.empty(
            "meta",
            &[with("http-equiv", "Content-Security-Policy"), with("content", policy)],
        );
        let viewport = "width=device-width, initial-scale=1";
        page.empty("meta", &[with("name", "viewport"), with("content", viewport)]);
        page.text_element("title", &[], &title);
        page.raw_element("style", &format!("{}{STYLE}", page_colors(Theme::Auto)));
        page.close("head");
        page.open("body", &[]);
        page.open("main", &[]);
        page.text_element("h1", &[], &title);
        page.text_element("p", &[], &self.summary(speaker));
        for note in &self.notes {
            page.text_element("p", &[], &speaker.tell(note));
        }
        page.open("table", &[]);
        page.open("thead", &[]);
        page.open("tr", &[]);
        for (name, title) in ["a", "b"].iter().zip(titles) {
            page.text_element("th", &[with("scope", "col")], &format!("{name}: {title}"));
        }
        page.close("tr");
        page.close("thead");
        page.open("tbody", &[]);
        let wide = |page: &mut Xml, name: &'static str, text: &str| {
            page.open("tr", &[]);
            page.text_element("td", &[with("class", name), with("colspan", "2")], text);
            page.close("tr");
        };
        let (shown, rest) = self.shown(all);
        let mut place = None;
        for (folded, row) in shown {
            if folded > 0 {
                wide(&mut page, "same", &say!(speaker, "diff-folded", n = count(folded)));
            }
            let here = row.place(speaker);
            if place.as_ref() != Some(&here) {
                wide(&mut page, "place", &here);
                place = Some(here);
            }
            page.open("tr", &[]);
            let class = if row.is_same { "same" } else { "differs" };
            for told in [&row.a, &row.b] {
                let text = told.as_ref().map_or("", |Told { text, .. }| text);
                page.text_element("td", &[with("class", class)], text);
            }
            page.close("tr");
        }
        if rest > 0 {
            wide(&mut page, "same", &say!(speaker, "diff-folded", n = count(rest)));
        }
        for end in ["tbody", "table", "main", "body", "html"] {
            page.close(end);
        }
        page.finish()
    }
}
