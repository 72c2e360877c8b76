use super::*;
use crate::memory::tests::Pieces;

/// A `.debug_frame` with one function at 0x1000..0x1100.
fn section(instructions: &[u8]) -> Vec<u8> {
    // CFA = rsp + 8, the return address at CFA - 8.
    let common =
        [&[0xff, 0xff, 0xff, 0xff, 4, 0, 8, 0, 1, 0x78, 16][..], &[0x0c, 7, 8, 0x90, 1]].concat();
    let mut entry = 0_u32.to_le_bytes().to_vec();
    entry.extend(0x1000_u64.to_le_bytes());
    entry.extend(0x100_u64.to_le_bytes());
    entry.extend(instructions);
    let sized = |content: &[u8]| [&(content.len() as u32).to_le_bytes(), content].concat();
    [sized(&common), sized(&entry)].concat()
}

fn cfi(instructions: &[u8]) -> Cfi {
    Cfi::new(Part::default(), Part::default(), Some(section(instructions)), &Fuel::new())
}

fn stack() -> Pieces {
    let words: Vec<u8> = (1..32_u64).flat_map(|word| (word * 0x1_0000).to_le_bytes()).collect();
    Pieces(vec![(0x8000, words)])
}

const STATE: State = State { instruction: 0x1050, stack: 0x8000, frame: Base::Untouched };

#[test]
fn a_function_that_has_pushed_nothing_returns_to_the_top_of_the_stack() {
    let memory = stack();
    let step = cfi(&[]).step(0x1050).expect("a rule");
    let caller = step.caller(STATE, &mut Reader::new(&memory), &mut || panic!("rbp is not needed"));
    let expected = State { instruction: 0x1_0000, stack: 0x8008, frame: Base::Untouched };
    assert_eq!(caller, Some(expected));
    assert_eq!(step.function, 0x1000);
    assert!(cfi(&[]).step(0xfff).is_none() && cfi(&[]).step(0x1100).is_none());
}

#[test]
fn a_frame_pointer_is_asked_for_where_it_counts() {
    // After one byte: CFA = rsp + 16, rbp at CFA - 16. After four: CFA = rbp + 16.
    let cfi = cfi(&[0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6]);
    let memory = stack();
    let mut asked = 0;
    let pushed = cfi.step(0x1001).expect("a rule");
    let mut reader = Reader::new(&memory);
    let caller = pushed.caller(STATE, &mut reader, &mut || panic!("rbp is not needed"));
    let expected = State { instruction: 0x2_0000, stack: 0x8010, frame: Base::At(0x8000) };
    assert_eq!(caller, Some(expected));
    // Where no rule needs what was pushed, the answer does not depend on it: it may be a loop's counter.
    assert_eq!(reader.into_log(), [(0x8008, 0x2_0000)]);
    let framed = cfi.step(0x1050).expect("a rule");
    let mut ask = || {
        asked += 1;
        Some(0x8010)
    };
    let caller = framed.caller(STATE, &mut Reader::new(&memory), &mut ask);
    let expected = State { instruction: 0x4_0000, stack: 0x8020, frame: Base::At(0x8010) };
    assert_eq!((caller, asked), (Some(expected), 1));
    let mut reader = Reader::new(&memory);
    let saved = State { frame: Base::At(0x8040), ..STATE };
    let caller = framed.caller(saved, &mut reader, &mut || panic!("it was pushed"));
    assert_eq!(caller, None, "what was pushed leads nowhere");
    assert_eq!(reader.into_log(), [(0x8040, 0x9_0000)]);
    let lost = State { frame: Base::Lost, ..STATE };
    assert_eq!(framed.caller(lost, &mut Reader::new(&memory), &mut || None), None);
    let below = State { frame: Base::Known(0x7000), ..STATE };
    assert_eq!(framed.caller(below, &mut Reader::new(&memory), &mut || None), None, "not upwards");
}

#[test]
fn rules_that_compute_are_followed() {
    // CFA = the word at rsp + 16 (which is 0x30000, where nothing is).
    let memory = stack();
    let jumped = cfi(&[0x0f, 3, 0x77, 16, 0x06]).step(0x1050).expect("a rule");
    assert_eq!(jumped.caller(STATE, &mut Reader::new(&memory), &mut || None), None);
    // As in a table of jumps (PLT): CFA = rsp + 8 + ((rip & 15) >= 11) << 3.
    let plt = [0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22];
    let step = cfi(&plt).step(0x105b).expect("a rule");
    for (instruction, stack) in [(0x1050, 0x8008), (0x105b, 0x8010)] {
        let caller =
            step.caller(State { instruction, ..STATE }, &mut Reader::new(&memory), &mut || None);
        assert_eq!(caller.map(|caller| caller.stack), Some(stack));
    }
    // One that never ends.
    let endless = cfi(&[0x0f, 3, 0x2f, 0xfd, 0xff]).step(0x1050).expect("a rule");
    assert_eq!(endless.caller(STATE, &mut Reader::new(&memory), &mut || None), None);
}
