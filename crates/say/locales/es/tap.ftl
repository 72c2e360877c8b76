# Los paquetes: si se grabaron, y si no, por qué.

tap-frames-lost = { $n ->
        [one] Falta { $n } paquete
       *[other] Faltan { $n } paquetes
    }: hubo más de los que se podían grabar. Las llamadas están completas.
