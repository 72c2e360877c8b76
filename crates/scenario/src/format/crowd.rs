//! Crowds: peers that do the same things at once, each with bytes of its own.

use std::collections::BTreeMap;

use socklab_say::sentence;
use toml::Spanned;

use super::model::{Step, Verb};
use super::raw::{RawPeer, RawStep};
use super::reader::{Cast, Reader, Result};

/// The largest crowd: each member is a process.
const MOST: u32 = 32;

/// The names of a peer, or of the members of a crowd.
pub(super) fn names(reader: &Reader<'_>, peer: &RawPeer) -> Result<Vec<String>> {
    let name = peer.name.get_ref();
    let Some(count) = &peer.count else { return Ok(vec![name.clone()]) };
    if !(2..=MOST).contains(count.get_ref()) {
        let what = sentence!("mistake-crowd", found = *count.get_ref(), most = MOST);
        return reader.wrong(count.span(), what);
    }
    Ok((1..=*count.get_ref()).map(|number| format!("{name}-{number}")).collect())
}

/// The numbers of members of crowds, by name, from 1.
pub(super) fn numbers(cast: &Cast) -> BTreeMap<String, u64> {
    let members = cast.crowds.values().flat_map(|members| members.iter().zip(1..));
    members.map(|(name, number)| (name.clone(), number)).collect()
}

/// A step of a crowd as steps of its members: all of them do the first operation at once, then all
/// do the second, and so on.
pub(super) fn expand(raw: Spanned<RawStep>, cast: &Cast) -> Vec<Spanned<RawStep>> {
    let span = raw.span();
    let crowd = |name: &Option<Spanned<String>>| {
        name.as_ref().and_then(|name| cast.crowds.get(name.get_ref()))
    };
    let of = |name: &Option<Spanned<String>>, member: &String| {
        name.as_ref().map(|name| Spanned::new(name.span(), member.clone()))
    };
    let whole = raw.get_ref();
    let mut steps = Vec::new();
    if let Some(members) = crowd(&whole.wait) {
        steps.extend(members.iter().map(|member| {
            let wait = of(&whole.wait, member);
            RawStep { wait, ..whole.clone() }
        }));
    } else if let Some(members) = crowd(&whole.join) {
        steps.extend(members.iter().map(|member| {
            let join = of(&whole.join, member);
            RawStep { join, ..whole.clone() }
        }));
    } else if let Some(members) = crowd(&whole.peer) {
        let acts = whole.acts.as_deref().unwrap_or_default();
        let together = if whole.background { acts.len() } else { 1 };
        for acts in acts.chunks(together.max(1)) {
            steps.extend(members.iter().map(|member| {
                let (peer, acts) = (of(&whole.peer, member), Some(acts.to_vec()));
                RawStep { peer, acts, background: true, ..whole.clone() }
            }));
            if !whole.background {
                steps.extend(members.iter().map(|member| {
                    let join = of(&whole.peer, member);
                    RawStep { join, peer: None, acts: None, ..whole.clone() }
                }));
            }
        }
    }
    match steps.is_empty() {
        true => vec![raw],
        false => steps.into_iter().map(|step| Spanned::new(span.clone(), step)).collect(),
    }
}

/// Tells each `join` what the peer was doing.
pub(super) fn say_what_is_joined(steps: &mut [Step]) {
    let mut doing = BTreeMap::new();
    for step in steps {
        match &mut step.verb {
            Verb::Peer { peer, ops } if step.background => {
                doing.insert(peer.clone(), ops.clone());
            }
            Verb::Join { peer, ops } => *ops = doing.get(peer).cloned().unwrap_or_default(),
            _ => {}
        }
    }
}
