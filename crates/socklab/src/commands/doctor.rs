//! `doctor`: what this machine allows, what that means, and the exact fix for what it does not.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use socklab_event::{Errno, Signal};
use socklab_lab::examine::{
    Ability, Clues, Environment, Finding, Outcome, Remedy, Step, Verdict, Wsl, examine, remedies,
};
use socklab_say::{Speaker, say};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{println, width, write_json};
use crate::scenario;
use crate::style::{self, paint};
use crate::terminal::markdown;

/// What the kernel answers when a limit of namespaces is reached, `user_namespaces(7)`.
const NO_SPACE: i32 = rustix::io::Errno::NOSPC.raw_os_error();

/// Everything that was found out.
struct Examination {
    environment: Environment,
    findings: Vec<Finding>,
    verdicts: Vec<(Ability, Verdict)>,
    remedies: Vec<(Remedy, Vec<Step>)>,
    /// What this session lacks, whatever the machine allows: limits.
    short: Vec<Failure>,
}

/// Tries everything, and says what it found.
pub(crate) fn doctor(speaker: Speaker, json: bool) -> Result<ExitCode> {
    let examination = Examination::make(speaker)?;
    if json {
        write_json(&examination.to_json())?;
    } else {
        let lines = examination.lines(speaker, width());
        lines.iter().for_each(|line| println!("{line}"));
    }
    Ok(examination.exit())
}

/// How to change what keeps this machine from having a place of one's own, as lines for a terminal of
/// this width: what `doctor` says, for a command that has just been refused one. Call it while this
/// process has one thread.
pub(crate) fn fixes(speaker: Speaker, width: usize) -> Vec<String> {
    Examination::make(speaker).map(|found| found.fixes(speaker, width)).unwrap_or_default()
}

/// Why programs that nobody has a reason to trust can't be contained here, and how to change that;
/// `None` if they can. Call it while this process has one thread.
pub(crate) fn without_sandbox(speaker: Speaker) -> Option<(String, Vec<String>)> {
    let found = match Examination::make(speaker) {
        Ok(found) => found,
        Err(error) => return Some((error.to_string(), Vec::new())),
    };
    let mut verdicts = found.verdicts.iter();
    let refused = verdicts.find_map(|(ability, verdict)| match verdict {
        Verdict::Refused(steps) if *ability == Ability::Sandbox => Some(steps),
        _ => None,
    });
    Some((names(speaker, refused?), found.fixes(speaker, usize::MAX)))
}

impl Examination {
    fn make(speaker: Speaker) -> Result<Self> {
        let environment = Environment::of(&Clues::read());
        let findings = examine().map_err(|error| {
            let what = say!(speaker, "doctor-impossible", error = error);
            Failure::new(ExitReason::Environment, what)
        })?;
        let short = scenario::shortages(speaker);
        Ok(Self { short, ..Self::of(environment, findings) })
    }

    fn of(environment: Environment, findings: Vec<Finding>) -> Self {
        let judged = |ability: Ability| (ability, ability.judge(&findings));
        let verdicts = Ability::ALL.into_iter().map(judged).collect();
        let remedies = remedies(&findings, &environment);
        Self { environment, findings, verdicts, remedies, short: Vec::new() }
    }

    fn exit(&self) -> ExitCode {
        match (self.all_is_there(), self.nothing_is_there()) {
            (true, _) => ExitCode::SUCCESS,
            (false, true) => ExitReason::Environment.into(),
            (false, false) => ExitReason::No.into(),
        }
    }

    /// True if everything that the course needs is there. What only makes something better does not
    /// count.
    fn all_is_there(&self) -> bool {
        let needed = self.verdicts.iter().filter(|(ability, _)| ability.is_for_the_course());
        self.short.is_empty() && needed.into_iter().all(|(_, verdict)| works(verdict))
    }

    /// True if no program can be followed.
    fn nothing_is_there(&self) -> bool {
        let refused = |ability: Ability| {
            let mut verdicts = self.verdicts.iter();
            verdicts.any(|(one, verdict)| *one == ability && matches!(verdict, Verdict::Refused(_)))
        };
        refused(Ability::Trace) && refused(Ability::Place)
    }

    /// The page for people.
    fn lines(&self, speaker: Speaker, width: usize) -> Vec<String> {
        let mut lines = vec![];
        lines.extend(markdown::wrapped(&self.machine(speaker), width));
        lines.extend([String::new(), paint(style::STRONG, say!(speaker, "doctor-tried"))]);
        let rows = self.findings.iter().map(|finding| self.row_of(speaker, finding));
        lines.extend(table(&rows.collect::<Vec<_>>(), width));
        lines.extend([String::new(), paint(style::STRONG, say!(speaker, "doctor-means"))]);
        let rows = self.verdicts.iter().map(|(ability, verdict)| {
            let name = say!(speaker, &format!("doctor-ability-{}", ability.key()));
            (mark(verdict), name, meaning(speaker, *ability, verdict))
        });
        lines.extend(table(&rows.collect::<Vec<_>>(), width));
        if !self.short.is_empty() {
            lines.extend([String::new(), paint(style::STRONG, say!(speaker, "doctor-session"))]);
            let rows = self.short.iter().flat_map(|short| {
                let advice = short.advice().map(|advice| (String::new(), advice.to_owned()));
                [(paint(style::BAD, "✗"), short.to_string())].into_iter().chain(advice)
            });
            for (mark, text) in rows {
                let lead = if mark.is_empty() { " ".to_owned() } else { mark };
                let text = markdown::hanging_after(&text, 4, 4, width);
                lines.push(format!("  {lead} {text}"));
            }
        }
        if !self.remedies.is_empty() {
            let key = if self.all_is_there() { "doctor-more" } else { "doctor-fixes" };
            lines.extend([String::new(), paint(style::STRONG, say!(speaker, key))]);
            lines.extend(self.fixes(speaker, width));
        }
        lines.push(String::new());
        lines.extend(markdown::wrapped(&self.conclusion(speaker), width));
        lines
    }

    /// True if nothing works less well because this step was refused.
    fn is_spare(&self, step: Step) -> bool {
        !self.verdicts.iter().any(|(_, verdict)| verdict.steps().contains(&step))
    }

    /// The mark, the name and what is said of a step.
    fn row_of(&self, speaker: Speaker, finding: &Finding) -> (String, String, String) {
        let name = name(speaker, finding.step);
        match &finding.outcome {
            Outcome::Works(took) => {
                let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
                (paint(style::GOOD, "✓"), name, speaker.duration(took))
            }
            Outcome::Refused { call, errno } => {
                let namespace = call.starts_with("unshare") && *errno == NO_SPACE;
                let (mark, key) = match (self.is_spare(finding.step), namespace) {
                    (true, _) => (paint(style::FAINT, "–"), "doctor-not-needed"),
                    (false, true) => (paint(style::BAD, "✗"), "doctor-misleading"),
                    (false, false) => (paint(style::BAD, "✗"), "doctor-refused"),
                };
                (mark, name, say!(speaker, key, call = call, error = error_text(*errno)))
            }
            Outcome::Killed(signal) => {
                let signal = Signal(*signal).to_string();
                (paint(style::BAD, "✗"), name, say!(speaker, "doctor-killed", signal = signal))
            }
            Outcome::NotTried(needs) => {
                let needs = self::name(speaker, *needs);
                (paint(style::FAINT, "–"), name, say!(speaker, "doctor-not-tried", step = needs))
            }
        }
    }

    /// What to do, each remedy with what it is for.
    fn fixes(&self, speaker: Speaker, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for (remedy, steps) in &self.remedies {
            let key = format!("doctor-fix-{}", remedy.key());
            let text = match remedy {
                Remedy::NewerKernel => say!(speaker, &key, kernel = self.environment.kernel),
                _ => say!(speaker, &key),
            };
            let steps = say!(speaker, "doctor-fix-for", steps = names(speaker, steps));
            // What follows a colon is to be typed, so what it is for comes before.
            let text = match text.strip_suffix(':') {
                Some(text) => format!("{text} {steps}:"),
                None => format!("{text} {steps}"),
            };
            let wrapped = markdown::wrapped(&text, width.saturating_sub(2));
            lines.extend(wrapped.into_iter().map(|line| format!("  {line}")));
            let typed = remedy.lines();
            lines.extend(typed.iter().map(|line| format!("    {}", paint(style::COMMAND, line))));
        }
        lines
    }

    /// What kind of machine this is.
    fn machine(&self, speaker: Speaker) -> String {
        let environment = &self.environment;
        let mut parts = vec![format!("Linux {}", environment.kernel)];
        parts.extend(environment.system.clone());
        if let Some((wsl, _)) = environment.wsl {
            let version = if wsl == Wsl::One { 1 } else { 2 };
            parts.push(say!(speaker, "doctor-wsl", version = version));
        }
        if environment.codespaces {
            parts.push(say!(speaker, "doctor-codespace"));
        }
        if let Some((container, evidence)) = environment.container {
            parts.push(format!("{container:?} ({evidence})"));
        }
        parts.push(match environment.root {
            true => say!(speaker, "doctor-as-root"),
            false => {
                let user = rustix::process::geteuid().as_raw();
                say!(speaker, "doctor-as-user", user = user.to_string())
            }
        });
        parts.join(" · ")
    }

    fn conclusion(&self, speaker: Speaker) -> String {
        if !self.short.is_empty() && self.verdicts.iter().all(|(_, verdict)| works(verdict)) {
            return say!(speaker, "doctor-all-but-session");
        }
        if self.all_is_there() {
            return say!(speaker, "doctor-all");
        }
        if self.nothing_is_there() {
            return say!(speaker, "doctor-none");
        }
        let there = self.verdicts.iter().filter(|(_, it)| !matches!(it, Verdict::Refused(_)));
        let name = |ability: &Ability| say!(speaker, &format!("doctor-ability-{}", ability.key()));
        let names: Vec<String> = there.map(|(ability, _)| name(ability)).collect();
        say!(speaker, "doctor-some", works = names.join("; "))
    }

    fn to_json(&self) -> Value {
        let steps: Vec<Value> = self.findings.iter().map(step_json).collect();
        let abilities = self.verdicts.iter().map(|(ability, verdict)| {
            json!({
                "ability": ability.key(),
                "verdict": verdict.key(),
                "because": keys(verdict.steps()),
                "course": ability.is_for_the_course(),
            })
        });
        let remedies = self.remedies.iter().map(|(remedy, steps)| {
            json!({ "remedy": remedy.key(), "for": keys(steps), "type": remedy.lines() })
        });
        let environment = &self.environment;
        json!({
            "ok": self.all_is_there(),
            "environment": {
                "kernel": environment.kernel,
                "system": environment.system,
                "container": environment.container.map(|(it, _)| format!("{it:?}").to_lowercase()),
                "codespaces": environment.codespaces,
                "wsl": environment.wsl.as_ref().map(|(wsl, _)| if *wsl == Wsl::One { 1 } else { 2 }),
                "seccomp_filter": environment.filtered,
                "apparmor_profile": environment.profile,
                "hidepid": environment.hidepid,
                "settings": environment.settings,
                "root": environment.root,
            },
            "steps": steps,
            "abilities": abilities.collect::<Vec<_>>(),
            "remedies": remedies.collect::<Vec<_>>(),
            "session": self.short.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }
}

fn works(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Works | Verdict::Lacking(_))
}

fn keys(steps: &[Step]) -> Vec<&'static str> {
    steps.iter().map(|step| step.key()).collect()
}

fn name(speaker: Speaker, step: Step) -> String {
    say!(speaker, &format!("doctor-step-{}", step.key()))
}

fn names(speaker: Speaker, steps: &[Step]) -> String {
    steps.iter().map(|step| name(speaker, *step)).collect::<Vec<_>>().join(", ")
}

/// `EPERM`, with what it means.
fn error_text(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
    match Errno(errno).name() {
        Some(name) => format!("{name}, {text}"),
        None => text,
    }
}

fn milliseconds(took: std::time::Duration) -> f64 {
    // Three digits are more than the clock of a busy machine is worth.
    (took.as_secs_f64() * 1e6).round() / 1e3
}

fn step_json(finding: &Finding) -> Value {
    let step = finding.step.key();
    match &finding.outcome {
        Outcome::Works(took) => json!({ "step": step, "works": true, "ms": milliseconds(*took) }),
        Outcome::Refused { call, errno } => json!({
            "step": step, "works": false, "call": call,
            "errno": { "name": Errno(*errno).name(), "number": errno },
        }),
        Outcome::Killed(signal) => json!({ "step": step, "works": false, "signal": signal }),
        Outcome::NotTried(needs) => {
            json!({ "step": step, "works": null, "needs": needs.key() })
        }
    }
}

fn mark(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Works | Verdict::Lacking(_) => paint(style::GOOD, "✓"),
        Verdict::Instead(_) => paint(style::STRONG, "~"),
        Verdict::Refused(_) => paint(style::BAD, "✗"),
    }
}

fn meaning(speaker: Speaker, ability: Ability, verdict: &Verdict) -> String {
    let steps = names(speaker, verdict.steps());
    match verdict {
        Verdict::Works => say!(speaker, "doctor-verdict-works"),
        Verdict::Lacking(_) => say!(speaker, "doctor-verdict-lacking", steps = steps),
        Verdict::Instead(_) => {
            say!(speaker, &format!("doctor-instead-{}", ability.key()), steps = steps)
        }
        Verdict::Refused(_) => say!(speaker, "doctor-verdict-refused", steps = steps),
    }
}

/// Rows with a mark of one column, a name, and a text that is wrapped where it begins.
fn table(rows: &[(String, String, String)], width: usize) -> Vec<String> {
    let widest = rows.iter().map(|(_, name, _)| name.chars().count()).max().unwrap_or(0);
    let column = 2 + 2 + widest + 2;
    let mut lines = Vec::new();
    for (mark, name, text) in rows {
        let mut wrapped = markdown::wrapped(text, width.saturating_sub(column)).into_iter();
        let padding = " ".repeat(widest - name.chars().count());
        let first = wrapped.next().unwrap_or_default();
        lines.push(format!("  {mark} {name}{padding}  {first}").trim_end().to_owned());
        lines.extend(wrapped.map(|line| format!("{}{line}", " ".repeat(column))));
    }
    lines
}
