def actualizar(fila, novedades):
    atendidas = []
    for novedad in novedades:
        nombre = novedad[1]
        if novedad[0] == "llega":
            fila[len(fila):] = [nombre]
        elif novedad[0] == "abandona" and nombre in fila:
            del fila[fila.index(nombre)]
        elif novedad[0] == "atienden":
            atendidas += fila[:1]
            fila[:1] = []
    return atendidas
