//! What the findings mean for the verbs of socklab. Pure.

use super::step::Step;
use super::trial::{Finding, Outcome};

/// Something that socklab does, and that needs some of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ability {
    /// `trace`: the calls of programs.
    Trace,
    /// `what-if` and `check`: on a loopback of their own.
    Place,
    /// Packets in a ladder.
    Packets,
    /// Wire rules on the loopback.
    Rules,
    /// Several hosts and a wire between them.
    Hosts,
    /// The local internet: names and ports below 1024.
    Internet,
    /// `check --sandbox`: programs that nobody has a reason to trust.
    Sandbox,
    /// `trace -p`: a program that runs already.
    Attach,
}

/// Whether an ability is there. Steps are those that were refused, not those that rest on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it works.
    Works,
    /// It works, without what these steps would add.
    Lacking(Vec<Step>),
    /// These steps were refused, and something else is done instead: on the machine's own loopback.
    Instead(Vec<Step>),
    /// These steps were refused, and nothing can be done instead.
    Refused(Vec<Step>),
}

impl Ability {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Trace,
        Self::Place,
        Self::Packets,
        Self::Rules,
        Self::Hosts,
        Self::Internet,
        Self::Sandbox,
        Self::Attach,
    ];

    /// Its name for scripts, and in the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Place => "place",
            Self::Packets => "packets",
            Self::Rules => "rules",
            Self::Hosts => "hosts",
            Self::Internet => "internet",
            Self::Sandbox => "sandbox",
            Self::Attach => "attach",
        }
    }

    /// True if a part of the course rests on it.
    pub fn is_for_the_course(self) -> bool {
        self != Self::Attach
    }

    /// The steps without which it is not there.
    fn needs(self) -> &'static [Step] {
        use Step as S;
        match self {
            Self::Trace => &[S::Seccomp, S::Ptrace],
            Self::Place => &[
                S::UserNamespace,
                S::IdMaps,
                S::NetworkNamespace,
                S::LoopbackUp,
                S::Seccomp,
                S::Ptrace,
            ],
            Self::Packets => {
                &[S::UserNamespace, S::IdMaps, S::NetworkNamespace, S::LoopbackUp, S::PacketRing]
            }
            Self::Rules => &[
                S::UserNamespace,
                S::IdMaps,
                S::NetworkNamespace,
                S::LoopbackUp,
                S::Settings,
                S::PacketRing,
                S::Veth,
                S::PolicyRoute,
            ],
            Self::Hosts => &[
                S::UserNamespace,
                S::IdMaps,
                S::NetworkNamespace,
                S::LoopbackUp,
                S::PacketRing,
                S::Veth,
                S::MountNamespace,
                S::Tmpfs,
                S::BindMount,
            ],
            Self::Internet => &[
                S::UserNamespace,
                S::IdMaps,
                S::NetworkNamespace,
                S::LoopbackUp,
                S::Settings,
                S::MountNamespace,
                S::Tmpfs,
                S::BindMount,
            ],
            Self::Sandbox => &[
                S::UserNamespace,
                S::IdMaps,
                S::MountNamespace,
                S::ProcessNamespace,
                S::Proc,
                S::Tmpfs,
                S::BindMount,
                S::Seccomp,
            ],
            Self::Attach => &[S::Attach],
        }
    }

    /// The steps that make it better.
    fn wants(self) -> &'static [Step] {
        use Step as S;
        match self {
            Self::Trace => &[S::PidfdGetfd],
            Self::Place => &[
                S::Settings,
                S::MountNamespace,
                S::ProcessNamespace,
                S::Proc,
                S::Tmpfs,
                S::PidfdGetfd,
            ],
            Self::Sandbox => &[S::Landlock],
            _ => &[],
        }
    }

    /// The steps that something else takes, which does in its stead.
    fn otherwise(self) -> Option<&'static [Step]> {
        match self {
            Self::Place => Some(&[Step::Seccomp, Step::Ptrace]),
            Self::Packets => Some(&[Step::RawCapture]),
            _ => None,
        }
    }

    /// Whether it is there.
    pub fn judge(self, findings: &[Finding]) -> Verdict {
        let refused = refused(self.needs(), findings);
        if refused.is_empty() {
            let lacking = self::refused(self.wants(), findings);
            return if lacking.is_empty() { Verdict::Works } else { Verdict::Lacking(lacking) };
        }
        match self.otherwise() {
            Some(steps) if self::refused(steps, findings).is_empty() => Verdict::Instead(refused),
            _ => Verdict::Refused(refused),
        }
    }
}

impl Verdict {
    /// Its name for scripts, and in the keys of texts.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Lacking(_) => "lacking",
            Self::Instead(_) => "instead",
            Self::Refused(_) => "refused",
        }
    }

    /// The steps that were refused.
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Works => &[],
            Self::Lacking(steps) | Self::Instead(steps) | Self::Refused(steps) => steps,
        }
    }
}

/// Those of `steps` that don't work; for those that were not tried, what they would need. Each once.
fn refused(steps: &[Step], findings: &[Finding]) -> Vec<Step> {
    let mut refused = Vec::new();
    for step in steps {
        let cause = match findings.iter().find(|finding| finding.step == *step) {
            Some(finding) if finding.works() => continue,
            Some(Finding { outcome: Outcome::NotTried(needed), .. }) => *needed,
            _ => *step,
        };
        if !refused.contains(&cause) {
            refused.push(cause);
        }
    }
    refused
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;

    /// Findings in which these steps were refused with this error, and what needs them not tried.
    pub(in crate::examine) fn where_refused(refused: &[(Step, i32)]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for step in Step::ALL {
            let works = |needed: &&Step| {
                findings.iter().any(|finding| finding.step == **needed && finding.works())
            };
            let outcome = match refused.iter().find(|(one, _)| *one == step) {
                Some((_, errno)) => Outcome::Refused { call: "call".into(), errno: *errno },
                None => match step.needs().iter().find(|needed| !works(needed)) {
                    Some(missing) => Outcome::NotTried(*missing),
                    None => Outcome::Works(Duration::ZERO),
                },
            };
            findings.push(Finding { step, outcome });
        }
        findings
    }

    fn verdicts(refused: &[(Step, i32)]) -> Vec<(Ability, Verdict)> {
        let findings = where_refused(refused);
        let verdict = |ability: Ability| (ability, ability.judge(&findings));
        let all = Ability::ALL.into_iter().map(verdict);
        all.filter(|(_, verdict)| *verdict != Verdict::Works).collect()
    }

    #[test]
    fn where_all_works_all_is_there() {
        assert_eq!(verdicts(&[]), []);
    }

    #[test]
    fn without_namespaces_the_calls_remain_and_the_cause_is_named_once() {
        let cause = vec![Step::UserNamespace];
        assert_eq!(
            verdicts(&[(Step::UserNamespace, libc::EPERM)]),
            [
                (Ability::Place, Verdict::Instead(cause.clone())),
                (Ability::Packets, Verdict::Instead(cause.clone())),
                (Ability::Rules, Verdict::Refused(cause.clone())),
                (Ability::Hosts, Verdict::Refused(cause.clone())),
                (Ability::Internet, Verdict::Refused(cause.clone())),
                (Ability::Sandbox, Verdict::Refused(cause)),
            ]
        );
    }

    #[test]
    fn packets_need_a_ring_somewhere() {
        let (ring, raw) = ((Step::PacketRing, libc::EPERM), (Step::RawCapture, libc::EPERM));
        let refused = Verdict::Refused(vec![Step::PacketRing]);
        let all = [Ability::Packets, Ability::Rules, Ability::Hosts];
        assert_eq!(verdicts(&[ring, raw]), all.map(|ability| (ability, refused.clone())));
        let instead = (Ability::Packets, Verdict::Instead(vec![Step::PacketRing]));
        assert_eq!(verdicts(&[ring])[0], instead);
        assert_eq!(verdicts(&[raw]), []);
    }

    #[test]
    fn without_a_veth_there_are_packets_and_no_wire() {
        let refused = Verdict::Refused(vec![Step::Veth]);
        assert_eq!(
            verdicts(&[(Step::Veth, libc::EOPNOTSUPP)]),
            [(Ability::Rules, refused.clone()), (Ability::Hosts, refused)]
        );
    }

    #[test]
    fn what_only_helps_is_lacking() {
        let lacking = |steps: &[Step]| Verdict::Lacking(steps.to_vec());
        let pidfd = [Step::PidfdGetfd];
        assert_eq!(
            verdicts(&[(Step::PidfdGetfd, libc::EPERM)]),
            [(Ability::Trace, lacking(&pidfd)), (Ability::Place, lacking(&pidfd))]
        );
        assert_eq!(
            verdicts(&[(Step::Landlock, libc::ENOSYS)]),
            [(Ability::Sandbox, lacking(&[Step::Landlock]))]
        );
    }
}
