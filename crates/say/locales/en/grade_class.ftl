# A class that is graded: what is said about how it was read, and about what can't be run.

class-call = { $call } { $name }: { $why }
class-no-archive = { $name }: neither a folder nor a zip archive that can be read ({ $why })
class-nobody = { $name }: nobody handed in anything here. Expected: a folder, a file or a zip per student, or a bulk download of Moodle, Canvas or Gradescope
class-unknown = { $name }: belongs to no student, ignored
class-outside = { $name }: a name that leads out of the archive, ignored
class-twice = { $id }: several entries without a number ({ $names }). They count as attempts in the order of the files' times; call them { $id }@1, { $id }@2 … to say which is which
class-file-times = who is late was told by the times of the files, which copying or unpacking may have changed
class-no-times = this download does not say when submissions were handed in: nobody is late because of the time that is due

handed-nothing = nothing was handed in
handed-typed = text was typed on the web page; no file was handed in
handed-no-files = there is no regular file, only links or devices: { $name }
handed-outside = an archive has the name { $name }, which leads out of its folder
handed-twice = two different files have the name { $name }
handed-large = more than { $limit } MiB were handed in, or are in an archive
handed-many = more than { $limit } files were handed in, or are in an archive
handed-deep = { $name } is in more than { $limit } folders
handed-bomb = { $name } becomes many times larger when it is unpacked (a zip bomb)
handed-broken = the archive { $name } can't be read: { $why }
handed-locked = the archive { $name } has a password
handed-kind = { $name } is an archive of a kind that is not read here; zip, tar and tar.gz are
handed-empty = { $name } is empty
handed-binary = { $name } is not a text file
handed-no-program = no file in a language that can be run here (Python .py, Rust .rs, C .c, Java .java); handed in: { $names }
handed-notebook = { $name } is a Jupyter notebook, not a program; in Jupyter, “File”, “Save and Export Notebook As”, “Executable Script” makes one
handed-language = no file in { $language }; handed in: { $names }
handed-not-there = there is no program called { $name }; handed in: { $names }
handed-several = several files could be the program: { $names }. Say which one with --file

class-not-on-list = { $id }: not on the list of students; graded all the same
class-missing = { $count ->
    [one] { $count } of { $of } students on the list handed in nothing
   *[other] { $count } of { $of } students on the list handed in nothing
}
class-twice-on-list = { $id }: two rows of the list have this id; the first one counts
class-group = { $name }: handed in by a group, counts for each of { $ids }
class-metadata = { $name } can't be read: { $why }
class-roster = { $name } is no list of students: { $why }
roster-empty = there are no rows with students
roster-columns = none of its columns names a student (found: { $found }). Expected: id, name, email, or the columns of Canvas, Moodle or Gradescope
roster-csv = { $why }
