# Filtros: `--filter`, y el campo encima de las filas de una página. Las palabras de los filtros son inglesas.

filter-expected = `{ $found }` no puede estar aquí en un filtro, se esperaba { $expected }
filter-ends-early = el filtro termina demasiado pronto, se esperaba { $expected }
filter-perhaps = { $what }. ¿Quisiste decir `{ $near }`?
filter-unopened = este paréntesis no cierra ninguno
filter-unclosed = este paréntesis nunca se cierra
filter-unquoted = falta la comilla del final
filter-escape = `{ $found }` no representa nada aquí; hay \n, \r, \t, \0, \\, \", \xNN y \u{"{"}N{"}"}
filter-ends-first = el tiempo termina antes de empezar
filter-deep = demasiados paréntesis y `not` unos dentro de otros
filter-want-term = una de estas palabras: { $words }
filter-want-port = un puerto, de 1 a 65535
filter-want-fd = un descriptor, por ejemplo 3
filter-want-time = un tiempo con su unidad, por ejemplo 10ms o 1.2s
filter-want-host = una dirección, una máquina o un programa (entre comillas si es una palabra de los filtros)
filter-want-process = el nombre de un programa o el número de un proceso (entre comillas si es una palabra de los filtros)
filter-want-call = el nombre de una llamada, por ejemplo connect
filter-want-bytes = los bytes, por ejemplo "GET" (entre comillas si son una palabra de los filtros)

filter-left-out = Eventos que el filtro `{ $filter }` deja fuera: { $n } de { $all }.
filter-nothing = El filtro `{ $filter }` no deja nada que dibujar: { $all ->
        [one] { $all } evento queda fuera.
       *[other] { $all } eventos quedan fuera.
    }
filter-unsure = { $n ->
        [one] { $n } de ellos quizá cumple: no se grabaron todos sus bytes.
       *[other] { $n } de ellos quizá cumplen: no se grabaron todos sus bytes.
    }
filter-hidden = Llamadas que cumplen el filtro, pero solo preparan o consultan, no dibujadas: { $n }.
filter-hidden-all = Llamadas que cumplen el filtro, pero solo preparan o consultan, no dibujadas: { $n }. --all las dibuja.
filter-unexplained = { $n ->
        [one] { $n } explicación trata de lo que el filtro deja fuera.
       *[other] { $n } explicaciones tratan de lo que el filtro deja fuera.
    }

arg-filter = Dibujar solo los eventos que cumplen, por ejemplo 'port 8080 and not call poll'; lo que queda fuera se cuenta. Una grabación (.jsonl, .pcapng) sigue completa. Las palabras están abajo
value-EXPRESSION = EXPRESIÓN
# En dos columnas: un término, y tras dos espacios qué lo cumple.
filter-help =
    Filtros
    port 8080  un extremo del socket o del paquete tiene este puerto
    host 127.0.0.1  un extremo tiene esta dirección, o es esta máquina del laboratorio o este programa; la ruta de un socket Unix
    fd 4  la llamada se hace sobre este descriptor, lo espera o lo crea
    process nginx  el programa o el comando se llama así, o el proceso tiene este número
    call recv  la llamada se llama así en los programas o en el núcleo (recvfrom)
    errors  la llamada falló; EAGAIN y EINPROGRESS no son fallos
    slower 10ms  la llamada tardó más que eso (ns, us, ms, s, min)
    from 1.2s to 1.5s  ocurrió, al menos en parte, en este tiempo del diagrama; basta from o to
    bytes "GET"  un mensaje tiene estos bytes, hasta donde se grabaron; \r \n \xNN como en los diagramas
    a and b, a b  se cumplen las dos
    a or b  se cumple una de las dos; and une con más fuerza
    not a, (a or b)  lo contrario; lo que va junto
filter-help-rest = Los nombres se escriben como en el diagrama, entre comillas si tienen espacios o son palabras de esta lista. De un mensaje que cumple se dibuja también el otro extremo.

# El campo encima de las filas de una página.
filter-field = Filtro
filter-words = Palabras
filter-rows = { $shown } de { $all } filas.
filter-rows-unsure = De las otras, quizá cumplen { $n }: no todo lo que muestran está en esta página.
