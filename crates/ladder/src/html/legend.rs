//! How to read the drawing.

use crate::svg::xml::Xml;
use crate::words::Words;

/// Writes the legend, closed until asked for.
pub(super) fn write(words: &Words, page: &mut Xml) {
    page.open("details", &[("class", "legend".to_owned())]);
    page.text_element("summary", &[], &words.legend);
    page.text_element("p", &[], &words.legend_time);
    page.open("ul", &[]);
    let line = |class: &str, path: &str| {
        let marker = if class.contains("waits") { "" } else { " marker-end=\"url(#tipc0)\"" };
        format!("<path class=\"{class}\" d=\"{path}\"{marker}/>")
    };
    let across = "M2 9H44";
    let samples = [
        (line("waits", "M23 0V18"), &words.legend_wait),
        (line("line c0", across), &words.legend_arrow),
        (line("line end c0", across), &words.end),
        (line("line frame c0", across), &words.legend_wire),
        (
            "<path class=\"line frame\" d=\"M2 9H24\"/><text class=\"mark\" x=\"24\" y=\"14\">✗</text>"
                .to_owned(),
            &words.legend_lost,
        ),
        ("<rect class=\"bar wrong\" x=\"20\" y=\"1\" width=\"4\" height=\"16\"/>".to_owned(), &words.legend_failed),
    ];
    for (sample, meaning) in samples {
        page.open("li", &[]);
        page.raw("<svg class=\"ladder\" width=\"48\" height=\"18\" aria-hidden=\"true\">");
        page.raw(&sample);
        page.raw("</svg>");
        page.text_element("span", &[], meaning);
        page.close("li");
    }
    page.close("ul");
    page.close("details");
}
