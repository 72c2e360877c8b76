# Lo que se le pide en la línea de comandos a un cable con reglas, y lo que dice al final.

arg-trace-wire = Ejecuta los programas en un loopback propio en el que esta regla decide sobre los paquetes, como 'drop the 1st SYN' (otra vez para más reglas): 127.0.0.1 sigue siendo 127.0.0.1
arg-trace-mtu = Lo mismo, sin paquetes más grandes que esto: 1500 parte los mensajes grandes como en una Ethernet (por defecto: como en lo)
arg-run-wire = Con --lab, que queda incluido: deja que esta regla decida sobre los paquetes, como 'delay 40ms every data from server' (otra vez para más reglas)
arg-run-mtu = Lo mismo, sin paquetes más grandes que esto (por defecto: como en lo)
wire-beside = cable: { $frames ->
    [one] { $frames } trama fue
   *[other] { $frames } tramas fueron
} por otro lado: el cable lleva lo que va a 127.0.0.0/8, y no ::1 ni multicast. Ahí no decide ninguna regla.

value-fragmented = partido en trozos por el camino
