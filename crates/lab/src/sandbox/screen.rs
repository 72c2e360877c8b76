//! The mounts of a sandbox: a screen between the program and the machine's files.
//!
//! All folders in the root that are not the system's own are covered by empty ones. What is shown
//! was opened before (`open_tree(2)`) and comes back to its place; then everything becomes
//! read-only, except what is given to the program. `/dev` has the few devices that are harmless: on
//! a read-only mount a disk could still be written to.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{CWD, Mode, OFlags, mkdir, open, symlink, unlink};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MoveMountFlags, OpenTreeFlags, mount, mount_bind, move_mount, open_tree,
};

use super::Sandbox;
use super::plan::{Kind, Made, Plan};
use super::raw;
use super::users::without_people;

/// The devices of the sandbox.
const DEVICES: [&CStr; 5] =
    [c"/dev/null", c"/dev/zero", c"/dev/full", c"/dev/random", c"/dev/urandom"];

/// The usual links in `/dev`, `proc_pid_fd(5)`.
const DEVICE_LINKS: [(&CStr, &CStr); 4] = [
    (c"/proc/self/fd", c"/dev/fd"),
    (c"/proc/self/fd/0", c"/dev/stdin"),
    (c"/proc/self/fd/1", c"/dev/stdout"),
    (c"/proc/self/fd/2", c"/dev/stderr"),
];

/// The mounts of a sandbox, in memory that was allocated before the fork.
#[derive(Debug)]
pub(crate) struct Screen {
    plan: Plan,
    /// What is shown, opened before it was covered.
    trees: Vec<Option<OwnedFd>>,
    devices: [Option<OwnedFd>; DEVICES.len()],
    /// For each layered folder: its options as an overlay, and the folders it needs.
    layers: Vec<Layer>,
    /// Where the files of layers are, in one file system that another one covers later.
    layers_at: CString,
    /// What stands in the list of users, if there is one.
    users: Option<String>,
    /// The options of the file systems in memory.
    temporary: CString,
    layers_options: CString,
}

#[derive(Debug)]
struct Layer {
    upper: CString,
    work: CString,
    options: CString,
    /// The index in `trees`.
    tree: usize,
    mounted: bool,
}

type Step = (&'static str, Errno);

fn step(name: &'static str) -> impl Fn(Errno) -> Step {
    move |errno| (name, errno)
}

impl Screen {
    /// Plans the mounts. Call it in the place whose files are to be hidden.
    ///
    /// # Errors
    ///
    /// A path to be shown leads nowhere.
    pub(crate) fn new(sandbox: &Sandbox) -> io::Result<Self> {
        let plan = Plan::new(sandbox)?;
        let text = |text: String| CString::new(text).map_err(io::Error::from);
        let limits = &sandbox.limits;
        let options =
            |mode| format!("size={},nr_inodes={},mode={mode}", limits.temporary, limits.files);
        // A hidden folder with nothing below that is needed before it is covered.
        let is_free = |folder: &&CString| {
            let holds = |path: &CString| path.as_bytes().starts_with(folder.as_bytes());
            !plan.shown.iter().any(|(path, _)| holds(path))
        };
        let layers_at = plan.hidden.iter().find(is_free).cloned();
        let mut layers = Vec::new();
        for (tree, (path, kind)) in plan.shown.iter().enumerate() {
            if *kind == Kind::Layered
                && let Some(at) = &layers_at
            {
                let below =
                    |name: &str| [at.as_bytes(), format!("/{name}{tree}").as_bytes()].concat();
                let (upper, work) = (below("upper"), below("work"));
                let options = [
                    &b"lowerdir="[..],
                    &escaped(path.as_bytes()),
                    b",upperdir=",
                    &escaped(&upper),
                    b",workdir=",
                    &escaped(&work),
                    b",userxattr",
                ];
                let (upper, work) = (CString::new(upper)?, CString::new(work)?);
                let options = CString::new(options.concat())?;
                layers.push(Layer { upper, work, options, tree, mounted: false });
            }
        }
        Ok(Self {
            trees: plan.shown.iter().map(|_| None).collect(),
            devices: [const { None }; DEVICES.len()],
            layers,
            layers_at: layers_at.unwrap_or_default(),
            users: std::fs::read_to_string("/etc/passwd")
                .ok()
                .map(|list| without_people(&list, rustix::process::geteuid().as_raw())),
            plan,
            temporary: text(options("1777"))?,
            layers_options: text(options("700"))?,
        })
    }

    /// Makes the mounts of the calling process, which is alone in its mount namespace and has a
    /// `/proc` of its own. Async-signal-safe.
    ///
    /// # Errors
    ///
    /// The step that the kernel refused.
    pub(crate) fn make(&mut self) -> Result<(), Step> {
        self.open_trees()?;
        for folder in &self.plan.hidden {
            cover(folder, c"size=1m,nr_inodes=1000,mode=755").map_err(step("mount tmpfs"))?;
        }
        // Two file systems on one folder: the upper one is the program's.
        cover(c"/tmp", &self.temporary).map_err(step("mount tmpfs /tmp"))?;
        for (path, made) in &self.plan.made {
            make(path, made).map_err(step("mkdir for what is shown"))?;
        }
        self.make_devices()?;
        self.list_users().map_err(step("mount --bind"))?;
        for (tree, (path, kind)) in self.trees.iter_mut().zip(&self.plan.shown) {
            if *kind != Kind::Writable
                && let Some(tree) = tree.take()
            {
                put(&tree, path).map_err(step("move_mount"))?;
            }
        }
        raw::lock_mounts(c"/").map_err(step("mount_setattr MOUNT_ATTR_RDONLY"))?;
        for (tree, (path, _)) in self.trees.iter_mut().zip(&self.plan.shown) {
            if let Some(tree) = tree.take() {
                put(&tree, path).map_err(step("move_mount"))?;
                raw::no_set_user_id(path).map_err(step("mount_setattr MOUNT_ATTR_NOSUID"))?;
            }
        }
        for path in [c"/tmp", c"/dev/shm"] {
            raw::unlock_mount(path).map_err(step("mount_setattr to write"))?;
        }
        for layer in self.layers.iter().filter(|layer| layer.mounted) {
            let path = &self.plan.shown[layer.tree].0;
            raw::unlock_mount(path).map_err(step("mount_setattr to write"))?;
        }
        for (path, is_folder) in &self.plan.covered {
            match is_folder {
                true => cover_for_good(path).map_err(step("mount tmpfs"))?,
                false => mount_bind(c"/dev/null", path.as_c_str()).map_err(step("mount --bind"))?,
            }
        }
        Ok(())
    }

    fn open_trees(&mut self) -> Result<(), Step> {
        let clone = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
        let whole = clone | OpenTreeFlags::AT_RECURSIVE;
        for (tree, (path, _)) in self.trees.iter_mut().zip(&self.plan.shown) {
            *tree = Some(open_tree(CWD, path.as_c_str(), whole).map_err(step("open_tree"))?);
        }
        for (device, path) in self.devices.iter_mut().zip(DEVICES) {
            *device = match open_tree(CWD, path, clone) {
                Err(Errno::NOENT) => None,
                tree => Some(tree.map_err(step("open_tree /dev"))?),
            };
        }
        // Layers are mounted over their folder here, and that mount is what comes back later.
        if !self.layers.is_empty() {
            cover(&self.layers_at, &self.layers_options).map_err(step("mount tmpfs"))?;
        }
        for layer in &mut self.layers {
            let path = &self.plan.shown[layer.tree].0;
            let made = mkdir(layer.upper.as_c_str(), Mode::RWXU)
                .and_then(|()| mkdir(layer.work.as_c_str(), Mode::RWXU))
                .and_then(|()| {
                    let options = layer.options.as_c_str();
                    mount(c"overlay", path.as_c_str(), c"overlay", MountFlags::NOSUID, options)
                })
                .and_then(|()| open_tree(CWD, path.as_c_str(), whole));
            if let Ok(tree) = made {
                self.trees[layer.tree] = Some(tree);
                layer.mounted = true;
            }
        }
        Ok(())
    }

    /// Puts a shorter list over that of the machine. Its file has no name any more.
    fn list_users(&self) -> Result<(), Errno> {
        const LIST: &CStr = c"/dev/users";
        let Some(users) = &self.users else { return Ok(()) };
        let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = open(LIST, flags, Mode::from_raw_mode(0o644))?;
        let mut left = users.as_bytes();
        while !left.is_empty() {
            let count = rustix::io::write(&file, left)?;
            left = &left[count..];
        }
        mount_bind(LIST, c"/etc/passwd")?;
        unlink(LIST)
    }

    fn make_devices(&mut self) -> Result<(), Step> {
        let failed = step("mount /dev");
        cover(c"/dev", c"size=1m,nr_inodes=100,mode=755").map_err(&failed)?;
        for (device, path) in self.devices.iter_mut().zip(DEVICES) {
            let Some(tree) = device.take() else { continue };
            make(path, &Made::File).map_err(&failed)?;
            put(&tree, path).map_err(&failed)?;
        }
        for (to, at) in DEVICE_LINKS {
            symlink(to, at).map_err(&failed)?;
        }
        mkdir(c"/dev/shm", Mode::from_raw_mode(0o1777)).map_err(&failed)?;
        cover(c"/dev/shm", &self.temporary).map_err(failed)
    }
}

/// A path as a value in the options of an overlay, which separate by commas and colons.
fn escaped(path: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(path.len());
    for byte in path {
        if b",:\\".contains(byte) {
            value.push(b'\\');
        }
        value.push(*byte);
    }
    value
}

/// Mounts an empty file system in memory over a folder.
fn cover(folder: &CStr, options: &CStr) -> Result<(), Errno> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount(c"tmpfs", folder, c"tmpfs", flags, options)
}

/// Mounts an empty file system over a folder, which stays empty.
fn cover_for_good(folder: &CStr) -> Result<(), Errno> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount(c"tmpfs", folder, c"tmpfs", flags, c"size=4k,nr_inodes=2,mode=555")
}

/// Mounts a tree that was opened before.
fn put(tree: &OwnedFd, path: &CStr) -> Result<(), Errno> {
    move_mount(tree, c"", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
}

fn make(path: &CStr, made: &Made) -> Result<(), Errno> {
    let done = match made {
        Made::Folder => mkdir(path, Mode::from_raw_mode(0o755)),
        Made::Link(to) => symlink(to.as_c_str(), path),
        Made::File => {
            let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC;
            open(path, flags, Mode::from_raw_mode(0o600)).map(drop)
        }
    };
    match done {
        Err(Errno::EXIST) => Ok(()),
        done => done,
    }
}
