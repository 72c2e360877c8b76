//! Frames of HTTP/2, RFC 9113.

use crate::bytes::Reader;

/// What a client sends first (section 3.4).
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The length of the header of a frame.
pub const HEADER: usize = 9;

/// The header of a frame (section 4.1), and what is in it, if that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// How many bytes follow the header.
    pub length: u32,
    /// Its type.
    pub kind: u8,
    /// Its flags.
    pub flags: u8,
    /// Its stream; 0 is the connection.
    pub stream: u32,
    /// What is in it.
    pub body: Body,
}

/// What some types of frames say (section 6).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// Another type, or not recorded.
    Other,
    /// SETTINGS: identifiers and values.
    Settings(Vec<(u16, u32)>),
    /// RST_STREAM: the error code.
    Reset(u32),
    /// GOAWAY: the last stream that was or might be processed, and the error code.
    GoAway {
        /// The stream.
        last: u32,
        /// The error code.
        error: u32,
    },
    /// WINDOW_UPDATE: how many more bytes may be sent.
    Window(u32),
}

impl Frame {
    /// Reads the header, and what is in the frame as far as it is at hand. `None` if there are too few
    /// bytes, or if a frame of this type can't be so (section 6).
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (length, kind, flags) = (reader.u24()?, reader.u8()?, reader.u8()?);
        // The first bit is reserved and ignored.
        let stream = reader.u32()? & 0x7fff_ffff;
        let ack = flags & 1 != 0;
        let fits = match kind {
            0 | 1 | 5 | 9 => stream != 0,
            2 => stream != 0 && length == 5,
            3 => stream != 0 && length == 4,
            4 => stream == 0 && if ack { length == 0 } else { length % 6 == 0 },
            6 => stream == 0 && length == 8,
            7 => stream == 0 && length >= 8,
            8 => length == 4,
            _ => true,
        };
        let payload = usize::try_from(length).ok().and_then(|length| reader.take(length));
        let body = match (kind, payload.map(Reader)) {
            (3, Some(mut it)) => Body::Reset(it.u32()?),
            (4, Some(mut it)) => {
                let mut settings = Vec::new();
                while !it.is_empty() {
                    settings.push((it.u16()?, it.u32()?));
                }
                Body::Settings(settings)
            }
            (7, Some(mut it)) => Body::GoAway { last: it.u32()? & 0x7fff_ffff, error: it.u32()? },
            (8, Some(mut it)) => Body::Window(it.u32()? & 0x7fff_ffff),
            _ => Body::Other,
        };
        fits.then_some(Self { length, kind, flags, stream, body })
    }

    /// The name of its type; `None` for an extension.
    pub fn name(&self) -> Option<&'static str> {
        const NAMES: [&str; 10] = [
            "DATA",
            "HEADERS",
            "PRIORITY",
            "RST_STREAM",
            "SETTINGS",
            "PUSH_PROMISE",
            "PING",
            "GOAWAY",
            "WINDOW_UPDATE",
            "CONTINUATION",
        ];
        NAMES.get(usize::from(self.kind)).copied()
    }

    /// True for the last of a stream from this end (END_STREAM).
    pub fn ends_stream(&self) -> bool {
        matches!(self.kind, 0 | 1) && self.flags & 1 != 0
    }

    /// True if it only confirms one of the other end (ACK).
    pub fn is_ack(&self) -> bool {
        matches!(self.kind, 4 | 6) && self.flags & 1 != 0
    }
}

/// The name of an error code (section 7, and RFC 9113 §11.4 for the registry).
pub fn error_name(code: u32) -> Option<&'static str> {
    const NAMES: [&str; 14] = [
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ];
    NAMES.get(usize::try_from(code).ok()?).copied()
}

/// The name of a setting (section 6.5.2, RFC 8441 §3).
pub fn setting_name(identifier: u16) -> Option<&'static str> {
    const NAMES: [&str; 6] = [
        "HEADER_TABLE_SIZE",
        "ENABLE_PUSH",
        "MAX_CONCURRENT_STREAMS",
        "INITIAL_WINDOW_SIZE",
        "MAX_FRAME_SIZE",
        "MAX_HEADER_LIST_SIZE",
    ];
    match identifier {
        8 => Some("ENABLE_CONNECT_PROTOCOL"),
        _ => NAMES.get(usize::from(identifier).checked_sub(1)?).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let mut bytes = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
        bytes.extend([kind, flags]);
        bytes.extend(stream.to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    #[test]
    fn every_type_of_frame() {
        let read = |kind, flags, stream, payload: &[u8]| {
            let read = Frame::parse(&frame(kind, flags, stream, payload)).unwrap();
            (read.name(), read.body)
        };
        assert_eq!(read(0, 1, 1, b"hola"), (Some("DATA"), Body::Other));
        assert_eq!(read(1, 5, 1, b"\x82"), (Some("HEADERS"), Body::Other));
        assert_eq!(read(2, 0, 1, &[0; 5]).0, Some("PRIORITY"));
        assert_eq!(read(3, 0, 1, &[0, 0, 0, 8]), (Some("RST_STREAM"), Body::Reset(8)));
        let setting = read(4, 0, 0, &[0, 3, 0, 0, 0, 100]);
        assert_eq!(setting, (Some("SETTINGS"), Body::Settings(vec![(3, 100)])));
        assert_eq!(read(4, 1, 0, b"").1, Body::Settings(vec![]));
        assert_eq!(read(6, 0, 0, &[0; 8]).0, Some("PING"));
        let away = read(7, 0, 0, &[0, 0, 0, 3, 0, 0, 0, 11, b'!']);
        assert_eq!(away, (Some("GOAWAY"), Body::GoAway { last: 3, error: 11 }));
        assert_eq!(read(8, 0, 0, &[0, 0, 1, 0]), (Some("WINDOW_UPDATE"), Body::Window(256)));
        assert_eq!(read(9, 4, 1, b"").0, Some("CONTINUATION"));
        assert_eq!(read(16, 0, 0, b"").0, None, "an extension");
        assert_eq!(error_name(11), Some("ENHANCE_YOUR_CALM"));
        assert_eq!(
            (error_name(14), setting_name(0), setting_name(4)),
            (None, None, Some("INITIAL_WINDOW_SIZE"))
        );
    }

    #[test]
    fn frames_that_cannot_be() {
        for (kind, flags, stream, payload, why) in [
            (0, 0, 0, &b"hola"[..], "DATA of no stream"),
            (4, 0, 1, b"", "SETTINGS of a stream"),
            (4, 0, 0, b"\0\x03\0\0", "half a setting"),
            (4, 1, 0, &[0; 6], "an ACK with settings"),
            (6, 0, 0, b"1234", "a short PING"),
            (3, 0, 1, b"12", "a short RST_STREAM"),
            (7, 0, 0, b"1234", "a short GOAWAY"),
        ] {
            assert_eq!(Frame::parse(&frame(kind, flags, stream, payload)), None, "{why}");
        }
        assert_eq!(Frame::parse(&[0; 8]), None, "the header is cut");
    }
}
