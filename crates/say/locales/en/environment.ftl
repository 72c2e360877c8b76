# What this machine or this session lacks; none of it says anything about a program.

short-descriptors = a process may open only { $has } files and sockets here, and { $needed } are needed{ $error }
short-descriptors-hint = raise the limit: ulimit -n 1024; if that is refused, ask whoever runs this machine
short-addresses = a process may use only { $has } MiB of addresses here, and { $needed } are needed{ $error }
short-addresses-hint = raise the limit: ulimit -v unlimited; if that is refused, ask whoever runs this machine
short-data = a process may use only { $has } MiB of memory here, and { $needed } are needed{ $error }
short-data-hint = raise the limit: ulimit -d unlimited; if that is refused, ask whoever runs this machine
short-stack = a stack may have only { $has } KiB here, and { $needed } are needed{ $error }
short-stack-hint = raise the limit: ulimit -s 8192; if that is refused, ask whoever runs this machine
short-file = a file may have only { $has } KiB here, and { $needed } are needed{ $error }
short-file-hint = raise the limit: ulimit -f unlimited; if that is refused, ask whoever runs this machine
short-processor = a process may compute for only { $has } s here, and { $needed } are needed{ $error }
short-processor-hint = raise the limit: ulimit -t unlimited; if that is refused, ask whoever runs this machine
short-threads = only { $has } more threads could be started here, and { $needed } are needed{ $error }
short-threads-hint = end programs that are no longer needed (ps -fu $USER), or raise the limit: ulimit -u 4096; in a container, its limit of processes
short-proc = /proc does not show this process, and nothing can be followed without it{ $error }
short-proc-hint = as root: mount -t proc proc /proc; in a container, start it with a /proc

check-not-judged = Not judged: { $case } could not be run here. That says nothing about the program.
full-hint = make room first (df -h; df -i), or choose another folder
build-full-hint = this says nothing about your program: make room in { $folder } (df -h; df -i), or set TMPDIR to another folder
build-folder-hint = this says nothing about your program: is { $folder } a folder that you can write to? If not, set TMPDIR to one
