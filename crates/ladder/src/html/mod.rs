//! The ladder as an HTML page: the same drawing, where every row opens its details.

mod detail;
mod facts;
mod hexdump;
mod latency;
mod legend;
mod list;
mod search;
mod summary;

use std::collections::BTreeMap;

use socklab_latency::Latency;
use socklab_say::{count, say};
use socklab_summary::Summary;

use crate::model::{Ladder, Note, NoteKind};
use crate::svg::xml::Xml;
use crate::svg::{self, Theme};

/// How an HTML page is drawn.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HtmlStyle {
    /// The page's title; if empty, the names of the columns.
    pub title: String,
    /// The colour scheme.
    pub theme: Theme,
    /// Whether lessons are shown from the start. Otherwise they are counted, and the reader opens
    /// them.
    pub lessons: bool,
    /// The recording in figures, which stands above the rows.
    pub summary: Option<Summary>,
    /// Where the time went, below that.
    pub latency: Option<Latency>,
    /// Of each file of source, as calls name it, the text of some lines, by number: what stands in the
    /// details around the line that made a call.
    pub source_text: BTreeMap<String, BTreeMap<u32, String>>,
}

impl HtmlStyle {
    /// Sets the page's title.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Sets the colour scheme.
    pub fn theme(self, theme: Theme) -> Self {
        Self { theme, ..self }
    }

    /// Sets whether lessons are shown from the start.
    pub fn lessons(self, lessons: bool) -> Self {
        Self { lessons, ..self }
    }

    /// Adds the text of files of source.
    pub fn source_text(self, source_text: BTreeMap<String, BTreeMap<u32, String>>) -> Self {
        Self { source_text, ..self }
    }

    /// Adds the recording in figures.
    pub fn summary(self, summary: Summary) -> Self {
        Self { summary: Some(summary), ..self }
    }

    /// Adds where the time went.
    pub fn latency(self, latency: Latency) -> Self {
        Self { latency: Some(latency), ..self }
    }
}

const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The content security policy: the page fetches nothing, and neither could recorded text that
/// slipped through as markup.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// Where the panel of an open row goes: beside the drawing if there is room for both, otherwise
/// below it, and only as high as it needs.
fn panel_css(drawing: f64) -> String {
    // The narrowest panel, and the margins of the drawing.
    const PANEL: f64 = 22.0 * 16.0;
    const MARGINS: f64 = 3.0 * 16.0;
    let both = drawing * svg::SHRINKS_TO + MARGINS + PANEL;
    format!(
        "body:has(.detail:target){{grid-template:minmax(0,1fr) fit-content(45%)/minmax(0,1fr)}}\n\
         body:has(.detail:target) aside{{border-left:0;border-top:1px solid var(--edge)}}\n\
         @media (min-width:{both:.0}px){{body:has(.detail:target){{grid-template:minmax(0,1fr)/\
         minmax(0,1fr) clamp(22rem,calc(100vw - {drawing:.0}px - 3rem),39rem)}}\
         body:has(.detail:target) aside{{border-top:0;border-left:1px solid var(--edge)}}}}\n"
    )
}

impl Ladder {
    /// Draws the ladder as one self-contained page of HTML.
    ///
    /// Every row is a link to its details and works without scripts; the script adds keyboard
    /// navigation. In a narrow window the rows are a list. A fold's details list the rows it stands
    /// for, up to a limit that is stated there.
    pub fn to_html(&self, style: &HtmlStyle) -> String {
        let title = if style.title.is_empty() { self.name() } else { style.title.clone() };
        let say = |key: &'static str| say!(self.speaker, key);
        let mut page = Xml::default();
        page.raw("<!doctype html>\n");
        page.open("html", &[("lang", self.speaker.language().tag().to_owned())]);
        page.open("head", &[]);
        page.empty("meta", &[("charset", "utf-8".to_owned())]);
        let policy = "Content-Security-Policy".to_owned();
        page.empty("meta", &[("http-equiv", policy), ("content", POLICY.to_owned())]);
        let viewport = "width=device-width, initial-scale=1".to_owned();
        page.empty("meta", &[("name", "viewport".to_owned()), ("content", viewport)]);
        page.text_element("title", &[], &self.page_title(&style.title));
        let mut drawing = Xml::default();
        let inside = svg::Purpose::InPage { lessons: style.lessons };
        let width = svg::draw(self, &mut drawing, &inside);
        let colors = svg::theme::page_colors(style.theme);
        let drawn = svg::theme::css(style.theme);
        let css = format!("{colors}{CSS}{}{drawn}", panel_css(width));
        page.raw_element("style", &css);
        page.close("head");
        page.open("body", &[]);
        let skip = [("class", "skip".to_owned()), ("href", "#rows".to_owned())];
        page.text_element("a", &skip, &say("ladder-to-rows"));
        page.open("main", &[("tabindex", "-1".to_owned())]);
        page.text_element("h1", &[], &title);
        self.explained(&mut page, style.lessons);
        if let Some(summary) = &style.summary {
            summary::write(self, summary, &mut page);
        }
        if let Some(latency) = &style.latency {
            latency::write(self, latency, &mut page);
        }
        let heading = [("id", "rows".to_owned()), ("tabindex", "-1".to_owned())];
        page.text_element("h2", &heading, &say("ladder-rows"));
        page.text_element("p", &[("class", "unseen".to_owned())], &self.summary());
        page.open("p", &[("class", "hint".to_owned()), ("id", "hint".to_owned())]);
        page.text(&say("ladder-choose"));
        // Only the script knows these keys, and it shows them.
        page.open("span", &[("id", "keys".to_owned()), ("hidden", "hidden".to_owned())]);
        page.text(&format!(" {}", say("ladder-keys")));
        page.close("span");
        page.close("p");
        search::field(self.speaker, &mut page);
        page.open("div", &[("class", "drawing".to_owned())]);
        page.raw(&drawing.finish());
        page.close("div");
        list::write(self, &mut page, style.lessons);
        if !self.footer.is_empty() {
            page.text_element("h2", &[], &say("ladder-left-out"));
            page.open("ul", &[("class", "footer".to_owned())]);
            for line in &self.footer {
                page.text_element("li", &[], line);
            }
            page.close("ul");
        }
        legend::write(self.speaker, &mut page);
        page.close("main");
        detail::panel(self, &style.source_text, &mut page);
        page.raw_element("script", &format!("{SCRIPT}{}", search::script(self)));
        page.close("body");
        page.close("html");
        page.finish()
    }

    /// Writes the explanations, each with a link to the row it explains: what went wrong, then the
    /// lessons, which are closed unless `open`.
    fn explained(&self, page: &mut Xml, open: bool) {
        let rows = || self.rows.iter().enumerate();
        let problems = rows().flat_map(|(index, row)| {
            row.problems(index).map(move |(id, note)| (Some(id), index, note))
        });
        let problems: Vec<_> = problems.collect();
        if !problems.is_empty() {
            let named = ("aria-labelledby", "wrong".to_owned());
            page.open("section", &[("class", "explained".to_owned()), named]);
            let id = [("id", "wrong".to_owned())];
            page.text_element("h2", &id, &say!(self.speaker, "ladder-explained"));
            self.listed(page, problems);
            page.close("section");
        }
        let lessons = rows().flat_map(|(index, row)| {
            let lessons = row.notes.iter().filter(|note| note.kind == NoteKind::Lesson);
            lessons.map(move |note| (None, index, note))
        });
        let lessons: Vec<_> = lessons.collect();
        if !lessons.is_empty() {
            let mut attributes = vec![("class", "explained lessons".to_owned())];
            attributes.extend(open.then(|| ("open", "open".to_owned())));
            page.open("details", &attributes);
            let summary = say!(self.speaker, "ladder-lessons", n = count(lessons.len()));
            page.text_element("summary", &[], &summary);
            self.listed(page, lessons);
            page.close("details");
        }
    }

    /// Lists explanations, with the ids that rows refer to them by.
    fn listed(&self, page: &mut Xml, notes: Vec<(Option<String>, usize, &Note)>) {
        page.open("ol", &[]);
        for (id, index, note) in notes {
            page.open("li", &[]);
            let id: Vec<_> = id.map(|id| ("id", id)).into_iter().collect();
            page.open("span", &id);
            page.text(&note.text);
            page.close("span");
            // Links out of context, as a screen reader lists them, need names of their own.
            let row = self.spoken(&self.rows[index]);
            let name = format!("{}: {row}", say!(self.speaker, "ladder-see-row"));
            let link = [("href", format!("#row-{index}")), ("aria-label", name)];
            page.text_element("a", &link, &say!(self.speaker, "ladder-see-row"));
            page.close("li");
        }
        page.close("ol");
    }
}
