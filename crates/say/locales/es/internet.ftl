# La internet local de un laboratorio, y los programas que se ejecutan en ella.

lab-entered = En el laboratorio: los nombres y los servidores son de socklab, y ningún paquete sale de esta máquina.
lab-refused = no hay laboratorio en esta máquina: { $reason }
lab-else = sin laboratorio, `socklab run { $name }` lo ejecuta en la red de la propia máquina
lab-else-http = sin laboratorio, `socklab serve http --port 8080` en una terminal, y `socklab run { $name } localhost 8080` en otra
lab-else-ntp = sin laboratorio, `socklab serve ntp --port 12300` en una terminal, y `socklab run { $name } localhost:12300` en otra
