//! Solutions with gaps: one source for the solution and for the starter.
//!
//! In a solution a gap begins with a comment `GAP name`, or `GAP name -> a, b` if later lines need
//! the variables a and b that it defines, and ends with a comment `END`. Before the end, comments
//! `ELSE line` contain the lines that the starter has in their place so that it compiles.

use socklab_say::{Sentence, sentence};

use super::code::Code;
use super::commented::with_comments;

/// A reference solution, cut at its gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its language.
    pub code: Code,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a solution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Lines that every starter has.
    Text(String),
    /// Lines that the student has to write.
    Gap(Gap),
}

/// Lines that the student has to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// The number of the solution's line in which it begins.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// The variables that it defines and that later lines use: `client, address`.
    pub makes: String,
    /// The white space before its lines.
    pub indent: String,
    /// The lines of the solution.
    pub body: String,
    /// The lines that the starter has instead.
    pub meanwhile: Vec<String>,
}

/// A gap that is still open in a student's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its number in the starter.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// The number of its line in the file.
    pub line: usize,
}

/// The word that begins an open gap's comment in a starter.
const TODO: &str = "TODO";

impl Template {
    /// Cuts a solution at its gaps.
    ///
    /// # Errors
    ///
    /// A misplaced mark, with the number of its line.
    pub fn parse(code: Code, text: &str) -> Result<Self, (usize, Sentence)> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut gap: Option<Gap> = None;
        for (index, line) in text.lines().enumerate() {
            let wrong = |what: Sentence| Err((index + 1, what));
            let comment = code.comment(line).unwrap_or_default();
            match (comment.split_once(' ').unwrap_or((comment, "")), &mut gap) {
                (("GAP", name), None) if !name.is_empty() => {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    let indent = line[..line.len() - line.trim_start().len()].to_owned();
                    let (name, makes) = name.split_once("->").unwrap_or((name, ""));
                    gap = Some(Gap {
                        line: index + 1,
                        name: name.trim().to_owned(),
                        makes: makes.trim().to_owned(),
                        indent,
                        ..Gap::default()
                    });
                }
                (("GAP", _), Some(gap)) => {
                    return Err((gap.line, sentence!("mistake-gap-no-end", name = &*gap.name)));
                }
                (("GAP", _), None) => return wrong(sentence!("mistake-gap-name")),
                (("ELSE", line), Some(gap)) => gap.meanwhile.push(line.to_owned()),
                (("END", ""), Some(_)) => {
                    parts.extend(gap.take().map(Part::Gap));
                }
                (("ELSE" | "END", _), None) => return wrong(sentence!("mistake-gap-none-here")),
                (_, Some(gap)) => gap.body += &format!("{line}\n"),
                (_, None) => plain += &format!("{line}\n"),
            }
        }
        if let Some(gap) = gap {
            return Err((gap.line, sentence!("mistake-gap-no-end", name = gap.name)));
        }
        parts.push(Part::Text(plain));
        Ok(Self { code, parts })
    }

    /// The names of the gaps, in order.
    pub fn gaps(&self) -> impl Iterator<Item = &str> {
        self.places().map(|(_, name)| name)
    }

    /// The names of the gaps, each with the number of the line in which it begins.
    pub fn places(&self) -> impl Iterator<Item = (usize, &str)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Gap(gap) => Some((gap.line, gap.name.as_str())),
            Part::Text(_) => None,
        })
    }

    /// The solution without the marks of the gaps.
    pub fn solution(&self) -> String {
        let text = self.parts.iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Gap(gap) => &gap.body,
        });
        text.map(String::as_str).collect()
    }

    /// The gap of this name.
    pub fn gap(&self, name: &str) -> Option<&Gap> {
        self.parts.iter().find_map(|part| match part {
            Part::Gap(gap) if gap.name == name => Some(gap),
            _ => None,
        })
    }

    /// The solution for a student whose language is not that of the course: `said` returns what a
    /// comment outside the gaps says in it, if that is not what the solution says.
    pub fn solution_in(&self, said: impl Fn(&str) -> Option<String>) -> String {
        let text = self.parts.iter().map(|part| match part {
            Part::Text(text) => with_comments(self.code, text, &mut |comment| said(comment)),
            Part::Gap(gap) => gap.body.clone(),
        });
        text.collect()
    }

    /// What the comments outside the gaps say, in order.
    pub fn comments(&self) -> Vec<String> {
        let mut comments = Vec::new();
        for part in &self.parts {
            let Part::Text(text) = part else { continue };
            with_comments(self.code, text, &mut |comment| {
                comments.push(comment.to_owned());
                None
            });
        }
        comments
    }

    /// The file that a student begins with. `prompt` returns the instruction for a gap, and `said`
    /// what a comment says in the student's language, if that is not what the solution says.
    pub fn starter(
        &self,
        prompt: impl Fn(&Gap) -> String,
        said: impl Fn(&str) -> Option<String>,
    ) -> String {
        let mut number = 0;
        let part = |part: &Part| match part {
            Part::Text(text) => with_comments(self.code, text, &mut |comment| said(comment)),
            Part::Gap(gap) => {
                number += 1;
                let Gap { name, indent, meanwhile, .. } = gap;
                let todo = format!("{TODO} {number} {name}: {}", prompt(gap));
                let mut lines = vec![self.code.as_comment(&todo)];
                lines.extend(meanwhile.iter().cloned());
                if !meanwhile.iter().any(|line| line.contains("todo!")) {
                    lines.push(self.code.placeholder(&format!("gap {number}: {name}")));
                }
                lines.iter().map(|line| format!("{indent}{line}\n")).collect()
            }
        };
        self.parts.iter().map(part).collect()
    }
}

/// A student's file without the `TODO` comments of the starter, which may stay when their gaps are
/// filled.
pub fn without_prompts(code: Code, text: &str) -> String {
    let is_prompt = |line: &&str| {
        let rest = code.comment(line).and_then(|comment| comment.strip_prefix(TODO));
        let number = rest.and_then(|rest| rest.trim_start().split_once(' '));
        number.is_some_and(|(number, rest)| number.parse::<usize>().is_ok() && rest.contains(':'))
    };
    text.lines().filter(|line| !is_prompt(line)).map(|line| format!("{line}\n")).collect()
}

/// The gaps that are still open in a file: those whose placeholder is still there. Their `TODO`
/// comments may stay.
pub fn open_gaps(code: Code, text: &str) -> Vec<Open> {
    let waits = |number: usize, name: &str| {
        let placeholders = [format!("\"gap {number}: {name}"), format!("\"gap {name}\"")];
        let mut lines = text.lines().filter(|line| code.comment(line).is_none());
        lines.any(|line| placeholders.iter().any(|placeholder| line.contains(placeholder)))
    };
    let open = |(index, line): (usize, &str)| {
        let rest = code.comment(line)?.strip_prefix(TODO)?.trim_start();
        let (number, rest) = rest.split_once(' ')?;
        let (name, _) = rest.split_once(':')?;
        let (number, name) = (number.parse().ok()?, name.trim());
        waits(number, name).then_some(())?;
        Some(Open { number, name: name.to_owned(), line: index + 1 })
    };
    text.lines().enumerate().filter_map(open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "a = 1\nif a:\n    # GAP send\n    send(a)\n    # END\nb = 2\n";

    #[test]
    fn a_starter_is_the_solution_without_its_gaps() {
        let template = Template::parse(Code::Python, SOLUTION).unwrap();
        assert_eq!(template.solution(), "a = 1\nif a:\n    send(a)\nb = 2\n");
        assert_eq!(template.gap("send").map(|gap| gap.line), Some(3));
        assert_eq!(template.gap("receive"), None);
        let starter = template.starter(|gap| format!("Do {}.", gap.name), |_| None);
        assert_eq!(
            starter,
            "a = 1\nif a:\n    # TODO 1 send: Do send.\n    \
             raise NotImplementedError(\"gap 1: send\")\nb = 2\n"
        );
        let open = open_gaps(Code::Python, &starter);
        assert_eq!(open, [Open { number: 1, name: "send".into(), line: 3 }]);
        assert!(open_gaps(Code::Python, &template.solution()).is_empty());
        let filled = starter.replace("raise NotImplementedError(\"gap 1: send\")", "send(a)");
        assert!(filled.contains("TODO 1 send") && open_gaps(Code::Python, &filled).is_empty());
        assert_eq!(without_prompts(Code::Python, &filled), template.solution());
        let own = "# TODO later: more\n";
        assert_eq!(without_prompts(Code::Python, own), own);
    }

    #[test]
    fn a_gap_can_have_lines_of_the_starter() {
        let text = "/* GAP accept */\nint c = accept(s);\n/* ELSE int c = -1; */\n/* END */\n";
        let template = Template::parse(Code::C, text).unwrap();
        let starter = template.starter(|_| "Wait.".into(), |_| None);
        let lines: Vec<&str> = starter.lines().collect();
        assert_eq!(lines[0], "/* TODO 1 accept: Wait. */");
        assert_eq!(lines[1..], ["int c = -1;", "fputs(\"gap 1: accept\\n\", stderr), exit(1);"]);
    }

    /// Students should not have to guess which names later lines use for the results of a gap.
    #[test]
    fn starters_name_the_variables_that_later_lines_use() {
        let course = crate::Course::built_in();
        let has = |text: &str, name: &str| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
        };
        for exercise in course.folders(crate::ItemKind::Exercise) {
            for code in Code::OFFERED {
                let file = format!("exercises/{exercise}/solution.{}", code.extension());
                let Some(text) = course.file(&file) else { continue };
                let template = Template::parse(code, &String::from_utf8_lossy(text)).unwrap();
                for (at, part) in template.parts.iter().enumerate() {
                    let Part::Gap(gap) = part else { continue };
                    let later = Template { code, parts: template.parts[at + 1..].to_vec() };
                    let later = later.solution();
                    let made: Vec<&str> = gap.makes.split(", ").filter(|n| !n.is_empty()).collect();
                    for name in &made {
                        assert!(has(&gap.body, name), "{file}: {} makes no {name}", gap.name);
                        assert!(has(&later, name), "{file}: no later line uses {name}");
                    }
                    // Variables assigned at the gap's own level and used by later lines there.
                    let own = |line: &&str| !line.starts_with(&format!("{} ", gap.indent));
                    for line in gap.body.lines().filter(own).filter(|_| code == Code::Python) {
                        let Some((names, _)) = line.split_once(" = ") else { continue };
                        let names = names.trim().trim_matches(['(', ')', ',']);
                        let here: String = later
                            .lines()
                            .take_while(|line| line.is_empty() || line.starts_with(&gap.indent))
                            .flat_map(|line| [line, "\n"])
                            .collect();
                        for name in names.split(", ").filter(|name| *name != "_") {
                            assert!(
                                made.contains(&name) || !has(&here, name),
                                "{file}: {} does not name {name}",
                                gap.name
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn misplaced_marks_are_refused_with_their_line() {
        let wrong = |text| Template::parse(Code::Python, text).unwrap_err().0;
        assert_eq!(wrong("x\n# END\n"), 2);
        assert_eq!(wrong("# GAP a\n# GAP b\n"), 1);
        assert_eq!(wrong("x\n# GAP\n"), 2);
        assert_eq!(wrong("# GAP a\nx\n"), 1);
    }
}
