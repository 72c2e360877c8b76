# Lo que se cuenta mientras ocurre: `trace --live` y `watch`.

live-waits = lleva esperando { $time }
live-skipped = … { $n ->
        [one] { $n } suceso no se contó aquí: hubo
       *[other] { $n } sucesos no se contaron aquí: hubo
    } más a la vez de los que se pueden contar. Una grabación (-o run.jsonl) los tiene todos.
live-minor = Llamadas que solo preparan o consultan, y paquetes que solo confirman, sin contar: { $n }. --all las muestra.
live-draw = La escalera: socklab draw { $path }
live-draw-none = Con -o run.jsonl esto se puede dibujar después: socklab draw run.jsonl
