//! Rules of the wire on the command line: `--wire RULE`, what each has done, and what passed where none
//! decides.

use anyhow::Result;
use socklab_lab::rules::{Rule, RuleCount, RuleError};
use socklab_say::{Speaker, count, say};
use socklab_scenario::{Recording, rule_mistake, rule_stranger};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// The rules, for a loopback.
///
/// # Errors
///
/// The first text that is no rule, or is about somebody who is not on a loopback's wire.
pub(crate) fn parse(speaker: Speaker, texts: &[String]) -> Result<Vec<Rule>> {
    let parsed = texts.iter().map(|text| {
        let rule: Rule = text.parse().map_err(|error| no_rule(speaker, &error))?;
        match rule_stranger(&rule) {
            None => Ok(rule),
            Some((_, what)) => {
                let what = format!("--wire {text:?}: {}", speaker.tell(&what));
                Err(Failure::new(ExitReason::Usage, what))
            }
        }
    });
    Ok(parsed.collect::<Result<_, _>>()?)
}

/// What is wrong with a rule: the rule, with a mark below the word at fault.
pub(crate) fn no_rule(speaker: Speaker, error: &RuleError) -> Failure {
    let (line, marks) = error.marked();
    let what = speaker.tell(&rule_mistake(error));
    Failure::new(ExitReason::Usage, format!("{what}\n  {line}\n  {marks}"))
        .hint(say!(speaker, "wire-rules-hint"))
}

/// What each of these rules has done in all runs together.
pub(crate) fn totals<'r>(
    rules: &[Rule],
    recordings: impl Iterator<Item = &'r Recording>,
) -> Vec<RuleCount> {
    let nothing = |rule: &Rule| {
        let rule = rule.text().to_owned();
        RuleCount { rule, seen: 0, matched: 0, lifted: false }
    };
    let mut totals: Vec<RuleCount> = rules.iter().map(nothing).collect();
    for done in recordings.flat_map(|recording| &recording.rules) {
        if let Some(total) = totals.iter_mut().find(|total| total.rule == done.rule) {
            total.seen += done.seen;
            total.matched += done.matched;
        }
    }
    totals
}

/// What a rule has done; above all, if it has done nothing.
pub(crate) fn told(speaker: Speaker, done: &RuleCount) -> String {
    let RuleCount { rule, seen, matched, lifted } = done;
    let key = match (lifted, matched) {
        (true, _) => "lab-rule-lifted",
        (false, 0) if *seen == 0 => "lab-rule-unseen",
        (false, 0) => "lab-rule-idle",
        (false, _) => "lab-rule-did",
    };
    let (seen, matched) = (count(*seen), count(*matched));
    say!(speaker, key, rule = rule.as_str(), seen = seen, matched = matched)
}

/// That some frames passed beside the wire, if any did.
pub(crate) fn beside(speaker: Speaker, frames: u64) -> Option<String> {
    (frames > 0).then(|| say!(speaker, "wire-beside", frames = count(frames)))
}

#[cfg(test)]
mod tests {
    use socklab_lab::rules::Change;
    use socklab_say::Language;

    use super::*;

    #[test]
    fn every_rule_of_the_help_is_one() {
        for language in Language::all() {
            let help = say!(Speaker::new(language), "examples-lab-wire");
            let rules: Vec<&str> =
                help.lines().filter(|it| it.starts_with('$')).flat_map(quoted).collect();
            assert!(rules.len() > 10, "{rules:?}");
            for rule in rules {
                let parsed = rule.parse::<Change>();
                assert!(parsed.is_ok(), "{rule}: {parsed:?}");
            }
        }
    }

    /// What stands in single quotes, in front of the remark.
    fn quoted(line: &str) -> impl Iterator<Item = &str> {
        let command = line.split_once("  # ").map_or(line, |(command, _)| command);
        command.split('\'').skip(1).step_by(2)
    }
}
