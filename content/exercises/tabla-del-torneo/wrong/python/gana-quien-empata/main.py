def anotar(equipos, equipo, a_favor, en_contra):
    if equipo not in equipos:
        equipos[equipo] = {"puntos": 0, "diferencia": 0, "goles": 0}
    datos = equipos[equipo]
    if a_favor >= en_contra:
        datos["puntos"] += 3
    elif a_favor == en_contra:
        datos["puntos"] += 1
    datos["diferencia"] += a_favor - en_contra
    datos["goles"] += a_favor


def orden(fila):
    return (-fila[1], -fila[2], -fila[3], fila[0])


def tabla(resultados):
    equipos = {}
    for local, goles_local, visitante, goles_visitante in resultados:
        anotar(equipos, local, goles_local, goles_visitante)
        anotar(equipos, visitante, goles_visitante, goles_local)
    filas = []
    for equipo in equipos:
        datos = equipos[equipo]
        filas.append((equipo, datos["puntos"], datos["diferencia"], datos["goles"]))
    return sorted(filas, key=orden)
