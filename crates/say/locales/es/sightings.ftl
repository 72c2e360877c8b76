# Lo que un programa encerrado intentó sin que fuera asunto suyo, y los límites a los que llegó.
sightings-title = Además de su tarea, hizo esto:
# $object es una ruta; $times es cuántas veces se vio
sighting-wrote-outside = escribió fuera: intentó cambiar { $object }, que no es suyo, sin lograrlo
sighting-no-network = sin red: intentó llegar a { $object }, que está fuera, sin lograrlo
sighting-fork-limit = límite de procesos: había iniciado más de { $object } procesos e hilos
sighting-memory-limit = límite de memoria: usó más de { $object } de memoria
sighting-output-limit = límite de salida: imprimió más de { $object }
sighting-output-times = límite de salida: imprimió más de { $object } veces
sighting-disk-limit = límite de disco: quiso escribir más de { $object }
sighting-disk-files = límite de disco: quiso crear más de { $object } archivos y carpetas
sighting-processor-limit = límite de procesador: usó más de { $object } de tiempo de procesador
sighting-signalled-others = envió señales a otros: envió una señal al proceso { $object }, que no es suyo
sighting-signalled-all = envió señales a otros: envió una señal a todos los procesos a su alcance, y no llegó a ningún otro programa
sighting-signalled-parent = envió señales a otros: envió una señal al proceso que lo había iniciado, que no ve
sighting-forbidden-call = llamada prohibida: se le negó { $object }, que ningún programa así necesita
sighting-read-secret = leyó un secreto: intentó mirar { $object }, que se le oculta, sin lograrlo
sighting-left-processes = dejó procesos: { $object } que había iniciado siguieron cuando terminó, y se terminaron
# $times es cuántas veces se vio
sightings-times = { $what } ({ $times } veces)
