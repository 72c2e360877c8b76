//! Who gets a column: commands, programs they start, the two sides of a program that talks to
//! itself, and peers that were not recorded.

use socklab_event::Place;
use socklab_flows::NumberMap;
use socklab_flows::{Connection, Flows, Position};
use socklab_say::{Speaker, say};

use super::group::Group;
use super::groups::groups;
use super::notable::Notable;
use super::outside::{Outside, outside_key, outside_peers};
use super::sides;
use super::unit::Unit;
use crate::model::Participant;
use crate::options::{ColumnOrder, Options};

/// The columns, and who belongs to which.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) participants: Vec<Participant>,
    lanes: NumberMap<Unit, usize>,
    /// Sockets of the server side of a split program, whichever thread uses them.
    sockets: NumberMap<usize, usize>,
    /// For each side of a split program, the other side.
    twins: NumberMap<usize, usize>,
    tags: NumberMap<Unit, String>,
    /// The tags of processes, in columns that have several.
    processes: NumberMap<u32, String>,
    outside: NumberMap<Outside, usize>,
}

impl Cast {
    /// Chooses the columns.
    pub(crate) fn of(flows: &Flows<'_>, notable: &Notable, options: &Options) -> Self {
        let mut groups = sides::split(groups(flows, notable), flows);
        sides::count_roles(&mut groups, flows);
        if options.order == ColumnOrder::ClientsFirst {
            groups.sort_by_key(|group| match (group.connects > 0, group.accepts > 0) {
                (true, false) => 0,
                (true, true) | (false, false) => 1,
                (false, true) => 2,
            });
        }
        let mut cast = Self {
            participants: Vec::new(),
            lanes: NumberMap::default(),
            sockets: NumberMap::default(),
            twins: NumberMap::default(),
            tags: NumberMap::default(),
            processes: NumberMap::default(),
            outside: NumberMap::default(),
        };
        let peers = outside_peers(flows, notable, options.speaker);
        let clients = |peer: &&(Outside, String)| matches!(peer.0, Outside::Clients(_));
        for peer in peers.iter().filter(clients) {
            cast.add_outside(peer, options.speaker);
        }
        let mut halves: NumberMap<u32, usize> = NumberMap::default();
        for group in groups {
            let lane = cast.participants.len();
            if let (Some(_), Some(root)) = (group.side, group.root)
                && let Some(twin) = halves.insert(root, lane)
            {
                cast.twins.extend([(lane, twin), (twin, lane)]);
            }
            cast.add(group, options.speaker);
        }
        for peer in peers.iter().filter(|peer| !clients(peer)) {
            cast.add_outside(peer, options.speaker);
        }
        cast
    }

    /// The column of the thread an event happened in.
    pub(crate) fn lane(&self, place: &Place) -> Option<usize> {
        self.lanes.get(&(place.process, place.thread)).copied()
    }

    /// The column of a thread.
    pub(crate) fn lane_of(&self, unit: Unit) -> Option<usize> {
        self.lanes.get(&unit).copied()
    }

    /// The column of a call: its socket's side if its program is split, otherwise its thread's
    /// column. (A socket of a split program may have been handed to another one.)
    pub(crate) fn lane_at(&self, flows: &Flows<'_>, at: Position) -> Option<usize> {
        let own = self.lane(&flows.order[at].place)?;
        let side = flows.socket_at(at).and_then(|socket| self.sockets.get(&socket)).copied();
        Some(side.filter(|side| self.twin(own) == Some(*side)).unwrap_or(own))
    }

    /// The column of the other side of a split program.
    pub(crate) fn twin(&self, lane: usize) -> Option<usize> {
        self.twins.get(&lane).copied()
    }

    /// The tag that distinguishes the thread within its column.
    pub(crate) fn tag(&self, place: &Place) -> Option<&str> {
        self.tags.get(&(place.process, place.thread)).map(String::as_str)
    }

    /// True if other threads share its column.
    pub(crate) fn is_shared(&self, process: u32, thread: u32) -> bool {
        let own = self.lane_of((process, thread));
        self.lanes.iter().any(|(unit, lane)| Some(*lane) == own && *unit != (process, thread))
    }

    /// The tag that distinguishes the process within its column.
    pub(crate) fn process_tag(&self, process: u32) -> Option<&str> {
        self.processes.get(&process).map(String::as_str)
    }

    /// The column of the end that was not recorded.
    pub(crate) fn outside(&self, connection: &Connection) -> Option<usize> {
        self.outside.get(&outside_key(connection)?).copied()
    }

    /// Adds a column for an end that only packets show.
    pub(crate) fn add_far(&mut self, participant: Participant) -> usize {
        self.participants.push(participant);
        self.participants.len() - 1
    }

    fn add(&mut self, group: Group, speaker: Speaker) {
        let lane = self.participants.len();
        let name = match group.side {
            None => group.name,
            Some(true) => format!("{}, {}", group.name, say!(speaker, "ladder-server-side")),
            Some(false) => format!("{}, {}", group.name, say!(speaker, "ladder-client-side")),
        };
        let command = if group.line == name { String::new() } else { group.line };
        self.participants.push(Participant {
            name,
            command,
            outside: false,
            nobody: false,
            host: group.host,
        });
        self.sockets.extend(group.serves.iter().map(|socket| (*socket, lane)));
        let first = group.units.first().copied();
        for (index, unit) in group.units.iter().enumerate() {
            self.lanes.insert(*unit, lane);
            if index > 0 {
                let thread = first.is_some_and(|first| first.0 == unit.0);
                let letter = if thread || unit.0 != unit.1 { 't' } else { 'p' };
                let tag = format!("{letter}{}", index + 1);
                if letter == 'p' {
                    self.processes.insert(unit.0, tag.clone());
                }
                self.tags.insert(*unit, tag);
            }
        }
    }

    fn add_outside(&mut self, peer: &(Outside, String), speaker: Speaker) {
        let (key, name) = peer;
        let known = self.participants.iter().position(|one| one.outside && one.name == *name);
        let lane = known.unwrap_or_else(|| {
            self.participants.push(Participant {
                name: name.clone(),
                command: say!(speaker, "ladder-outside"),
                outside: true,
                nobody: false,
                host: None,
            });
            self.participants.len() - 1
        });
        self.outside.insert(key.clone(), lane);
    }
}
