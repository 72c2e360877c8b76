//! Turns `exercise.toml` from its raw form into the model.

use std::collections::BTreeMap;
use std::path::Path;

use socklab_say::{Translated, sentence};
use toml::Spanned;

use super::crowd;
use super::expectation::UnboundExpectation;
use super::hints::hints;
use super::model::{Actor, Bug, Case, Exercise, NamesWanted, Prose, Run, Scenario};
use super::name::NameRule;
use super::raw::{RawActor, RawCase, RawExercise, RawPeer};
use super::reader::{Reader, Result};
use super::scenario::{DEADLINE_MS, PORT};
use crate::variables::HOST;

/// Reads an exercise's TOML; `folder` is its folder's name.
pub(crate) fn exercise(
    file: &Path,
    text: &str,
    folder: &str,
    prose: Translated<Prose>,
) -> Result<Exercise> {
    let reader = Reader { file, text };
    let raw: RawExercise = reader.read()?;
    reader.version(&raw.format_version)?;
    let mut names: Vec<String> = Vec::new();
    if raw.cases.is_empty() {
        return reader.wrong(raw.format_version.span(), sentence!("mistake-no-cases"));
    }
    let files = reader.files(raw.files)?;
    let mut cases = Vec::new();
    for case in raw.cases {
        if names.contains(case.name.get_ref()) {
            let what = sentence!("mistake-twice", name = case.name.get_ref());
            return reader.wrong(case.name.span(), what);
        }
        let above: Vec<&str> = names.iter().map(String::as_str).collect();
        for word in &case.depends_on {
            reader.known(word, &above, sentence!("mistake-no-case-above"))?;
        }
        names.push(case.name.get_ref().clone());
        let defaults = Defaults {
            host: raw.host.as_deref().unwrap_or(HOST),
            names: &raw.names,
            unknown: &raw.unknown,
            addresses: &raw.addresses,
            dns: &raw.dns,
            internet: raw.internet,
            port: raw.port.unwrap_or(PORT),
            port_free: raw.port_free,
            deadline_ms: raw.deadline_ms.unwrap_or(DEADLINE_MS),
            files: &files,
            actors: &raw.actors,
            peers: &raw.peers,
        };
        cases.push(reader.case(case, &defaults)?);
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut bugs = Vec::new();
    for bug in raw.bugs {
        let fails =
            bug.fails.iter().map(|word| reader.known(word, &known, sentence!("mistake-no-case")));
        let fails = fails.collect::<Result<_>>()?;
        let line = reader.line(&bug.file.span());
        let own_names = bug.own_names;
        bugs.push(Bug { file: bug.file.into_inner(), fails, own_names, line });
    }
    let arguments = raw.arguments.map(|given| reader.arguments(given)).transpose()?;
    let arguments = arguments.unwrap_or_default();
    Ok(Exercise {
        name: folder.to_owned(),
        topic: reader.topic(raw.topic)?,
        arguments,
        cases,
        bugs,
        also_passed_by: raw.also_passed_by.into_iter().map(Spanned::into_inner).collect(),
        prose,
    })
}

/// What the cases of an exercise share.
struct Defaults<'a> {
    host: &'a str,
    names: &'a [String],
    unknown: &'a [String],
    addresses: &'a BTreeMap<String, Spanned<Vec<String>>>,
    dns: &'a BTreeMap<String, Spanned<NameRule>>,
    internet: bool,
    port: u16,
    port_free: bool,
    deadline_ms: u64,
    files: &'a BTreeMap<String, String>,
    actors: &'a [RawActor],
    peers: &'a [RawPeer],
}

impl Reader<'_> {
    fn case(&self, case: RawCase, defaults: &Defaults<'_>) -> Result<Case> {
        // A case's own actor replaces the exercise's of the same name.
        let own = |name: &str| case.actors.iter().any(|actor| actor.name.get_ref() == name);
        let shared = defaults.actors.iter().filter(|actor| !own(actor.name.get_ref())).cloned();
        let actors: Vec<RawActor> = shared.chain(case.actors.clone()).collect();
        let peers: Vec<RawPeer> = defaults.peers.iter().cloned().chain(case.peers).collect();
        let cast = self.cast(&actors, &peers)?;
        let hints = hints(case.hint, case.hints);
        let hints = hints.or_else(|mistake| self.mistake(mistake, case.name.span()))?;
        let port = case.port.unwrap_or(defaults.port);
        // Every name stands for {host}: to list those that do is the older way to say so.
        let here = |name: &String| (name.clone(), Spanned::new(0..0, vec!["{host}".to_owned()]));
        let mut addresses: BTreeMap<_, _> = defaults.names.iter().map(here).collect();
        addresses.extend(defaults.addresses.clone());
        addresses.extend(case.addresses);
        let unknown = defaults.unknown.iter().cloned().chain(case.unknown).collect();
        let mut dns = defaults.dns.clone();
        dns.extend(case.dns);
        let names = NamesWanted {
            internet: case.internet.unwrap_or(defaults.internet),
            ..self.names(unknown, addresses, dns)?
        };
        let mut files = defaults.files.clone();
        files.extend(self.files(case.files)?);
        let arguments_at = case.arguments.as_ref().map(Spanned::span);
        let arguments = case.arguments.map(|given| self.arguments(given)).transpose()?;
        let actors = self.actors(actors, true, arguments.as_ref())?;
        let takes = |actor: &Actor| actor.run == Run::Submission && actor.arguments == arguments;
        if let Some(span) = arguments_at.filter(|_| !actors.iter().any(takes)) {
            return self.wrong(span, sentence!("mistake-arguments-nobody"));
        }
        let wire = self.wire(&case.wire)?;
        let mtu = self.mtu(case.mtu)?;
        let steps = self.steps(case.steps, &cast)?;
        // Points that depend on what a machine allows would be unfair.
        if let Some(word) = case.expects.iter().find_map(|it| it.get_ref().if_recorded.as_ref()) {
            return self.wrong(word.span(), sentence!("mistake-if-recorded-case"));
        }
        let expects = self.expects(case.expects, &cast, &steps, port)?;
        Ok(Case {
            name: case.name.into_inner(),
            about: case.about,
            title: case.title,
            points: case.points.unwrap_or(1),
            hints,
            robust: case.robust,
            depends_on: case.depends_on.into_iter().map(Spanned::into_inner).collect(),
            scenario: Scenario {
                host: case.host.unwrap_or(defaults.host.to_owned()),
                names,
                port,
                port_free: defaults.port_free,
                deadline_ms: case.deadline_ms.unwrap_or(defaults.deadline_ms),
                packets: expects.iter().any(UnboundExpectation::needs_packets),
                wire,
                own_rules: false,
                mtu,
                files,
                actors,
                members: crowd::numbers(&cast),
                peers: cast.peers,
                steps,
            },
            expects,
        })
    }
}
