# Una grabación en cifras (--summary). «Ida y vuelta»: un extremo envía y después recibe.

summary-head = { $calls ->
        [one] { $calls } llamada de sockets en { $time }
       *[other] { $calls } llamadas de sockets en { $time }
    }
summary-unfiltered = { $head }, en toda la grabación: --filter no escoge entre las cifras
summary-problem-at = { $problem } ({ $who }, a los { $at } s)
summary-problem-call = { $problem } ({ $who }: { $call }, a los { $at } s)

summary-conversations = Quién con quién
summary-itself = sí mismo
summary-column-bytes = bytes { $arrow }
summary-column-time = duración
summary-column-gap = mayor pausa
summary-column-trips = idas y vueltas
summary-round-trips = Una ida y vuelta: un extremo envió algo y después recibió algo (varios envíos o recepciones seguidos son uno). Mayor pausa: el tiempo sin llamadas que envíen, reciban, conecten o cierren.
summary-packets-of = paquetes: { $sent }, enviados de nuevo: { $again }, perdidos: { $lost }
summary-gap = mayor pausa: de { $after } a { $before }, a los { $at } s
summary-call-of = { $call } ({ $who })
summary-unread = { $n ->
        [one] { $n } byte que envió { $who } no se recibió
       *[other] { $n } bytes que envió { $who } no se recibieron
    }
summary-error = { $n ->
        [one] { $call } de { $who } falló: { $error }
       *[other] { $call } de { $who } falló { $n } veces: { $error }
    }
summary-inferred = qué sockets van juntos es una deducción
summary-never-accepted = nunca se aceptó
summary-reset = cortada: { $call } de { $who } falló con { $error }
summary-shutdown = { $who } dejó de enviar primero
summary-closed = { $who } la cerró primero
summary-exited = { $who } terminó y así se cerró
summary-ended = { $who } la terminó primero
summary-not-closed = { $end }; { $who } no la había cerrado cuando acabó la grabación
summary-open = seguía abierta cuando acabó la grabación
summary-recorder = abierta hasta que socklab terminó los programas
summary-alike = { $n } como esta, con las medianas arriba; en total, bytes { $out }: { $sent }, bytes { $back }: { $received }
summary-alike-itself = { $n } como esta, con las medianas arriba; en total, { $sent } bytes
summary-slowest = la más lenta: { $time }, { $address }, a los { $at } s
summary-more = { $n ->
        [one] Y { $n } más: está en `socklab draw --summary --json run.jsonl`.
       *[other] Y { $n } más: están en `socklab draw --summary --json run.jsonl`.
    }
summary-unknown = ?

summary-failed = Conexiones fallidas
summary-failed-one = { $who } { $arrow } { $to }: { $error } después de { $time }, a los { $at } s
summary-failed-several = { $who } { $arrow } { $to }: { $error }, { $n } veces, la primera a los { $at } s
summary-unanswered = sin respuesta

summary-listeners = Quién aceptó cuántas
summary-listener = { $who }, { $address }: { $figures }
summary-listener-accepted = aceptó { $n }
summary-listener-never = sin aceptar { $n }
summary-listener-refused = rechazadas { $n } (cuando no escuchaba)
summary-listener-waiting = en espera a la vez { $n } como máximo
summary-listener-waiting-known = en espera a la vez { $n } o más
summary-listener-backlog = cola { $n }

summary-calls = Las llamadas y su tiempo
summary-calls-note = Tiempo desde que se entra hasta que vuelve, con la espera. Solo se graban las llamadas de sockets y las que los esperan.
summary-calls-share = % tiempo
summary-calls-seconds = segundos
summary-calls-each = µs/llamada
summary-calls-number = llamadas
summary-calls-errors = errores
summary-calls-name = llamada
summary-calls-total = total
summary-processes = { $n ->
        [one] { $name }
       *[other] { $name } ({ $n } procesos)
    }
summary-unfinished = { $n ->
        [one] { $call }: { $n } no había vuelto al final; se cuenta su tiempo hasta ahí.
       *[other] { $call }: { $n } no habían vuelto al final; se cuenta su tiempo hasta ahí.
    }

summary-packets = Paquetes: { $sent }; enviados de nuevo: { $again }; perdidos: { $lost }.

summary-caveats = Lo que falta en estas cifras
summary-counted = { $who }, { $call }: otras { $n } llamadas, con { $bytes } bytes, se contaron y no se grabaron.
summary-repeats = La grabación creció tanto que las llamadas repetidas solo se contaron: los bytes, los tiempos y las idas y vueltas quedan cortos.
summary-lost = { $n ->
        [one] Se perdió { $n } evento.
       *[other] Se perdieron { $n } eventos.
    }
summary-not-recorded = No se pudo grabar todo lo que hizo { $who }.

summary-title = En cifras
