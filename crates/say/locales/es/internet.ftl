# La internet local de un laboratorio, y los programas que se ejecutan en ella.

lab-entered = En el laboratorio: los nombres y los servidores son de socklab, y ningún paquete sale de esta máquina.
run-in-lab = En el laboratorio de socklab, con una internet propia: se graba cada paquete. En la red de la propia máquina: { $command }
run-in-lab-without = En el laboratorio de socklab, con una internet propia; los paquetes se dejan por fuera. En la red de la propia máquina: { $command }
run-here = En la red de la propia máquina, donde están las otras terminales y sus programas: no se graban paquetes. En un laboratorio sí: --lab
run-here-tapped = En la red de la propia máquina, donde están las otras terminales y sus programas: se graban los paquetes de sus sockets en lo.
run-here-without = En la red de la propia máquina, donde están las otras terminales y sus programas; los paquetes se dejan por fuera.
run-here-no-lab = En la red de la propia máquina, sin paquetes: aquí no puede haber laboratorio, que es donde se grabarían ({ $reason }). `socklab doctor` dice cómo cambiarlo.
lab-nobody-else = Ninguna otra terminal llega a este laboratorio, que termina con el programa. El servidor con un cliente: { $command }
lab-refused = no hay laboratorio en esta máquina: { $reason }
lab-else = sin laboratorio, `socklab run { $name }` lo ejecuta en la red de la propia máquina
lab-else-http = sin laboratorio, `socklab serve http --port 8080` en una terminal, y `socklab run { $name } localhost 8080` en otra
lab-else-ntp = sin laboratorio, `socklab serve ntp --port 12300` en una terminal, y `socklab run { $name } localhost:12300` en otra

# Errores en `[dns."NOMBRE"]` de un archivo del curso.
mistake-dns-alias = un alias no tiene direcciones propias: alias y addresses, o alias y rotate, se contradicen
mistake-dns-limit = first y asks dicen para qué preguntas valen answer y delay_ms: no hay ninguno de los dos
mistake-dns-delay = delay_ms es demasiado largo: ningún cliente espera más de { $most }

# The tour.
tour-in-lab = En un laboratorio propio: nombres reales, los puertos propios de los servidores, y paquetes que no salen de esta máquina.
tour-on-loopback = En la interfaz loopback, porque esta máquina no permite un laboratorio ({ $reason }).
