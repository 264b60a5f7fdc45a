def actualizar(fila, novedades):
    atendidas = []
    for tipo, nombre in novedades:
        if tipo == "llega":
            fila.append(nombre)
        elif tipo == "abandona":
            if nombre in fila:
                fila.remove(nombre)
        elif len(fila) > 0:
            atendidas.append(fila.pop(0))
        return atendidas
