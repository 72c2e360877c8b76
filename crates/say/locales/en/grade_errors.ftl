# What keeps a file or folder that somebody has named from being read.

cannot-missing = there is nothing of that name
cannot-no-folder = a part of this path is no folder
cannot-folder = this is a folder, and a file is needed
cannot-denied = you have no permission
cannot-large = this file is too large
cannot-missing-hint = See what is there: ls { $folder }
cannot-denied-hint = See whose it is and who may read it: ls -ld { $path }
cannot-folder-hint = Name a file in it
cannot-large-hint = Name a smaller file

class-only-case = { $ids } differ in capital letters only: where the file system ignores those (Windows, macOS, USB sticks), only one of their folders fits. Copy the results to such a place as an archive.
grade-only-case = { $folder } ignores capital letters, and { $ids } differ in nothing else: their results would overwrite each other
grade-only-case-hint = Keep the results in another place, on a file system of Linux
