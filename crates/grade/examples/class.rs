//! Writes the results of a sample class to a folder, to be looked at in a browser.
//!
//! ```sh
//! cargo run -p socklab-grade --example class -- /tmp/sample-class es
//! cargo run -p socklab-grade --example class -- /tmp/hostile-class hostile
//! ```

#[path = "../tests/page/sample.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod sample;

use std::fs;
use std::path::Path;

use socklab_grade::page::{class_page, folder_of, student_page, student_text};
use socklab_ladder::{HtmlStyle, Ladder, Options};
use socklab_say::{Language, Speaker};
use socklab_timelines::scenes;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(out) = args.first().map(Path::new) else {
        eprintln!("usage: class FOLDER [LANGUAGE] [hostile|small]");
        std::process::exit(2);
    };
    let language = args.iter().skip(1).find_map(|arg| Language::find(arg)).unwrap_or_default();
    let speaker = Speaker::new(language);
    let has = |word: &str| args.iter().any(|arg| arg == word);
    let (book, comments) = match (has("hostile"), has("small")) {
        (true, _) => sample::hostile(),
        (_, true) => sample::small(),
        _ => sample::class(),
    };
    let ladder = Ladder::of(&scenes::upper_tcp(), &Options::new(speaker));
    for graded in &book.results {
        let folder = out.join("students").join(folder_of(&graded.student));
        fs::create_dir_all(&folder)?;
        let comment = graded.group.as_ref().and_then(|it| comments.get(it)).map(String::as_str);
        let report = student_page(&book.assignment, graded, speaker, comment);
        fs::write(folder.join("report.html"), report)?;
        let report = student_text(&book.assignment, graded, speaker, comment);
        fs::write(folder.join("report.txt"), report)?;
        for case in graded.cases.iter().filter(|_| !has("hostile")) {
            let title = format!("{}: {}", graded.student.id, case.name);
            let page = ladder.to_html(&HtmlStyle::default().title(title));
            fs::write(folder.join(format!("{}.html", case.name)), page)?;
        }
    }
    fs::write(out.join("class.html"), class_page(&book, speaker, &comments))
}
