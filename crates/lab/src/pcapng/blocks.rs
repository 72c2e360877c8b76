//! Reads pcapng block by block.

use std::io::Read;

use super::capture::{Ended, Input, Packet};
use super::error::CaptureError;
use super::link::Link;
use super::options::options;
use super::time::Clock;
use super::told::Remark;
use super::{AROUND_BODY, BYTE_ORDER, MOST, Order, block, option};

/// How many interfaces a section may describe.
const MOST_INTERFACES: usize = 1 << 16;

/// A section, and what was said in it so far.
#[derive(Debug)]
pub(super) struct Blocks {
    order: Order,
    interfaces: Vec<Interface>,
    /// What wrote it, and where: of the first section.
    pub(super) application: Option<String>,
    pub(super) system: Option<String>,
    pub(super) hardware: Option<String>,
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: u32,
    /// How much of a packet was captured at most; 0 means all of it.
    most: u32,
    clock: Clock,
}

impl Blocks {
    /// Reads the section header, of which the type has been read.
    pub(super) fn begin<R: Read>(input: &mut Input<R>) -> Result<Self, CaptureError> {
        let mut blocks = Self {
            order: Order::Little,
            interfaces: Vec::new(),
            application: None,
            system: None,
            hardware: None,
        };
        match blocks.section(input)? {
            Ok(()) => Ok(blocks),
            Err(Ended::Whole | Ended::Cut { .. }) => {
                Err(CaptureError::Damaged { at: input.at, why: "the section header is cut" })
            }
            Err(Ended::Damaged { at, why }) => Err(CaptureError::Damaged { at, why }),
        }
    }

    /// The next packet, or how the capture ends.
    pub(super) fn next<R: Read>(
        &mut self,
        input: &mut Input<R>,
    ) -> Result<Result<Packet, Ended>, CaptureError> {
        loop {
            let start = input.at;
            let cut = Ended::Cut { at: start };
            let Some(kind) = input.array::<4>()? else {
                // A whole number of blocks has been read.
                return Ok(Err(if input.at == start { Ended::Whole } else { cut }));
            };
            let kind = self.order.u32(kind);
            if kind == block::SECTION {
                match self.section(input)? {
                    Ok(()) => continue,
                    Err(ended) => return Ok(Err(ended)),
                }
            }
            let Some(length) = input.array()? else { return Ok(Err(cut)) };
            let length = self.order.u32(length);
            if length < AROUND_BODY || !length.is_multiple_of(4) {
                let why = "the length of a block is not possible";
                return Ok(Err(Ended::Damaged { at: start, why }));
            }
            let body = length - AROUND_BODY;
            let known = [
                block::INTERFACE,
                block::ENHANCED_PACKET,
                block::SIMPLE_PACKET,
                block::OBSOLETE_PACKET,
            ];
            let packet = if known.contains(&kind) {
                if body > MOST {
                    let why = "a block is longer than any packet";
                    return Ok(Err(Ended::Damaged { at: start, why }));
                }
                let Some(body) = input.bytes(body)? else { return Ok(Err(cut)) };
                match self.known(kind, body) {
                    Some(packet) => packet,
                    None => {
                        let why = "a block does not hold what it must";
                        return Ok(Err(Ended::Damaged { at: start, why }));
                    }
                }
            } else {
                if !input.skip(body.into())? {
                    return Ok(Err(cut));
                }
                None
            };
            if let Err(ended) = self.close(input, start, length)? {
                return Ok(Err(ended));
            }
            if let Some(packet) = packet {
                return Ok(Ok(packet));
            }
        }
    }

    /// The length behind a block is the same as before it.
    fn close<R: Read>(
        &self,
        input: &mut Input<R>,
        start: u64,
        length: u32,
    ) -> Result<Result<(), Ended>, CaptureError> {
        let Some(again) = input.array()? else { return Ok(Err(Ended::Cut { at: start })) };
        if self.order.u32(again) != length {
            let why = "the two lengths of a block differ";
            return Ok(Err(Ended::Damaged { at: start, why }));
        }
        Ok(Ok(()))
    }

    /// A section header behind its type: what was said before counts no longer.
    fn section<R: Read>(
        &mut self,
        input: &mut Input<R>,
    ) -> Result<Result<(), Ended>, CaptureError> {
        let start = input.at.saturating_sub(4);
        let damaged = |why| Ok(Err(Ended::Damaged { at: start, why }));
        let cut = Ended::Cut { at: start };
        let Some(length) = input.array()? else { return Ok(Err(cut)) };
        let Some(order) = input.array()? else { return Ok(Err(cut)) };
        self.order = match BYTE_ORDER {
            magic if u32::from_le_bytes(order) == magic => Order::Little,
            magic if u32::from_be_bytes(order) == magic => Order::Big,
            _ => return damaged("a section has no byte order"),
        };
        let length = self.order.u32(length);
        // Byte order, version and the section's own length.
        if !(AROUND_BODY + 16..=MOST).contains(&length) || !length.is_multiple_of(4) {
            return damaged("the length of a section header is not possible");
        }
        let Some(body) = input.bytes(length - AROUND_BODY - 4)? else { return Ok(Err(cut)) };
        let version = |at: usize| self.order.u16([body[at], body[at + 1]]);
        // 1.2 is what some writers wrote by mistake.
        if version(0) != 1 {
            let (major, minor) = (version(0), version(2));
            return Err(CaptureError::Version { format: "pcapng", major, minor });
        }
        self.interfaces.clear();
        for (code, value) in options(self.order, &body[12..]) {
            let place = match code {
                option::SECTION_HARDWARE => &mut self.hardware,
                option::SECTION_SYSTEM => &mut self.system,
                option::SECTION_APPLICATION => &mut self.application,
                _ => continue,
            };
            place.get_or_insert_with(|| String::from_utf8_lossy(value).into_owned());
        }
        self.close(input, start, length)
    }

    /// A block with a meaning: an interface is remembered, a packet returned. `None` if it is not as
    /// its type demands.
    fn known(&mut self, kind: u32, mut body: Vec<u8>) -> Option<Option<Packet>> {
        let word = |at| self.order.word(&body, at);
        let (interface, ticks, captured, length, skipped) = match kind {
            block::INTERFACE => {
                let interface = self.interface(&body)?;
                if self.interfaces.len() == MOST_INTERFACES {
                    return None;
                }
                self.interfaces.push(interface);
                return Some(None);
            }
            block::SIMPLE_PACKET => {
                let interface = *self.interfaces.first()?;
                let length = word(0)?;
                let most = if interface.most == 0 { u32::MAX } else { interface.most };
                (interface, None, length.min(most), length, 4)
            }
            _ => {
                let first = word(0)?;
                let number = if kind == block::OBSOLETE_PACKET {
                    self.order.u16(*body.first_chunk()?).into()
                } else {
                    first
                };
                let interface = *self.interfaces.get(usize::try_from(number).ok()?)?;
                let ticks = u64::from(word(4)?) << 32 | u64::from(word(8)?);
                (interface, Some(ticks), word(12)?, word(16)?, 20)
            }
        };
        let there = body.len().checked_sub(skipped)?;
        let captured = usize::try_from(captured).ok()?;
        if captured > there {
            return None;
        }
        let behind = body.get(skipped + captured.next_multiple_of(4)..).unwrap_or_default();
        let remark = options(self.order, behind)
            .filter(|(code, _)| kind == block::ENHANCED_PACKET && *code == option::COMMENT)
            .find_map(|(_, comment)| Remark::of(comment));
        body.truncate(skipped + captured);
        body.drain(..skipped);
        Some(Some(Packet {
            at: ticks.map(|ticks| interface.clock.at(ticks)),
            link: Link::of(interface.link),
            length: usize::try_from(length).ok()?.max(captured),
            bytes: body,
            remark,
        }))
    }

    fn interface(&self, body: &[u8]) -> Option<Interface> {
        let link = self.order.u16(*body.first_chunk()?).into();
        let most = self.order.word(body, 4)?;
        let mut clock = Clock::MICROSECONDS;
        for (code, value) in options(self.order, body.get(8..)?) {
            match (code, value) {
                (option::INTERFACE_RESOLUTION, [resolution, ..]) => clock.resolution = *resolution,
                (option::INTERFACE_TIME_OFFSET, value) => {
                    let offset = value.first_chunk().map(|bytes| self.order.u64(*bytes));
                    clock.offset = offset.unwrap_or(0) as i64;
                }
                _ => {}
            }
        }
        Some(Interface { link, most, clock })
    }
}
