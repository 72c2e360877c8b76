//! Rectangles, texts and their attributes.

use super::theme::CONNECTIONS;
use super::xml::{Attribute, Xml};

pub(super) fn at(x: f64, y: f64) -> [Attribute; 2] {
    [("x", number(x)), ("y", number(y))]
}

pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

pub(super) fn class(name: impl Into<String>) -> Attribute {
    ("class", name.into())
}

/// The class of a connection's colour.
pub(crate) fn color(connection: Option<usize>) -> String {
    connection.map_or_else(String::new, |number| format!(" c{}", number % CONNECTIONS))
}

pub(super) struct Box {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) round: f64,
}

pub(super) fn rect(xml: &mut Xml, name: &str, area: &Box) {
    let [x, y] = at(area.x, area.y);
    let size = [("width", number(area.width)), ("height", number(area.height))];
    xml.empty("rect", &[&[class(name), x, y, ("rx", number(area.round))][..], &size].concat());
}

pub(super) fn text(xml: &mut Xml, name: &str, x: f64, y: f64, anchor: &str, text: &str) {
    let [x, y] = at(x, y);
    let attributes = [class(name), x, y, ("text-anchor", anchor.to_owned())];
    xml.text_element("text", &attributes, text);
}
