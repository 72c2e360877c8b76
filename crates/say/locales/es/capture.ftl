# Los nombres de lo que dicen las cabeceras de una trama, además de los de ladder.ftl.
fact-fragment = fragmento
fact-id = id
fact-offset = desplazamiento
fact-more = siguen más
fact-options = opciones
fact-maximum_segment = segmento máximo
fact-window_scale = escala de la ventana
fact-selective_permitted = ACK selectivo permitido
fact-selective = ACK selectivo
fact-timestamps = marcas de tiempo
fact-mtu = MTU
fact-about = sobre
fact-payload = carga útil
fact-changed = bytes cambiados
