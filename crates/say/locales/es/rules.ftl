# Reglas del cable: qué está mal en una, y qué pasó con las que se dieron.

arg-what-if-wire = Haz esto con los paquetes, además de lo que hace la pregunta: drop the 1st SYN, delay 40ms … (se puede repetir)
arg-check-wire = Haz esto con los paquetes en cada caso: drop the 2nd data from server, lose 5% seed 7 … (se puede repetir; esa revisión no se recuerda)

rule-expected = una regla del cable no puede tener `{ $found }` aquí, se esperaba { $expected }
rule-ends-early = la regla del cable termina demasiado pronto, se esperaba { $expected }
rule-or = { $one } o { $rest }
rule-word = { $word }
rule-words = una de { $words }
rule-whole = { $what }. Una regla completa: { $whole }
rule-ordinal = un número como 1st o 2nd
rule-number = un número
rule-duration = un tiempo como 40ms o 2s
rule-size = un tamaño como 10 kB
rule-rate = una velocidad como 1 Mbit/s
rule-percentage = un porcentaje como 5%
rule-host = el nombre o la dirección de un equipo
rule-port = un puerto de 1 a 65535
rule-end = el fin de la regla
rule-out-of-range = `{ $found }` no está entre { $least } y { $most }
rule-twice = la regla del cable dice `{ $found }` dos veces
rule-ends-first = la regla del cable termina antes de empezar
rule-same-host = `{ $found }` no se puede separar de sí mismo
rule-not-later = `{ $found }` debe ser mayor que el número anterior: una trama espera a una posterior
rule-no-stream = una trama de la clase { $kind } no pertenece a ningún flujo de bytes
rule-which-one = ¿cuál { $kind }? `the 1st { $kind }`, `every { $kind }` …
rule-no-host = nadie en el cable de un loopback se llama `{ $host }`: hay un client, que habló primero en una conexión, y un server
rule-no-address = { $address } no está en este cable: por él solo pasa 127.0.0.0/8

mistake-frame-actor = una trama va de alguien a alguien: from, to
mistake-frame-never = una trama de la clase { $kind } nunca tiene esto: { $condition }
mistake-with-frame = estas condiciones son de llamadas o de las tablas del núcleo; una trama tiene from, to, local, remote, fate, again, window y lo que lleva
mistake-of-frame = from, to, fate, again, window e if_recorded son condiciones de una trama
mistake-if-recorded-case = if_recorded es para preguntas: los puntos no pueden depender de lo que una máquina pueda grabar
mistake-rests-on-packets = esto se revisa siempre, así que no puede referirse a «{ $name }», que solo se revisa si se grabaron los paquetes (if_recorded)
mistake-outcome-if-recorded = donde no se graban paquetes, aquí no decide nada: un resultado necesita evidencia sin if_recorded
mistake-section-if-recorded = todos los párrafos de «{ $key }» citan evidencia con if_recorded, y donde no se graban paquetes no queda nada

want-frame = una trama de la clase { $kind }
want-frame-like = una trama de la clase { $kind } ({ $conditions })

ask-trouble-wire = aquí se hace algo con los paquetes, y para eso hace falta un loopback propio, que no se pudo tener: { $what }. `socklab doctor` dice cómo cambiarlo.
ask-trouble-packets = la evidencia está en los paquetes, y aquí no se pudieron grabar, o no todos: { $what }
unrecorded-evidence = No se miró la evidencia en los paquetes ({ $frames }): { $why }.
no-packets-lost = no se grabaron todos (faltan { $count })
no-packets-not-wanted = se dejaron por fuera (--no-packets)
no-packets-missing = no se pudieron grabar ({ $reason })

mistake-lifts-nothing = `{ $change }`: en este punto no hay tal regla
course-idle-rule = la regla del cable `{ $rule }` no se aplicó a ninguna trama (pasaron { $seen } de la clase de la que trata)
course-idle-rule-in = en el caso { $case }, la regla del cable `{ $rule }` no se aplicó a ninguna trama (pasaron { $seen } de la clase de la que trata)
