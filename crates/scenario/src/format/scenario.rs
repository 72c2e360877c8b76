//! The parts that questions and the cases of exercises share: who takes part, what happens, what is
//! expected.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Component, Path};

use socklab_lab::LoopedOptions;
use socklab_say::sentence;
use toml::Spanned;

use super::arguments::{Arguments, RawArguments};
use super::expectation::UnboundExpectation;
use super::model::{Actor, NamesWanted, Run, Step, Verb};
use super::name::{NameRule, check_addresses};
use super::raw::{RawActor, RawExpect, RawFiles, RawPeer, RawStep};
use super::reader::{Cast, Reader, Result, unknown};
use super::{crowd, step, unroll};
use crate::variables::{MOST, Variables, payload_length};

/// Default `port`: the one that the course uses.
pub(super) const PORT: u16 = 12000;
/// How many files a scenario may have.
const MOST_FILES: usize = 1_000;
/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 1_000;
/// How many bytes all peers of a scenario may send and expect together.
const MOST_SENT: usize = 256 << 20;
/// Default `deadline_ms`.
pub(super) const DEADLINE_MS: u64 = 15_000;

impl Reader<'_> {
    /// The names in a scenario, each of which must be well formed and unique.
    pub(super) fn cast(&self, actors: &[RawActor], peers: &[RawPeer]) -> Result<Cast> {
        let given = actors.iter().filter(|actor| actor.stdin.is_some());
        let with_stdin = given.map(|actor| actor.name.get_ref().clone()).collect();
        let mut cast = Cast { with_stdin, ..Cast::default() };
        for actor in actors {
            self.new_name(&cast, actor.name.get_ref(), &actor.name)?;
            cast.actors.push(actor.name.get_ref().clone());
        }
        for peer in peers {
            let names = crowd::names(self, peer)?;
            for name in names.iter().chain([peer.name.get_ref()]) {
                self.new_name(&cast, name, &peer.name)?;
            }
            cast.peers.extend(names.iter().cloned());
            if peer.count.is_some() {
                cast.crowds.insert(peer.name.get_ref().clone(), names);
            }
        }
        Ok(cast)
    }

    /// Checks a name that was given at `place`.
    fn new_name(&self, cast: &Cast, name: &str, place: &Spanned<String>) -> Result<()> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(good) {
            return self.wrong(place.span(), sentence!("mistake-name-letters"));
        }
        if cast.everybody().any(|known| known == name) || cast.crowds.contains_key(name) {
            return self.wrong(place.span(), sentence!("mistake-twice", name = name));
        }
        Ok(())
    }

    /// The programs; only where `submission_allowed`, one of them may be a student's. Such a program
    /// gets the arguments of its case, unless it has its own.
    pub(super) fn actors(
        &self,
        raw: Vec<RawActor>,
        submission_allowed: bool,
        of_case: Option<&Arguments>,
    ) -> Result<Vec<Actor>> {
        raw.into_iter()
            .map(|actor| {
                let run = match (actor.run, actor.submission) {
                    (Some(words), false) if !words.is_empty() => Run::Command(words),
                    (None, true) if submission_allowed => Run::Submission,
                    (None, true) => {
                        return self.wrong(actor.name.span(), sentence!("mistake-submission"));
                    }
                    _ => {
                        return self
                            .wrong(actor.name.span(), sentence!("mistake-run-or-submission"));
                    }
                };
                if let Some(given) = &actor.arguments
                    && run != Run::Submission
                {
                    return self.wrong(given.span(), sentence!("mistake-arguments-run"));
                }
                let name = actor.name.into_inner();
                let own = actor.arguments.map(|given| self.arguments(given)).transpose()?;
                let of_case = of_case.filter(|_| run == Run::Submission).cloned();
                let arguments = own.or(of_case);
                Ok(Actor { name, run, stdin: actor.stdin, env: actor.env, arguments })
            })
            .collect()
    }

    /// Arguments that a program can be given.
    pub(super) fn arguments(&self, given: Spanned<RawArguments>) -> Result<Arguments> {
        let span = given.span();
        given.into_inner().accepted().or_else(|what| self.wrong(span, what))
    }

    /// What names stand for.
    pub(super) fn names(
        &self,
        unknown: Vec<String>,
        addresses: BTreeMap<String, Spanned<Vec<String>>>,
        dns: BTreeMap<String, Spanned<NameRule>>,
    ) -> Result<NamesWanted> {
        for texts in addresses.values() {
            check_addresses(texts.get_ref()).or_else(|what| self.wrong(texts.span(), what))?;
        }
        for rule in dns.values() {
            rule.get_ref().check().or_else(|what| self.wrong(rule.span(), what))?;
        }
        let addresses = addresses.into_iter().map(|(name, texts)| (name, texts.into_inner()));
        let dns = dns.into_iter().map(|(name, rule)| (name, rule.into_inner()));
        Ok(NamesWanted {
            unknown,
            addresses: addresses.collect(),
            dns: dns.collect(),
            internet: false,
        })
    }

    /// Files of a scenario, whose names stay in their folder.
    pub(super) fn files(&self, raw: RawFiles) -> Result<BTreeMap<String, String>> {
        let mut total = 0;
        let mut files = BTreeMap::new();
        for (name, text) in raw {
            let is_part = |part| matches!(part, Component::Normal(_));
            let path = Path::new(name.get_ref());
            let stays = !name.get_ref().is_empty() && path.components().all(is_part);
            if !stays || name.get_ref().contains('\0') || name.get_ref().len() > LONGEST_NAME {
                return self.wrong(name.span(), sentence!("mistake-file-name"));
            }
            if let Err(what) = Variables::check(text.get_ref()) {
                return self.wrong(text.span(), what);
            }
            total += payload_length(text.get_ref());
            if total > MOST || files.len() >= MOST_FILES {
                let most = sentence!("mistake-files", files = MOST_FILES, most = MOST);
                return self.wrong(name.span(), most);
            }
            files.insert(name.into_inner(), text.into_inner());
        }
        Ok(files)
    }

    /// A mistake if the peers of these steps send and expect too much, all together.
    fn limited(&self, steps: &[Step], last: Range<usize>) -> Result<()> {
        let ops = steps.iter().filter_map(|step| match &step.verb {
            Verb::Peer { ops, .. } => Some(ops),
            _ => None,
        });
        // Each text has been accepted.
        let total: usize = ops.flatten().flat_map(|act| act.op.texts()).map(payload_length).sum();
        if total > MOST_SENT {
            return self.wrong(last, sentence!("mistake-sends", most = MOST_SENT));
        }
        Ok(())
    }

    pub(super) fn steps(&self, raw: Vec<Spanned<RawStep>>, cast: &Cast) -> Result<Vec<Step>> {
        let last = raw.last().map_or(0..0, Spanned::span);
        let raw = unroll::unroll(self, raw)?;
        let raw = raw.into_iter().flat_map(|raw| crowd::expand(raw, cast));
        let mut steps = raw.map(|raw| step::step(self, raw, cast)).collect::<Result<Vec<_>>>()?;
        crowd::say_what_is_joined(&mut steps);
        self.limited(&steps, last)?;
        Ok(steps)
    }

    /// Expectations, in the order in which they can refer to one another.
    pub(super) fn expects(
        &self,
        raw: Vec<Spanned<RawExpect>>,
        cast: &Cast,
        steps: &[Step],
        port: u16,
    ) -> Result<Vec<UnboundExpectation>> {
        let mut names: Vec<String> = steps.iter().filter_map(|step| step.name.clone()).collect();
        let mut wanted: Vec<UnboundExpectation> = Vec::new();
        for (index, raw) in raw.into_iter().enumerate() {
            let whole = raw.span();
            let raw = raw.into_inner();
            for name in [&raw.actor, &raw.peer].into_iter().flatten() {
                self.member(cast, name)?;
            }
            for name in [&raw.from, &raw.to].into_iter().flatten() {
                let mut known: Vec<&str> = cast.everybody().collect();
                for host in LoopedOptions::HOSTS {
                    if !known.contains(&host) {
                        known.push(host);
                    }
                }
                self.known(name, &known, sentence!("mistake-nobody"))?;
            }
            let name = match &raw.name {
                Some(name) => name.get_ref().clone(),
                None => format!("expect-{}", index + 1),
            };
            let span = raw.name.as_ref().map_or(whole.clone(), Spanned::span);
            if names.contains(&name) {
                return self.wrong(span, sentence!("mistake-twice", name = name));
            }
            // Only names above can be referred to: so there are no cycles, and the evidence is in
            // reading order.
            let above: Vec<&str> = names.iter().map(String::as_str).collect();
            for word in &raw.depends_on {
                self.known(word, &above, sentence!("mistake-nothing-above"))?;
            }
            // A step has no event of its own that something could come before or after.
            let above: Vec<&str> = wanted.iter().map(UnboundExpectation::name).collect();
            for word in [&raw.same_socket, &raw.since].into_iter().flatten() {
                self.known(word, &above, sentence!("mistake-no-expectation-above"))?;
            }
            for word in raw.after.0.iter().chain(&raw.before.0) {
                if !above.contains(&word.as_str()) {
                    let what = unknown(word, &above, sentence!("mistake-no-expectation-above"));
                    return self.wrong(whole, what);
                }
            }
            let one = UnboundExpectation { raw, name: name.clone() };
            // What is judged in any case can't rest on what may not be.
            let rests_on = one.rests_on();
            let mut on = rests_on.iter().filter_map(|on| wanted.iter().find(|it| it.name == *on));
            if let (false, Some(on)) = (one.is_if_recorded(), on.find(|on| on.is_if_recorded())) {
                return self.wrong(whole, sentence!("mistake-rests-on-packets", name = on.name()));
            }
            one.check(&Variables::sample(port)).or_else(|mistake| self.mistake(mistake, whole))?;
            names.push(name);
            wanted.push(one);
        }
        Ok(wanted)
    }
}
