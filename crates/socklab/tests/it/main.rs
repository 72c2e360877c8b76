//! Tests of the command line from outside: every test runs the binary.
//!
//! One binary for all of them: linking a binary takes longer than most tests. A test that changes a
//! limit of its whole process has a file of its own, and so a process, in the folder above.

mod authors;
mod bad_input;
mod capture;
mod class_of_62;
mod closed_ends;
mod commands;
mod corpus;
mod course;
mod course_source;
mod doctor;
mod environment;
mod escapes;
mod exam;
mod exercises;
mod follow;
mod formats;
mod grade;
mod grade_exam;
mod gradescope;
mod hint;
mod hostile;
mod interop_ntp;
mod interop_python;
mod interop_tools;
mod interop_web;
mod isolation;
mod lab;
mod languages;
mod learn;
mod nothing_left;
mod ntp_replies;
mod packets;
mod patterns;
mod provoked;
mod recording;
mod report;
mod sandbox;
mod scale;
mod serve_connect;
mod soak;
mod stage;
mod system_calls;
mod tour;
mod trace;
mod typed;
mod under_way;
mod waits;
mod watch;
mod what_if;
mod widths;
mod wire;
