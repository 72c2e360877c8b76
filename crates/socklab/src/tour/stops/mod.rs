//! The stops of the tour, in the order of the course.

mod clock;
mod names;
mod pairs;
mod servers;
mod web;

use anyhow::Result;

use super::visit::Visit;

/// One stop: the programs that run at it, and how.
pub(super) struct Stop {
    pub(super) programs: &'static [&'static str],
    pub(super) play: fn(&mut Visit) -> Result<()>,
}

#[rustfmt::skip]
pub(super) const STOPS: &[Stop] = &[
    Stop { programs: &["basics-01"], play: names::own_name },
    Stop { programs: &["basics-02"], play: names::addresses },
    Stop { programs: &["basics-03"], play: names::services },
    Stop { programs: &["basics-04"], play: clock::with_library },
    Stop { programs: &["basics-05"], play: clock::by_hand },
    Stop { programs: &["socket-01"], play: web::socket },
    Stop { programs: &["socket-02"], play: web::resolve },
    Stop { programs: &["socket-03"], play: web::connect },
    Stop { programs: &["socket-04"], play: web::send },
    Stop { programs: &["socket-05"], play: web::receive },
    Stop { programs: &["server-01"], play: servers::bind },
    Stop { programs: &["server-02"], play: servers::accept },
    Stop { programs: &["server-03"], play: servers::answer_one },
    Stop { programs: &["server-04"], play: servers::one_after_another },
    Stop { programs: &["server-05"], play: servers::at_once },
    Stop { programs: &["udp-server", "udp-client"], play: pairs::udp },
    Stop { programs: &["tcp-server", "tcp-client"], play: pairs::tcp },
    Stop { programs: &["echo-server", "echo-client"], play: pairs::echo },
];
