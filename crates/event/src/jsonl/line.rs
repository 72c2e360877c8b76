//! The shapes of the lines: what is left out of an event, and what stands for it.
//!
//! `SCHEMA.md` describes them. Calls that send or receive have shapes of their own, because a
//! recording mostly consists of them; everything else is stored as its types say, except that
//! sockets are numbers and IP addresses are words.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Control, Counted, Errno, Flags, Notice, Place};

/// A text that need not be copied out of the line.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// The last line.
#[derive(Serialize, Deserialize)]
pub(super) struct EndLine {
    /// How many events the file has.
    pub(super) end: u64,
}

/// An event, as it is written.
#[derive(Serialize)]
pub(super) struct LineOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seq: Option<u64>,
    pub(super) at: u64,
    pub(super) place: u32,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) places: BTreeMap<u32, &'a Place>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) sockets: BTreeMap<u32, Value>,
    #[serde(flatten)]
    pub(super) what: WhatOut<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "it lives while a line is written, mostly of a call")]
pub(super) enum WhatOut<'a> {
    Call(CallOut<'a>),
    Process(Value),
    Frame(Value),
    State(Value),
    Notice(&'a Notice),
}

#[derive(Default, Serialize)]
pub(super) struct CallOut<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fd: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) socket: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) send: Option<MovedOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recv: Option<MovedOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) args: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Errno>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) unfinished: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) began: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<u64>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) took: u64,
    #[serde(skip_serializing_if = "is_none")]
    pub(super) restarts: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) implicit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Arc<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counted: Option<&'a Counted>,
}

/// The arguments of a call that sends or receives.
#[derive(Default, Serialize)]
pub(super) struct MovedOut<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) asked: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) room: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flags: Option<&'a Flags>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) got: Option<&'a Flags>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) control: &'a [Control],
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_none(number: &u32) -> bool {
    *number == 0
}

/// An event, as it is read.
#[derive(Deserialize)]
pub(super) struct LineIn<'a> {
    pub(super) seq: Option<u64>,
    pub(super) at: u64,
    pub(super) place: u32,
    pub(super) places: Option<BTreeMap<String, Value>>,
    pub(super) sockets: Option<BTreeMap<String, Value>>,
    #[serde(borrow)]
    pub(super) call: Option<CallIn<'a>>,
    pub(super) process: Option<Value>,
    pub(super) frame: Option<Value>,
    pub(super) state: Option<Value>,
    pub(super) notice: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct CallIn<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    pub(super) fd: Option<i32>,
    pub(super) socket: Option<u32>,
    #[serde(borrow)]
    pub(super) send: Option<MovedIn<'a>>,
    #[serde(borrow)]
    pub(super) recv: Option<MovedIn<'a>>,
    pub(super) args: Option<Value>,
    pub(super) value: Option<i64>,
    pub(super) error: Option<Errno>,
    #[serde(default)]
    pub(super) unfinished: bool,
    pub(super) began: Option<u64>,
    pub(super) ended: Option<u64>,
    #[serde(default)]
    pub(super) took: u64,
    #[serde(default)]
    pub(super) restarts: u32,
    #[serde(default)]
    pub(super) implicit: bool,
    pub(super) source: Option<Value>,
    pub(super) counted: Option<Box<Counted>>,
}

#[derive(Deserialize)]
pub(super) struct MovedIn<'a> {
    pub(super) asked: Option<u64>,
    pub(super) room: Option<u64>,
    pub(super) total: Option<u64>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) base64: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) flags: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) got: Vec<Text<'a>>,
    pub(super) to: Option<Value>,
    pub(super) from: Option<Value>,
    pub(super) control: Option<Value>,
}
