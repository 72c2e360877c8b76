//! The tour as one self-contained HTML page.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use socklab_ladder::SvgStyle;
use socklab_say::{Speaker, is_unsafe, say};

use super::report::{StopReport, Total, purpose};
use crate::cli::Look;
use crate::commands::trace::ladder_of;
use crate::file::{PUBLIC, write_whole};

/// Writing into a String can't fail.
macro_rules! put {
    ($page:expr, $($argument:tt)*) => {
        let _ = writeln!($page, $($argument)*);
    };
}

const STYLE: &str = include_str!("page.css");

/// Writes the page: completely, or not at all.
pub(super) fn write(
    speaker: Speaker,
    path: &Path,
    reports: &[StopReport],
    total: &Total,
) -> Result<()> {
    write_whole(path, page(speaker, reports, total).as_bytes(), PUBLIC)
        .with_context(|| say!(speaker, "write-failed", path = socklab_say::path(path)))
}

fn page(speaker: Speaker, reports: &[StopReport], total: &Total) -> String {
    let language = speaker.language();
    let title = escape(&say!(speaker, "tour-title"));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    if let Some(first) = reports.first() {
        let skip = escape(&say!(speaker, "tour-skip"));
        put!(page, "<a class=\"skip\" href=\"#{}\">{skip}</a>", first.programs[0]);
    }
    put!(page, "<main>\n<h1>{title}</h1>");
    put!(page, "<p class=\"total\">{} {}</p>", mark(speaker, total.ok), escape(&total.text));
    verdict(speaker, &mut page, reports);
    for report in reports {
        stop(speaker, &mut page, report);
    }
    page + "</main>\n</body>\n</html>\n"
}

fn verdict(speaker: Speaker, page: &mut String, reports: &[StopReport]) {
    let say = |key: &'static str| escape(&say!(speaker, key));
    put!(page, "<nav aria-labelledby=\"verdict\">");
    put!(page, "<h2 id=\"verdict\" tabindex=\"-1\">{}</h2>\n<table>", say("tour-verdict"));
    let heads = ["tour-program", "tour-shows", "tour-checks"].map(say);
    let heads = heads.map(|head| format!("<th scope=\"col\">{head}</th>")).concat();
    put!(page, "<thead><tr>{heads}</tr></thead>\n<tbody>");
    for report in reports {
        for name in report.programs {
            let mark = mark(speaker, report.ok);
            let good = report.checks.iter().filter(|check| check.ok).count();
            let purpose = escape(purpose(speaker, name));
            let all = report.checks.len();
            put!(
                page,
                "<tr><th scope=\"row\">{mark} <a href=\"#{}\">{name}</a></th><td>{purpose}</td>\
                 <td>{good}/{all}</td></tr>",
                report.programs[0]
            );
        }
    }
    put!(page, "</tbody>\n</table>\n</nav>");
}

fn stop(speaker: Speaker, page: &mut String, report: &StopReport) {
    let id = report.programs[0];
    let heads: Vec<String> = report.programs.iter().map(|name| format!("head-{name}")).collect();
    let named = heads.join(" ");
    put!(page, "<section id=\"{id}\" tabindex=\"-1\" aria-labelledby=\"{named}\">");
    for (name, teaches) in report.programs.iter().zip(&report.teaches) {
        put!(page, "<h2 id=\"head-{name}\">{name} <small>{}</small></h2>", escape(teaches));
    }
    for note in &report.notes {
        put!(page, "<p class=\"note\">{}</p>", escape(note));
    }
    for step in &report.steps {
        let (command, output) = (escape(&step.command), escape(step.output.trim_end()));
        // What the programs say is English in every language of the page.
        put!(page, "<pre lang=\"en\"><b>$ {command}</b>\n{output}</pre>");
    }
    if let Some(timeline) = &report.timeline {
        let ladder = ladder_of(speaker, timeline, &Look::for_learning());
        let drawing = ladder.to_svg(&SvgStyle::default().on_page(format!("{id}-")));
        let words = escape(&say!(speaker, "tour-in-words"));
        // A drawing that is wider than the window is moved with the arrow keys.
        let named = format!("role=\"group\" aria-labelledby=\"{id}-title\"");
        put!(page, "<figure>\n<div class=\"drawing\" tabindex=\"0\" {named}>{drawing}</div>");
        put!(page, "<details><summary>{words}</summary>\n<ol>");
        for row in ladder.in_words() {
            put!(page, "<li>{}</li>", escape(&row));
        }
        put!(page, "</ol>");
        for line in &ladder.footer {
            put!(page, "<p>{}</p>", escape(line));
        }
        put!(page, "</details>\n</figure>");
    }
    put!(page, "<ul>");
    for check in &report.checks {
        let seen = check.seen.as_deref().map(|seen| say!(speaker, "tour-seen", seen = seen));
        let what = escape(&format!("{} {}", check.what, seen.unwrap_or_default()));
        put!(page, "<li>{} {}</li>", mark(speaker, check.ok), what.trim_end());
    }
    if let Some(error) = &report.error {
        put!(page, "<li>{} {}</li>", mark(speaker, false), escape(error));
    }
    let back = escape(&say!(speaker, "tour-back"));
    put!(page, "</ul>\n<p class=\"back\"><a href=\"#verdict\">{back}</a></p>\n</section>");
}

/// Whether something holds, as a sign with a name.
fn mark(speaker: Speaker, ok: bool) -> String {
    let (class, sign, key) =
        if ok { ("good", "✓", "tour-passed") } else { ("bad", "✗", "tour-failed") };
    let name = escape(&say!(speaker, key));
    format!("<span class=\"{class}\" role=\"img\" aria-label=\"{name}\">{sign}</span>")
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
