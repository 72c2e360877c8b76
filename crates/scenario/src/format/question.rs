//! Turns `question.toml` from its raw form into the model.

use std::path::Path;

use socklab_say::{Translated, sentence};
use toml::Spanned;

use super::crowd;
use super::expectation::UnboundExpectation;
use super::load_error::LoadError;
use super::model::{ByHand, Choice, NamesWanted, Prose, Question, QuestionOutcome, Scenario};
use super::raw::RawQuestion;
use super::reader::{Reader, Result};
use super::scenario::{DEADLINE_MS, PORT};
use crate::variables::HOST;

/// Reads a question's TOML; `folder` is its folder's name, `NN-name`.
pub(crate) fn question(
    file: &Path,
    text: &str,
    folder: &str,
    prose: Translated<Prose>,
) -> Result<Question> {
    let reader = Reader { file, text };
    let raw: RawQuestion = reader.read()?;
    reader.version(&raw.format_version)?;
    let Some((number, name)) = folder
        .split_once('-')
        .and_then(|(number, name)| Some((number.parse::<u32>().ok()?, name)))
        .filter(|(_, name)| !name.is_empty())
    else {
        return Err(LoadError::whole(file, sentence!("mistake-folder-name", folder = folder)));
    };
    let cast = reader.cast(&raw.actors, &raw.peers)?;
    let port = raw.port.unwrap_or(PORT);
    let mut scenario = Scenario {
        packets: false,
        host: raw.host.unwrap_or(HOST.to_owned()),
        names: NamesWanted {
            internet: raw.internet,
            ..reader.names(raw.unknown, raw.addresses, raw.dns)?
        },
        port,
        port_free: raw.port_free,
        deadline_ms: raw.deadline_ms.unwrap_or(DEADLINE_MS),
        wire: reader.wire(&raw.wire)?,
        own_rules: false,
        mtu: reader.mtu(raw.mtu)?,
        files: reader.files(raw.files)?,
        actors: reader.actors(raw.actors, false, None)?,
        members: crowd::numbers(&cast),
        peers: cast.peers.clone(),
        steps: reader.steps(raw.steps, &cast)?,
    };
    let ids: Vec<&str> = raw.choices.iter().map(|choice| choice.id.get_ref().as_str()).collect();
    for choice in &raw.choices {
        if ids.iter().filter(|id| *id == choice.id.get_ref()).count() > 1 {
            let what = sentence!("mistake-twice", name = choice.id.get_ref());
            return reader.wrong(choice.id.span(), what);
        }
    }
    let mut outcomes = Vec::new();
    for outcome in raw.outcomes {
        let answer = reader.known(&outcome.answer, &ids, sentence!("mistake-no-choice"))?;
        let when = reader.expects(outcome.when, &cast, &scenario.steps, port)?;
        scenario.packets |= when.iter().any(UnboundExpectation::needs_packets);
        let names: Vec<&str> = when.iter().map(UnboundExpectation::name).collect();
        let decisive = match outcome.decisive {
            None => names.iter().map(ToString::to_string).collect(),
            Some(words) => {
                let known = words
                    .iter()
                    .map(|word| reader.known(word, &names, sentence!("mistake-no-evidence")));
                known.collect::<Result<_>>()?
            }
        };
        let explain = outcome.explain.map_or_else(|| answer.clone(), Spanned::into_inner);
        outcomes.push(QuestionOutcome { answer, explain, decisive, when });
    }
    let choices = raw
        .choices
        .into_iter()
        .map(|choice| Choice { id: choice.id.into_inner(), text: choice.text });
    let by_hand = raw.by_hand.into_iter().map(|line| ByHand {
        terminal: line.terminal,
        command: line.command,
        note: line.note,
    });
    Ok(Question {
        number,
        name: name.to_owned(),
        topic: reader.topic(raw.topic)?,
        scenario,
        choices: choices.collect(),
        outcomes,
        by_hand: by_hand.collect(),
        prose,
    })
}
