use std::fs;
use std::io::Write;
use std::path::PathBuf;

use socklab_say::Speaker;
use tempfile::TempDir;

use super::*;

/// A folder with these files; a name that ends with `/` is a folder.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let root = TempDir::new().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn read(root: &TempDir) -> Class {
    Class::read(root.path(), &Options::default()).unwrap()
}

fn unpacked(submission: &Submission) -> (TempDir, Result<Unpacked, UnpackError>) {
    let into = TempDir::new().unwrap();
    let done = submission.unpack(into.path(), &UnpackLimits::default());
    (into, done)
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The students, the number of attempts, and what the last one has in it or why not.
fn told(class: &Class) -> Vec<String> {
    let each = class.students.iter().map(|one| {
        let last = one.attempts.last().map(|last| match unpacked(last).1 {
            Ok(unpacked) => unpacked
                .files
                .iter()
                .map(|file| file.display().to_string())
                .collect::<Vec<_>>()
                .join(" "),
            Err(UnpackError::Refused(refusal)) => {
                format!("! {}", Speaker::ENGLISH.tell(&refusal.sentence()))
            }
            Err(error) => panic!("{error}"),
        });
        let late = one.attempts.last().is_some_and(|last| last.late);
        format!(
            "{} {}{}: {}",
            one.student.id,
            one.attempts.len(),
            if late { " late" } else { "" },
            last.unwrap_or_default()
        )
    });
    each.collect()
}

#[test]
fn an_entry_belongs_to_the_student_it_is_named_after() {
    let root = folder(&[
        ("ana/server.py", "a"),
        ("ana/.git/config", "x"),
        ("ana/__pycache__/server.pyc", "x"),
        ("student-01.c", "c"),
        ("student-01.h", "h"),
        ("student-02@1.py", "one"),
        ("student-02@2.py", "two"),
        ("student-03/1/server.py", "one"),
        ("student-03/intento-2/server.py", "two"),
        ("student-04/", ""),
        (".DS_Store", "x"),
        ("grades.csv", "x"),
    ]);
    let zip = zip_of(&[("hw1/server.py", b"z"), ("__MACOSX/hw1/._server.py", b"x")]);
    fs::write(root.path().join("student-05.zip"), zip).unwrap();
    let class = read(&root);
    assert_eq!(class.layout, Layout::Plain);
    assert_eq!(
        told(&class),
        [
            "ana 1: server.py",
            "student-01 1: student-01.c student-01.h",
            "student-02 2: student-02.py",
            "student-03 2: server.py",
            "student-04 1: ! nothing was handed in",
            "student-05 1: hw1/server.py",
        ]
    );
    assert_eq!(class.remarks, [Remark::Unknown { entry: "grades.csv".to_owned() }]);
}

#[test]
fn a_digest_is_what_sha256sum_prints_and_no_time_changes_it() {
    let files = [("ana/b-c", "two\n"), ("ana/b/c", "three\n"), ("ana/a", "one\n")];

    let root = folder(&files);
    let class = read(&root);
    let wanted = "51896876fe22d1565ba557d552cb45ee1f95c33aefb9800baf3ac5df01b65cbf";
    assert_eq!(unpacked(&class.students[0].attempts[0]).1.unwrap().sha256, wanted);
    // The same in an archive.
    let zip = zip_of(&[("a", b"one\n"), ("b/c", b"three\n"), ("b-c", b"two\n")]);
    let root = folder(&[]);
    fs::write(root.path().join("ana.zip"), zip).unwrap();
    let class = read(&root);
    assert_eq!(unpacked(&class.students[0].attempts[0]).1.unwrap().sha256, wanted);
}

fn program(files: &[(&str, &str)], wanted: &Wanted) -> Result<Main, NoMain> {
    let root = folder(files);
    let unpacked = Unpacked {
        files: files.iter().map(|(name, _)| PathBuf::from(name)).collect(),
        ..Unpacked::default()
    };
    main_file(root.path(), &unpacked, wanted).unwrap()
}

#[test]
fn the_program_is_found_as_people_name_it() {
    let wanted = Wanted { exercise: "echo-server".to_owned(), ..Wanted::default() };
    let found = |files: &[(&str, &str)]| match program(files, &wanted) {
        Ok(main) => {
            let with = main.with.iter().map(|file| format!(" + {}", file.display()));
            format!("{} {}{}", main.language, main.file.display(), with.collect::<String>())
        }
        Err(none) => format!("! {}", Speaker::ENGLISH.tell(&none.sentence())),
    };
    let main_c = "int main(void) { return 0; }";
    for (files, wanted) in [
        (&[("echo-server.py", "x"), ("client.py", "x")][..], "python echo-server.py"),
        (&[("EchoServer.java", "x"), ("Util.java", "x")], "java EchoServer.java + Util.java"),
        (&[("echo_server-1.py", "x"), ("old.py", "x")], "python echo_server-1.py"),
        (&[("hw/s.py", "x"), ("hw/notes.txt", "x")], "python hw/s.py"),
        (&[("a.c", main_c), ("b.c", "int f(void) { return 1; }"), ("b.h", "")], "c a.c + b.c"),
        (
            &[("src/main.rs", "mod x;\nfn main() {}"), ("src/x.rs", ""), ("Cargo.toml", "")],
            "rust src/main.rs",
        ),
        (&[("run.py", "import frames\n"), ("frames.py", "x")], "python run.py"),
        (&[("SERVER.PY", "x")], "python SERVER.PY"),
        (
            &[("a.py", "x"), ("b.py", "y")],
            "! several files could be the program: a.py, b.py. Say which one with --file",
        ),
        (
            &[("a.c", main_c), ("b.c", main_c)],
            "! several files could be the program: a.c, b.c. Say which one with --file",
        ),
        (
            &[("report.pdf", "x")],
            "! no file in a language that can be run here; handed in: report.pdf",
        ),
        (&[("a.py", " \n")], "! a.py is empty"),
        (&[("a.py", "x\0y")], "! a.py is not a text file"),
    ] {
        assert_eq!(found(files), wanted);
    }
}

#[test]
fn a_teacher_says_which_file_and_language() {
    let files = [("x/server.py", "x"), ("x/client.py", "x"), ("server.c", "x")];
    let of = |file: Option<&str>, language: Option<&str>| {
        let wanted = Wanted {
            exercise: "echo".to_owned(),
            file: file.map(str::to_owned),
            language: language.map(str::to_owned),
        };
        program(&files, &wanted).map(|main| main.file.display().to_string())
    };
    assert_eq!(of(Some("server.py"), None).as_deref(), Ok("x/server.py"));
    assert_eq!(of(Some("x/client.py"), None).as_deref(), Ok("x/client.py"));
    assert_eq!(of(None, Some("c")).as_deref(), Ok("server.c"));
    assert!(matches!(of(Some("main.py"), None), Err(NoMain::NotThere(..))));
    assert!(matches!(of(None, Some("rust")), Err(NoMain::OtherLanguage(..))));
}
