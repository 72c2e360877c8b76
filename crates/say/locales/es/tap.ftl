# Los paquetes: si se grabaron, y si no, por qué.

tap-frames-lost = { $n ->
        [one] Falta { $n } paquete
       *[other] Faltan { $n } paquetes
    }: hubo más de los que se podían grabar. Las llamadas están completas.

tap-how = Las flechas unen llamadas; los paquetes (SYN, ACK, FIN…) se graban con trace --packets.
tap-others = Paquetes de otros programas en este loopback, sin grabar: { $n }.
tap-in-place = No hay un loopback solo para estos programas ({ $reason }). Usan el de la máquina, y de él solo se graban sus propios paquetes. `socklab doctor` dice cómo cambiarlo.
tap-refused = No se graban paquetes, así que nada muestra qué se dijeron los núcleos: { $reason }. Las llamadas sí se graban. `socklab doctor` dice cómo cambiarlo.
tap-shared = Las flechas unen llamadas; los paquetes (SYN, ACK, FIN…) se graban en una red propia de los programas: run --lab, o trace --packets.
tap-not-wanted = Las flechas unen llamadas; los paquetes se dejaron por fuera.
tap-missing = Las flechas unen llamadas; los paquetes (SYN, ACK, FIN…) no se pudieron grabar: { $reason }. `socklab doctor` dice cómo cambiarlo.
tap-elsewhere = No se grabaron los paquetes de { $n ->
        [one] { $n } socket
       *[other] { $n } sockets
    }: pasaron por otro dispositivo, y solo se mira lo.
tap-other-network = { $who } creó una red propia: sus paquetes ahí no se graban, y ninguna regla decide sobre ellos.
