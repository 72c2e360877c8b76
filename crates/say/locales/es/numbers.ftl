# Cómo se escriben los números y las duraciones.

number-decimal = ,
number-group = .

duration-ns = { $n } ns
duration-us = { $n } µs
duration-ms = { $n } ms
duration-s = { $n } s
duration-min = { $min } min
duration-min-s = { $min } min { $s } s
duration-h-min = { $h } h { $min } min
