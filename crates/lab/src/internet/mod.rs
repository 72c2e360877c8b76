//! A small internet inside a place: the names of the course, each with an address of its own and a
//! real server there, so that programs run unchanged where there is no network.
//!
//! `hosts` says who is there, `ground` where their addresses are, and `servers` binds the sockets;
//! names are answered by [`NameServer`](crate::NameServer). Names that nobody has do not exist.

mod ground;
mod hosts;
mod place;
mod refusal;
mod servers;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use socklab_net::server::{Server, ServerEvent};

use crate::names::{NameServer, Names};

pub use ground::Ground;
pub use hosts::{Listed, is_in_internet};
pub use place::enter_internet;
pub use refusal::InternetRefusal;

/// Is told what its servers do, on the thread where it happens.
pub type Observer = Arc<dyn Fn(&ServerEvent) + Send + Sync>;

/// What an internet is to be like.
#[derive(Clone)]
#[non_exhaustive]
pub struct InternetOptions {
    /// Where its addresses are.
    pub ground: Ground,
    /// Whether a host has the course's services (echo, and upper case on port 12000). Where
    /// everybody shares one network namespace, nobody else could then bind their ports on all
    /// addresses.
    pub course_services: bool,
    /// Who is told what the servers do. It must be quick.
    pub observer: Option<Observer>,
}

impl fmt::Debug for InternetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ground, course_services, observer: _ } = self;
        let mut shown = f.debug_struct("InternetOptions");
        shown.field("ground", ground).field("course_services", course_services);
        shown.finish_non_exhaustive()
    }
}

impl InternetOptions {
    /// All hosts and services, on this ground.
    pub fn new(ground: Ground) -> Self {
        Self { ground, course_services: true, observer: None }
    }

    /// Whether a host has the course's services.
    #[must_use]
    pub fn course_services(self, course_services: bool) -> Self {
        Self { course_services, ..self }
    }

    /// Who is told what the servers do.
    #[must_use]
    pub fn observed(self, observer: impl Fn(&ServerEvent) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Arc::new(observer)), ..self }
    }
}

/// An internet that has its addresses, and that programs ask for names, but whose servers have not
/// begun.
#[derive(Debug)]
pub struct Internet {
    options: InternetOptions,
    names: Names,
    name_server: NameServer,
}

/// An internet at work. Dropping it stops its servers; names are answered until the process ends.
#[derive(Debug)]
#[must_use = "dropping it stops its servers"]
pub struct Running {
    servers: Vec<Server>,
    listed: Vec<Listed>,
}

impl Internet {
    /// Makes the internet of a place where all programs share this network and mount namespace:
    /// gives it its addresses, and makes programs ask it for names (`/etc`, and the sockets of
    /// daemons). Call it only inside a private loopback, before executing any program.
    ///
    /// # Errors
    ///
    /// When a step is refused. The place then has no internet.
    pub fn enter(options: InternetOptions) -> Result<Self, InternetRefusal> {
        let ground = options.ground.prepare();
        let options = InternetOptions { ground, ..options };
        let names = hosts::names(ground);
        let name_server = NameServer::enter(&names)?;
        Ok(Self { options, names, name_server })
    }

    /// Makes the internet of a host that others reach by a wire, and that has its addresses
    /// already. It answers for names at `name_server`; whom the programs of the other hosts ask, their
    /// own `/etc` says.
    ///
    /// # Errors
    ///
    /// When a port is taken.
    pub fn on_host(name_server: IpAddr, options: InternetOptions) -> Result<Self, InternetRefusal> {
        let ground = options.ground.on_host();
        let options = InternetOptions { ground, ..options };
        let names = hosts::names(ground);
        let name_server = NameServer::bind(name_server)?;
        Ok(Self { options, names, name_server })
    }

    /// The names that there are, to add more to.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Where the addresses are: [`Ground::Own`] may have had to give way to less.
    pub fn ground(&self) -> Ground {
        self.options.ground
    }

    /// Starts the servers, in threads of their own, with these names. Once it returns, everybody can
    /// be asked and connected to.
    ///
    /// # Errors
    ///
    /// When a port is taken, or no thread can be started.
    pub fn start(self, names: Names) -> Result<Running, InternetRefusal> {
        let servers = servers::start(&self.options)?;
        self.name_server.start(names).map_err(InternetRefusal::threads)?;
        let listed = hosts::listed(self.options.ground, self.options.course_services);
        Ok(Running { servers, listed })
    }
}

impl Running {
    /// The addresses and ports of its servers.
    pub fn addresses(&self) -> impl Iterator<Item = std::net::SocketAddr> {
        self.servers.iter().map(Server::local_addr)
    }

    /// Who is there, with which names, addresses and services.
    pub fn listed(&self) -> &[Listed] {
        &self.listed
    }
}

impl InternetRefusal {
    fn threads(source: io::Error) -> Self {
        Self::Threads { source }
    }
}
