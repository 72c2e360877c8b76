//! The legend: how to read the drawing.

use socklab_say::{Speaker, say};

use crate::svg::xml::Xml;

/// Writes the legend, collapsed until the reader opens it.
pub(super) fn write(speaker: Speaker, page: &mut Xml) {
    page.open("details", &[("class", "legend".to_owned())]);
    page.text_element("summary", &[], &say!(speaker, "ladder-legend"));
    page.text_element("p", &[], &say!(speaker, "ladder-legend-time"));
    page.open("ul", &[]);
    let line = |class: &str, path: &str| {
        let marker = if class.contains("waits") { "" } else { " marker-end=\"url(#tipc0)\"" };
        format!("<path class=\"{class}\" d=\"{path}\"{marker}/>")
    };
    let across = "M2 9H44";
    let samples = [
        (line("waits", "M23 0V18"), "ladder-legend-wait"),
        (line("line c0", across), "ladder-legend-arrow"),
        (line("line end c0", across), "ladder-end"),
        (line("line inferred c0", across), "ladder-inferred"),
        (line("line frame c0", across), "ladder-legend-wire"),
        (
            "<path class=\"line frame\" d=\"M2 9H24\"/><text class=\"mark\" x=\"24\" y=\"14\">✗</text>"
                .to_owned(),
            "ladder-legend-lost",
        ),
        ("<rect class=\"bar wrong\" x=\"20\" y=\"1\" width=\"4\" height=\"16\"/>".to_owned(), "ladder-legend-failed"),
    ];
    for (sample, meaning) in samples {
        page.open("li", &[]);
        page.raw("<svg class=\"ladder\" width=\"48\" height=\"18\" aria-hidden=\"true\">");
        page.raw(&sample);
        page.raw("</svg>");
        page.text_element("span", &[], &say!(speaker, meaning));
        page.close("li");
    }
    page.close("ul");
    page.close("details");
}
