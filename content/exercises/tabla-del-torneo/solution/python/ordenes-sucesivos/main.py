def puntos(a_favor, en_contra):
    if a_favor > en_contra:
        return 3
    if a_favor == en_contra:
        return 1
    return 0


def tabla(resultados):
    equipos = {}
    for uno, goles_uno, otro, goles_otro in resultados:
        for nombre, a_favor, en_contra in [(uno, goles_uno, goles_otro), (otro, goles_otro, goles_uno)]:
            p, d, g = equipos.get(nombre, (0, 0, 0))
            equipos[nombre] = (p + puntos(a_favor, en_contra), d + a_favor - en_contra, g + a_favor)
    filas = []
    for nombre in sorted(equipos):
        filas.append((nombre,) + equipos[nombre])
    for columna in (3, 2, 1):
        filas.sort(key=lambda fila: fila[columna], reverse=True)
    return filas
