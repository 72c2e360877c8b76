//! Captures of every shape: those of the writer, those of others built byte by byte, and damaged ones.

use proptest::collection::vec;
use proptest::option as optional;
use proptest::prelude::*;
use socklab_event::{Event, Fate, Frame, Header, Name, Protocol, What};

use super::*;
use crate::wire::built;

/// What a capture says.
#[derive(Debug)]
struct Read {
    header: Header,
    events: Vec<Event>,
}

impl Read {
    fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.events.iter().filter_map(Event::frame)
    }

    /// When each was captured, since 1970.
    fn times(&self) -> Vec<u64> {
        self.events.iter().map(|event| event.at + self.header.epoch).collect()
    }
}

fn read(capture: &[u8]) -> Result<(Read, FromCapture), CaptureError> {
    let begin = |header| Read { header, events: Vec::new() };
    read_capture(Capture::open(capture)?, 1024, begin, |read, event| read.events.push(event))
}

fn datagram(payload: &[u8]) -> Vec<u8> {
    built::udp([127, 0, 0, 1], 40_000, 12_000, payload)
}

/// Builds captures in either byte order.
struct Build {
    big: bool,
    bytes: Vec<u8>,
}

impl Build {
    /// A capture with a section header.
    fn new(big: bool) -> Self {
        let mut build = Self { big, bytes: Vec::new() };
        build.section(&[]);
        build
    }

    fn half(&self, value: u16) -> [u8; 2] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn word(&self, value: u32) -> [u8; 4] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn block(&mut self, kind: u32, body: &[u8]) -> &mut Self {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = self.word(body.len() as u32 + 12);
        self.bytes = [&self.bytes[..], &self.word(kind), &length, &body, &length].concat();
        self
    }

    fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut option = [self.half(code), self.half(value.len() as u16)].concat();
        option.extend(value);
        option.resize(option.len().next_multiple_of(4), 0);
        option
    }

    fn section(&mut self, options: &[u8]) -> &mut Self {
        let version = [self.half(1), self.half(0)].concat();
        let body = [&self.word(BYTE_ORDER)[..], &version, &[0xff; 8], options].concat();
        self.block(block::SECTION, &body)
    }

    fn interface(&mut self, link: u16, most: u32, options: &[u8]) -> &mut Self {
        let body = [&self.half(link)[..], &[0; 2], &self.word(most), options].concat();
        self.block(block::INTERFACE, &body)
    }

    fn packet(&mut self, interface: u32, ticks: u64, bytes: &[u8], length: u32) -> &mut Self {
        let words = [interface, (ticks >> 32) as u32, ticks as u32, bytes.len() as u32, length];
        let words: Vec<u8> = words.iter().flat_map(|word| self.word(*word)).collect();
        self.block(block::ENHANCED_PACKET, &[&words, bytes].concat())
    }
}

#[test]
fn both_byte_orders_and_every_resolution_say_the_same() {
    const MOMENT: u64 = 1_700_000_000_123_456_000;
    let frame = datagram(b"hola");
    for big in [false, true] {
        let mut build = Build::new(big);
        let nanoseconds = build.option(option::INTERFACE_RESOLUTION, &[9]);
        let offset = if big { 100_i64.to_be_bytes() } else { 100_i64.to_le_bytes() };
        let later = build.option(option::INTERFACE_TIME_OFFSET, &offset);
        build.interface(1, 0, &[]).interface(1, 0, &nanoseconds).interface(1, 0, &later);
        build.packet(0, MOMENT / 1000, &frame, frame.len() as u32);
        build.packet(1, MOMENT, &frame[..60.min(frame.len())], 2000);
        build.packet(2, MOMENT / 1000 - 100_000_000, &frame, 46);
        let (read, from) = read(&build.bytes).expect("a capture");
        assert_eq!(read.times(), [MOMENT; 3]);
        assert_eq!((from.frames, from.ended), (3, Ended::Whole));
        let first = read.frames().next().expect("three");
        assert_eq!((first.from.as_str(), first.to.as_deref()), ("127.0.0.1", Some("127.0.0.1")));
        let headers = first.headers.as_ref().expect("headers");
        assert_eq!(
            (headers.protocol, headers.payload.sample.as_slice()),
            (Protocol::UDP, &b"hola"[..])
        );
        let totals: Vec<u64> = read.frames().map(|frame| frame.bytes.total).collect();
        assert_eq!(totals, [46, 2000, 46]);
    }
}

#[test]
fn sections_follow_one_another_in_any_byte_order() {
    let frame = datagram(b"hola");
    let mut first = Build::new(false);
    let application =
        first.option(option::SECTION_APPLICATION, "Dumpcap (Wireshark) 4.0".as_bytes());
    first.bytes.clear();
    first.section(&application);
    first.interface(1, 0, &[]).packet(0, 1_000_000, &frame, 46);
    let mut second = Build::new(true);
    // Its only interface counts seconds.
    let seconds = second.option(option::INTERFACE_RESOLUTION, &[0]);
    second.interface(101, 0, &seconds).packet(0, 2, &frame[14..], 32);
    let (read, from) = read(&[first.bytes, second.bytes].concat()).expect("a capture");
    assert_eq!(read.times(), [1_000_000_000, 2_000_000_000]);
    assert_eq!(read.header.made_by, "Dumpcap (Wireshark) 4.0");
    assert_eq!(from.frames, 2);
    let bytes: Vec<&[u8]> = read.frames().map(|frame| frame.bytes.sample.as_slice()).collect();
    assert_eq!(bytes, [&frame[..], &frame]);
}

#[test]
fn what_is_not_known_is_passed_over() {
    let frame = datagram(b"hola");
    let mut build = Build::new(false);
    build.interface(1, 0, &[]).block(0x0bad_cafe, &[7; 999]);
    build.block(4, &[0; 4]).packet(0, 5, &frame, 46);
    // Statistics of the interface, and a link that is not decoded.
    build.block(5, &[0; 12]).interface(105, 0, &[]).packet(1, 6, &frame, 46);
    let (read, from) = read(&build.bytes).expect("a capture");
    assert_eq!(read.events.len(), 1);
    assert_eq!((from.unknown, from.link), (1, Some(105)));
}

#[test]
fn simple_and_obsolete_packets_are_read() {
    let frame = datagram(b"hola");
    let mut build = Build::new(false);
    build.interface(1, 44, &[]);
    // A simple packet has neither a time nor a length of what was captured.
    let simple = [&46_u32.to_le_bytes()[..], &frame[..44]].concat();
    build.block(block::SIMPLE_PACKET, &simple);
    let ticks = 3_000_000_u64;
    let words = [0xffff_0000, (ticks >> 32) as u32, ticks as u32, 46, 46].map(u32::to_le_bytes);
    build.block(block::OBSOLETE_PACKET, &[words.as_flattened(), &frame].concat());
    let (read, _) = read(&build.bytes).expect("a capture");
    let sizes: Vec<_> =
        read.frames().map(|one| (one.bytes.sample.len(), one.bytes.total)).collect();
    assert_eq!(sizes, [(44, 46), (46, 46)]);
    assert_eq!(read.times(), [0, 3_000_000_000]);
}

/// A capture of the older format.
fn classic(magic: u32, big: bool, link: u32, packets: &[(u32, u32, &[u8])]) -> Vec<u8> {
    let word = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let version = if big { [0, 2, 0, 4] } else { [2, 0, 4, 0] };
    let mut bytes = [word(magic), version, [0; 4], [0; 4], word(65_535), word(link)].concat();
    for (seconds, fraction, packet) in packets {
        let length = packet.len() as u32;
        let words = [word(*seconds), word(*fraction), word(length), word(length)];
        bytes.extend([words.as_flattened(), packet].concat());
    }
    bytes
}

#[test]
fn the_older_format_is_read_in_its_four_forms() {
    let frame = datagram(b"hola");
    for big in [false, true] {
        for (magic, fraction) in [(0xa1b2_c3d4, 123_456), (0xa1b2_3c4d, 123_456_000)] {
            // With the length of the checksum behind each frame in the upper bits of the link.
            let bytes = classic(magic, big, 0x4400_0001, &[(1_700_000_000, fraction, &frame)]);
            assert!(is_capture(&bytes));
            let (read, from) = read(&bytes).expect("a capture");
            assert_eq!(read.times(), [1_700_000_000_123_456_000]);
            assert_eq!((from.frames, from.ended), (1, Ended::Whole));
        }
    }
}

#[test]
fn a_capture_that_was_cut_is_read_as_far_as_it_goes() {
    let frame = datagram(b"hola");
    let mut build = Build::new(false);
    build.interface(1, 0, &[]).packet(0, 5, &frame, 46);
    let one = build.bytes.len();
    build.packet(0, 6, &frame, 46);
    let older = classic(0xa1b2_c3d4, false, 1, &[(1, 0, &frame), (2, 0, &frame)]);
    let older_one = older.len() - 16 - frame.len();
    for (bytes, one) in [(&build.bytes, one), (&older, older_one)] {
        assert_eq!(read(&bytes[..one]).expect("a packet").1.ended, Ended::Whole);
        for length in one + 1..bytes.len() {
            let (read, from) = read(&bytes[..length]).expect("a packet");
            assert_eq!((read.events.len(), from.ended), (1, Ended::Cut { at: one as u64 }));
        }
        for length in 4..one {
            assert!(
                matches!(
                    read(&bytes[..length]),
                    Err(CaptureError::Damaged { .. } | CaptureError::Empty)
                ),
                "{length}"
            );
        }
        for length in 0..4 {
            assert!(matches!(read(&bytes[..length]), Err(CaptureError::NotACapture)));
        }
    }
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    let frame = datagram(b"hola");
    let refused = |bytes: &[u8]| read(bytes).expect_err("refused").to_string();
    let wireless = classic(0xa1b2_c3d4, false, 127, &[(1, 0, &frame)]);
    assert!(
        refused(&wireless).contains("127 (IEEE 802.11 with radiotap)"),
        "{}",
        refused(&wireless)
    );
    assert!(refused(&classic(0xa1b2_c3d4, false, 1, &[])).contains("no packet"));
    let mut old = classic(0xa1b2_c3d4, false, 1, &[]);
    old[4] = 1;
    assert!(refused(&old).contains("pcap 1.4"));
    let mut new = Build::new(false).bytes;
    new[12] = 9;
    assert!(refused(&new).contains("pcapng 9.0"));
    // A length that would take 4 GB, and one that is not a multiple of four.
    let mut build = Build::new(false);
    build.interface(1, 0, &[]).packet(0, 5, &frame, 46);
    let at = build.bytes.len();
    build.bytes.extend([6, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff, 0, 0]);
    let (read_it, from) = read(&build.bytes).expect("the first packet");
    assert_eq!(read_it.events.len(), 1);
    assert!(matches!(from.ended, Ended::Damaged { at: found, .. } if found == at as u64));
    build.bytes[at + 4..at + 8].copy_from_slice(&[13, 0, 0, 0]);
    assert!(matches!(read(&build.bytes).expect("one").1.ended, Ended::Damaged { .. }));
    // A packet of an interface that nobody described.
    let mut build = Build::new(false);
    build.interface(1, 0, &[]).packet(7, 5, &frame, 46);
    assert!(refused(&build.bytes).contains("byte 48"), "{}", refused(&build.bytes));
}

#[test]
fn what_the_writer_writes_is_laid_out_as_the_draft_demands() {
    let frame = datagram(b"hola");
    let origin = Origin { application: "socklab 1", system: "Linux 6", hardware: "x86_64" };
    let mut writer = CaptureWriter::new(Vec::new(), origin, ["client", "server"]).expect("memory");
    let comments = ["dropped: drop the 1st SYN".to_owned(), "ñ".repeat(40_000)];
    let packet = WrittenPacket {
        interface: 1,
        at: 1_700_000_000_123_456_789,
        bytes: &frame,
        length: 2000,
        direction: Direction::Out,
        id: 42,
        process: Some((310, 311)),
        comments: &comments,
        told: None,
    };
    writer.packet(&packet).expect("memory");
    let bytes = writer.finish().expect("memory");
    let (read, from) = read(&bytes).expect("a capture");
    assert_eq!(from.ended, Ended::Whole);
    assert_eq!(read.times(), [packet.at]);
    let header = &read.header;
    assert_eq!(
        [&header.made_by, &header.kernel, &header.machine],
        ["socklab 1", "Linux 6", "x86_64"]
    );
    // The options of the packet, in the last block.
    let body = bytes.windows(frame.len()).position(|window| window == frame).expect("the frame");
    let behind = body + frame.len().next_multiple_of(4);
    let found: Vec<_> = options::options(Order::Little, &bytes[behind..bytes.len() - 4]).collect();
    assert_eq!(found.len(), 5);
    assert_eq!(found[0], (1, &b"dropped: drop the 1st SYN"[..]));
    // Too long for an option, and cut between two characters.
    assert_eq!((found[1].0, found[1].1.len()), (1, 65_534));
    assert_eq!(found[2], (2, &[2, 0, 0, 0][..]));
    assert_eq!(found[3], (5, &[42, 0, 0, 0, 0, 0, 0, 0][..]));
    assert_eq!(found[4], (8, &[0x36, 1, 0, 0, 0x37, 1, 0, 0][..]));
}

fn name() -> impl Strategy<Value = String> {
    ".{0,9}"
}

/// What became of a frame, with times from when it was sent.
fn fate() -> impl Strategy<Value = Fate> {
    let how = || vec("[a-z_]{1,9}".prop_map(Name::from), 0..3);
    let at = || 0..9_000_000_000_u64;
    prop_oneof![
        at().prop_map(|at| Fate::Delivered { at }),
        ".{0,30}".prop_map(|rule| Fate::Dropped { rule }),
        "[a-z_]{1,9}".prop_map(|why| Fate::Lost { why: Name::from(why) }),
        (how(), ".{0,30}").prop_map(|(how, rule)| Fate::UnderWay { how, rule }),
        (how(), vec(at(), 0..4), ".{0,30}", vec(any::<(u32, u8)>(), 0..4))
            .prop_map(|(how, at, rule, changed)| Fate::Altered { how, at, rule, changed }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        packets in vec((0..3_u32, any::<u32>(), vec(any::<u8>(), 14..90), any::<u16>(), ".{0,9}"), 1..9),
        names in vec(".{0,9}", 3),
    ) {
        let names = names.iter().map(String::as_str);
        let mut writer = CaptureWriter::new(Vec::new(), Origin::default(), names).unwrap();
        for (interface, at, bytes, longer, comment) in &packets {
            writer.packet(&WrittenPacket {
                interface: *interface,
                at: 1_700_000_000_000_000_000 + u64::from(*at),
                bytes,
                length: bytes.len() as u64 + u64::from(*longer),
                direction: Direction::In,
                id: 0,
                process: (longer % 2 == 0).then_some((1, 2)),
                comments: std::slice::from_ref(comment),
                told: None,
            }).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let (read, from) = read(&bytes).unwrap();
        prop_assert_eq!((from.frames, from.ended), (packets.len() as u64, Ended::Whole));
        for ((_, at, bytes, longer, _), event) in packets.iter().zip(&read.events) {
            prop_assert_eq!(event.at + read.header.epoch, 1_700_000_000_000_000_000 + u64::from(*at));
            let What::Frame(frame) = &event.what else { panic!("{event:?}") };
            prop_assert_eq!(&frame.bytes.sample, bytes);
            prop_assert_eq!(frame.bytes.total, bytes.len() as u64 + u64::from(*longer));
        }
    }

    #[test]
    fn our_own_capture_is_read_as_it_was_recorded(
        frames in vec((any::<u32>(), vec(any::<u8>(), 14..90), name(), optional::of(name()), fate()), 1..9),
    ) {
        let since = |at: u32| 1_700_000_000_000_000_000 + u64::from(at);
        let mut writer = CaptureWriter::new(Vec::new(), Origin::default(), ["one"]).unwrap();
        for (id, (at, bytes, from, to, fate)) in (0..).zip(&frames) {
            let fate = fate.clone().moved(|later| later + since(*at));
            let told = Told::Frame { from, to: to.as_deref(), fate: &fate };
            let packet = WrittenPacket {
                interface: 0,
                at: since(*at),
                bytes,
                length: bytes.len() as u64,
                direction: Direction::Out,
                id,
                process: None,
                comments: &["dropped on the way: drop it".to_owned()],
                told: Some(told),
            };
            writer.packet(&packet).unwrap();
            // What arrived of it is no second frame.
            if id % 2 == 0 {
                let told = Some(Told::Arrived);
                let (direction, at) = (Direction::In, packet.at + 5);
                writer.packet(&WrittenPacket { at, direction, told, ..packet }).unwrap();
            }
        }
        let (read, from) = read(&writer.finish().unwrap()).unwrap();
        prop_assert_eq!((from.frames, from.unknown), (frames.len() as u64, 0));
        for ((at, bytes, from, to, fate), event) in frames.iter().zip(&read.events) {
            prop_assert_eq!(event.at + read.header.epoch, since(*at));
            let What::Frame(frame) = &event.what else { panic!("{event:?}") };
            prop_assert_eq!(&frame.bytes.sample, bytes);
            prop_assert_eq!((&frame.from, &frame.to), (from, to));
            let fate = fate.clone().moved(|later| later + event.at);
            prop_assert_eq!(&frame.fate, &fate);
        }
    }

    #[test]
    fn no_comment_of_others_is_taken_for_ours(text in ".{0,60}") {
        for comment in [text.clone(), format!("socklab {text}"), format!("socklab {{\"frame\":{text}}}")] {
            prop_assert_eq!(told::Remark::of(comment.as_bytes()), None);
        }
    }

    #[test]
    fn a_damaged_capture_is_survived(
        big: bool, link in prop_oneof![Just(1_u16), Just(0), Just(113), Just(276), Just(101)],
        bytes in vec(any::<u8>(), 0..90),
        damages in vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut build = Build::new(big);
        build.interface(link, 0, &[]);
        build.packet(0, 1, &bytes, 99).packet(0, 2, &datagram(&bytes), 99);
        let mut capture = build.bytes;
        for (at, byte) in damages {
            let at = at.index(capture.len());
            capture[at] = byte;
        }
        capture.truncate(cut.index(capture.len()) + 1);
        if let Ok((read, from)) = read(&capture) {
            prop_assert_eq!(read.events.len() as u64, from.frames);
        }
    }
}
