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
    /// Leave the background out, for use on a page that has its own.
    pub transparent: bool,
    /// The accessible name of the drawing; if empty, the names of the columns.
    pub title: String,
}

impl SvgStyle {
    /// Sets the colour scheme.
    pub fn theme(self, theme: Theme) -> Self {
        Self { theme, ..self }
    }

    /// Sets whether the background is left out.
    pub fn transparent(self, transparent: bool) -> Self {
        Self { transparent, ..self }
    }

    /// Sets the accessible name.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }
}

impl Ladder {
    /// Draws the ladder as one SVG document.
    pub fn to_svg(&self, style: &SvgStyle) -> String {
        let title = if style.title.is_empty() { self.name() } else { style.title.clone() };
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
    InPage { title: String, lessons: bool },
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
    let (title, links) = match purpose {
        Purpose::Alone { title, .. } => (title, false),
        Purpose::InPage { title, .. } => (title, true),
    };
    let role = if links { "group" } else { "img" };
    let mut attributes = vec![
        ("xmlns", "http://www.w3.org/2000/svg".to_owned()),
        ("class", "ladder".to_owned()),
        ("viewBox", view),
        ("width", format!("{width:.0}")),
        ("height", format!("{height:.0}")),
        ("role", role.to_owned()),
        ("aria-label", title.clone()),
    ];
    if links {
        attributes.remove(0);
        let least = width * SHRINKS_TO;
        let style = format!("width:100%;min-width:{least:.0}px;max-width:{width:.0}px");
        attributes.push(("style", format!("{style};height:auto")));
    }
    xml.open("svg", &attributes);
    if let Purpose::Alone { style, .. } = purpose {
        xml.text_element("title", &[], title);
        xml.raw_element("style", &theme::css(style.theme));
        if !style.transparent {
            let size = [("width", "100%".to_owned()), ("height", "100%".to_owned())];
            xml.empty("rect", &[&[("class", "ground".to_owned())][..], &size].concat());
        }
    }
    arrows::markers(xml);
    rows::headings(ladder, &layout, xml);
    rows::backgrounds(ladder, &layout, xml);
    rows::rails(ladder, &layout, xml);
    arrows::draw(ladder, &layout, xml);
    rows::draw(ladder, &layout, xml, links);
    rows::footer(&layout, xml);
    xml.close("svg");
    width
}
