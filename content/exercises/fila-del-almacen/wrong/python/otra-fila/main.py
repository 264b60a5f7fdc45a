def actualizar(fila, novedades):
    atendidas = []
    for tipo, nombre in novedades:
        if tipo == "llega":
            fila = fila + [nombre]
        elif tipo == "abandona":
            if nombre in fila:
                fila.remove(nombre)
        elif len(fila) > 0:
            atendidas.append(fila[0])
            fila = fila[1:]
    return atendidas
