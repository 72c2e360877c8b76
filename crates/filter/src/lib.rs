//! Which events of a timeline a reader wants to see.
//!
//! A [`Filter`] is a text such as `port 8080 and not call poll`. It is asked of a [`Subject`]: what of
//! an event can be searched for. The page of a ladder has a second implementation of the same language
//! (`ladder/src/html/filter.js`), which gets its words ([`WORDS`], [`ALIKE`]) and its subjects from
//! here; `tests/table.json` holds the two to each other.
//!
//! | term | an event fits |
//! |---|---|
//! | `port 8080` | if an end of its socket or packet has this port |
//! | `host 127.0.0.1` | if an end has this address, or is this lab host or this program; of Unix sockets, the path |
//! | `fd 4` | if the call is made on this descriptor, waits for it, or creates it |
//! | `process nginx` | if it is of this program or command, or of the process with this number |
//! | `call recv` | if it is this call, as programs or as the kernel name it |
//! | `errors` | if the call failed, and not only because it would have had to wait |
//! | `slower 10ms` | if the call took longer |
//! | `from 1.2s to 1.5s` | if some of it was in this time since the beginning; either part can stand alone |
//! | `bytes "GET"` | if these bytes are among those recorded of one message |
//!
//! Terms are combined with `and`, `or`, `not` and parentheses; `not` binds most tightly, then `and`,
//! which need not be written: two terms side by side must both fit.
//!
//! ```
//! use socklab_filter::Filter;
//!
//! let filter = Filter::parse("port 8080 (errors or slower 10 ms)").unwrap();
//! assert_eq!(filter.to_string(), "port 8080 and (errors or slower 10ms)");
//! let mistake = Filter::parse("prot 8080").unwrap_err();
//! assert_eq!(mistake.marked().1, "^^^^");
//! ```
#![forbid(unsafe_code)]

mod bytes;
mod facts;
mod filter;
mod mistake;
mod parse;
mod subject;
mod time;
mod verdict;
mod words;

pub use facts::Facts;
pub use filter::Filter;
pub use mistake::{Mistake, Wanted, What};
pub use subject::Subject;
pub use verdict::Verdict;
pub use words::{ALIKE, WORDS};
