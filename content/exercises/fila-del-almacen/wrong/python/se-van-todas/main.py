def actualizar(fila, novedades):
    atendidas = []
    for tipo, nombre in novedades:
        if tipo == "llega":
            fila.append(nombre)
        elif tipo == "abandona":
            for persona in fila:
                if persona == nombre:
                    fila.remove(persona)
        elif len(fila) > 0:
            atendidas.append(fila.pop(0))
    return atendidas
