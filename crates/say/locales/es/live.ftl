# Lo que se cuenta mientras ocurre: `trace --live` y `watch`.

live-waits = lleva esperando { $time }
live-skipped = … { $n ->
        [one] { $n } evento no se contó aquí: hubo
       *[other] { $n } eventos no se contaron aquí: hubo
    } más a la vez de los que se pueden contar. Una grabación (-o run.jsonl) los tiene todos.
live-minor = Llamadas que solo preparan o consultan, y paquetes que solo confirman, sin contar: { $n }. --all las muestra.
live-draw = El diagrama: socklab draw { $path }
live-draw-none = Con -o run.jsonl esto se puede dibujar después: socklab draw run.jsonl

## watch

screen-state-open = abierta
screen-state-closed = cerrada
screen-state-reset = cortada
screen-state-pending = en cola
screen-state-ended = terminada
screen-state-refused = rechazada
screen-state-silent = sin resp.
screen-state-failed = falló
screen-column-client = cliente
screen-column-server = servidor
screen-column-protocol = proto
screen-column-state = estado
screen-column-there = bytes →
screen-column-back = bytes ←
screen-column-messages = mens.
screen-column-time = tiempo
screen-events = { $n ->
        [one] { $n } evento
       *[other] { $n } eventos
    }
screen-thinking = averiguando quién habló con quién …
screen-reading = leyendo, { $n } %
screen-following = esperando más
screen-complete = completa
screen-none = No se grabó ninguna conversación.
screen-none-yet = Todavía no hay conversaciones.
screen-none-fits = Ninguna conversación cumple el filtro. / lo cambia.
screen-drawing = dibujando …
screen-too-small = al menos 40×8, por favor
screen-filter = Filtro:
screen-filtered = filtro: { $filter }
screen-no-file = { $path } no es un archivo: watch lee una grabación que se escribe en uno
screen-no-file-hint = `socklab trace -o run.jsonl …` escribe uno; `socklab draw -` dibuja lo que llega por una tubería
screen-incidental = accesorias, como consultas de la biblioteca de C, sin listar (--all): { $n }
screen-follows = sigue el final (f)
screen-one-marked = hay un mensaje marcado (d): marca otro para compararlos
screen-more-events = { $n ->
        [one] Y { $n } evento más.
       *[other] Y { $n } eventos más.
    }
screen-at = a los { $time } s
screen-took = duró { $time }
screen-bytes = { $n ->
        [one] { $n } byte:
       *[other] { $n } bytes:
    }
screen-not-recorded = … { $n ->
        [one] no se grabó { $n } byte más
       *[other] no se grabaron { $n } bytes más
    }
screen-no-bytes = Ninguno de los dos tiene bytes.
screen-same = { $n ->
        [one] { $n } byte, igual en los dos.
       *[other] { $n } bytes, iguales en los dos.
    }
screen-differ = { $n ->
        [one] { $n } lugar es distinto
       *[other] { $n } lugares son distintos
    } (A tiene { $a } bytes grabados, B tiene { $b }). Se comparan byte por byte desde el comienzo.
screen-keys-list = ↑↓ mover  espacio elegir  Enter abrir  / filtro  s orden  ? ayuda  q salir
screen-keys-ladder = ↑↓ mover  Enter mensaje  d comparar  f seguir  / filtro  ? ayuda  q volver
screen-keys-message = ↑↓ mover  x texto/hex  n siguiente  p anterior  q volver
screen-keys-help = ↑↓ mover  q volver
screen-keys-filter = Enter usar  Esc dejar  un filtro vacío muestra todo
screen-help = # Conversaciones
    ↑ ↓ RePág AvPág Inicio Fin: mover
    espacio: elegir, para ver varias en un solo diagrama; a: todas o ninguna
    Enter: el diagrama de las conversaciones elegidas, o de la que está bajo el cursor
    s: primero aquellas en las que algo salió mal (marcadas con !), o por tiempo
    /: un filtro, como en socklab draw --filter
    q: salir

    # Diagrama
    ↑ ↓ RePág AvPág Inicio Fin: mover por filas
    Enter: todo sobre la fila; allí x muestra hexadecimal, n y p la fila siguiente y la anterior
    d: marcar un mensaje; con dos marcados, sus bytes quedan lado a lado
    f: quedarse al final mientras llega más, o dejar de hacerlo
    /: un filtro
    q o Esc: volver a la lista

screen-no-terminal = watch necesita una terminal, para su pantalla y sus teclas
screen-no-terminal-hint = Línea por línea, mientras ocurre: socklab trace --live …; la grabación entera: socklab draw { $path }
screen-stopped = No se pudo seguir la grabación
