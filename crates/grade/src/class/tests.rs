//! Classes as they are handed over. Longer than 400 lines: one story for each layout, on one stage.

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
    // Less than usual, so that the tests need not write that much.
    let limits = UnpackLimits { total: 1 << 20, ..UnpackLimits::default() };
    let done = submission.unpack(into.path(), &limits);
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
            "! no file in a language that can be run here (Python .py, Rust .rs, C .c, Java .java); \
             handed in: report.pdf",
        ),
        // Systems and editors add `.txt`; beside a program, such a file is a text.
        (&[("echo-server.py.txt", "x"), ("notes.txt", "x")], "python echo-server.py.txt"),
        (&[("a.py", "x"), ("b.py.txt", "x")], "python a.py"),
        (
            &[("Echo.java.txt", "x")],
            "! no file in a language that can be run here (Python .py, Rust .rs, C .c, Java .java); \
             handed in: Echo.java.txt",
        ),
        (
            &[("hw.ipynb", "{}"), ("data.csv", "x")],
            "! hw.ipynb is a Jupyter notebook, not a program; in Jupyter, “File”, “Save and Export \
             Notebook As”, “Executable Script” makes one",
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

fn read_with(root: &TempDir, options: &Options) -> Class {
    Class::read(root.path(), options).unwrap()
}

fn remarks(class: &Class) -> Vec<String> {
    class.remarks.iter().map(|remark| Speaker::ENGLISH.tell(&remark.sentence())).collect()
}

#[test]
fn moodle_puts_several_folders_of_a_student_beside_each_other() {
    let root = folder(&[
        ("Ana Pérez_12_assignsubmission_file_/src/server.py", "x"),
        ("Ana Pérez_12_assignsubmission_onlinetext_/onlinetext.html", "<p>x</p>"),
        ("Eva Gil_9_assignsubmission_onlinetext/onlinetext.html", "<p>x</p>"),
        ("José Núñez_77_assignsubmission_file/server.py", "x"),
        ("notes.txt", "x"),
    ]);
    let class = read(&root);
    assert_eq!(class.layout, Layout::Moodle);
    let typed = "! text was typed on the web page; no file was handed in";
    assert_eq!(told(&class), ["12 1: src/server.py", "77 1: server.py", &format!("9 1: {typed}")]);
    assert_eq!(class.students[0].student.name.as_deref(), Some("Ana Pérez"));
    assert_eq!(class.students[0].student.more["Identifier"], "Participant 12");
    assert_eq!(remarks(&class), ["notes.txt: belongs to no student, ignored"]);
}

#[test]
fn a_bulk_download_is_read_as_it_was_downloaded() {
    let inner = zip_of(&[("server.py", b"print()"), ("server.pyc", b"x")]);
    let zip = zip_of(&[
        ("Ana Pérez_12_assignsubmission_file_server.py", b"x"),
        ("Ana Pérez_12_assignsubmission_file_util.py", b"x"),
        ("Eva Gil_9_assignsubmission_file_handed-in.ZIP", &inner),
        ("../../Eva_10_assignsubmission_file_x.py", b"x"),
    ]);
    let root = folder(&[]);
    let file = root.path().join("course-echo-12.zip");
    fs::write(&file, zip).unwrap();
    let class = Class::read(&file, &Options::default()).unwrap();
    assert_eq!(class.layout, Layout::Moodle);
    assert_eq!(told(&class), ["12 1: server.py util.py", "9 1: server.py"]);
    let outside =
        "../../Eva_10_assignsubmission_file_x.py: a name that leads out of the archive, ignored";
    assert_eq!(remarks(&class), [outside]);
    // A class that was packed as a folder.
    let zip = zip_of(&[
        ("hw1/ana.py", b"x"),
        ("hw1/student-01/a.c", b"x"),
        ("__MACOSX/hw1/._ana.py", b""),
    ]);
    let file = root.path().join("hw1.zip");
    fs::write(&file, zip).unwrap();
    let class = Class::read(&file, &Options::default()).unwrap();
    assert_eq!(told(&class), ["ana 1: ana.py", "student-01 1: a.c"]);
}

#[test]
fn canvas_says_who_is_late_and_renames_copies() {
    let root = folder(&[
        ("perezana_LATE_1234_98_EchoServer-1.java", "x"),
        ("perezana_LATE_1234_99_Util.java", "x"),
        ("gileva_1235_100_server-1.py", "a"),
        ("gileva_1235_101_server.py", "b"),
        ("nunez_1236_text.html", "x"),
    ]);
    let due = Moment::parse("2001-01-01T00:00Z");
    let class = read_with(&root, &Options { due, ..Options::default() });
    assert_eq!(class.layout, Layout::Canvas);
    let typed = "! text was typed on the web page; no file was handed in";
    assert_eq!(
        told(&class),
        [
            "1234 1 late: EchoServer.java Util.java",
            "1235 1: server-1.py server.py",
            &format!("1236 1: {typed}")
        ]
    );
    // Files have the time of the download, which tells nothing.
    assert_eq!(class.remarks, []);
}

#[test]
fn gradescope_says_who_when_and_which_attempt() {
    let metadata = "---\nsubmission_1:\n  :submitters:\n  - :name: Ana Pérez\n    :sid: '7'\n    :email: ana@example.org\n  \
        :created_at: 2026-03-01 23:59:58.129848000 -05:00\n  :history:\n  - :id: 4\n    :created_at: 2026-02-01 10:00:00 Z\n\
        submission_2:\n  :submitters:\n  - :name: One\n    :sid: '8'\n  - :name: Two\n    :sid: '9'\n  \
        :created_at: 2026-03-02 10:00:00 Z\n";
    let root = folder(&[
        ("assignment_5_export/submission_metadata.yml", metadata),
        ("assignment_5_export/submission_1/server.py", "x"),
        ("assignment_5_export/submission_2/server.py", "x"),
        ("assignment_5_export/submission_3/server.py", "x"),
    ]);
    let due = Moment::parse("2026-03-02T00:00-05:00");
    let class = read_with(&root, &Options { due, ..Options::default() });
    assert_eq!(class.layout, Layout::Gradescope);
    assert_eq!(told(&class), ["7 1: server.py", "8 1 late: server.py", "9 1 late: server.py"]);
    let attempt = class.students[0].attempts[0].attempt();
    assert_eq!((attempt.number, attempt.of), (2, 2));
    assert_eq!(attempt.submitted.as_deref(), Some("2026-03-01T23:59:58.129848-05:00"));
    assert_eq!(
        remarks(&class),
        [
            "submission_2: handed in by a group, counts for each of 8, 9",
            "submission_3: belongs to no student, ignored"
        ]
    );
}

#[test]
fn a_list_completes_a_class() {
    let root = folder(&[
        ("ana.py", "x"),
        ("ana@example.org@2.py", "x"),
        ("student-02/server.py", "x"),
        ("student-99.py", "x"),
    ]);
    let list = root.path().join("list.csv");
    let text = "Código;Nombre completo;Correo;Usuario\n1;Ana Pérez;ana@example.org;ana\n2;Eva Gil;eva@example.org;student-02\n\
        3;Zoe Paz;zoe@example.org;zoe\n2;Otra;otra@example.org;otra\n";
    fs::write(&list, text).unwrap();
    let class = read_with(&root, &Options { roster: Some(list), due: None });
    assert_eq!(
        told(&class),
        ["1 2: ana@example.org.py", "2 1: server.py", "3 0: ", "student-99 1: student-99.py"]
    );
    assert_eq!(class.students[1].student.name.as_deref(), Some("Eva Gil"));
    assert_eq!(class.students[1].student.more["Usuario"], "student-02");
    assert_eq!(
        remarks(&class),
        [
            "list.csv: belongs to no student, ignored",
            "2: two rows of the list have this id; the first one counts",
            "student-99: not on the list of students; graded all the same",
            "1 of 3 students on the list handed in nothing",
        ]
    );
}

#[test]
fn two_entries_of_one_student_are_told() {
    let root = folder(&[("ana.py", "x"), ("ana/server.py", "y")]);
    let class = read(&root);
    assert_eq!(class.students[0].attempts.len(), 2);
    assert!(
        matches!(&class.remarks[..], [Remark::Twice { id, entries }] if id == "ana" && entries.len() == 2)
    );
    // Numbers that are given stay.
    let class = read(&folder(&[("ana.py", "x"), ("ana@3/server.py", "y")]));
    let numbers: Vec<_> = class.students[0].attempts.iter().map(|it| (it.number, it.of)).collect();
    assert_eq!(numbers, [(1, 3), (3, 3)]);
    assert_eq!(class.remarks, []);
}

#[test]
fn lateness_by_the_times_of_files_is_said_to_be_that() {
    let root = folder(&[("ana.py", "x")]);
    let due = Moment::parse("2001-01-01T00:00Z");
    let class = read_with(&root, &Options { due, ..Options::default() });
    assert_eq!(told(&class), ["ana 1 late: ana.py"]);
    assert_eq!(class.remarks, [Remark::FileTimes]);
    let root = folder(&[("Ana_1_assignsubmission_file_/x.py", "x")]);
    let class = read_with(&root, &Options { due, ..Options::default() });
    assert_eq!(told(&class), ["1 1: x.py"]);
    assert_eq!(class.remarks, [Remark::NoTimes]);
}

#[test]
fn every_student_gets_a_folder_that_is_nobody_elses() {
    let root = folder(&[
        ("a:b.py", "x"),
        ("a*b.py", "x"),
        ("Ñandú.py", "x"),
        ("ANA.py", "x"),
        ("ana.c", "x"),
        ("..x.py", "x"),
    ]);
    let long = format!("{}.py", "é".repeat(120));
    fs::write(root.path().join(long), "x").unwrap();
    fs::write(root.path().join("a\u{1b}[2J.py"), "x").unwrap();
    let class = read(&root);
    let mut folders: Vec<String> = class.students.iter().map(|one| one.folder.clone()).collect();
    let safe = |c: char| c.is_alphanumeric() || "-_.@+=".contains(c);
    assert!(folders.iter().all(|name| name.chars().all(safe) && name.len() <= 120), "{folders:?}");
    folders.sort();
    folders.dedup();
    // Hidden files are nobody's.
    assert_eq!((folders.len(), class.students.len()), (7, 7), "{folders:?}");
}

/// The refusal of what is in an archive of this name.
fn refused(name: &str, bytes: &[u8]) -> String {
    let root = folder(&[]);
    fs::write(root.path().join(name), bytes).unwrap();
    let class = read(&root);
    let (into, done) = unpacked(&class.students[0].attempts[0]);
    let beside: Vec<_> = fs::read_dir(root.path()).unwrap().collect();
    assert_eq!(beside.len(), 1, "something was written outside of {}", into.path().display());
    match done {
        Err(UnpackError::Refused(refusal)) => Speaker::ENGLISH.tell(&refusal.sentence()),
        other => format!("{other:?}"),
    }
}

fn tar_of(fill: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    fill(&mut tar);
    tar.into_inner().unwrap()
}

fn add(tar: &mut tar::Builder<Vec<u8>>, kind: tar::EntryType, name: &[u8], bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o777);
    if kind == tar::EntryType::Symlink {
        header.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
    }
    header.set_cksum();
    tar.append(&header, bytes).unwrap();
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

#[test]
fn archives_that_would_do_harm_are_refused_with_the_reason() {
    for name in ["../x.py", "/tmp/x.py", "a/../../x.py", "..\\x.py", "C:\\x.py"] {
        let told = refused("ana.zip", &zip_of(&[("ok.py", b"x"), (name, b"x")]));
        assert_eq!(told, format!("an archive has the name {name}, which leads out of its folder"));
        let tar = tar_of(|tar| add(tar, tar::EntryType::Regular, name.as_bytes(), b"x"));
        assert_eq!(refused("ana.tar.gz", &gz(&tar)), told);
    }
    let zeros = vec![0; 1_200_000];
    let told = refused("ana.zip", &zip_of(&[("big.txt", &zeros)]));
    assert_eq!(told, "ana.zip becomes many times larger when it is unpacked (a zip bomb)");
    let bomb = tar_of(|tar| add(tar, tar::EntryType::Regular, b"big.txt", &zeros));
    assert!(refused("ana.tgz", &gz(&bomb)).contains("zip bomb"));
    // What is ignored may be large, but not without end.
    let hidden = tar_of(|tar| {
        for _ in 0..8 {
            add(tar, tar::EntryType::Regular, b".hidden", &zeros);
        }
    });
    assert!(refused("ana.tgz", &gz(&hidden)).starts_with("more than 1 MiB"));
    let many: Vec<String> = (0..2001).map(|number| format!("{number}.py")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    assert_eq!(
        refused("ana.zip", &zip_of(&many)),
        "more than 2,000 files were handed in, or are in an archive"
    );
    let deep = format!("{}x.py", "d/".repeat(17));
    assert!(refused("ana.zip", &zip_of(&[(&deep, b"x")])).ends_with("is in more than 16 folders"));
    assert!(
        refused("ana.zip", b"PK\x03\x04 and no more")
            .starts_with("the archive ana.zip can't be read")
    );
    assert!(
        refused("ana.tar.gz", b"\x1f\x8b no gzip")
            .starts_with("the archive ana.tar.gz can't be read")
    );
    assert!(refused("ana.rar", b"Rar!").starts_with("ana.rar is an archive of a kind"));
    assert_eq!(
        refused("ana.zip", &zip_of(&[("a.py", b"x"), ("a.py/b.py", b"x")])),
        "two different files have the name a.py/b.py"
    );
    assert_eq!(
        refused("ana.zip", &zip_of(&[("a.py", b"x"), ("./a.py", b"y")])),
        "two different files have the name ./a.py"
    );
    assert_eq!(refused("ana.zip", &zip_of(&[(".git/config", b"x")])), "nothing was handed in");
    let long = format!("{}.py", "x".repeat(300));
    assert!(refused("ana.zip", &zip_of(&[(&long, b"x")])).starts_with("there is no regular file"));
}

#[test]
fn an_archive_with_a_password_says_so() {
    let mut zip = zip_of(&[("a.py", b"x")]);
    // The flag that says so, in the entry and in the directory.
    zip[6] |= 1;
    let directory = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[directory + 8] |= 1;
    assert_eq!(refused("ana.zip", &zip), "the archive ana.zip has a password");
}

#[test]
fn links_and_devices_are_left_out() {
    let tar = tar_of(|tar| {
        add(tar, tar::EntryType::Symlink, b"link.py", b"");
        add(tar, tar::EntryType::Fifo, b"pipe.py", b"");
        add(tar, tar::EntryType::Char, b"null.py", b"");
        add(tar, tar::EntryType::Regular, b"server.py", b"x");
    });
    let root = folder(&[]);
    fs::write(root.path().join("ana.tar.gz"), gz(&tar)).unwrap();
    let own = root.path().join("student-01");
    fs::create_dir(&own).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", own.join("server.py")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, own.join("ff.py"), 0o600.into()).unwrap();
    std::os::unix::fs::symlink("/etc", root.path().join("student-02")).unwrap();
    let class = read(&root);
    let none = "there is no regular file, only links or devices:";
    assert_eq!(
        told(&class),
        [
            "ana 1: server.py".to_owned(),
            format!("student-01 1: ! {none} ff.py"),
            format!("student-02 1: ! {none} student-02"),
        ]
    );
    let (into, done) = unpacked(&class.students[0].attempts[0]);
    assert_eq!(done.unwrap().left_out, ["link.py", "pipe.py", "null.py"]);
    assert_eq!(fs::read_dir(into.path()).unwrap().count(), 1);
}

#[test]
fn a_file_beside_the_archive_it_is_in_counts_once() {
    let root = folder(&[("ana/server.py", "x")]);
    let zip = zip_of(&[("server.py", b"x"), ("inner.zip", &zip_of(&[("y.py", b"y")]))]);
    fs::write(root.path().join("ana/all.zip"), &zip).unwrap();
    // An archive in an archive stays one.
    assert_eq!(told(&read(&root)), ["ana 1: inner.zip server.py"]);
    fs::write(root.path().join("ana/server.py"), "y").unwrap();
    assert_eq!(told(&read(&root)), ["ana 1: ! two different files have the name server.py"]);
}

#[test]
fn a_class_that_is_none_is_an_error() {
    let error = |at: &Path, roster: Option<PathBuf>| {
        let error = Class::read(at, &Options { roster, due: None }).unwrap_err();
        Speaker::ENGLISH.tell(&error.sentence()).replace(&at.display().to_string(), "DIR")
    };
    let root = folder(&[]);
    assert!(error(root.path(), None).starts_with("DIR: nobody handed in anything here"));
    assert!(error(&root.path().join("none"), None).starts_with("stat DIR: No such file"));
    fs::write(root.path().join("x.zip"), "no zip").unwrap();
    assert!(error(&root.path().join("x.zip"), None).starts_with("DIR: neither a folder nor"));
    let list = root.path().join("list.csv");
    fs::write(&list, "a,b\n1,2\n").unwrap();
    let told = error(root.path(), Some(list));
    assert!(told.contains("none of its columns names a student (found: a, b)"), "{told}");
    let root = folder(&[("submission_metadata.yml", "a: ["), ("submission_1/x.py", "x")]);
    assert!(error(root.path(), None).starts_with("DIR/submission_metadata.yml can't be read: "));
}

#[test]
fn students_who_differ_in_capital_letters_only_are_told() {
    let class = read(&folder(&[("Ana/server.py", "1"), ("ana/server.py", "2"), ("eva.py", "3")]));
    assert_eq!(class.students.len(), 3);
    let ids = vec!["Ana".to_owned(), "ana".to_owned()];
    assert_eq!(class.remarks, [Remark::OnlyCase { ids }]);
}
