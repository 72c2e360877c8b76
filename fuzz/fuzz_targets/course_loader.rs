//! Whatever a course's files say, reading and linting them ends with a course or with mistakes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socklab_scenario::Course;

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let (toml, prose) = input;
    let course = Course::of([
        ("questions/01-one/question.toml", toml.clone()),
        ("questions/01-one/en.md", prose.clone()),
        ("questions/01-one/es.md", prose.clone()),
        ("exercises/one/exercise.toml", toml),
        ("exercises/one/en.md", prose.clone()),
        ("exercises/one/es.md", prose),
    ]);
    for mistake in course.lint(&[]).mistakes {
        let _ = mistake.to_string();
    }
});
