//! The ladder as SVG.

mod arrows;
mod layout;
mod rows;
pub(crate) mod shapes;
pub(crate) mod theme;
pub(crate) mod xml;

use crate::model::Ladder;
use layout::Layout;
pub use theme::Theme;
use xml::Xml;

/// How a ladder is drawn as SVG.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SvgStyle {
    /// The colour scheme.
    pub theme: Theme,
    /// The accessible name of the drawing; if empty, the names of the columns.
    pub title: String,
    /// For use on a page, which has a background and says the rows in words itself: what the ids of
    /// this drawing begin with, so that they differ from those of other drawings there.
    pub on_page: Option<String>,
}

impl SvgStyle {
    /// Sets the colour scheme.
    pub fn theme(self, theme: Theme) -> Self {
        Self { theme, ..self }
    }

    /// Sets the accessible name.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Makes a drawing for a page, whose ids begin with `id`.
    pub fn on_page(self, id: impl Into<String>) -> Self {
        Self { on_page: Some(id.into()), ..self }
    }
}

impl Ladder {
    /// Draws the ladder as one SVG document.
    pub fn to_svg(&self, style: &SvgStyle) -> String {
        let title = self.page_title(&style.title);
        let mut xml = Xml::default();
        draw(self, &mut xml, &Purpose::Alone { title, style });
        xml.finish()
    }
}

/// Where the drawing will be used.
pub(crate) enum Purpose<'a> {
    /// As a file of its own.
    Alone { title: String, style: &'a SvgStyle },
    /// In an HTML page, with rows that can be opened.
    InPage { lessons: bool },
}

impl Purpose<'_> {
    /// What the ids of the drawing begin with.
    fn ids(&self) -> &str {
        match self {
            Self::Alone { style, .. } => style.on_page.as_deref().unwrap_or_default(),
            Self::InPage { .. } => "",
        }
    }
}

/// In a page, the drawing shrinks with the window to this part of its width: its letters stay
/// readable.
pub(crate) const SHRINKS_TO: f64 = 0.76;

/// Writes the drawing to `xml`, and returns its width in pixels.
pub(crate) fn draw(ladder: &Ladder, xml: &mut Xml, purpose: &Purpose<'_>) -> f64 {
    let layout = match purpose {
        Purpose::Alone { .. } => Layout::of(ladder, true, true),
        Purpose::InPage { lessons, .. } => Layout::of(ladder, false, *lessons),
    };
    let (width, height) = (layout.width, layout.height);
    let view = format!("0 0 {width:.0} {height:.0}");
    let ids = purpose.ids();
    let mut attributes = vec![
        ("class", "ladder".to_owned()),
        ("viewBox", view),
        ("width", format!("{width:.0}")),
        ("height", format!("{height:.0}")),
    ];
    match purpose {
        Purpose::Alone { .. } => {
            attributes.insert(0, ("xmlns", "http://www.w3.org/2000/svg".to_owned()));
            attributes.push(("role", "img".to_owned()));
        }
        Purpose::InPage { .. } => {
            let least = width * SHRINKS_TO;
            let style = format!("width:100%;min-width:{least:.0}px;max-width:{width:.0}px");
            attributes.push(("style", format!("{style};height:auto")));
            attributes.push(("role", "list".to_owned()));
            attributes.push(("aria-labelledby", "rows".to_owned()));
            attributes.push(("aria-describedby", "hint".to_owned()));
        }
    }
    xml.open("svg", &attributes);
    if let Purpose::Alone { title, style } = purpose {
        xml.text_element("title", &[("id", format!("{ids}title"))], title);
        if style.on_page.is_none() {
            let words = std::iter::once(ladder.summary()).chain(ladder.in_words());
            let words: Vec<String> = words.chain(ladder.footer.iter().cloned()).collect();
            xml.text_element("desc", &[], &words.join("\n"));
        }
        xml.raw_element("style", &theme::css(style.theme));
        if style.on_page.is_none() {
            let size = [("width", "100%".to_owned()), ("height", "100%".to_owned())];
            xml.empty("rect", &[&[("class", "ground".to_owned())][..], &size].concat());
        }
    }
    xml.open("g", &[("aria-hidden", "true".to_owned())]);
    arrows::markers(xml, ids);
    rows::headings(ladder, &layout, xml);
    rows::backgrounds(ladder, &layout, xml);
    rows::rails(ladder, &layout, xml);
    arrows::draw(ladder, &layout, xml, ids);
    let links = matches!(purpose, Purpose::InPage { .. });
    if links {
        // The rows are what is read out; alone, the drawing is one picture.
        xml.close("g");
    }
    rows::draw(ladder, &layout, xml, links);
    rows::footer(&layout, xml);
    if !links {
        xml.close("g");
    }
    xml.close("svg");
    width
}
