//! The users that a program in a sandbox is shown, `passwd(5)`: who has an account on this machine is not
//! its business.

/// From this number on, users are people, but for the last (`login.defs(5)`, `UID_MIN`).
const PEOPLE: u32 = 1000;
/// Who is nobody, and numbers that stand for nobody.
const NOBODY: u32 = 65_534;

/// A list of users without the people on it, but for the one with this number.
pub(super) fn without_people(list: &str, own: u32) -> String {
    let is_shown = |line: &&str| {
        let number = line.split(':').nth(2).and_then(|number| number.parse::<u32>().ok());
        number.is_some_and(|number| {
            number == own || !(PEOPLE..NOBODY).contains(&number) && number <= NOBODY
        })
    };
    list.split_inclusive('\n').filter(|line| is_shown(&line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_not_shown_but_for_the_one_who_asks() {
        let list = "root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/sh\n\
                    luz:x:1001:1001::/home/luz:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n\
                    broken\nfar:x:200000:1::/:/bin/sh";
        let shown = without_people(list, 1001);
        let names: Vec<_> = shown.lines().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(names, ["root", "luz", "nobody"]);
    }
}
