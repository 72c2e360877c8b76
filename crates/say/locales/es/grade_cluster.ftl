# Grupos de entregas que se comportan igual: `grade groups`, la página del curso y comments.toml.

cluster-heading = { $groups ->
    [one] 1 grupo
   *[other] { $groups } grupos
} de entregas que se comportan igual, con { $members ->
    [one] 1 integrante
   *[other] { $members } integrantes
}

# Qué es un grupo
cluster-nothing = no entregó nada que se pueda ejecutar
cluster-does-not-compile = no compila
cluster-unknown = no se sabe: falló la máquina
cluster-passes = pasa todos los casos
cluster-fails = falla en: { $cases }
cluster-background = sigue en segundo plano cuando su comando ya terminó
cluster-no-background = termina con su comando
cluster-harm = en { $case } { $harm }, y lo que sigue no se compara
cluster-harm-processes = inicia más procesos de los que puede
cluster-harm-memory = usa más memoria de la que puede
cluster-harm-output = imprime más de lo que puede
cluster-harm-disk = escribe en disco más de lo que puede
cluster-harm-processor = usa más tiempo de procesador del que puede
cluster-harm-signals = envía señales a procesos que no son suyos
cluster-no-harm = no hace nada de eso
cluster-more = { $count ->
    [one] 1 más
   *[other] { $count } más
}
cluster-comment = Comentario: { $comment }
cluster-manners = { $count } maneras distintas de escribirlo
cluster-nearest = El más cercano: grupo { $number }, distancia { $distance }{ $differing ->
    [0] {""}
    [one] ; se distingue en el caso { $cases }
   *[other] ; se distingue en { $cases }
}

# El experimento más pequeño que distingue dos grupos
cluster-experiment = Para verlo, ejecuta { $case }: { $place }, el grupo { $first } { $does }; el grupo { $second } { $other }.
cluster-no-case = El grupo { $first } { $does }; el grupo { $second } { $other }.
cluster-place-first = antes de que { $with } diga algo{ $talk ->
    [1] {""}
   *[other] , en la conversación { $talk }
}
cluster-place-turn = en respuesta al turno { $turn } de { $with }{ $talk ->
    [1] {""}
   *[other] , en la conversación { $talk }
}
cluster-place-end = al final
cluster-place-case = ahí
cluster-ended-well = terminó con código de salida 0 ({ $who })
cluster-ended-badly = terminó con un error ({ $who })
cluster-goes-on = sigue en ejecución ({ $who })
cluster-verdict-passed = pasa
cluster-verdict-failed = falla
cluster-verdict-timeout = tarda demasiado
cluster-verdict-skipped = no se ejecuta
cluster-verdict-infra-error = no se pudo juzgar
cluster-state-graded = se ejecutó
cluster-state-no-submission = no tiene nada que se pueda ejecutar
cluster-state-does-not-compile = no compila
cluster-state-infra-error = no se pudo juzgar

# Qué hace una entrega en respuesta a un turno
cluster-sends = envía { $what }
cluster-ends = termina su flujo
cluster-waited = deja esperando al otro extremo
cluster-does-nothing = no hace nada que alguien vea
cluster-whole = todo lo que recibió
cluster-part = los bytes { $from } a { $to } de los { $of } que recibió
cluster-earlier = lo que recibió en turnos anteriores
cluster-of-other = lo que dijo { $who }
cluster-own = bytes propios
cluster-own-zeros = bytes cero propios
cluster-own-blanks = espacios propios
cluster-own-http = una respuesta HTTP con estado { $status }
cluster-many-fewer = menos bytes de los que recibió
cluster-many-as-many = tantos bytes como recibió
cluster-many-more = más bytes de los que recibió
cluster-upper = { $what }, en mayúsculas
cluster-lower = { $what }, en minúsculas

# comments.toml
comments-heading = Un comentario para todos los que se comportan igual: aparece en sus informes y en los formatos de los colegios.
    Escribe entre las comillas; deja vacío un comentario para no decir nada. Al calificar de nuevo se conserva lo que escribiste.
