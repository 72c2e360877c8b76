# Lo que le falta a esta máquina o a esta sesión; nada de esto dice algo sobre un programa.

short-descriptors = aquí un proceso solo puede abrir { $has } archivos y sockets, y hacen falta { $needed }{ $error }
short-descriptors-hint = sube el límite: ulimit -n 1024; si no se permite, pregúntale a quien administra esta máquina
short-addresses = aquí un proceso solo puede usar { $has } MiB de direcciones, y hacen falta { $needed }{ $error }
short-addresses-hint = sube el límite: ulimit -v unlimited; si no se permite, pregúntale a quien administra esta máquina
short-data = aquí un proceso solo puede usar { $has } MiB de memoria, y hacen falta { $needed }{ $error }
short-data-hint = sube el límite: ulimit -d unlimited; si no se permite, pregúntale a quien administra esta máquina
short-stack = aquí una pila solo puede tener { $has } KiB, y hacen falta { $needed }{ $error }
short-stack-hint = sube el límite: ulimit -s 8192; si no se permite, pregúntale a quien administra esta máquina
short-file = aquí un archivo solo puede tener { $has } KiB, y hacen falta { $needed }{ $error }
short-file-hint = sube el límite: ulimit -f unlimited; si no se permite, pregúntale a quien administra esta máquina
short-processor = aquí un proceso solo puede calcular { $has } s, y hacen falta { $needed }{ $error }
short-processor-hint = sube el límite: ulimit -t unlimited; si no se permite, pregúntale a quien administra esta máquina
short-threads = aquí solo se pudieron iniciar { $has } hilos más, y hacen falta { $needed }{ $error }
short-threads-hint = termina los programas que ya no necesites (ps -fu $USER), o sube el límite: ulimit -u 4096; en un contenedor, su límite de procesos
short-proc = /proc no muestra este proceso, y sin eso no se puede seguir a ningún programa{ $error }
short-proc-hint = como root: mount -t proc proc /proc; si es un contenedor, inícialo con un /proc

check-not-judged = Sin evaluar: aquí no se pudo ejecutar { $case }. Eso no dice nada sobre el programa.
full-hint = primero haz espacio (df -h; df -i), o elige otra carpeta
build-full-hint = esto no dice nada de tu programa: haz espacio en { $folder } (df -h; df -i), o pon en TMPDIR otra carpeta
build-folder-hint = esto no dice nada de tu programa: ¿es { $folder } una carpeta en la que puedes escribir? Si no, pon en TMPDIR una que sí
