# Cómo se escriben los números y las duraciones.

number-decimal = ,
# Un espacio que no se separa en dos líneas, y solo a partir de cinco cifras (RAE, ISO 80000-1): 1998, 12 345.
number-group = {"\u00A0"}
number-grouped-from = 5

duration-ns = { $n } ns
duration-us = { $n } µs
duration-ms = { $n } ms
duration-s = { $n } s
duration-min = { $min } min
duration-min-s = { $min } min { $s } s
duration-h-min = { $h } h { $min } min

# Varias cosas, la última después de una palabra.
list-and = { $first } y { $last }
