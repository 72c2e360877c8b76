//! How much room a program takes in a folder of this machine's disk.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The room that files take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// On the disk, in bytes: a hole in a file takes none.
    pub bytes: u64,
    /// How many files and folders there are.
    pub files: u64,
}

impl Room {
    /// What is in a folder and below. Once there are more than `most` files and folders, the answer is
    /// no more than that. What can't be looked at counts as one file.
    pub fn taken_in(folder: &Path, most: u64) -> Self {
        let mut room = Self::default();
        let mut ahead = vec![folder.to_owned()];
        while let Some(next) = ahead.pop() {
            for entry in fs::read_dir(next).into_iter().flatten().flatten() {
                room.files += 1;
                if room.files > most {
                    return room;
                }
                // Of a link, this is the link itself.
                let Ok(about) = entry.metadata() else { continue };
                if about.is_dir() {
                    ahead.push(entry.path());
                } else {
                    room.bytes = room.bytes.saturating_add(about.blocks().saturating_mul(512));
                }
            }
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_take_no_room_and_links_lead_nowhere() {
        let folder = std::env::temp_dir().join(format!("socklab-room-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let at = |name: &str| folder.join(name);
        assert_eq!(Room::taken_in(&folder, 10), Room::default());
        fs::create_dir(at("inner")).unwrap();
        fs::write(at("inner/file"), [1; 10_000]).unwrap();
        fs::File::create(at("hole")).unwrap().set_len(1 << 40).unwrap();
        std::os::unix::fs::symlink("/", at("link")).unwrap();
        let room = Room::taken_in(&folder, 10);
        assert_eq!(room.files, 4);
        assert!((10_000..100_000).contains(&room.bytes), "{room:?}");
        assert_eq!(Room::taken_in(&folder, 2).files, 3);
        assert_eq!(Room::taken_in(&at("none"), 2), Room::default());
        fs::remove_dir_all(folder).unwrap();
    }
}
