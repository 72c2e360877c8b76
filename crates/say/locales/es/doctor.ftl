# Qué permite esta máquina: `socklab doctor`.

cmd-doctor = Prueba qué permite esta máquina, y dice cómo arreglar lo que no
arg-doctor-json = Imprime JSON, para scripts
examples-doctor =
    $ socklab doctor
    $ socklab doctor --json | jq '.steps[] | select(.works != true)'
    Códigos de salida: 0 funciona todo lo que el curso necesita, 1 algo no, 3 aquí no se puede seguir ningún programa.

doctor-as-root = root
doctor-as-user = usuario { $user }
doctor-codespace = Codespace de GitHub
doctor-wsl = WSL { $version }

doctor-tried = Lo que se probó, cada cosa en un proceso propio
doctor-step-user-namespace = espacio de usuarios
doctor-step-id-maps = tu id dentro de él
doctor-step-network-namespace = espacio de red
doctor-step-loopback-up = loopback dentro de él
doctor-step-settings = ajustes dentro de él
doctor-step-packet-ring = paquetes en él
doctor-step-veth = par veth
doctor-step-policy-route = ruta por regla
doctor-step-mount-namespace = espacio de montajes
doctor-step-process-namespace = espacio de procesos
doctor-step-proc = /proc dentro de él
doctor-step-tmpfs = tmpfs
doctor-step-bind-mount = montaje bind
doctor-step-seccomp = filtro seccomp
doctor-step-ptrace = ptrace de un hijo
doctor-step-pidfd-getfd = pidfd_getfd
doctor-step-attach = ptrace de otros
doctor-step-landlock = landlock
doctor-step-raw-capture = captura aquí mismo
doctor-refused = { $call }: { $error }
doctor-killed = el proceso que lo probó murió por una señal ({ $signal }): un filtro no permite esa llamada
doctor-not-needed = no, y nada de lo que sigue lo necesita ({ $call }: { $error })
doctor-not-tried = no se probó: necesita «{ $step }»
doctor-misleading = { $call }: { $error }. No hay nada lleno: quiere decir que se llegó a un límite de espacios de nombres, que muchas veces es 0

doctor-means = Qué significa
doctor-ability-trace = trace, run --trace
doctor-ability-place = what-if, check
doctor-ability-packets = paquetes en diagramas
doctor-ability-rules = --wire REGLA
doctor-ability-hosts = lab, varias máquinas
doctor-ability-internet = internet local
doctor-ability-sandbox = check --sandbox
doctor-ability-attach = trace -p
doctor-verdict-works = sí
doctor-verdict-lacking = sí, pero sin esto: { $steps }
doctor-verdict-refused = no; falta: { $steps }
doctor-instead-place = sí, pero en el loopback de la máquina, donde puede haber puertos ocupados y otros los ven; falta: { $steps }
doctor-instead-packets = solo con el permiso de capturar, en la red de la máquina; falta: { $steps }

doctor-session = Lo que esta sesión no permite
doctor-more = Lo que además se podría tener; el curso no lo necesita
doctor-fixes = Qué hacer
doctor-fix-start-container = Un contenedor lo prohíbe. Inícialo con estas opciones; así encierra menos, lo que está bien para un contenedor tuyo:
doctor-fix-devcontainer = Un codespace es un contenedor que inicia GitHub. Pon esto en .devcontainer/devcontainer.json y elige «Rebuild container»:
doctor-fix-allow-program = AppArmor les da espacios de nombres a los programas que conoce (Ubuntu, desde 24.04). Como administrador, preséntale este, una sola vez:
doctor-fix-set = Un ajuste de esta máquina lo prohíbe. Como administrador, para ahora y para cada arranque:
doctor-fix-set-and-reboot = Un ajuste de esta máquina lo prohíbe, y no se puede cambiar hasta el próximo arranque. Como administrador, mira qué archivo lo pone, y luego:
doctor-fix-show-processes = /proc esconde los procesos de los demás (hidepid): no se pueden seguir, y a nadie se le puede decir quién tiene un puerto. Como administrador, hasta el próximo arranque:
doctor-fix-convert-to-wsl2 = La primera versión de WSL no tiene espacios de nombres. En PowerShell, conviértela a la segunda:
doctor-fix-update-wsl = El núcleo de WSL es muy viejo para esto. En PowerShell:
doctor-fix-load-module = Una parte del núcleo no está cargada, o no se compiló. Como administrador:
doctor-fix-newer-kernel = Este núcleo ({ $kernel }) es muy viejo, o se compiló sin esto: socklab necesita Linux 5.8 con espacios de nombres de usuario. Solo sirve otro núcleo.
doctor-fix-as-root = Aquí solo root puede hacer esto: escribe sudo antes del comando que lo necesita.
doctor-fix-writable-proc = Falta /proc, o es solo de lectura, y ahí se escriben los mapas de un espacio de usuarios. Como administrador:
doctor-fix-ask-administrator = Nada de lo que se puede leer aquí lo prohíbe, así que lo prohíbe un módulo de seguridad o una caja de arena alrededor de esta sesión. Muéstrale esta página a quien administra la máquina.
doctor-fix-for = (para: { $steps })

doctor-all-but-session = La máquina permite todo lo que el curso necesita; los límites de esta sesión, no.
doctor-all = Aquí funciona todo lo que el curso necesita.
doctor-some = Aquí no funciona todo lo que el curso necesita. Funciona: { $works }.
doctor-none = Aquí no se puede seguir ningún programa. Sí se puede ejecutar programas y hablar con ellos: socklab run, serve, connect.
doctor-impossible = no se pudo probar nada: { $error }
doctor-hint = `socklab doctor` prueba cada paso, y dice exactamente cómo arreglarlo
