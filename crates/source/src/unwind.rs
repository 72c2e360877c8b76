//! From a frame to its caller's, by call frame information: `.eh_frame` and `.debug_frame`.
//!
//! Only what compilers for this processor write is followed: rules about `rsp` and `rbp`. Where there are
//! none (the C library of musl), nobody guesses: no line rather than a wrong one.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use gimli::{
    BaseAddresses, CfaRule, CieOrFde, CommonInformationEntry, DebugFrame, EhFrame, EhFrameHdr,
    Encoding, EvaluationResult, Expression, Format, FrameDescriptionEntry, ParsedEhFrameHdr,
    Reader as _, Register, RegisterRule, UnwindContext, UnwindExpression, UnwindSection, Value,
    X86_64,
};

use crate::binary::Binary;
use crate::fuel::{Bytes, Fuel};
use crate::memory::Reader;

/// What a thread's registers are in one of its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) instruction: u64,
    pub(crate) stack: u64,
    pub(crate) frame: Base,
}

/// `rbp` in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// Still what it is in the innermost frame.
    Untouched,
    Known(u64),
    /// Saved on the stack, at this address. It is read where a rule needs it: an answer must not depend on the
    /// counter of a loop that a compiler keeps in `rbp`.
    At(u64),
    Lost,
}

/// How to get from a frame to its caller's.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The address that all others are told from: the stack pointer after the return.
    cfa: Cfa,
    frame: Saved,
    back: Saved,
    /// The frame was not called: a signal came. The instruction is where it goes on.
    pub(crate) is_signal: bool,
    /// Where the function begins.
    pub(crate) function: u64,
}

#[derive(Clone, Debug)]
enum Cfa {
    Stack(i64),
    Frame(i64),
    Computed(Expression<Bytes>),
}

/// Where a register's value in the caller's frame is.
#[derive(Clone, Debug)]
enum Saved {
    Nowhere,
    Same,
    At(i64),
    Is(i64),
    AtComputed(Expression<Bytes>),
    Computed(Expression<Bytes>),
}

const ENCODING: Encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
/// No compiler writes more for one function; a hostile binary might.
const LONGEST: usize = 64 << 10;

/// Asked for `rbp` of the innermost frame, where a rule needs it.
pub(crate) type AskBase<'a> = dyn FnMut() -> Option<u64> + 'a;

impl Step {
    /// The caller's registers; `None` if there is no caller, or it can't be told.
    pub(crate) fn caller(
        &self,
        state: State,
        reader: &mut Reader<'_>,
        ask: &mut AskBase<'_>,
    ) -> Option<State> {
        let mut registers = Registers { state, ask };
        let cfa = match &self.cfa {
            Cfa::Stack(offset) => state.stack.wrapping_add_signed(*offset),
            Cfa::Frame(offset) => registers.frame(reader)?.wrapping_add_signed(*offset),
            Cfa::Computed(expression) => registers.compute(expression, None, reader)?,
        };
        // A frame has a return address at least, and lies below its caller's, but for a signal's stack.
        if cfa <= state.stack && !self.is_signal {
            return None;
        }
        let mut saved = |rule: &Saved| match rule {
            Saved::Nowhere | Saved::Same => None,
            Saved::At(offset) => Some(Base::At(cfa.wrapping_add_signed(*offset))),
            Saved::Is(offset) => Some(Base::Known(cfa.wrapping_add_signed(*offset))),
            Saved::AtComputed(expression) => {
                registers.compute(expression, Some(cfa), reader).map(Base::At)
            }
            Saved::Computed(expression) => {
                registers.compute(expression, Some(cfa), reader).map(Base::Known)
            }
        };
        let back = saved(&self.back);
        let frame = match &self.frame {
            Saved::Same => state.frame,
            rule => saved(rule).unwrap_or(Base::Lost),
        };
        let instruction = match back? {
            Base::At(at) => reader.stack(at)?,
            Base::Known(value) => value,
            Base::Untouched | Base::Lost => return None,
        };
        (instruction != 0).then_some(State { instruction, stack: cfa, frame })
    }
}

struct Registers<'a, 'b> {
    state: State,
    ask: &'a mut AskBase<'b>,
}

impl Registers<'_, '_> {
    fn frame(&mut self, reader: &mut Reader<'_>) -> Option<u64> {
        match self.state.frame {
            Base::Untouched => (self.ask)(),
            Base::Known(value) => Some(value),
            Base::At(at) => reader.stack(at),
            Base::Lost => None,
        }
    }

    fn compute(
        &mut self,
        expression: &Expression<Bytes>,
        initial: Option<u64>,
        reader: &mut Reader<'_>,
    ) -> Option<u64> {
        let mut evaluation = expression.clone().evaluation(ENCODING);
        evaluation.set_max_iterations(64);
        if let Some(initial) = initial {
            evaluation.set_initial_value(initial);
        }
        let mut result = evaluation.evaluate().ok()?;
        for _ in 0..16 {
            result = match result {
                EvaluationResult::Complete => {
                    return match evaluation.as_result() {
                        [piece] => match piece.location {
                            gimli::Location::Address { address } => Some(address),
                            gimli::Location::Value {
                                value: Value::Generic(value) | Value::U64(value),
                            } => Some(value),
                            _ => None,
                        },
                        _ => None,
                    };
                }
                EvaluationResult::RequiresRegister { register, .. } => {
                    let value = match register {
                        X86_64::RSP => self.state.stack,
                        X86_64::RBP => self.frame(reader)?,
                        X86_64::RA => self.state.instruction,
                        _ => return None,
                    };
                    evaluation.resume_with_register(Value::Generic(value)).ok()?
                }
                EvaluationResult::RequiresMemory { address, size: 8, space: None, .. } => {
                    let value = reader.stack(address)?;
                    evaluation.resume_with_memory(Value::Generic(value)).ok()?
                }
                _ => return None,
            };
        }
        None
    }
}

/// The call frame information of a binary.
#[derive(Debug)]
pub(crate) struct Cfi {
    table: Option<ParsedEhFrameHdr<Bytes>>,
    /// Where there is no table in the binary: static ones have none.
    eh: Indexed<EhFrame<Bytes>>,
    debug: Indexed<DebugFrame<Bytes>>,
    bases: BaseAddresses,
    /// Where `.eh_frame` is loaded to.
    eh_at: u64,
    fuel: Rc<Fuel>,
}

#[derive(Debug)]
struct Indexed<S> {
    section: S,
    /// Begin and end of a function, and where its entry is.
    index: OnceCell<Vec<(u64, u64, usize)>>,
}

type Entry = FrameDescriptionEntry<Bytes>;

impl Cfi {
    pub(crate) fn of(binary: &Binary, fuel: &Rc<Fuel>) -> Self {
        let part = |name| Part {
            address: binary.place(name).unwrap_or_default().0,
            content: binary.content(name),
        };
        Self::new(part(".eh_frame_hdr"), part(".eh_frame"), binary.content(".debug_frame"), fuel)
    }

    pub(crate) fn new(table: Part, eh: Part, debug: Option<Vec<u8>>, fuel: &Rc<Fuel>) -> Self {
        let bases =
            BaseAddresses::default().set_eh_frame_hdr(table.address).set_eh_frame(eh.address);
        let bytes = |content: Option<Vec<u8>>| Bytes::new(content.unwrap_or_default(), fuel);
        let table = table.content.and_then(|content| {
            let table = EhFrameHdr::from(Bytes::new(content, fuel)).parse(&bases, 8).ok()?;
            table.table().is_some().then_some(table)
        });
        let (mut eh_frame, mut debug_frame) =
            (EhFrame::from(bytes(eh.content)), DebugFrame::from(bytes(debug)));
        eh_frame.set_address_size(8);
        debug_frame.set_address_size(8);
        Self {
            table,
            eh: Indexed { section: eh_frame, index: OnceCell::new() },
            debug: Indexed { section: debug_frame, index: OnceCell::new() },
            bases,
            eh_at: eh.address,
            fuel: Rc::clone(fuel),
        }
    }

    /// How to unwind at an address of the binary; `None` where nobody says.
    pub(crate) fn step(&self, address: u64) -> Option<Step> {
        let step = self.by_table(address).or_else(|| {
            let eh = || self.eh.step(address, &self.bases);
            // A table names all that is there.
            let eh = if self.table.is_none() { eh() } else { None };
            eh.or_else(|| self.debug.step(address, &self.bases))
        })?;
        (!self.fuel.is_used_up()).then_some(step)
    }

    fn by_table(&self, address: u64) -> Option<Step> {
        let parsed = self.table.as_ref()?;
        let table = parsed.table()?;
        let section = &self.eh.section;
        let at = table.lookup(address, &self.bases).ok()?;
        // `EhHdrTable::pointer_to_offset` subtracts without looking.
        let offset = usize::try_from(at.direct().ok()?.checked_sub(self.eh_at)?).ok()?;
        let entry =
            section.fde_from_offset(&self.bases, offset.into(), EhFrame::cie_from_offset).ok()?;
        step(section, &self.bases, &entry, address)
    }
}

/// A section, and where it is loaded to.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) address: u64,
    pub(crate) content: Option<Vec<u8>>,
}

impl<S: UnwindSection<Bytes>> Indexed<S>
where
    S::Offset: Copy + Eq + std::hash::Hash,
{
    fn step(&self, address: u64, bases: &BaseAddresses) -> Option<Step> {
        let index = self.index.get_or_init(|| self.build(bases));
        let after = index.partition_point(|(begin, ..)| *begin <= address);
        // Functions don't overlap. Where entries do, the one that begins last is meant.
        let (_, end, offset) = *index.get(after.checked_sub(1)?)?;
        if address >= end {
            return None;
        }
        let entry = self
            .section
            .fde_from_offset(bases, S::Offset::from(offset), S::cie_from_offset)
            .ok()?;
        step(&self.section, bases, &entry, address)
    }

    fn build(&self, bases: &BaseAddresses) -> Vec<(u64, u64, usize)> {
        let mut index = Vec::new();
        let mut common: HashMap<S::Offset, CommonInformationEntry<Bytes>> = HashMap::new();
        let mut entries = self.section.entries(bases);
        while let Ok(Some(entry)) = entries.next() {
            let CieOrFde::Fde(entry) = entry else { continue };
            let parsed = entry.parse(|section, bases, offset| match common.get(&offset) {
                Some(known) => Ok(known.clone()),
                None => {
                    let new = section.cie_from_offset(bases, offset)?;
                    common.insert(offset, new.clone());
                    Ok(new)
                }
            });
            if let Ok(entry) = parsed
                && entry.len() > 0
            {
                index.push((entry.initial_address(), entry.end_address(), entry.offset()));
            }
        }
        index.sort_unstable();
        index
    }
}

fn step<S: UnwindSection<Bytes>>(
    section: &S,
    bases: &BaseAddresses,
    entry: &Entry,
    address: u64,
) -> Option<Step> {
    let common = entry.cie();
    if !entry.contains(address) || entry.entry_len() > LONGEST || common.entry_len() > LONGEST {
        return None;
    }
    let mut context = UnwindContext::new();
    let row = entry.unwind_info_for_address(section, bases, &mut context, address).ok()?;
    let cfa = match row.cfa() {
        CfaRule::RegisterAndOffset { register: X86_64::RSP, offset } => Cfa::Stack(*offset),
        CfaRule::RegisterAndOffset { register: X86_64::RBP, offset } => Cfa::Frame(*offset),
        CfaRule::RegisterAndOffset { .. } => return None,
        CfaRule::Expression(expression) => Cfa::Computed(expression_of(section, expression)?),
    };
    let saved = |register: Register| -> Option<Saved> {
        Some(match row.register(register) {
            None | Some(RegisterRule::SameValue) => Saved::Same,
            Some(RegisterRule::Undefined) => Saved::Nowhere,
            Some(RegisterRule::Offset(offset)) => Saved::At(offset),
            Some(RegisterRule::ValOffset(offset)) => Saved::Is(offset),
            Some(RegisterRule::Expression(at)) => Saved::AtComputed(expression_of(section, &at)?),
            Some(RegisterRule::ValExpression(is)) => Saved::Computed(expression_of(section, &is)?),
            Some(_) => Saved::Nowhere,
        })
    };
    let (frame, back) = (saved(X86_64::RBP)?, saved(common.return_address_register())?);
    let (is_signal, function) = (entry.is_signal_trampoline(), entry.initial_address());
    Some(Step { cfa, frame, back, is_signal, function })
}

fn expression_of<S: UnwindSection<Bytes>>(
    section: &S,
    at: &UnwindExpression<usize>,
) -> Option<Expression<Bytes>> {
    at.get(section).ok().filter(|expression| expression.0.len() <= 256)
}

#[cfg(test)]
mod tests;
