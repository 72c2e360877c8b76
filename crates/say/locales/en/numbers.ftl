# How numbers and durations are written.

number-decimal = .
number-group = ,
# The fewest digits that are grouped.
number-grouped-from = 4

duration-ns = { $n } ns
duration-us = { $n } µs
duration-ms = { $n } ms
duration-s = { $n } s
duration-min = { $min } min
duration-min-s = { $min } min { $s } s
duration-h-min = { $h } h { $min } min

# Several things, the last after a word.
list-and = { $first } and { $last }
