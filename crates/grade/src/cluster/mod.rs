//! Which submissions behave alike.
//!
//! **What is compared** is what others can see of a submission, case by case: what it sends to whom in
//! answer to what, when it ends a stream, whether somebody waits for it in vain, how its command has ended
//! when a case failed, and the verdicts. That is its [`Form`]. Two submissions with equal forms are in one
//! [`Group`], whatever language they are written in.
//!
//! **What does harm** is compared up to the first case in which it does: reaching a limit (processes, memory,
//! output, disk, processor time), or sending signals to others. Of that case the kind of [`Harm`] and the
//! verdict count, and of later ones nothing. For such a program is ended at some moment, by the sandbox, by
//! the end of the case or by itself, and what it had done by then, or whether a later case was over before
//! that, says only how fast it was. A disk is full in whatever way: by one large file, or by many.
//!
//! **What is not compared** is how it does that: how many bytes it asks for at once, how many sends it
//! takes, options, threads or processes, what it prints, and what its interpreter does. Of this a
//! [`Manner`] is kept, which tells variants in a group apart.
//!
//! The same program must have the same form in each run, on a busy machine, too. So
//!
//! - what it does is ordered by what it knew, not by time: it belongs to the [`Turn`] of the other end that
//!   it had heard of when it did it. A turn is all that the other end says before it listens again, so how
//!   the network or the program cuts bytes does not matter, and each conversation is looked at by itself;
//! - bytes are described by where they are from ([`Piece`]), not by themselves: they differ with the seed.
//!   A program's own words count as such, not what they say;
//! - ports, addresses, descriptors, process ids and times don't appear. The other end has a name and its
//!   conversations a number. Who came first of a crowd is chance: they are sorted;
//! - a connection that it never accepted is no conversation: whether the kernel refused it, or let it stand in
//!   the queue and reset it when the program ended, is chance. Who waits in that queue to the end is seen;
//! - that a stream ends counts, in a passed case, if the other end has seen it;
//! - what nobody looked at is left out: what is sent to somebody who resets the connection, or what a
//!   program did last before somebody killed it, or that it ends a stream whose other half has ended, when a
//!   case fails at that moment;
//! - conversations of more than 64 KiB are one turn, and only the amount counts: both ends talk at once.
//!
//! What a recording quotes only in part can't be told apart from what it should be; then the verdicts
//! decide. A program whose own threads race may have several forms: it behaves in several ways.

mod comments;
mod content;
mod form;
mod groups;
mod reading;
mod spoken;
mod turns;

pub use comments::{Comment, Comments, CommentsError};
pub use form::{
    Act, Amount, CaseForm, Change, Ended, Form, Harm, Manner, Observed, Own, Piece, Talk, Trait,
    Turn,
};
pub use groups::{Difference, Experiment, Group, Near, distance, experiment, groups};
pub use reading::{Evidence, observe};
pub use spoken::groups_text;
