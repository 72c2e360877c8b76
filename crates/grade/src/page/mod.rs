//! What a teacher and a student look at: the page of a class, and a student's report.
//!
//! Everything that comes from a submission, a name or a path is hostile here. Texts go through one
//! writer that escapes them ([`Xml`]), control characters and whatever turns the direction of
//! writing are shown as escapes, and links are percent-encoded. The pages fetch nothing, and the
//! report of a student has no script.

mod class;
mod exam;
mod figures;
mod folder;
mod histogram;
mod matrix;
mod notes;
mod student;
mod text;
mod words;

use std::collections::BTreeMap;

use socklab_ladder::{Attribute, Theme, Xml, page_colors};
use socklab_say::Speaker;

pub use class::class_page;
pub use exam::{exam_key_text, exam_page, exam_text};
pub use figures::Figures;
pub use folder::folder_of;
pub use student::student_page;
pub use text::student_text;

/// A teacher's comments on groups of submissions that behave alike: group → comment.
pub type Comments = BTreeMap<String, String>;

/// What every page may load and run: nothing but its own style.
const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'";

const BASE: &str = include_str!("base.css");

/// An attribute.
fn with(name: &'static str, value: impl Into<String>) -> Attribute {
    (name, value.into())
}

/// The attribute `class`.
fn class(names: impl Into<String>) -> Attribute {
    with("class", names)
}

/// Begins a page: its head, and the link that leads past what comes first.
fn begin(speaker: Speaker, title: &str, css: &str, script: bool, skip: (&str, &str)) -> Xml {
    let mut page = Xml::default();
    page.raw("<!doctype html>\n");
    page.open("html", &[with("lang", speaker.language().tag())]);
    page.open("head", &[]);
    page.empty("meta", &[with("charset", "utf-8")]);
    let policy = if script { "; script-src 'unsafe-inline'" } else { "" };
    let policy = format!("{POLICY}{policy}");
    page.empty("meta", &[with("http-equiv", "Content-Security-Policy"), with("content", policy)]);
    let viewport = "width=device-width, initial-scale=1";
    page.empty("meta", &[with("name", "viewport"), with("content", viewport)]);
    // A link to another site, should one ever be in a page, does not tell it whose results these
    // are.
    page.empty("meta", &[with("name", "referrer"), with("content", "no-referrer")]);
    page.text_element("title", &[], title);
    page.raw_element("style", &format!("{}{BASE}{css}", page_colors(Theme::Auto)));
    page.close("head");
    page.open("body", &[]);
    page.text_element("a", &[class("skip"), with("href", format!("#{}", skip.0))], skip.1);
    page
}

/// Ends a page.
fn end(mut page: Xml, script: Option<&str>) -> String {
    if let Some(script) = script {
        page.raw_element("script", script);
    }
    page.close("body");
    page.close("html");
    page.finish()
}

/// A term and what it is, in a list of them.
fn term(page: &mut Xml, name: &str, value: &str) {
    page.open("div", &[]);
    page.text_element("dt", &[], name);
    page.text_element("dd", &[], value);
    page.close("div");
}
