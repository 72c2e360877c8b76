//! Lists the TCP sockets that listen on this machine, and how many connections wait there:
//!
//! ```text
//! cargo run -p socklab-kernel --example listening
//! ```

use std::io;

use socklab_kernel::table::{self, Entry, Namespace, Table};

fn main() -> io::Result<()> {
    for table in [Table::Tcp, Table::Tcp6] {
        for entry in table::read(Namespace::Own, table)? {
            if entry.state == Entry::LISTEN {
                println!("{}  {} waiting", entry.local, entry.receive_queue);
            }
        }
    }
    Ok(())
}
