# What a program in a sandbox tried that is not its business, and the limits that it reached.
sightings-title = Besides its task, it did this:
# $object is a path; $times is how often it was seen
sighting-wrote-outside = wrote outside: it tried to change { $object }, which is not its own, in vain
sighting-no-network = no network: it tried to reach { $object }, which is outside, in vain
sighting-fork-limit = fork limit: it had started more than { $object } processes and threads
sighting-memory-limit = memory limit: it used more than { $object } of memory
sighting-output-limit = output limit: it printed more than { $object }
sighting-output-times = output limit: it printed more than { $object } times
sighting-disk-limit = disk limit: it wanted to write more than { $object }
sighting-disk-files = disk limit: it wanted to make more than { $object } files and folders
sighting-processor-limit = processor limit: it used more than { $object } of processor time
sighting-signalled-others = signalled others: it sent a signal to process { $object }, which is none of its own
sighting-signalled-all = signalled others: it sent a signal to every process that it could reach, which reached no other program
sighting-signalled-parent = signalled others: it sent a signal to the process that had started it, which it does not see
sighting-forbidden-call = forbidden call: { $object }, which no such program needs, was refused
sighting-read-secret = read a secret: it tried to look into { $object }, which is kept from it, in vain
sighting-left-processes = left processes behind: { $object } that it had started went on when it had ended, and were ended
# $times is how often it was seen
sightings-times = { $what } ({ $times } times)
