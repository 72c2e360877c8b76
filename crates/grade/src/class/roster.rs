//! A list of a class: CSV, as Canvas exports its gradebook, Moodle its grading worksheet, Gradescope
//! its roster and its grades, or as somebody wrote it (`id,name,email`), in English or Spanish.

use std::collections::BTreeMap;

use super::Moment;
use super::layout::Layout;
use super::names::fold;
use crate::Student;
use crate::table::Table;

/// A list of a class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roster {
    pub(crate) rows: Vec<Row>,
    /// Ids that more than one row has. The first counts.
    pub(crate) twice: Vec<String>,
    /// What a download names students by, and the rows with that.
    strong: BTreeMap<String, Option<usize>>,
    participants: BTreeMap<String, Option<usize>>,
    users: BTreeMap<String, Option<usize>>,
    weak: BTreeMap<String, Option<usize>>,
}

/// A student on the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// The line that it begins on, from 1.
    pub(crate) line: u64,
    /// Who, with all columns of the row.
    pub(crate) student: Student,
    /// When the list says that something was handed in.
    pub(super) submitted: Option<Moment>,
    /// True if the list says that it was late.
    pub(super) late: bool,
}

/// Why a file is no list of a class.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoster {
    /// No column is one of those that name a student.
    Columns(String),
    /// There are no rows.
    Empty,
    /// It is not CSV.
    Csv(String),
}

/// What a column says about a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// The school's number. The first kind that a row has is the student's id.
    Sid,
    IdNumber,
    SisUser,
    Login,
    /// Canvas' own number; only if the list is from there.
    Id,
    /// Moodle's number in an assignment: `Participant 123`.
    Participant,
    Email,
    Name,
    First,
    Last,
    Role,
    Submitted,
    Lateness,
    Status,
    Other,
}

/// The names of columns, as [`folded`] writes them.
const NAMES: [(&str, Column); 64] = [
    ("sid", Column::Sid),
    ("studentid", Column::Sid),
    ("studentnumber", Column::Sid),
    ("codigo", Column::Sid),
    ("codigoestudiantil", Column::Sid),
    ("codigodeestudiante", Column::Sid),
    ("codigodelestudiante", Column::Sid),
    ("matricula", Column::Sid),
    ("carne", Column::Sid),
    ("documento", Column::Sid),
    ("numerodedocumento", Column::Sid),
    ("cedula", Column::Sid),
    ("legajo", Column::Sid),
    ("idnumber", Column::IdNumber),
    ("numerodeid", Column::IdNumber),
    ("numerodeidentificacion", Column::IdNumber),
    ("sisuserid", Column::SisUser),
    ("idusuariosis", Column::SisUser),
    ("iddeusuariosis", Column::SisUser),
    ("sisloginid", Column::Login),
    ("iddeiniciodesesionsis", Column::Login),
    ("username", Column::Login),
    ("login", Column::Login),
    ("loginid", Column::Login),
    ("usuario", Column::Login),
    ("nombredeusuario", Column::Login),
    ("githubusername", Column::Login),
    ("netid", Column::Login),
    ("id", Column::Id),
    ("identifier", Column::Participant),
    ("identificador", Column::Participant),
    ("email", Column::Email),
    ("emailaddress", Column::Email),
    ("mail", Column::Email),
    ("correo", Column::Email),
    ("correoelectronico", Column::Email),
    ("correoinstitucional", Column::Email),
    ("direcciondecorreo", Column::Email),
    ("direcciondecorreoelectronico", Column::Email),
    ("name", Column::Name),
    ("fullname", Column::Name),
    ("student", Column::Name),
    ("studentname", Column::Name),
    ("nombrecompleto", Column::Name),
    ("nombreyapellido", Column::Name),
    ("nombresyapellidos", Column::Name),
    ("apellidosynombres", Column::Name),
    ("estudiante", Column::Name),
    ("alumno", Column::Name),
    ("firstname", Column::First),
    ("givenname", Column::First),
    ("nombre", Column::First),
    ("nombres", Column::First),
    ("lastname", Column::Last),
    ("surname", Column::Last),
    ("familyname", Column::Last),
    ("apellido", Column::Last),
    ("apellidos", Column::Last),
    ("role", Column::Role),
    ("rol", Column::Role),
    ("submissiontime", Column::Submitted),
    ("latenesshms", Column::Lateness),
    ("status", Column::Status),
    ("estado", Column::Status),
];

impl Column {
    pub(crate) fn of(header: &str) -> Self {
        let header = fold(header);
        // Ways to write "first name(s)" are without number: `nombre(s)`.
        NAMES.iter().find(|(name, _)| *name == header).map_or(Self::Other, |(_, column)| *column)
    }

    /// True if a row can be found by it.
    fn names_somebody(self) -> bool {
        self < Self::Role
    }
}

/// How the roles of students begin: `Student`, `Estudiantes`, `Alumna`, `Alumno/a`.
const STUDENTS: [&str; 6] = ["student", "estudiant", "alumn", "learner", "aprendi", "participant"];

/// In how many rows the names of the columns are looked for.
const HEAD: usize = 5;

impl Roster {
    /// Reads a list.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NoRoster> {
        Self::of(&Table::read(bytes).map_err(NoRoster::Csv)?)
    }

    /// Finds the students in a table.
    pub(crate) fn of(table: &Table) -> Result<Self, NoRoster> {
        let records = &table.records;
        let columns =
            |record: &csv::StringRecord| -> Vec<Column> { record.iter().map(Column::of).collect() };
        let names =
            |record: &csv::StringRecord| columns(record).iter().any(|it| it.names_somebody());
        let Some(at) = table.find(0..HEAD, names) else {
            let found = records.first().ok_or(NoRoster::Empty)?;
            return Err(NoRoster::Columns(found.iter().take(20).collect::<Vec<_>>().join(", ")));
        };
        let (headers, columns) = (&records[at], columns(&records[at]));
        let mut roster = Self::default();
        for record in &records[at + 1..] {
            if let Some(row) = Row::of(headers, &columns, record) {
                let row = Row { line: table.line_of(record), ..row };
                roster.add(row, &columns, record);
            }
        }
        if roster.rows.is_empty() { Err(NoRoster::Empty) } else { Ok(roster) }
    }

    fn add(&mut self, row: Row, columns: &[Column], record: &csv::StringRecord) {
        if self.rows.iter().any(|other| other.student.id == row.student.id) {
            self.twice.push(row.student.id);
            return;
        }
        let at = self.rows.len();
        let put = |keys: &mut BTreeMap<String, Option<usize>>, key: String| {
            if !key.is_empty() {
                let who = keys.entry(key).or_insert(Some(at));
                // What two students have names neither.
                *who = who.filter(|other| *other == at);
            }
        };
        for (column, value) in columns.iter().zip(record) {
            match column {
                Column::Participant => put(&mut self.participants, digits(value)),
                Column::Id => put(&mut self.users, value.to_owned()),
                Column::Email => {
                    let (local, _) = value.split_once('@').unwrap_or((value, ""));
                    put(&mut self.weak, fold(local));
                }
                _ => {}
            }
            if *column <= Column::Email {
                put(&mut self.strong, value.to_lowercase());
            }
        }
        if let Some(name) = &row.student.name {
            put(&mut self.weak, fold(name));
            let words: Vec<&str> = name.split_whitespace().collect();
            // Which of the names come first differs: Canvas sorts by the last ones.
            for first in 1..words.len() {
                put(
                    &mut self.weak,
                    fold(&format!("{}{}", words[first..].concat(), words[..first].concat())),
                );
            }
        }
        self.rows.push(row);
    }

    /// The row of a student whose id, address, name and columns of another list are known.
    pub(crate) fn row_of(&self, student: &Student) -> Option<usize> {
        let strong = |key: &str| self.strong.get(&key.to_lowercase()).copied().flatten();
        let named = |(header, value): (&String, &String)| {
            strong(value).filter(|_| Column::of(header) <= Column::Email && !value.is_empty())
        };
        let known = self.find(Layout::Gradescope, student);
        known.or_else(|| student.more.iter().find_map(named))
    }

    /// The row of a student, as a download names the student.
    pub(crate) fn find(&self, layout: Layout, student: &Student) -> Option<usize> {
        let strong = |key: &str| self.strong.get(&key.to_lowercase()).copied().flatten();
        let weak = |key: &str| self.weak.get(&fold(key)).copied().flatten();
        let id = student.id.as_str();
        let by_name = || student.name.as_deref().and_then(weak);
        match layout {
            Layout::Moodle if !self.participants.is_empty() => {
                self.participants.get(id).copied().flatten()
            }
            Layout::Canvas if self.users.contains_key(id) => self.users.get(id).copied().flatten(),
            Layout::Moodle | Layout::Canvas => by_name(),
            Layout::Gradescope => {
                let email = student.email.as_deref();
                strong(id).or_else(|| email.and_then(strong)).or_else(by_name)
            }
            // What two students have as their id is not the name of one of them.
            Layout::Plain => {
                self.strong.get(&id.to_lowercase()).copied().unwrap_or_else(|| weak(id))
            }
        }
    }
}

impl Row {
    fn of(
        headers: &csv::StringRecord,
        columns: &[Column],
        record: &csv::StringRecord,
    ) -> Option<Self> {
        let of = |wanted: Column| {
            let mut cells = columns.iter().zip(record);
            cells.find(|(column, value)| **column == wanted && !value.is_empty()).map(|it| it.1)
        };
        // Canvas has rows about its columns, and a student who is the teacher.
        let first = record.get(0).unwrap_or_default();
        let about = ["Points Possible", "Puntos posibles"].iter().any(|it| first.starts_with(it));
        let is_other = of(Column::Role).is_some_and(|role| {
            let role = fold(role);
            !STUDENTS.iter().any(|word| role.starts_with(word))
        });
        if about || is_other || ["Student, Test", "Estudiante, de prueba"].contains(&first) {
            return None;
        }
        let name = match (of(Column::First), of(Column::Last), of(Column::Name)) {
            (_, _, Some(name)) => Some(first_name_first(name)),
            (None, None, None) => None,
            (first, last, None) => {
                Some([first, last].into_iter().flatten().collect::<Vec<_>>().join(" "))
            }
        };
        let email = of(Column::Email).map(str::to_owned);
        let ids = [Column::Sid, Column::IdNumber, Column::SisUser, Column::Login, Column::Id];
        let id = ids.into_iter().find_map(of).map(str::to_owned);
        let id = id.or_else(|| of(Column::Participant).map(digits).filter(|id| !id.is_empty()));
        let id = id.or_else(|| email.clone()).or_else(|| name.clone())?;
        let cells = headers.iter().zip(record).filter(|(header, _)| !header.is_empty());
        let more = cells.map(|(header, value)| (header.to_owned(), value.to_owned())).collect();
        let status = of(Column::Status).map(str::to_lowercase).unwrap_or_default();
        let lateness = of(Column::Lateness).unwrap_or_default();
        Some(Self {
            line: 0,
            student: Student { id, name, email, more },
            submitted: of(Column::Submitted).and_then(Moment::parse),
            late: lateness.bytes().any(|c| (b'1'..=b'9').contains(&c)) || is_late(&status),
        })
    }
}

/// True if one of the parts of a status says that something was late, as `submittedlateshort` has it
/// in Moodle's English and Spanish (`mod/assign/lang`, `lang/es`, `lang/es_mx`), and as sites change it.
fn is_late(status: &str) -> bool {
    const ENDS: [&str; 5] = [" late", " después", " de retraso", " tarde", " fuera de plazo"];
    status.split(" - ").skip(1).any(|part| ENDS.iter().any(|end| part.trim_end().ends_with(end)))
}

/// `Pérez, Ana` is Ana Pérez.
fn first_name_first(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.contains(',') => format!("{} {}", first.trim(), last.trim()),
        _ => name.to_owned(),
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> Vec<String> {
        let roster = Roster::parse(text.as_bytes()).unwrap();
        let row = |row: &Row| {
            let student = &row.student;
            let (name, email) = (student.name.as_deref(), student.email.as_deref());
            let late = if row.late { " late" } else { "" };
            format!("{} | {} | {}{late}", student.id, name.unwrap_or("-"), email.unwrap_or("-"))
        };
        roster.rows.iter().map(row).collect()
    }

    #[test]
    fn lists_are_read_as_schools_export_them() {
        for (text, wanted) in [
            (
                "id,name,email\n7,Ana Pérez,ana@example.org\n",
                &["7 | Ana Pérez | ana@example.org"][..],
            ),
            (
                "\u{feff}Código;Nombres;Apellidos;Correo electrónico\n00123;Ana;Pérez;ana@example.org\n",
                &["00123 | Ana Pérez | ana@example.org"],
            ),
            (
                "Student,ID,SIS User ID,SIS Login ID,Section,Echo (77)\n,,,,,Manual Posting\n\
                 \"    Points Possible\",,,,,10\n\"Pérez, Ana\",11,S1,aperez,A,\n\"Student, Test\",99,,,A,\n",
                &["S1 | Ana Pérez | -"],
            ),
            (
                "Identifier,\"Full name\",\"Email address\",Status,Grade\n\"Participant 123\",\"Ana Pérez\",\
                 ana@example.org,\"Submitted for grading - 2 hours late\",-\n",
                &["123 | Ana Pérez | ana@example.org late"],
            ),
            (
                "Identificador;\"Nombre completo\";\"Dirección de correo\";Estado;Calificación\nParticipante123;\"Ana Pérez\";\
                 ana@example.org;\"Enviado para calificar - 2 horas 5 minutos después - No se permiten cambios en las entregas\";-\n\
                 Participante124;\"Eva Ruiz\";eva@example.org;\"Enviado para calificar\";-\n",
                &["123 | Ana Pérez | ana@example.org late", "124 | Eva Ruiz | eva@example.org"],
            ),
            (
                "First Name,Last Name,SID,Email,Role\nAna,Pérez,7,ana@example.org,Student\nA,B,8,b@example.org,Instructor\n",
                &["7 | Ana Pérez | ana@example.org"],
            ),
            (
                "id,nombre,rol\n7,Ana,Alumna\n8,Eva,Estudiantes\n9,Luis,Alumno/a\n10,Olga,Profesora\n11,Raúl,Monitor\n",
                &["7 | Ana | -", "8 | Eva | -", "9 | Luis | -"],
            ),
            (
                "First Name,Last Name,SID,Email,Submission Time,Lateness (H:M:S)\nAna,P,7,a@example.org,2026-01-01 12:00:00 -0500,49:00:00\n\
                 B,Q,8,b@example.org,,00:00:00\n",
                &["7 | Ana P | a@example.org late", "8 | B Q | b@example.org"],
            ),
            ("sep=;\nusuario;nombre completo\nana;Ana\n", &["ana | Ana | -"]),
            ("Nombre(s)\tApellido(s)\nAna\tPérez\n", &["Ana Pérez | Ana Pérez | -"]),
        ] {
            assert_eq!(told(text), wanted, "{text}");
        }
        let latin = b"usuario;nombre completo\nana;Ana P\xe9rez\n";
        assert_eq!(
            Roster::parse(latin).unwrap().rows[0].student.name.as_deref(),
            Some("Ana Pérez")
        );
    }

    #[test]
    fn columns_are_kept_as_they_are() {
        let roster =
            Roster::parse("Identificador,Nombre completo\nParticipante 9,Ana\n".as_bytes());
        let row = &roster.unwrap().rows[0];
        assert_eq!(row.student.more["Identificador"], "Participante 9");
        assert_eq!(row.student.id, "9");
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert_eq!(Roster::parse(b"").unwrap_err(), NoRoster::Empty);
        assert_eq!(Roster::parse(b"id,name\n").unwrap_err(), NoRoster::Empty);
        let columns = NoRoster::Columns("a, b".to_owned());
        assert_eq!(Roster::parse(b"a,b\n1,2\n").unwrap_err(), columns);
    }

    #[test]
    fn students_are_found_as_downloads_name_them() {
        let text = "SID,Name,Email,ID,Identifier\nS1,Ana María Pérez,ana@example.org,11,Participant 5\n\
            S2,Ana Gómez,ag@example.org,12,Participant 11\nS3,Eva Gómez,eva@example.org,5,Participant 6\n\
            S4,Eva Gómez,e4@example.org,,Participant 7\n";
        let roster = Roster::parse(text.as_bytes()).unwrap();
        let find = |layout, id: &str, name: &str| {
            let name = (!name.is_empty()).then(|| name.to_owned());
            let student = Student { id: id.to_owned(), name, ..Student::default() };
            roster.find(layout, &student).map(|at| roster.rows[at].student.id.as_str())
        };
        assert_eq!(find(Layout::Plain, "s1", ""), Some("S1"));
        assert_eq!(find(Layout::Plain, "ANA@example.org", ""), Some("S1"));
        assert_eq!(find(Layout::Plain, "ag", ""), Some("S2"));
        assert_eq!(find(Layout::Plain, "Gomez Ana", ""), Some("S2"));
        // Two have this name.
        assert_eq!(find(Layout::Plain, "Eva Gómez", ""), None);
        assert_eq!(find(Layout::Moodle, "5", "Eva Gómez"), Some("S1"));
        assert_eq!(find(Layout::Moodle, "99", "Ana Gómez"), None);
        assert_eq!(find(Layout::Canvas, "11", "gómezana"), Some("S1"));
        assert_eq!(find(Layout::Canvas, "99", "gómezana"), Some("S2"));
        assert_eq!(find(Layout::Gradescope, "S3", ""), Some("S3"));
    }

    #[test]
    fn an_id_that_two_students_have_is_not_taken_for_a_third() {
        let text = "id,name,email\ns1,Ana,ana@example.org\nS1,Eva,eva@example.org\n9,Luis,s1@example.org\n";
        let roster = Roster::parse(text.as_bytes()).unwrap();
        for row in &roster.rows[..2] {
            assert_eq!(roster.find(Layout::Plain, &row.student), None);
        }
        assert_eq!(roster.find(Layout::Plain, &roster.rows[2].student), Some(2));
    }

    proptest! {
        #[test]
        fn no_list_is_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "(id|name|email|[,;\n\"é ])*") {
            let _ = Roster::parse(&bytes);
            if let Ok(roster) = Roster::parse(text.as_bytes()) {
                for (at, row) in roster.rows.iter().enumerate() {
                    prop_assert!(!row.student.id.is_empty());
                    if let Some(found) = roster.find(Layout::Plain, &row.student) {
                        prop_assert_eq!(found, at);
                    }
                }
            }
        }
    }
}
