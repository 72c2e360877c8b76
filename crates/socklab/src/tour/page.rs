//! The tour as one self-contained HTML page.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use socklab_ladder::SvgStyle;
use socklab_say::{Speaker, is_unsafe, say};

use super::report::{StopReport, purpose};
use crate::cli::Look;
use crate::commands::trace::ladder_of;
use crate::file::{PUBLIC, write_whole};

const STYLE: &str = include_str!("page.css");

/// Writes the page: completely, or not at all.
pub(super) fn write(speaker: Speaker, path: &Path, reports: &[StopReport]) -> Result<()> {
    write_whole(path, page(speaker, reports).as_bytes(), PUBLIC)
        .with_context(|| say!(speaker, "write-failed", path = socklab_say::path(path)))
}

fn page(speaker: Speaker, reports: &[StopReport]) -> String {
    let language = speaker.language();
    let title = escape(&say!(speaker, "tour-title"));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    verdict(speaker, &mut page, reports);
    for report in reports {
        stop(speaker, &mut page, report);
    }
    page + "</body>\n</html>\n"
}

/// Writing into a String can't fail.
macro_rules! put {
    ($page:expr, $($argument:tt)*) => {
        let _ = writeln!($page, $($argument)*);
    };
}

fn verdict(speaker: Speaker, page: &mut String, reports: &[StopReport]) {
    put!(page, "<table>");
    for report in reports {
        for name in report.programs {
            let class = class(report.ok);
            let good = report.checks.iter().filter(|check| check.ok).count();
            let purpose = escape(purpose(speaker, name));
            let all = report.checks.len();
            put!(
                page,
                "<tr><td class=\"{class}\"><a href=\"#{}\">{name}</a></td><td>{purpose}</td>\
                 <td>{good}/{all}</td></tr>",
                report.programs[0]
            );
        }
    }
    put!(page, "</table>");
}

fn stop(speaker: Speaker, page: &mut String, report: &StopReport) {
    put!(page, "<section id=\"{}\">", report.programs[0]);
    for (name, teaches) in report.programs.iter().zip(&report.teaches) {
        put!(page, "<h2>{name} <small>{}</small></h2>", escape(teaches));
    }
    for note in &report.notes {
        put!(page, "<p class=\"note\">{}</p>", escape(note));
    }
    for step in &report.steps {
        let (command, output) = (escape(&step.command), escape(step.output.trim_end()));
        put!(page, "<pre><b>$ {command}</b>\n{output}</pre>");
    }
    if let Some(timeline) = &report.timeline {
        let style = SvgStyle::default().transparent(true);
        let drawing = ladder_of(speaker, timeline, &Look::for_learning()).to_svg(&style);
        // An XML declaration is not allowed inside HTML.
        let drawing = drawing.split_once("?>").map_or(drawing.as_str(), |(_, svg)| svg);
        put!(page, "<figure>{drawing}</figure>");
    }
    put!(page, "<ul>");
    for check in &report.checks {
        let seen = check.seen.as_deref().map(|seen| say!(speaker, "tour-seen", seen = seen));
        let what = escape(&format!("{} {}", check.what, seen.unwrap_or_default()));
        put!(page, "<li class=\"{}\">{}</li>", class(check.ok), what.trim_end());
    }
    if let Some(error) = &report.error {
        put!(page, "<li class=\"bad\">{}</li>", escape(error));
    }
    put!(page, "</ul>\n</section>");
}

fn class(ok: bool) -> &'static str {
    if ok { "good" } else { "bad" }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            odd if odd != '\n' && is_unsafe(odd) => escaped.push('·'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn output_of_programs_stays_text() {
        assert_eq!(super::escape("<b>\x1b[1m&\n"), "&lt;b&gt;·[1m&amp;\n");
    }
}
