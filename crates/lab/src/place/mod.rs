//! A place to work in: a private loopback as it is, one that is looped through a wire, or hosts with a
//! wire between them, and in all of them a local internet. One interface for the three.

pub(crate) mod entering;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use socklab_event::Event;
use socklab_kernel::{Entrance, table};

use crate::hosts::{self, HostOptions, Hosts, HostsMistake, HostsOptions, HostsRefusal, Network};
use crate::internet::{Ground, Internet, InternetOptions, Listed, Running};
use crate::looped::{Looped, LoopedOptions, LoopedRefusal, Looping};
use crate::passage::Passage;
use crate::private::private_folder;
use crate::wire::rules::{Change, RuleCount};
use crate::wire::{Switched, Tap, WireControl};

pub(crate) use entering::enter;
pub use entering::{PlaceRefusal, PlaceRole};

/// What programs of a place share, or what lies between them.
#[derive(Clone, Debug)]
pub enum PlaceKind {
    /// One loopback.
    Loopback,
    /// One loopback, all of whose traffic passes a wire.
    Looped(LoopedOptions),
    /// Hosts with a wire between them.
    Hosts(HostsOptions),
}

/// A place to be entered.
#[non_exhaustive]
pub struct PlaceOptions {
    /// What programs share, or what lies between them.
    pub kind: PlaceKind,
    /// Whether the internet of a loopback has the course's services, see
    /// [`InternetOptions::course_services`]. That of hosts always has them.
    pub course_services: bool,
    /// How many bytes of what each frame carries are told.
    pub sample: usize,
    /// Who is told of frames, if anybody is.
    pub frames: Option<FrameSink>,
    /// Programs that are to be found by name, and the files that they are.
    pub programs: Vec<(String, PathBuf)>,
}

impl PlaceOptions {
    /// A place of this kind, of whose frames nobody is told.
    pub fn new(kind: PlaceKind) -> Self {
        Self { kind, course_services: false, sample: 0, frames: None, programs: Vec::new() }
    }

    /// Whether the internet has the course's services, too.
    #[must_use]
    pub fn course_services(self, course_services: bool) -> Self {
        Self { course_services, ..self }
    }

    /// Who is told of all frames, with at most `sample` bytes of what each carries.
    #[must_use]
    pub fn told(self, sample: usize, frames: FrameSink) -> Self {
        Self { sample, frames: Some(frames), ..self }
    }

    /// Programs to be found by name in [`Place::programs`], and the files that they are.
    #[must_use]
    pub fn programs(self, programs: impl IntoIterator<Item = (String, PathBuf)>) -> Self {
        Self { programs: programs.into_iter().collect(), ..self }
    }
}

impl fmt::Debug for PlaceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, course_services, sample, frames: _, programs: _ } = self;
        let mut shown = f.debug_struct("PlaceOptions");
        shown.field("kind", kind).field("course_services", course_services);
        shown.field("sample", sample).finish_non_exhaustive()
    }
}

/// A place that this process is inside of. It ends with the process.
#[derive(Debug)]
pub struct Place {
    wire: Wire,
    /// Dropping it would stop its servers.
    internet: Option<Running>,
    programs: Option<PathBuf>,
}

#[derive(Debug)]
enum Wire {
    None,
    Tapped(Tap),
    Looped(Looping),
    Hosts(Network),
}

/// A host of a place, and its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostSeen {
    /// Its name; `loopback` if all of the place is one.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Whether its cable is plugged in.
    pub link: bool,
    /// The largest packet on the way to and from it, in bytes, if that is narrower than its link.
    pub path_mtu: Option<u32>,
}

/// What the wire of a place has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlaceEnd {
    /// What each of its rules has done; none if there is no wire.
    pub rules: Vec<RuleCount>,
    /// How many frames passed beside a looped loopback, where no rule decides about them: those for ::1 and
    /// multicast.
    pub beside: u64,
}

/// What a place is called whose programs share one loopback.
pub const LOOPBACK_NAME: &str = "loopback";

/// The networks of the servers of the local internet, where they have addresses of their own
/// (RFC 5737, RFC 3849).
const NETWORKS: [(IpAddr, u8); 3] = [
    (IpAddr::V4(Ipv4Addr::new(198, 51, 100, 0)), 24),
    (IpAddr::V4(Ipv4Addr::new(203, 0, 113, 0)), 24),
    (IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)), 48),
];

/// Who is told of frames, on a thread of the place.
pub type FrameSink = Box<dyn FnMut(Vec<Event>) + Send>;

impl Place {
    /// Enters a place.
    ///
    /// The process must have a single thread. While the one inside runs, the one outside waits.
    ///
    /// # Errors
    ///
    /// When a step is refused, or what is asked for contradicts itself. The caller is where it was.
    pub fn enter(options: PlaceOptions) -> Result<PlaceRole<Self>, PlaceRefusal> {
        enter(|_| Self::make(options))
    }

    fn make(options: PlaceOptions) -> Result<Self, PlaceRefusal> {
        // Before there are hosts, which have their own mounts.
        let programs = links(&options.programs);
        let (wire, internet) = Self::parts(options)?;
        Ok(Self { wire, internet, programs })
    }

    fn parts(options: PlaceOptions) -> Result<(Wire, Option<Running>), PlaceRefusal> {
        let PlaceOptions { kind, course_services, sample, frames, programs: _ } = options;
        let internet_here = |ground| {
            internet_with(InternetOptions::new(ground).course_services(course_services)).map(Some)
        };
        let refused = |error: io::Error| PlaceRefusal::of(&error);
        if let (PlaceKind::Loopback, None) = (&kind, &frames) {
            return Ok((Wire::None, internet_here(Ground::Own)?));
        }
        let frames = frames.unwrap_or_else(|| Box::new(drop));
        match kind {
            PlaceKind::Loopback => {
                let mut tap = Tap::start(sample, frames).map_err(refused)?;
                // The internet takes its addresses meanwhile.
                let internet = internet_here(Ground::Own)?;
                tap.opened().map_err(|refusal| PlaceRefusal::of(refusal))?;
                Ok((Wire::Tapped(tap), internet))
            }
            PlaceKind::Looped(options) => {
                let looped = Looped::open(options).map_err(|error| match &error {
                    LoopedRefusal::Wire(_) => PlaceRefusal::of(&error),
                    _ => PlaceRefusal::contradiction(&error),
                })?;
                let looping =
                    looped.start(sample, frames).map_err(|refusal| PlaceRefusal::of(&refusal))?;
                // Only 127.0.0.0/8 passes the wire.
                let internet = internet_here(Ground::Loopback)?;
                Ok((Wire::Looped(looping), internet))
            }
            PlaceKind::Hosts(mut options) => {
                for host in &mut options.hosts {
                    if host.name == hosts::INTERNET {
                        host.networks.extend(NETWORKS);
                    }
                }
                let hosts = Hosts::open(options).map_err(|error| refusal_of(&error))?;
                let network = hosts.start(sample, frames).map_err(refused)?;
                let internet = internet_on_a_host(&network)?;
                Ok((Wire::Hosts(network), internet))
            }
        }
    }

    /// The hosts, and their addresses.
    pub fn hosts(&self) -> Vec<HostSeen> {
        match &self.wire {
            Wire::None | Wire::Tapped(_) | Wire::Looped(_) => vec![HostSeen {
                name: LOOPBACK_NAME.to_owned(),
                addresses: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
                link: true,
                path_mtu: None,
            }],
            Wire::Hosts(network) => {
                let seen = |(name, at): (&str, hosts::Addresses)| {
                    let link = network.link(name).unwrap_or_default();
                    HostSeen {
                        name: name.to_owned(),
                        addresses: vec![at.v4.into(), at.v6.into()],
                        link: !link.pulled,
                        path_mtu: link.path_mtu,
                    }
                };
                network.hosts().map(seen).collect()
            }
        }
    }

    /// Who is in the local internet; empty where there is none.
    pub fn internet(&self) -> &[Listed] {
        self.internet.as_ref().map(Running::listed).unwrap_or_default()
    }

    /// The folder in which the programs that were asked for are found by name, in every host; `None` if
    /// none were, or the machine has no room for it.
    pub fn programs(&self) -> Option<&Path> {
        self.programs.as_deref()
    }

    /// Makes `command` run in a host.
    ///
    /// # Errors
    ///
    /// There is no such host, or the step that the kernel refused.
    pub fn contain(&self, host: &str, command: &mut Command) -> Result<(), HostsRefusal> {
        match &self.wire {
            Wire::Hosts(network) => network.contain(host, command),
            _ => is_loopback(host),
        }
    }

    /// The way into a host, for a process that is about to be started; `None` if it is there already.
    ///
    /// # Errors
    ///
    /// There is no such host, or the step that the kernel refused.
    pub fn entrance(&self, host: &str) -> Result<Option<Box<dyn Entrance>>, HostsRefusal> {
        match &self.wire {
            Wire::Hosts(network) => network.entrance(host).map(Some),
            _ => is_loopback(host).map(|()| None),
        }
    }

    /// The way into a host, for a process outside.
    ///
    /// # Errors
    ///
    /// There is no such host, or the step that the kernel refused.
    pub fn passage(&self, host: &str) -> Result<Passage, HostsRefusal> {
        match &self.wire {
            Wire::Hosts(network) => Ok(network.within(host, Passage::here)??),
            _ => is_loopback(host).and_then(|()| Ok(Passage::here()?)),
        }
    }

    /// The TCP and UDP sockets of a host, with their queues.
    ///
    /// # Errors
    ///
    /// There is no such host, or its tables can't be read.
    pub fn sockets(&self, host: &str) -> Result<Vec<table::Entry>, HostsRefusal> {
        if let Wire::Hosts(network) = &self.wire {
            return network.sockets(host);
        }
        is_loopback(host)?;
        let read = |table| match table::read(table::Namespace::Own, table) {
            // Without IPv6 there are no tables for it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            entries => entries,
        };
        let tables = table::Table::ALL.into_iter().map(read);
        Ok(tables.collect::<io::Result<Vec<_>>>()?.concat())
    }

    /// What the rules of the wire have done so far; nothing if there is no wire.
    pub fn rules(&self) -> Vec<RuleCount> {
        self.control().map(|control| control.rules()).unwrap_or_default()
    }

    /// Whether frames pass as they are left to a network card: then the wire takes no rules. See
    /// [`HostsOptions::fast`].
    pub fn is_fast(&self) -> bool {
        matches!(&self.wire, Wire::Hosts(network) if network.is_fast())
    }

    /// When the next of the frames that the wire holds will leave it, in nanoseconds of
    /// `CLOCK_MONOTONIC`; `None` if it holds none. All that was sent before this is asked has been
    /// decided about by then.
    pub fn wire_holds_until(&self) -> Option<u64> {
        self.control()?.holds_until()
    }

    /// Adds a rule to the wire, or lifts some. Returns how many were lifted; `None` if there is no wire.
    pub fn change(&self, change: &Change) -> Option<usize> {
        self.control().map(|control| control.change(change))
    }

    fn control(&self) -> Option<WireControl> {
        match &self.wire {
            Wire::None | Wire::Tapped(_) => None,
            Wire::Looped(looping) => Some(looping.control()),
            Wire::Hosts(network) => Some(network.control()),
        }
    }

    /// Plugs the cable of a host in, or pulls it.
    ///
    /// # Errors
    ///
    /// There is no such host, or the kernel refuses. A loopback has no cable.
    pub fn set_link(&self, host: &str, up: bool) -> Result<(), HostsRefusal> {
        match &self.wire {
            Wire::Hosts(network) => network.set_link(host, up),
            _ => Err(no_host(host)),
        }
    }

    /// Makes the path to and from a host carry no packets larger than `mtu` bytes; `None` ends that.
    ///
    /// # Errors
    ///
    /// There is no such host. A loopback has no path.
    pub fn set_path_mtu(&self, host: &str, mtu: Option<u32>) -> Result<(), HostsRefusal> {
        match &self.wire {
            Wire::Hosts(network) => network.set_path_mtu(host, mtu),
            _ => Err(no_host(host)),
        }
    }

    /// Ends the wire, when all that has come in has been decided about and told, and says what it has
    /// done.
    pub fn finish(self) -> PlaceEnd {
        let passed = |switched: Switched| PlaceEnd { rules: switched.rules, beside: 0 };
        match self.wire {
            Wire::None => PlaceEnd::default(),
            Wire::Tapped(tap) => {
                // What it has lost is among what it has told.
                let _ = tap.finish();
                PlaceEnd::default()
            }
            Wire::Looped(looping) => {
                let circled = looping.finish();
                PlaceEnd { beside: circled.beside, ..passed(circled.switched) }
            }
            Wire::Hosts(network) => passed(network.finish()),
        }
    }
}

/// Links to programs, in a folder that exists in this place only.
fn links(programs: &[(String, PathBuf)]) -> Option<PathBuf> {
    if programs.is_empty() {
        return None;
    }
    let folder = private_folder()?;
    let linked = programs.iter().try_for_each(|(name, file)| symlink(file, folder.join(name)));
    linked.ok().map(|()| folder)
}

fn no_host(host: &str) -> HostsRefusal {
    HostsMistake::NoHost { host: host.to_owned(), known: vec![LOOPBACK_NAME.to_owned()] }.into()
}

fn is_loopback(host: &str) -> Result<(), HostsRefusal> {
    if host == LOOPBACK_NAME { Ok(()) } else { Err(no_host(host)) }
}

fn refusal_of(error: &HostsRefusal) -> PlaceRefusal {
    match error {
        HostsRefusal::Mistake(mistake) => PlaceRefusal::contradiction(mistake),
        _ => PlaceRefusal::of(error),
    }
}

/// An internet whose servers share the network of the programs.
pub(crate) fn internet_with(options: InternetOptions) -> Result<Running, PlaceRefusal> {
    let internet = Internet::enter(options).map_err(|error| PlaceRefusal::of(&error))?;
    let names = internet.names().clone();
    internet.start(names).map_err(|error| PlaceRefusal::of(&error))
}

/// An internet whose servers are all on one host, if there is one of its name.
fn internet_on_a_host(network: &Network) -> Result<Option<Running>, PlaceRefusal> {
    let Some((_, at)) = network.hosts().find(|(name, _)| *name == hosts::INTERNET) else {
        return Ok(None);
    };
    let start = || {
        let options = InternetOptions::new(Ground::Own);
        let internet = Internet::on_host(at.v4.into(), options)?;
        let names = network
            .hosts()
            .filter(|(name, _)| *name != hosts::INTERNET)
            .fold(internet.names().clone(), |names, (name, at)| {
                names.with(name, [at.v4.into(), at.v6.into()])
            });
        internet.start(names)
    };
    let running = network.within(hosts::INTERNET, start).map_err(|error| refusal_of(&error))?;
    running.map(Some).map_err(|error| PlaceRefusal::of(&error))
}

/// Hosts with these names. Those that a course speaks of come first, so that their addresses are
/// always the same: `client` is 10.0.0.1, `server` 10.0.0.2, `internet` 10.0.0.3.
pub fn host_options(names: impl IntoIterator<Item = String>) -> HostsOptions {
    let mut options = HostsOptions::new(Vec::<String>::new());
    options.hosts = names.into_iter().map(HostOptions::new).collect();
    options
}
