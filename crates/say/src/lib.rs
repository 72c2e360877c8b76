//! Every sentence that socklab says to a reader, in the reader's language.
//!
//! The sentences are [Fluent](https://projectfluent.org) files in `locales/TAG/`, where `TAG` is
//! the language's BCP 47 tag. Another language is another folder: [`Language::all`] lists the
//! folders that existed when the crate was built. English is the reference, and a sentence that a
//! language lacks is said in English ([`Language::missing`] counts them).
//!
//! - A [`Speaker`] says things in one language. It is a small value, passed to any code that shows
//!   sentences ([`say!`]), numbers or durations.
//! - A [`Sentence`] is a sentence as data ([`sentence!`]), for code that has something to say but
//!   does not know the reader's language.
//! - A [`Translated`] is what an author wrote in several languages.
//! - A [`Template`] is a text that an author wrote, with placeholders such as `{port}`.
//!
//! ```
//! use socklab_say::{Language, Speaker, count, say, sentence};
//!
//! let speaker = Speaker::new(Language::find("es-CO").unwrap_or_default());
//! assert_eq!(speaker.duration(1_200_000_000), "1,2 s");
//! assert_eq!(say!(speaker, "course-mistakes", mistakes = count(1)), "1 error");
//!
//! let mistake = sentence!("mistake-twice", name = "alice");
//! assert_eq!(Speaker::ENGLISH.tell(&mistake), "`alice` appears twice");
//! ```
//!
//! The example `missing` names the sentences that each language lacks:
//! `cargo run -p socklab-say --example missing`.
#![forbid(unsafe_code)]

mod bundle;
mod clean;
mod language;
mod number;
mod sentence;
mod speaker;
mod template;
mod translated;

pub use clean::{clean, is_unsafe, path};
pub use language::Language;
pub use sentence::{Argument, Sentence, Variable, count, duration};
pub use speaker::Speaker;
pub use template::{Piece, Template};
pub use translated::Translated;
