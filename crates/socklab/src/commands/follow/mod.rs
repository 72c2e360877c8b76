//! `follow`: what the two ends of a connection said to one another, or the datagrams between two
//! addresses, from a recording or a capture.

mod files;
mod shown;

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use socklab_event::Family;
use socklab_filter::{Facts, Filter, Verdict};
use socklab_flows::{Dialogue, Dialogues, Ended, Flows, Said};
use socklab_say::{Speaker, clean, count, say};

use super::trace::{read_all, read_whole};
use crate::cli;
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{println, write_json, write_out};

/// Shows, or writes into files, what was said.
pub(crate) fn follow(speaker: Speaker, options: &cli::Follow) -> Result<ExitCode> {
    let timeline = read_all(speaker, &options.files, read_whole)?;
    let flows = Flows::of(&timeline);
    let dialogues = Dialogues::of(&flows);
    let told = Told { speaker, flows: &flows, dialogues: &dialogues };
    let all = dialogues.all().len();
    let path = || {
        let paths = options.files.iter().map(socklab_say::path);
        paths.collect::<Vec<_>>().join(" ")
    };
    if all == 0 {
        let what = say!(speaker, "follow-none", path = path());
        return Err(Failure::new(ExitReason::No, what).into());
    }
    let chosen: Vec<usize> = match (options.connection, &options.filter) {
        (Some(number), _) if number > all => {
            let (n, all) = (number.to_string(), count(all as u64));
            let what = say!(speaker, "follow-unknown", path = path(), n = n, all = all);
            let hint = say!(speaker, "follow-unknown-hint", path = path());
            return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
        }
        (Some(number), _) => vec![number - 1],
        (None, Some(filter)) => (0..all).filter(|index| told.fits(*index, filter)).collect(),
        (None, None) => (0..all).collect(),
    };
    if chosen.is_empty() {
        let what = say!(speaker, "follow-none-fits", path = path());
        let hint = say!(speaker, "follow-unknown-hint", path = path());
        return Err(Failure::new(ExitReason::No, what).hint(hint).into());
    }
    if let Some(folder) = &options.output {
        return files::write(&told, folder, &chosen, options.partial);
    }
    let [index] = chosen[..] else {
        match options.json {
            true => {
                let list = chosen.iter().map(|index| told.json(*index, None));
                write_json(&json!({ "conversations": list.collect::<Vec<Value>>() }))?;
            }
            false => chosen.iter().for_each(|index| println!("{}", told.line(*index))),
        }
        let what = say!(speaker, "follow-choose", n = count(chosen.len() as u64));
        let n = (chosen[0] + 1).to_string();
        let hint = say!(speaker, "follow-choose-hint", path = path(), n = n);
        return Err(Failure::new(ExitReason::Usage, what).hint(hint).into());
    };
    let said = dialogues.said(index);
    if options.json {
        write_json(&told.json(index, Some(&said)))?;
    } else {
        println!("{}", crate::style::paint(crate::style::STRONG, told.line(index)));
        let text = shown::conversation(&told, index, &said, options.hex);
        write_out(format_args!("{text}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What can be told of the conversations of a recording.
struct Told<'a, 't> {
    speaker: Speaker,
    flows: &'a Flows<'t>,
    dialogues: &'a Dialogues<'a, 't>,
}

impl Told<'_, '_> {
    fn dialogue(&self, index: usize) -> &Dialogue {
        &self.dialogues.all()[index]
    }

    /// True if anything that was said fits, or may fit.
    fn fits(&self, index: usize, filter: &Filter) -> bool {
        let origin = self.flows.order.first().map_or(0, |event| event.at);
        let facts = Facts::of(self.flows, origin);
        let said = self.dialogues.said(index);
        said.iter().any(|one| filter.verdict(&facts.at(one.at)) != Verdict::No)
    }

    /// The program at an end, if it was recorded.
    fn program(&self, index: usize, side: usize) -> Option<String> {
        let socket = self.dialogue(index).ends[side].socket?;
        Some(clean(&self.flows.name_at(self.flows.used_at(socket)?)))
    }

    fn address(&self, index: usize, side: usize) -> Option<String> {
        let address = self.dialogue(index).ends[side].address.as_ref()?;
        Some(clean(&address.to_string()))
    }

    /// What an end is called.
    fn who(&self, index: usize, side: usize) -> String {
        let parts = [self.program(index, side), self.address(index, side)];
        let who: Vec<String> = parts.into_iter().flatten().collect();
        if who.is_empty() { "?".to_owned() } else { who.join(" ") }
    }

    /// How many bytes each end said.
    fn bytes(&self, said: &[Said<'_>]) -> [u64; 2] {
        [0, 1].map(|side| {
            let own = said.iter().filter(|one| one.side == side);
            own.map(|one| one.total).fold(0, u64::saturating_add)
        })
    }

    /// TCP, UDP, Unix … .
    fn protocol(&self, index: usize) -> String {
        let dialogue = self.dialogue(index);
        let socket = dialogue.ends.iter().find_map(|end| end.socket);
        let family = socket.map(|socket| self.flows.sockets[socket].identity.family);
        if family == Some(Family::UNIX) {
            return "Unix".to_owned();
        }
        let name = dialogue.protocol.to_string();
        name.strip_prefix("IPPROTO_").unwrap_or(&name).to_owned()
    }

    /// One conversation in one line.
    fn line(&self, index: usize) -> String {
        let speaker = self.speaker;
        let [there, back] = self.bytes(&self.dialogues.said(index));
        let ended = match self.dialogues.ended(index) {
            Some(Ended::Finished(side)) => {
                let who = self.program(index, side).or_else(|| self.address(index, side));
                say!(speaker, "follow-closed", who = who.unwrap_or_else(|| "?".to_owned()))
            }
            Some(Ended::Reset) => say!(speaker, "follow-reset"),
            Some(_) => say!(speaker, "follow-open"),
            None => String::new(),
        };
        let line = say!(
            speaker,
            "follow-line",
            n = (index + 1).to_string(),
            from = self.who(index, 0),
            to = self.who(index, 1),
            there = count(there),
            back = count(back)
        );
        let protocol = self.protocol(index);
        let ended = if ended.is_empty() { ended } else { format!("; {ended}") };
        format!("{line} {protocol}{ended}")
    }

    /// The same for scripts; with what was said, if that is given.
    fn json(&self, index: usize, said: Option<&[Said<'_>]>) -> Value {
        let dialogue = self.dialogue(index);
        let own = said.map_or_else(|| self.dialogues.said(index), <[Said<'_>]>::to_vec);
        let bytes = self.bytes(&own);
        let end = |side: usize| {
            let missing = own.iter().filter(|one| one.side == side).map(Said::missing);
            json!({
                "program": self.program(index, side),
                "address": self.address(index, side),
                "sent": bytes[side],
                "missing": missing.fold(0, u64::saturating_add),
            })
        };
        let (ended, by) = match self.dialogues.ended(index) {
            Some(Ended::Finished(side)) => ("closed", Some(side)),
            Some(Ended::Reset) => ("reset", None),
            Some(_) => ("open", None),
            None => ("", None),
        };
        let mut told = json!({
            "connection": index + 1,
            "protocol": self.protocol(index),
            "ends": [end(0), end(1)],
            "began_before_recording": dialogue.joined_late,
        });
        if !ended.is_empty() {
            told["ended"] = json!(ended);
            told["ended_by"] = json!(by);
        }
        if said.is_some() {
            let messages: Vec<Value> = own.iter().map(|one| shown::json(self.flows, one)).collect();
            told["messages"] = json!(messages);
        }
        told
    }
}
