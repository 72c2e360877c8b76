//! Rules of the wire on the command line: `--wire RULE`, and what each has done.

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
    Failure::new(ExitReason::Usage, format!("--wire: {what}\n{line}\n{marks}"))
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
    let RuleCount { rule, seen, matched, .. } = done;
    match matched {
        0 => say!(speaker, "lab-rule-idle", rule = rule.as_str(), seen = count(*seen)),
        _ => {
            let (seen, matched) = (count(*seen), count(*matched));
            say!(speaker, "lab-rule-did", rule = rule.as_str(), seen = seen, matched = matched)
        }
    }
}
